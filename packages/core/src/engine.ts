import type { Dialect } from './dialect.ts'

/** A row as JavaScript values: see {@link Batch} for how the engine's types come out. */
export type Row = Record<string, unknown>

/**
 * Some rows, column by column.
 *
 * Whole numbers are `number` up to 2^53 − 1 and `bigint` above; decimals of up to 15 digits are `number`, longer ones
 * `string`; dates and timestamps are `Date` (milliseconds), `string` where they
 * are infinite or beyond its range; times, intervals and UUIDs are `string`; binary data is
 * `Uint8Array`; lists are arrays, structs and maps objects; a missing value is `null`.
 */
export interface Batch {
  readonly names: readonly string[]
  readonly rows: number
  /** One array for each name; a column of doubles without nulls may be a `Float64Array`. */
  readonly columns: readonly ArrayLike<unknown>[]
}

/** Some rows of doubles, in no order; they may lie in the engine's memory. */
export interface DoublesBatch {
  readonly rows: number
  /** One array for each column; a missing value is NaN. */
  readonly columns: readonly Float64Array[]
  /** By column, how many values are missing. */
  readonly missing: readonly number[]
}

/** The rows of a batch as objects. */
export function rowsOf({ names, rows, columns }: Batch): Row[] {
  const objects: Row[] = []
  for (let at = 0; at < rows; at++) {
    const row: Row = {}
    for (let column = 0; column < names.length; column++) {
      const name = names[column] as string
      const value = columns[column]?.[at]
      // Assigned, this one name would set the object's prototype.
      if (name === '__proto__') Object.defineProperty(row, name, { value, ...OWN })
      else row[name] = value
    }
    objects.push(row)
  }
  return objects
}

/** Columns of numbers as a batch of doubles. */
export function doublesBatch(columns: readonly ArrayLike<unknown>[], rows: number): DoublesBatch {
  const missing = columns.map(() => 0)
  const doubles = columns.map((values, at) => {
    if (values instanceof Float64Array) return values
    return Float64Array.from(values as ArrayLike<number | null>, (value) => {
      if (value === null) missing[at] = (missing[at] as number) + 1
      return value ?? NaN
    })
  })
  return { rows, columns: doubles, missing }
}

const OWN = { configurable: true, enumerable: true, writable: true } as const

/** How far a long query has come. */
export interface QueryProgress {
  /** 0–1, or undefined while it is not known. */
  readonly fraction: number | undefined
  /** Rows of the source that have been read, where that is known. */
  readonly rows?: number | undefined
}

/** What every query takes. */
export interface QueryOptions {
  /** Stops the query; it then throws `DS_ABORTED`. */
  readonly signal?: AbortSignal | undefined
  /** Called now and then while a query runs. */
  readonly onProgress?: ((progress: QueryProgress) => void) | undefined
  /**
   * Columns of doubles may be given as they lie in the engine's memory, which is its own again once the next batch is asked for:
   * saves a copy where the caller makes one anyway. Default: false.
   */
  readonly lent?: boolean | undefined
}

/** A column of a table that JavaScript fills, or of what a JavaScript function gives. */
export interface GivenColumn {
  readonly name: string
  /** The engine's name of the type. */
  readonly nativeType: string
}

/** What executes SQL. One adapter a file in `engines/`; `engineConformance` of `@dayshift/core/testing` holds them all. */
export interface Engine {
  readonly dialect: Dialect
  /** Runs a query and gives its rows whole: for small results. */
  query(text: string, options?: QueryOptions): Promise<Row[]>
  /** Runs a query and gives its rows in batches, in order, in constant memory. */
  stream(text: string, options?: QueryOptions): AsyncIterable<Batch>
  /**
   * Runs a query of doubles and hands its rows to a function, in no order: what no order is needed of comes sooner than by `stream`.
   *
   * @param take may neither change nor keep what it is given
   */
  scan?(text: string, take: (batch: DoublesBatch) => void, options?: QueryOptions): Promise<void>
  /** Frees what the engine holds. No query may run or follow. */
  close(): Promise<void>
  /** A folder for files that live no longer than the engine. Without it, samples of large files are drawn more slowly. */
  scratch?(): Promise<string>
  /**
   * Puts rows at the end of a table that is there. Values are as {@link Batch} describes them; for types that it gives as
   * `string` (times, intervals, UUIDs, long decimals) the table's column must be text.
   */
  append?(table: string, batches: AsyncIterable<Batch> | Iterable<Batch>, options?: QueryOptions): Promise<void>
  /**
   * Makes a JavaScript function known to SQL: it takes a struct, a row, and gives one. It is known until
   * the engine closes.
   *
   * @param call gets rows in batches, and gives one array of values for each column of `gives`
   */
  define?(
    name: string,
    gives: readonly GivenColumn[],
    call: (batch: Batch) => readonly (readonly unknown[])[],
  ): Promise<void>
}
