import type { Column, ColumnType, TableSchema } from '../schema.ts'

/** A column that both sides of a comparison have. */
export interface PairedColumn {
  readonly name: string
  /** Whether the types have nothing in common, so that only texts can be compared. */
  readonly asText: boolean
}

/** Types whose values the engine compares with one another, whichever of them each side has. */
const FAMILIES: Readonly<Partial<Record<ColumnType, string>>> = {
  integer: 'number',
  decimal: 'number',
  float: 'number',
  date: 'time',
  timestamp: 'time',
}

/** The columns that both sides have, by name, in the order of the second. */
export function pairedColumns(before: TableSchema, after: TableSchema): PairedColumn[] {
  const old = new Map(before.columns.map((column) => [column.name, column]))
  return after.columns.flatMap((column) => {
    const same = old.get(column.name)
    return same ? [{ name: column.name, asText: !isComparable(same, column) }] : []
  })
}

function isComparable(a: Column, b: Column): boolean {
  if (a.nativeType === b.nativeType) return true
  const family = FAMILIES[a.type]
  return family !== undefined && family === FAMILIES[b.type]
}
