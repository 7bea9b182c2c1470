import type { Expression } from './expression.ts'

/** Where the rows of a case come from. */
export type SourceKind = 'csv' | 'parquet' | 'arrow' | 'jsonl' | 'memory'

/** A column of a case. */
export interface FuzzColumn {
  readonly name: string
  readonly schema: Expression
  /** The engine's type; of text tables it says nothing. */
  readonly type: string
  /** The different cells, as text: in text tables as they stand there, elsewhere in the engine's spelling. Null is no value. */
  readonly cells: readonly (string | null)[]
  /** What the contract says means "no value" in this column. */
  readonly missing?: readonly string[]
  /** Whether the contract does not name the column: its schema is the one of all others, which is the same for all of them. */
  readonly extra?: true
}

/** How the columns are given to `validate`. */
export type Form = 'object' | 'strict' | 'named'

/** A case: a contract with data, as JSON. */
export interface FuzzTable {
  readonly source: SourceKind
  readonly form: Form
  readonly rows: number
  readonly columns: readonly FuzzColumn[]
  /** What the contract says means "no value" in every column. */
  readonly missing?: readonly string[]
  /** What the reader of a text table was told means "no value". */
  readonly nulls?: readonly string[]
  /** A refinement of whole rows, by its name in `code.ts`. */
  readonly rule?: string
}

/** Which of its cells a column has in a row, counted from 0: first all of them, then any, again and again. */
export function cellAt(column: number, cells: number, row: number): number {
  return row < cells ? row : (row * 7919 + Math.floor(row / 50) * 31 + column) % cells
}

/** SQL of {@link cellAt} for `row`, counted from 1. */
export function cellSql(column: number, cells: number): string {
  return `1 + CASE WHEN row < ${cells} THEN row ELSE (row * 7919 + (row // 50) * 31 + ${column}) % ${cells} END`
}
