import { nearest, type Frame, type TableSchema } from '@dayshift/core'
import { columnsOf, refinesRows, rulesOf, schemaOfOthers, type ColumnRules } from './checks.ts'
import type { Contract } from './contract.ts'

/**
 * How a column's checks are run.
 *
 * - `sql`: counted by the engine, where SQL says exactly what Zod says
 * - `distinct`: the engine groups equal values, Zod itself judges each different value once
 * - `rows`: Zod judges whole rows
 */
export type RunAs = 'sql' | 'distinct' | 'rows'

/** What is to be done for one column. */
export interface PlannedColumn {
  readonly rules: ColumnRules
  /** The column's name as the data writes it. */
  readonly name: string
  readonly runAs: RunAs
  /** Whether values are decoded from the cells' text, rather than taken as the engine typed them. */
  readonly fromText: boolean
  /** Whether the engine holds integers exactly, so that those beyond 2^53 − 1 are bigint to Zod. */
  readonly exactIntegers: boolean
  /** Whether the engine holds dates without a time. */
  readonly dateOnly: boolean
  readonly why: string
}

/** A check that names and types alone answer. */
export interface MetadataCheck {
  readonly id: string
  readonly column: string
  readonly check: 'column_present' | 'no_extra_column'
  readonly message?: string
  readonly hint?: string
}

/** A contract's checks, ready to run: plain data that can be printed. */
export interface CheckPlan {
  readonly columns: readonly PlannedColumn[]
  readonly metadata: readonly MetadataCheck[]
  /** Whether rows are judged whole, because the contract has refinements of rows. */
  readonly wholeRows: boolean
}

/** Plans how a contract is checked against data with this schema. Reads no data. */
export function planChecks(contract: Contract, frame: Frame, schema: TableSchema): CheckPlan {
  const wholeRows = refinesRows(contract.columns)
  const rules = columnsOf(contract.columns).map(([name, column]) => rulesOf(name, column))
  const names = schema.columns.map(({ name }) => name)
  const others = schemaOfOthers(contract.columns)
  if (others) {
    const named = new Set(rules.map(({ column }) => column))
    rules.push(...names.filter((name) => !named.has(name)).map((name) => rulesOf(name, others)))
  }
  const columns: PlannedColumn[] = []
  const metadata: MetadataCheck[] = []
  for (const rule of rules) {
    const column = schema.columns.find(({ name }) => name === rule.column)
    if (column) columns.push(planColumn(rule, column.nativeType, column.type, frame.text !== undefined, wholeRows))
    if (column ?? !rule.optional) metadata.push(presence(rule.column, column !== undefined, names))
  }
  if (contract.extra === 'forbid') {
    const named = new Set(rules.map(({ column }) => column))
    for (const name of names.filter((have) => !named.has(have))) metadata.push(extra(name))
  }
  return { columns, metadata, wholeRows }
}

function planColumn(
  rules: ColumnRules,
  nativeType: string,
  type: string,
  isText: boolean,
  wholeRows: boolean,
): PlannedColumn {
  const engineNumber = type === 'integer' || type === 'float'
  // A cell of a text table is a number as JavaScript reads it, whatever the engine made of its column.
  const exactIntegers = type === 'integer' && !isText
  const common = { rules, name: rules.column, exactIntegers, dateOnly: type === 'date' }
  // Text tables are read as text, so that a schema sees the cell; what the engine took for numbers already are numbers.
  const fromText = isText
  if (wholeRows) return { ...common, runAs: 'rows', fromText, why: 'the contract refines whole rows' }
  if (rules.numeric && engineNumber) {
    return { ...common, runAs: 'sql', fromText: false, why: `${nativeType} against bounds: SQL and Zod say the same` }
  }
  return {
    ...common,
    runAs: 'distinct',
    fromText,
    why: rules.numeric
      ? `the column is ${nativeType}: Zod judges each different value`
      : 'Zod judges each different value once',
  }
}

function presence(column: string, present: boolean, names: readonly string[]): MetadataCheck {
  const check = { id: `${column}: column_present`, column, check: 'column_present' } as const
  if (present) return check
  const near = nearest(column, names)
  return {
    ...check,
    message: `the data has no column '${column}'`,
    hint: near === undefined ? `Columns: ${names.join(', ')}` : `Did you mean '${near}'? Columns: ${names.join(', ')}`,
  }
}

function extra(column: string): MetadataCheck {
  return {
    id: `${column}: no_extra_column`,
    column,
    check: 'no_extra_column',
    message: `the contract does not name the column '${column}', and forbids others`,
    hint: 'Add it to the contract, or let other columns pass.',
  }
}

/** A plan as lines for a person: each column, how it runs, and why. */
export function explainPlan(plan: CheckPlan): string[] {
  const width = Math.max(0, ...plan.columns.map(({ name }) => name.length))
  return plan.columns.map(
    ({ name, runAs, rules, why }) =>
      `${name.padEnd(width)}  ${runAs.padEnd(8)}  ${rules.checks.join(', ') || 'nothing'}  (${why})`,
  )
}
