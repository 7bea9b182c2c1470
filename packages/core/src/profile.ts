import type { FactValue } from './facts.ts'
import type { ColumnType } from './schema.ts'

/** What one column holds. */
export interface ColumnProfile {
  readonly name: string
  readonly type: ColumnType
  /** Rows without a value. */
  readonly nulls: number
  /** Different values, nulls apart. */
  readonly distinct: number
  /** Smallest and largest value; null where there is none. */
  readonly min: FactValue
  readonly max: FactValue
  /** Numbers only, NaN and ±Infinity apart; the standard deviation is the sample's (n − 1), null below two values. */
  readonly mean?: number | null
  readonly sd?: number | null
  /** Numbers only: quartiles by linear interpolation (R type 7), NaN and ±Infinity apart. */
  readonly quartiles?: readonly [number, number, number] | null
}

/** What a frame holds. */
export interface Profile {
  readonly rows: number
  readonly columns: readonly ColumnProfile[]
}
