import { isSql, type Sql } from '@dayshift/core'
import { z } from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { columnsOf, forbidsOthers } from './checks/object.ts'
import { isZodObject, isZodSchema } from './checks/schema.ts'
import { failure } from './codes.ts'
import type { ColumnDefinition, ColumnOptions } from './column.ts'
import { problemsOf } from './contract-problems.ts'
import { shapeProblems } from './contract-shape.ts'
import type { Note } from './note.ts'
import { isRefineCheck, type Reference, type RowCount, type TableCheck, type UniqueKey } from './table-check.ts'

/** Marks contracts across copies of this package. */
const MARK = Symbol.for('dayshift.contract')

/** What to do with columns that a contract does not name: let them pass, report each, or leave them out of what is written. */
export type ExtraColumns = 'allow' | 'forbid' | 'strip'

/** Columns by name: schemas, or schemas with options. */
export type ColumnsByName = Readonly<Record<string, z.ZodType | ColumnDefinition>>

/** What defines a contract. */
export interface ContractDefinition<Columns extends z.ZodObject | ColumnsByName = z.ZodObject | ColumnsByName> {
  readonly name?: string | undefined
  readonly description?: string | undefined
  /** One Zod schema a column, as `z.object({ … })`, whose refinements see whole rows, or by name, with or without options. */
  readonly columns: Columns
  /** Options of columns by name, as `column(schema, options)` gives them: for columns of a `z.object`. */
  readonly options?: Readonly<Record<string, ColumnOptions>> | undefined
  /** Columns by patterns of their names: for those that the data has and `columns` does not name, the first one that fits. */
  readonly patterns?: readonly PatternColumn[] | undefined
  /** Default: `forbid` for `z.strictObject`, else `allow`. */
  readonly extra?: ExtraColumns | undefined
  /** Whether the columns must stand in the order of the contract. Default: false. */
  readonly ordered?: boolean | undefined
  /** Cells of text tables that mean "no value", besides the empty one. Default: those that the reader takes. */
  readonly missing?: readonly string[] | undefined
  /** Columns whose values together stand in no two rows: each a list of names, or one with options. */
  readonly unique?: readonly (readonly string[] | UniqueKey)[] | undefined
  /** Foreign keys: columns whose values must be there in another source. */
  readonly references?: readonly Reference[] | undefined
  readonly rows?: RowCount | undefined
  /** Checks across columns, in SQL or JavaScript, and of what is measured over a whole column. */
  readonly checks?: readonly (Sql | TableCheck<z.infer<ObjectOf<Columns>>>)[] | undefined
  /** What the contract was read from says and this one does not hold: told as warnings in each report. */
  readonly notes?: readonly Note[] | undefined
}

/** What must hold for all columns whose names match a pattern. */
export interface PatternColumn {
  /** As `/^score_/`. */
  readonly name: RegExp
  readonly column: z.ZodType | ColumnDefinition
  /** Whether there must be one at least. Default: true. */
  readonly required?: boolean | undefined
}

/** The Zod object that columns by name come to. */
export type ObjectOf<Columns> = Columns extends z.ZodObject
  ? Columns
  : z.ZodObject<{
      -readonly [Name in keyof Columns]: Columns[Name] extends ColumnDefinition<infer Schema>
        ? Schema
        : Columns[Name] extends z.ZodType
          ? Columns[Name]
          : never
    }>

/** What must hold for a dataset. */
export interface Contract<Columns extends z.ZodObject = z.ZodObject> {
  readonly [MARK]: true
  readonly name: string | undefined
  readonly description: string | undefined
  readonly columns: Columns
  readonly patterns: readonly PatternColumn[]
  /** Options of columns by name. */
  readonly options: Readonly<Record<string, ColumnOptions>>
  readonly extra: ExtraColumns
  readonly ordered: boolean
  readonly missing: readonly string[] | undefined
  /** Columns whose values together stand in one row only: the primary key first, where there is one. */
  readonly unique: readonly UniqueKey[]
  readonly references: readonly Reference[]
  readonly rows: RowCount | undefined
  readonly checks: readonly TableCheck[]
  readonly notes: readonly Note[]
  /** Validates one object with plain Zod: the same contract for an API's payload. */
  check(row: unknown): z.ZodSafeParseResult<z.infer<Columns>>
}

/**
 * Defines a contract: for one object, or for a dataset of any size.
 *
 * A missing value in the data is `null` to Zod where the column's schema accepts null, else `undefined`; so `.nullable()`,
 * `.optional()` and `.default()` all let it pass. Cells of text tables are decoded by the schema: `30` is a number to
 * `z.int()` and text to `z.string()`; a cell that cannot be decoded stays text, and fails as Zod says.
 *
 * @throws DS_CONTRACT_INVALID naming all that cannot be: columns that are none, bounds that no value meets, names that are not there
 * @example
 * const employees = defineContract({
 *   columns: {
 *     id: column(z.int(), { primaryKey: true }),
 *     age: z.int().min(0).max(120),
 *     country: column(z.enum(['US', 'UK', 'IN', 'CA', 'DE']), { severity: 'warn', mostly: 0.99 }),
 *   },
 *   checks: [sql`age < 100 OR country <> 'US'`, { column: 'age', measure: 'mean', min: 20, max: 60 }],
 * })
 * type Employee = z.infer<typeof employees.columns>
 * employees.check({ id: 1, age: 30, country: 'US' }).success // true
 */
