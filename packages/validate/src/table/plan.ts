import { factValue, ident, literal, withoutSecrets, type Frame, type TableSchema } from '@dayshift/core'
import type { CheckSeverity, Strictness } from '../column.ts'
import type { Contract } from '../contract.ts'
import { measureName, rangeWords, valuesAsked } from '../expected.ts'
import type { ListedValue } from '../listed-value.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { cellSql, markedRows, typedRows } from './seen-rows.ts'
import { measureSql } from './measure-sql.ts'
import {
  isMeasureCheck,
  isRefineCheck,
  isRowCheck,
  type MeasureCheck,
  type Reference,
  type RefineCheck,
  type RowCheck,
  type RowCount,
  type ValuesCheck,
} from '../table-check.ts'

/** What is common to planned checks of a table. */
interface Planned {
  readonly id: string
  readonly column?: string
  readonly check: string
  readonly severity: CheckSeverity
  readonly mostly?: number | undefined
}

/** A check of rows that SQL decides: those that fail, and those that it is silent of. */
export interface PlannedRowCheck extends Planned {
  readonly as: 'condition'
  /** The rows, whose columns have the types that the contract says. */
  readonly from: string
  /** SQL of the rows that are looked at. */
  readonly looked: string
  /** SQL of the condition: true, false, or NULL where a value is missing. */
  readonly holds: string
  readonly message: string
  /** Columns whose values a failure shows, and those among them whose values are not to be shown. */
  readonly shown: readonly string[]
  readonly hidden: ReadonlySet<string>
}

/** A check of rows that code decides. */
export interface PlannedRefinement extends Planned {
  readonly as: 'refine'
  readonly rule: RefineCheck
  /** What it looks at. */
  readonly columns: readonly PlannedColumn[]
  readonly message: string
}

/** Columns whose values together stand in one row only. */
export interface PlannedKey extends Planned {
  readonly as: 'key'
  /** The rows that hold the columns. */
  readonly from: string
  /** SQL of each column's value; equal ones are the same value. */
  readonly values: readonly string[]
  /** Whether it is one column, which the engine holds as whole numbers. */
  readonly whole: boolean
  /** Whether the values are not to be shown. */
  readonly hidden: boolean
  readonly message: string
}

/** A number that is measured over all rows. */
export interface PlannedMeasure extends Planned {
  readonly as: 'measure'
  /** The rows, whose cells that mean "no value" are NULL. */
  readonly from: string
  readonly bounds: MeasureCheck
  /** Whether what is measured is a value of the column that is not to be shown. */
  readonly hidden: boolean
  /** SQL of the number. */
  readonly measured: string
  readonly expected: string
}

/** The values that a column has. */
export interface PlannedValues extends Planned {
  readonly as: 'values'
  /** The rows, whose cells that mean "no value" are NULL. */
  readonly from: string
  readonly rule: ValuesCheck
  /** Whether values are not to be shown. */
  readonly hidden: boolean
  readonly expected: string
}

/** The number of rows. */
export interface PlannedRowCount extends Planned {
  readonly as: 'row_count'
  readonly rule: RowCount
  readonly expected: string
}

/** Columns whose values must be there in another source. */
export interface PlannedReference extends Planned {
  readonly as: 'reference'
  /** The rows, whose cells that mean "no value" are NULL. */
  readonly from: string
  readonly rule: Reference
  /** Whether the values are not to be shown. */
  readonly hidden: boolean
}

export type PlannedTableCheck =
  | PlannedRowCheck
  | PlannedRefinement
  | PlannedKey
  | PlannedReference
  | PlannedMeasure
  | PlannedValues
  | PlannedRowCount

