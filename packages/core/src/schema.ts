/** The types that columns have in reports, catalogs and events, whatever the engine calls them. */
export type ColumnType =
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'string'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'interval'
  | 'binary'
  | 'uuid'
  | 'json'
  | 'list'
  | 'struct'
  | 'map'
  | 'unknown'

/** One column of a dataset. */
export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** The engine's own name of the type, with precision and nested fields: `DECIMAL(18,3)`, `BIGINT`. */
  readonly nativeType: string
}

/** Column names and types, in the order of the data. */
export interface TableSchema {
  readonly columns: readonly Column[]
}

/** Whether a column's values lie on a line of numbers. */
export function isNumeric(column: Column): boolean {
  return column.type === 'integer' || column.type === 'float' || column.type === 'decimal'
}

/** Whether two schemas have the same columns in the same order. */
export function sameSchema(a: TableSchema, b: TableSchema): boolean {
  return (
    a.columns.length === b.columns.length &&
    a.columns.every(
      (column, at) => column.name === b.columns[at]?.name && column.nativeType === b.columns[at]?.nativeType,
    )
  )
}
