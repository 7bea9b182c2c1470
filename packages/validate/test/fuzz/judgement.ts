import { isDayshiftError, type CheckResult, type Frame } from '@dayshift/core'
import { defineContract } from '../../src/contract.ts'
import { validate } from '../../src/validate.ts'
import { build, isKnown, type Zod } from './expression.ts'
import { judgeNaively, objectOf, type Expected } from './naive.ts'
import { openTable, type Place } from './source.ts'
import type { FuzzTable } from './table.ts'

/** What came of a case. */
export interface Judgement {
  /** What the report says and the naive reference does not; empty where they agree. */
  readonly problems: readonly string[]
  /** Values that were judged in both ways, a row and a column each, by how the report says that they were run. */
  readonly cells: Readonly<Record<string, number>>
  /** Why a case says nothing: its schema cannot be built, or is refused as a contradiction. */
  readonly skipped?: string
}

/** Runs one case in both ways. */
export async function judge(z: Zod, table: FuzzTable, place: Place): Promise<Judgement> {
  const unknown = table.columns.find(({ schema }) => !isKnown(z, schema))
  if (unknown) return { problems: [], cells: {}, skipped: 'not in this version of Zod' }
  try {
    for (const { schema } of table.columns) build(z, schema)
  } catch (error) {
    return { problems: [], cells: {}, skipped: `cannot be built: ${String(error)}` }
  }
  const frame = await openTable(table, place)
  const types = new Map((await frame.schema()).columns.map(({ name, nativeType }) => [name, nativeType]))
  let expected: Expected
  try {
    expected = judgeNaively(z, table, types)
  } catch (error) {
    return { problems: [], cells: {}, skipped: `Zod throws: ${String(error)}` }
  }
  return compared(z, table, frame, expected)
}

async function compared(z: Zod, table: FuzzTable, frame: Frame, expected: Expected): Promise<Judgement> {
  let report
  try {
    report = await validate(frame, contractOf(z, table), { maxExamples: Number.POSITIVE_INFINITY })
  } catch (error) {
    const impossible = isDayshiftError(error) && error.code === 'DS_CONTRACT_INVALID'
    const named = table.columns.filter(({ name }) => impossible && error.message.includes(`${name}: `))
    if (impossible && named.every(({ name, schema }) => !expected.accepting.has(name) || changes(schema))) {
      return { problems: [], cells: {}, skipped: 'a contradiction' }
    }
    return { problems: [`validate threw: ${String(error)}`], cells: {} }
  }
  const { rows, failedRows, checks } = report.facts
  const ofValues = checks.filter(({ ranAs }) => ranAs !== 'metadata')
  const known = new Set(ofValues.map(({ id }) => id))
  const problems = [
    ...(rows === table.rows ? [] : [`${rows} rows instead of ${table.rows}`]),
    ...(failedRows === expected.failedRows ? [] : [`${failedRows} failed rows instead of ${expected.failedRows}`]),
    ...ofValues.flatMap((check) => problemsOf(check, table, expected)),
    ...[...expected.checks.keys()].filter((id) => !known.has(id)).map((id) => `${id}: no such check in the report`),
  ]
  return { problems, cells: cellsOf(table, ofValues) }
}

/** Where a value that fails becomes another one, a contradiction within does not mean that nothing passes. */
function changes(schema: unknown): boolean {
  return /"(catch|default|prefault)"/.test(JSON.stringify(schema))
}

function contractOf(z: Zod, table: FuzzTable): ReturnType<typeof defineContract> {
  const missing = table.missing && { missing: table.missing }
  if (table.form !== 'named') return defineContract({ columns: objectOf(z, table), ...missing })
  const columns = table.columns.map(({ name, schema, missing: own }) => {
    const built = build(z, schema)
    return [name, own ? { schema: built, missing: own } : built] as const
  })
  return defineContract({ columns: Object.fromEntries(columns), ...missing })
}

function problemsOf(check: CheckResult, table: FuzzTable, expected: Expected): string[] {
  const { id, column, failed, evaluated, nulls, examples } = check
  const want = expected.checks.get(id) ?? { failed: 0, examples: [] }
  const wantNulls = column === undefined ? 0 : (expected.nulls.get(column) ?? 0)
  const said = examples.map(({ row, message }) => `row ${row}: ${message}`)
  const due = want.examples.map(({ row, message }) => `row ${row}: ${message}`)
  const at = due.findIndex((one, index) => said[index] !== one)
  const first = at >= 0 ? at : said.length > due.length ? due.length : -1
  return [
    ...(failed === want.failed ? [] : [`${id}: ${failed} failed instead of ${want.failed}`]),
    ...(evaluated === table.rows ? [] : [`${id}: ${evaluated} rows instead of ${table.rows}`]),
    ...(nulls === wantNulls ? [] : [`${id}: ${nulls} nulls instead of ${wantNulls}`]),
    ...(first < 0 ? [] : [`${id}: says '${said[first] ?? 'nothing'}' instead of '${due[first] ?? 'nothing'}'`]),
  ]
}

function cellsOf(table: FuzzTable, checks: readonly CheckResult[]): Record<string, number> {
  const cells: Record<string, number> = {}
  for (const { name } of table.columns) {
    const ranAs = checks.find(({ column }) => column === name)?.ranAs ?? 'unchecked'
    cells[ranAs] = (cells[ranAs] ?? 0) + table.rows
  }
  return cells
}
