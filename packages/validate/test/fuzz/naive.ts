import type { $ZodIssue } from 'zod/v4/core'
import { checkOf } from './check-name.ts'
import { build, type Schema, type Zod } from './expression.ts'
import { readingOf } from './reading.ts'
import { fieldOf } from './source.ts'
import { cellAt, type FuzzColumn, type FuzzTable } from './table.ts'
import { CODE } from './code.ts'
import { fitted, valueOfType, valuesOfCell } from './value.ts'

/** What fails in a check: how many rows, and each of them with what Zod says. */
export interface ExpectedCheck {
  failed: number
  readonly examples: { readonly row: number; readonly message: string }[]
}

/** What a report must say. */
export interface Expected {
  readonly failedRows: number
  readonly checks: ReadonlyMap<string, ExpectedCheck>
  /** Rows without a value, by column. */
  readonly nulls: ReadonlyMap<string, number>
  /** Columns that accept some value. */
  readonly accepting: ReadonlySet<string>
}

/** What a refinement of whole rows says, by which its issues are told from those of the columns. */
export const ROW_MESSAGE = 'this row is not so'

/** The object schema of a case. */
export function objectOf(z: Zod, table: FuzzTable): ReturnType<Zod['object']> {
  const named = table.columns.filter(({ extra }) => !extra)
  const others = table.columns.find(({ extra }) => extra)
  const shape = Object.fromEntries(named.map(({ name, schema }) => [name, build(z, schema)]))
  const plain = table.form === 'strict' ? z.strictObject(shape) : z.object(shape)
  const object = others ? plain.catchall(build(z, others.schema)) : plain
  if (table.rule === undefined) return object
  const rule = CODE[table.rule] as (...args: unknown[]) => never
  return table.rule === 'fewMissing' ? object.superRefine(rule) : object.refine(rule, ROW_MESSAGE)
}

/** Judges a case in the plainest way: row by row and column by column, each decoded value with `safeParse`. */
export function judgeNaively(z: Zod, table: FuzzTable, types: ReadonlyMap<string, string>): Expected {
  const checks = new Map<string, ExpectedCheck>()
  const nulls = new Map<string, number>()
  const accepting = new Set<string>()
  const failedRows = new Set<number>()
  const fail = (id: string, row: number, messages: readonly string[]): void => {
    const check = checks.get(id) ?? { failed: 0, examples: [] }
    check.failed++
    check.examples.push(...messages.map((message) => ({ row, message })))
    checks.set(id, check)
    failedRows.add(row)
  }
  const columns = table.columns.map((column) => ({ column, schema: build(z, column.schema) }))
  const object = objectOf(z, table)
  for (let row = 1; row <= table.rows; row++) {
    const values: Record<string, unknown> = {}
    let ofColumns = 0
    for (const [at, { column, schema }] of columns.entries()) {
      const stored = column.cells[cellAt(at, column.cells.length, row - 1)] ?? null
      const field = table.source === 'jsonl' ? fieldOf(column, at, row - 1) : stored
      const value =
        table.source === 'jsonl'
          ? ofJson(field as string | undefined, column)
          : decoded(schema, column, table, types.get(column.name) ?? '', stored)
      if (field !== undefined) values[column.name] = value
      const absent = value === null || value === undefined
      if (absent) nulls.set(column.name, (nulls.get(column.name) ?? 0) + 1)
      const issues =
        field === undefined ? ofNoKey(z, column.name, schema) : (schema.safeParse(value).error?.issues ?? [])
      if (issues.length === 0 && !absent) accepting.add(column.name)
      ofColumns += issues.length
      const seen = new Set<string>()
      for (const issue of issues) {
        const id = `${column.name}: ${checkOf(issue, absent)}`
        if (!seen.has(id)) fail(id, row, [issue.message])
        seen.add(id)
      }
    }
    if (table.rule === undefined) continue
    // Zod tells what is wrong with the columns first.
    const refined = (object.safeParse(values).error?.issues ?? []).slice(ofColumns)
    if (refined.length > 0) {
      fail(
        'rows: refine',
        row,
        refined.map(({ message }) => message),
      )
    }
  }
  return { failedRows: failedRows.size, checks, nulls, accepting }
}

/** The value of a JSON object that the schema gets: what `JSON.parse` gives, and what JSON has no values of. */
function ofJson(field: string | undefined, { schema }: FuzzColumn): unknown {
  if (field === undefined) return undefined
  const value: unknown = JSON.parse(field)
  const reading = readingOf(schema)
  if (reading === 'bigint' && /^-?\d+$/.test(field)) return BigInt(field)
  return reading === 'date' && typeof value === 'string' && value !== '' ? valuesOfCell(value, reading, [])?.[0] : value
}

/** What Zod says of an object that lacks a key. */
function ofNoKey(z: Zod, name: string, schema: Schema): readonly $ZodIssue[] {
  return issuesIn(z.object({ [name]: schema }).safeParse({}).error?.issues ?? [])
}

function issuesIn(issues: readonly $ZodIssue[]): readonly $ZodIssue[] {
  return issues.map((issue) => ({ ...issue, path: issue.path.slice(1) }))
}

/** The value that the schema gets. */
function decoded(
  schema: Schema,
  column: FuzzColumn,
  table: FuzzTable,
  nativeType: string,
  stored: string | null,
): unknown {
  const reading = readingOf(column.schema)
  const missing = (): unknown => (schema.safeParse(null).success ? null : undefined)
  if (stored === null || (table.source === 'csv' && table.nulls?.includes(stored))) return missing()
  if (table.source !== 'csv') return fitted(valueOfType(nativeType, stored), nativeType, reading)
  const values = valuesOfCell(stored, reading, column.missing ?? table.missing ?? (table.nulls && []))
  if (values === null) return missing()
  const fit = values.find((value) => schema.safeParse(value).success)
  return values.length === 1 || fit === undefined ? values.at(-1) : fit
}