export function defineContract<Columns extends z.ZodObject>(columns: Columns): Contract<Columns>
export function defineContract<Columns extends z.ZodObject | ColumnsByName>(
  definition: ContractDefinition<Columns>,
): Contract<ObjectOf<Columns>>
export function defineContract(given: z.ZodObject | ContractDefinition): Contract {
  if (typeof given !== 'object' || given === null) {
    throw failure(
      'DS_CONTRACT_INVALID',
      `a contract is made of z.object({ … }) or { columns }, not of ${String(given)}`,
    )
  }
  const definition: ContractDefinition = isZodObject(given) ? { columns: given } : given
  // Before anything is made of it: what is misspelt would be passed over, and what is no list be taken for one.
  const problems = shapeProblems(definition)
  if (problems.length > 0) refuse([...problems, ...furtherProblems(definition)])
  if (isEmpty(definition)) {
    throw failure('DS_CONTRACT_INVALID', 'the columns of a contract must be z.object({ … }), or schemas by name')
  }
  const contract = contractOf(definition)
  refuse(problemsOf(contract))
  return contract
}

/** What else cannot be, as far as a definition of the wrong shape lets it be told. */
function furtherProblems(definition: ContractDefinition): string[] {
  try {
    return problemsOf(contractOf(definition))
  } catch {
    return []
  }
}

function contractOf(definition: ContractDefinition): Contract {
  const { schemas, options } = columnsByName(definition.columns, definition.options)
  const columns = isZodObject(definition.columns) ? definition.columns : z.object(schemas as Record<string, z.ZodType>)
  const key = Object.keys(options).filter((name) => options[name]?.primaryKey)
  const alone = Object.keys(options).filter((name) => options[name]?.unique && !(key.length === 1 && key[0] === name))
  const unique: UniqueKey[] = [
    ...(key.length > 0 ? [{ columns: key }] : []),
    ...alone.map((name) => ({ columns: [name], severity: options[name]?.severity, mostly: options[name]?.mostly })),
    ...(definition.unique ?? []).map((item) => ('columns' in item ? item : { columns: item })),
  ]
  const checks = (definition.checks ?? []).map((check) => (isSql(check) ? { that: check } : check))
  return {
    [MARK]: true,
    name: definition.name,
    description: definition.description,
    columns,
    patterns: definition.patterns ?? [],
    options,
    extra: definition.extra ?? (forbidsOthers(columns) ? 'forbid' : 'allow'),
    ordered: definition.ordered ?? false,
    missing: definition.missing,
    unique,
    references: definition.references ?? [],
    rows: definition.rows,
    checks,
    notes: definition.notes ?? [],
    check: checkOf(columns, checks),
  }
}

/** How one object is checked: by the columns, and then by the refinements whose failures are errors. */
function checkOf(columns: z.ZodObject, checks: readonly TableCheck[]): Contract['check'] {
  const refinements = checks
    .filter((check) => isRefineCheck(check))
    .filter(({ severity, mostly }) => severity !== 'warn' && mostly === undefined)
  if (refinements.length === 0) return (row) => columns.safeParse(row)
  const refined = columns.superRefine((row, context) => {
    for (const { name, refine, when, message } of refinements) {
      if ((when && !when(row)) || refine(row)) continue
      context.addIssue({ code: 'custom', message: message ?? name, path: [], params: { check: name } })
    }
  })
  return (row) => refined.safeParse(row)
}

/** @throws DS_CONTRACT_INVALID where there are problems, naming all of them */
function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return
  throw failure('DS_CONTRACT_INVALID', `the contract cannot be: ${problems.join('; ')}`, {
    hint: 'Mend what is named; nothing was checked.',
  })
}

/** Whether nothing is said of any column: more likely a slip than meant, unless it is said with `z.object({})`. */
function isEmpty({ columns, patterns = [] }: ContractDefinition): boolean {
  if (typeof columns !== 'object' || columns === null) return true
  return !isZodObject(columns) && Object.keys(columns).length === 0 && patterns.length === 0
}

/** Schemas and options, apart. */
function columnsByName(
  columns: z.ZodObject | ColumnsByName,
  given: Readonly<Record<string, ColumnOptions>> = {},
): {
  schemas: Record<string, $ZodType>
  options: Record<string, ColumnOptions>
} {
  const entries: readonly [string, unknown][] = isZodObject(columns) ? columnsOf(columns) : Object.entries(columns)
  const schemas: Record<string, $ZodType> = {}
  const options: Record<string, ColumnOptions> = { ...given }
  for (const [name, value] of entries) {
    const { schema, ...own } = isZodSchema(value) ? { schema: value } : ((value ?? {}) as Partial<ColumnDefinition>)
    if (!isZodSchema(schema)) {
      throw failure('DS_CONTRACT_INVALID', `the column '${name}' has no Zod schema`, {
        hint: `As ${name}: z.string(), or column(z.string(), { unique: true }).`,
      })
    }
    schemas[name] = schema
    if (Object.keys(own).length > 0) options[name] = { ...given[name], ...own }
  }
  return { schemas, options }
}

/**
 * Takes what a contract file exports as a contract: a contract of any copy of this package, or a bare `z.object`.
 *
 * @throws DS_CONTRACT_INVALID for anything else
 */
export function asContract(value: unknown): Contract {
  if (typeof value === 'object' && value !== null && MARK in value) return value as Contract
  if (isZodObject(value)) return defineContract(value)
  throw failure(
    'DS_CONTRACT_INVALID',
    `a contract is expected, not ${value === undefined ? 'nothing' : `a ${typeof value}`}`,
  )
}

/** Whether a value can be taken as a contract. */
export function isContract(value: unknown): value is Contract | Contract['columns'] {
  return isZodObject(value) || (typeof value === 'object' && value !== null && MARK in value)
}