/** Plans the checks of a contract that look at rows or at whole columns. Columns that the data lacks are left out. */
export function planTable(
  contract: Contract,
  frame: Frame,
  schema: TableSchema,
  columns: readonly PlannedColumn[],
): PlannedTableCheck[] {
  const planned = new Map(columns.map((column) => [column.rules.column, column]))
  const types = new Map(schema.columns.map(({ name, type }) => [name, type as string]))
  const from = typedRows(frame, schema, columns)
  const marked = (names: readonly string[]): string =>
    markedRows(
      frame,
      schema,
      columns.filter(({ rules }) => names.includes(rules.column)),
    )
  // One for all, which are measured in one pass.
  const measured = marked(contract.checks.flatMap((check) => ('column' in check ? [check.column] : [])))
  const hidden = new Set(Object.keys(contract.options).filter((name) => contract.options[name]?.pii === true))
  const lacking = Object.keys(contract.columns.shape).filter((name) => !types.has(name))
  return [
    ...(contract.rows === undefined ? [] : [plannedRowCount(contract.rows)]),
    ...contract.unique.flatMap((key) => {
      const of = key.columns.flatMap((name) => planned.get(name) ?? [])
      // What the data lacks is told as such.
      return of.length === key.columns.length ? [plannedKey(contract, frame, types, marked(key.columns), of, key)] : []
    }),
    ...contract.references.flatMap((rule) =>
      rule.columns.every((name) => planned.has(name)) ? [plannedReference(rule, contract, marked(rule.columns))] : [],
    ),
    ...columns.flatMap((column) =>
      forbiddenValues(column, contract, from, types.get(column.name) === 'string' && column.rules.kind === 'any'),
    ),
    ...contract.checks.flatMap((check): PlannedTableCheck[] => {
      if (isRowCheck(check)) {
        const asked = `${check.that.text} ${check.when?.text ?? ''}`
        // A column that the data lacks is told as such.
        return lacking.some((name) => mentions(asked, name)) ? [] : [plannedRowCheck(check, schema, from, hidden)]
      }
      if (isRefineCheck(check)) return plannedRefinement(check, columns, lacking)
      const column = planned.get(check.column)
      if (!column) return []
      return isMeasureCheck(check)
        ? [plannedMeasure(check, measured, column, types.get(check.column), hidden.has(check.column))]
        : [plannedValues(check, measured, hidden.has(check.column))]
    }),
  ]
}

function plannedRowCount(rule: RowCount): PlannedRowCount {
  const expected = rangeWords(rule.min, rule.max, false, false)
  return { as: 'row_count', id: 'rows: row_count', check: 'row_count', severity: 'error', rule, expected }
}

function plannedRowCheck(
  { that, when, name, message, severity = 'error', mostly }: RowCheck,
  schema: TableSchema,
  from: string,
  hidden: ReadonlySet<string>,
): PlannedRowCheck {
  const words = that.text.replaceAll(/\s+/g, ' ').trim()
  const check = name ?? words
  return {
    as: 'condition',
    from,
    id: `rows: ${check}`,
    check,
    severity,
    mostly,
    looked: when === undefined ? 'TRUE' : `(${when.text})`,
    holds: `(${that.text})`,
    message: message ?? `does not hold: ${words}`,
    shown: schema.columns.flatMap((column) =>
      mentions(`${that.text} ${when?.text ?? ''}`, column.name) ? [column.name] : [],
    ),
    hidden,
  }
}

function plannedRefinement(
  rule: RefineCheck,
  columns: readonly PlannedColumn[],
  lacking: readonly string[],
): PlannedRefinement[] {
  const { name, severity = 'error', mostly, message = name } = rule
  if (rule.columns?.some((wanted) => lacking.includes(wanted))) return []
  const looked = columns.filter(({ rules }) => rule.columns?.includes(rules.column) ?? true)
  return [{ as: 'refine', id: `rows: ${name}`, check: name, severity, mostly, rule, columns: looked, message }]
}

/** @param mayBeAny whether the column is one of texts that may be numbers or truth values to its schema */
function forbiddenValues(
  { name, rules }: PlannedColumn,
  { options }: Contract,
  from: string,
  mayBeAny: boolean,
): PlannedRowCheck[] {
  const { forbidden = [], severity = 'error', mostly, pii } = options[rules.column] ?? {}
  if (forbidden.length === 0) return []
  return [
    {
      as: 'condition',
      from,
      id: `${rules.column}: none_of`,
      column: rules.column,
      check: 'none_of',
      severity,
      mostly,
      looked: 'TRUE',
      holds: mayBeAny
        ? notAmongTexts(ident(name).text, forbidden)
        : `${ident(name).text} NOT IN (${literal(forbidden).text})`,
      message: `one of the values that are forbidden: ${forbidden.map(shownValue).join(', ')}`,
      shown: [name],
      hidden: new Set(pii ? [name] : []),
    },
  ]
}

/** SQL of a text that is none of some values, whatever they are; NULL of a missing one. */
function notAmongTexts(text: string, values: readonly ListedValue[]): string {
  const numbers = values.filter((value) => typeof value === 'number' || typeof value === 'bigint')
  const others = values.filter((value) => typeof value !== 'number' && typeof value !== 'bigint')
  const parts = [
    ...(numbers.length > 0 ? [`coalesce(TRY_CAST(${text} AS DOUBLE) IN (${literal(numbers).text}), FALSE)`] : []),
    ...(others.length > 0 ? [`${text} IN (${literal(others.map(String)).text})`] : []),
  ]
  return `CASE WHEN ${text} IS NOT NULL THEN NOT (${parts.join(' OR ')}) END`
}

function shownValue(value: ListedValue): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

/** Whether SQL names a column, in any case. Words in texts may be taken for it: only what is shown hangs on it. */
function mentions(text: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(^|[^\\w"])${escaped}($|[^\\w"])|"${escaped.replaceAll('"', '""')}"`, 'i').test(text)
}

