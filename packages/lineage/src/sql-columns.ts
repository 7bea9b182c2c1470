import type { Column, Finding } from '@dayshift/core'
import type { ColumnLineage } from './dataset-facets.ts'
import type { GraphDataset } from './graph.ts'

/** A table that SQL reads by a name. */
export interface SqlInput {
  readonly dataset: GraphDataset
  /** All of its columns, in order. The engine's type may be empty where it is not known. */
  readonly columns: readonly Pick<Column, 'name' | 'nativeType'>[]
}

/** What SQL reads and where it stands. */
export interface SqlOptions {
  /** The tables by the names that the SQL has for them. */
  readonly inputs?: Readonly<Record<string, SqlInput>>
  /**
   * The columns of the data that the SQL made, in any order: what is found is held against them. An INSERT that names no
   * columns needs them, in order.
   */
  readonly result?: readonly string[]
  /** The folder where relative paths in the SQL start; default: the working directory. */
  readonly cwd?: string
  readonly signal?: AbortSignal
}

/** Which columns SQL makes of which. */
export interface FoundColumns {
  /** The datasets that are read; where the SQL could not be read, all that were given. */
  readonly inputs: readonly GraphDataset[]
  /** The columns that the SQL gives, in order; none where they are not known. */
  readonly columns: readonly string[]
  /** What each is made from; undefined where that cannot be said for sure, and `warnings` tell why. */
  readonly lineage: ColumnLineage | undefined
  readonly warnings: readonly Finding[]
}

/** What finds out about the columns of SQL; one adapter a file. */
export interface SqlReader {
  /** The SQL that it reads: `duckdb`, `postgres` … */
  readonly dialect: string
  /**
   * Never gives a column that is not there, or one that is made from others than it says: where it is not sure, it gives no
   * lineage, and a warning.
   */
  columnsOf(sql: string, options?: SqlOptions): Promise<FoundColumns>
}
