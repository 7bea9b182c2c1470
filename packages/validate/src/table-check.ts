import type { Frame, Sql } from '@dayshift/core'
import type { Strictness } from './column.ts'
import type { ListedValue } from './listed-value.ts'

/** What each row must satisfy, in SQL of the engine. Where it is neither true nor false, a value is missing, and the row passes. */
export interface RowCheck extends Strictness {
  /** As `` sql`amount = price * quantity` ``. */
  readonly that: Sql
  /** Only rows for which this is true are looked at. */
  readonly when?: Sql | undefined
  /** Default: the SQL. */
  readonly name?: string | undefined
  /** What a failure says. Default: the SQL. */
  readonly message?: string | undefined
}

/**
 * What can be measured of a column. Missing values, NaN and ±Infinity do not count, but for `nulls`, the number of rows
 * without a value, and `null_share`, those by all rows. `sd` is the sample's standard deviation (n − 1), `distinct_share`
 * the different values by the rows with one. A quantile is interpolated linearly (R type 7). A divergence is that of Kullback and
 * Leibler, in nats, of the shares that are there from those that should be: sum of p ln(p / q); infinite where a value is there
 * that should not be.
 */
export type Measure =
  | 'min'
  | 'max'
  | 'sum'
  | 'mean'
  | 'median'
  | 'sd'
  | 'distinct'
  | 'distinct_share'
  | 'nulls'
  | 'null_share'
  | { readonly quantile: number }
  | { readonly divergence: Partition }

/**
 * How often values should be there: of each of some values, or of numbers between one bound and the next, the last one within. Weights
 * are taken in proportion.
 */
export type Partition =
  | { readonly values: readonly (string | number | boolean)[]; readonly weights: readonly number[] }
  | { readonly bins: readonly number[]; readonly weights: readonly number[] }

/** The measures that have a name of their own. */
export const MEASURES: readonly string[] = 'min max sum mean median sd distinct distinct_share nulls null_share'.split(
  ' ',
)

/** A number that is measured over a whole column must lie between bounds. */
export interface MeasureCheck extends Pick<Strictness, 'severity'> {
  readonly column: string
  readonly measure: Measure
  /** Bounds count as within, unless they are exclusive. At least one of them. */
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly exclusiveMin?: boolean | undefined
  readonly exclusiveMax?: boolean | undefined
}

/** Which values a column must have, over all rows. */
export interface ValuesCheck extends Pick<Strictness, 'severity'> {
  readonly column: string
  /** Each of these must be there. */
  readonly contains?: readonly ListedValue[] | undefined
  /** These must be there, and no others. */
  readonly equals?: readonly ListedValue[] | undefined
  /** The most frequent value must be one of these; where several are as frequent, one of them. */
  readonly mostFrequentIn?: readonly ListedValue[] | undefined
}

/** A row as a refinement gets it: what Zod makes of the values. */
type AnyRow = Readonly<Record<string, unknown>>

/**
 * What each row must satisfy, in JavaScript, for what SQL has no words for. Rows in which one of its columns breaks that
 * column's own schema are not looked at.
 */
export interface RefineCheck<Row = AnyRow> extends Strictness {
  readonly name: string
  /** The columns that it looks at, which alone are read. Default: all of the contract. */
  readonly columns?: readonly string[] | undefined
  /** Whether a row is as it must be. */
  refine(this: void, row: Row): boolean
  /** Whether a row is looked at. Default: all are. */
  when?(this: void, row: Row): boolean
  /** What a failure says. Default: the name. */
  readonly message?: string | undefined
}

/** A check of rows, or of a whole column. A piece of SQL alone is a {@link RowCheck}. */
export type TableCheck<Row = AnyRow> = RowCheck | RefineCheck<Row> | MeasureCheck | ValuesCheck

/** Columns whose values together stand in no two rows. Rows where one of them is missing do not count. */
export interface UniqueKey extends Strictness {
  readonly columns: readonly string[]
}

/** Columns whose values must be there in another source. Rows where one of them is missing do not count. */
export interface Reference extends Strictness {
  readonly columns: readonly string[]
  /** A path, taken from the working directory, or a frame of the same engine. */
  readonly to: string | Frame
  /** The other source's columns, in the order of `columns`. Default: the same names. */
  readonly on?: readonly string[] | undefined
  /** Whether each row of the other source must be referred to as well. Default: false. */
  readonly both?: boolean | undefined
}

/** How many rows there must be. */
export interface RowCount {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

/** Tells the kinds of checks of a table apart. */
export function isRowCheck(check: TableCheck): check is RowCheck {
  return 'that' in check
}

/** Tells the kinds of checks of a table apart. */
export function isRefineCheck(check: TableCheck): check is RefineCheck {
  return 'refine' in check
}

/** Tells the kinds of checks of a table apart. */
export function isMeasureCheck(check: TableCheck): check is MeasureCheck {
  return 'measure' in check
}