function plannedKey(
  contract: Contract,
  frame: Frame,
  types: ReadonlyMap<string, string>,
  marked: string,
  columns: readonly PlannedColumn[],
  { severity = 'error', mostly }: Strictness,
): PlannedKey {
  const names = columns.map(({ rules }) => rules.column)
  const together = names.join(' + ')
  const typed = frame.text === undefined || columns.every((column) => isAsTyped(column, types.get(column.name)))
  const text = typed ? undefined : frame.text?.relation.from.text
  return {
    as: 'key',
    id: `${together}: unique`,
    ...(names.length === 1 ? { column: together } : {}),
    check: names.length === 1 ? 'unique' : `unique ${together}`,
    severity,
    mostly,
    from: text ?? marked,
    values: columns.map((column) =>
      text === undefined ? ident(column.name).text : sameValue(column, cellSql(frame, column)),
    ),
    whole: text === undefined && names.length === 1 && types.get(together) === 'integer',
    hidden: names.some((name) => contract.options[name]?.pii === true),
    message: names.length === 1 ? 'the value stands in several rows' : 'the values together stand in several rows',
  }
}

function plannedReference(rule: Reference, { options }: Contract, from: string): PlannedReference {
  const { columns, to, on, severity = 'error', mostly } = rule
  const together = columns.join(' + ')
  const place = withoutSecrets(typeof to === 'string' ? to : to.dataset.name.replace(/^.*[\\/]/, ''))
  const check = `in ${place}${on === undefined ? '' : ` (${on.join(' + ')})`}`
  return {
    as: 'reference',
    from,
    id: `${together}: ${check}`,
    ...(columns.length === 1 ? { column: together } : {}),
    check: columns.length === 1 ? check : `${together} ${check}`,
    severity,
    mostly,
    rule,
    hidden: columns.some((name) => options[name]?.pii === true),
  }
}

/** Whether the engine's own type tells the same values apart as the schema's kind does. */
function isAsTyped({ rules }: PlannedColumn, type: string | undefined): boolean {
  switch (rules.kind) {
    case 'number':
    case 'bigint':
      return type === 'integer' || type === 'float'
    case 'string':
    case 'any':
      return type === 'string'
    case 'boolean':
      return type === 'boolean'
    default:
      return type === 'date' || type === 'timestamp' || type === 'timestamptz'
  }
}

/** SQL by which two cells of a text table are the same value, as the contract decodes them. */
function sameValue({ rules }: PlannedColumn, cell: string): string {
  switch (rules.kind) {
    case 'number':
      return `coalesce(CAST(TRY_CAST(trim(${cell}) AS DOUBLE) AS VARCHAR), ${cell})`
    case 'bigint':
      return `coalesce(CAST(TRY_CAST(trim(${cell}) AS HUGEINT) AS VARCHAR), ${cell})`
    case 'boolean':
      return `lower(trim(${cell}))`
    case 'date':
      return `coalesce(CAST(TRY_CAST(trim(${cell}) AS TIMESTAMPTZ) AS VARCHAR), ${cell})`
    default:
      return cell
  }
}

function isNumberColumn(type: string | undefined): boolean {
  return type === 'integer' || type === 'float' || type === 'decimal'
}

/** What a measure gives that is a value itself, or lies between two. */
const VALUES: ReadonlySet<unknown> = new Set(['min', 'max', 'median'])

function plannedMeasure(
  check: MeasureCheck,
  from: string,
  planned: PlannedColumn,
  type: string | undefined,
  isPii: boolean,
): PlannedMeasure {
  const { column, measure, min, max, exclusiveMin = false, exclusiveMax = false, severity = 'error' } = check
  const name = measureName(measure)
  return {
    as: 'measure',
    from,
    id: `${column}: ${name}`,
    column,
    check: name,
    severity,
    bounds: check,
    hidden: isPii && (typeof measure === 'object' ? 'quantile' in measure : VALUES.has(measure)),
    measured: measureSql(measure, {
      column: ident(column).text,
      isNumber: isNumberColumn(type),
      same: type === 'string' && planned.fromText ? sameValue(planned, ident(column).text) : ident(column).text,
    }),
    expected: rangeWords(min, max, exclusiveMin, exclusiveMax),
  }
}

function plannedValues(rule: ValuesCheck, from: string, hidden: boolean): PlannedValues {
  const { column, severity = 'error' } = rule
  const { check, list } = valuesAsked(rule)
  return {
    as: 'values',
    from,
    id: `${column}: ${check}`,
    column,
    check,
    severity,
    rule,
    hidden,
    expected: list.map((value: unknown) => String(factValue(value))).join(', '),
  }
}
