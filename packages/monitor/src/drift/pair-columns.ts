import { isNumeric, resolveNames, type Column, type ColumnType, type Finding, type TableSchema } from '@dayshift/core'
import { failure } from '../codes.ts'
import { missingColumn, newColumn, typeChanged } from './schema-findings.ts'

/** A column that both sides have. */
export interface ComparedColumn {
  /** As the current side has it. */
  readonly column: Column
  /** As the reference has it. */
  readonly before: Column
}

/** Which columns belong together, and what the schemas alone tell. Plain data; no row was read. */
export interface Pairing {
  /** Columns of one family of types on both sides, in the order of the current one. */
  readonly columns: readonly ComparedColumn[]
  readonly newColumns: readonly string[]
  readonly missingColumns: readonly string[]
  readonly retypedColumns: readonly { readonly column: string; readonly from: ColumnType; readonly to: ColumnType }[]
  readonly findings: readonly Finding[]
}

/**
 * Pairs the columns of two schemas by name. Integers, decimals and floats can be compared with one another, and so can
 * dates and timestamps; any other change of type is told.
 *
 * @param wanted compare these only; default: every column that both sides have
 * @throws DS_COLUMN_UNKNOWN where a side has no column that is named
 * @throws DS_DRIFT_COLUMN where a column that is named is of another type on each side
 */
export function pairColumns(reference: TableSchema, current: TableSchema, wanted?: readonly string[]): Pairing {
  if (wanted) return named(reference, current, wanted)
  const before = new Map(reference.columns.map((column) => [column.name, column]))
  const columns: ComparedColumn[] = []
  const added: Column[] = []
  const retyped: ComparedColumn[] = []
  const findings: Finding[] = []
  for (const column of current.columns) {
    const old = before.get(column.name)
    before.delete(column.name)
    if (!old) {
      added.push(column)
      findings.push(newColumn(column))
    } else if (familyOf(old) === familyOf(column)) columns.push({ column, before: old })
    else {
      retyped.push({ column, before: old })
      findings.push(typeChanged(old, column))
    }
  }
  findings.push(...[...before.values()].map(missingColumn))
  return {
    columns,
    newColumns: added.map(({ name }) => name),
    missingColumns: [...before.keys()],
    retypedColumns: retyped.map((pair) => ({ column: pair.column.name, from: pair.before.type, to: pair.column.type })),
    findings,
  }
}

/** Columns of one family can be compared. */
function familyOf(column: Column): string {
  if (isNumeric(column)) return 'numbers'
  return column.type === 'timestamp' || column.type === 'timestamptz' ? 'date' : column.type
}

function named(reference: TableSchema, current: TableSchema, wanted: readonly string[]): Pairing {
  const found = [...new Set(resolveNames(wanted, namesOf(current), 'drift, current side'))]
  const before = namesOf(reference)
  const unknown = found.filter((name) => !before.includes(name))
  if (unknown.length > 0) {
    throw failure('DS_COLUMN_UNKNOWN', `drift, reference side: there is no column '${unknown.join("', '")}'`, {
      hint: `Columns: ${before.join(', ')}`,
    })
  }
  const columns = found.map((name) => ({ column: columnOf(current, name), before: columnOf(reference, name) }))
  const wrong = columns.filter((pair) => familyOf(pair.before) !== familyOf(pair.column))
  if (wrong.length > 0) {
    const types = wrong.map(
      (pair) => `'${pair.column.name}' (${pair.before.type} in the reference, ${pair.column.type} now)`,
    )
    throw failure('DS_DRIFT_COLUMN', `columns of different types cannot be compared: ${types.join(', ')}`)
  }
  return { columns, newColumns: [], missingColumns: [], retypedColumns: [], findings: [] }
}

function namesOf(schema: TableSchema): string[] {
  return schema.columns.map(({ name }) => name)
}

function columnOf(schema: TableSchema, name: string): Column {
  return schema.columns.find((column) => column.name === name) as Column
}
