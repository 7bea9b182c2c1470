import type { CellShare, Column, ColumnProfile, DistributionGap } from '@dayshift/core'
import type { CountedDoubles } from '@dayshift/core/ground'
import type { Extent } from './drift/extent.ts'
import type { UnitChange } from './drift/unit-changes.ts'
import type { Ks2sampResult } from './statistics/ks2samp.ts'

/** A column on one side, by its profile alone. */
export interface ProfiledColumn {
  readonly rows: number
  readonly profile: ColumnProfile
}

/**
 * How many rows have which value, or lie in which range. Both sides have the same names in the same order, 0 where a side
 * has none; what has no name of its own (rare values beyond the first thousands) is counted in `rest`.
 */
export interface Cells {
  readonly names: readonly string[]
  readonly counts: readonly number[]
  readonly rest: number
  /** Rows with a value. Of `words` a row counts once in each of its words, so the counts may sum up to more. */
  readonly rows: number
}

/**
 * What a detector may ask to be given of a column, each read once a side however many detectors ask for it.
 *
 * - `profile`: rows, and the column's profile.
 * - `numbers`: the values as doubles, at least one on each side, without NaN. Times are days (dates) or microseconds.
 * - `cells`: rows by value; of numbers with more than 20 different values, by tenths of both sides together.
 * - `lengths`: how many characters each text has.
 * - `patterns`: rows by the form of their text, `AB-12` as `A-9`.
 * - `words`: in how many rows each word stands.
 */
export interface Readings {
  readonly profile: ProfiledColumn
  readonly numbers: Float64Array
  readonly cells: Cells
  readonly lengths: Float64Array
  readonly patterns: Cells
  readonly words: Cells
}

/** What can be read of a column. */
export type Need = keyof Readings

/** The two sides of a comparison. */
export interface Sides<Reading> {
  readonly reference: Reading
  readonly current: Reading
  /** The column as the current side has it. */
  readonly column?: Column
  /**
   * Of `numbers`: how doubles stand for values. `value` (default): they are the values. `offset`: values less a number that
   * both sides share, `rank`: places in the order of all values, where the values themselves would lose digits as doubles.
   */
  readonly scale?: NumberScale
  /** Of `numbers`: how often values are there, where they are so many that they were counted while they were read. */
  readonly counted?: CountedDoubles | undefined
}

/** How doubles stand for the values of a column. */
export type NumberScale = 'value' | 'offset' | 'rank'

/** The two sides of a detector of numbers. */
export type DetectorInput = Sides<Float64Array>

/** What a detector can tell beside its numbers; see `ColumnDrift` for each. */
interface Told {
  readonly detail?: string
  readonly moved?: readonly CellShare[]
  readonly newValues?: readonly CellShare[]
  readonly lostValues?: readonly CellShare[]
}

/**
 * What a statistical test gives. The column drifted where the p-value, corrected for many columns, is at most alpha, and the
 * effect, where there is one, at least the detector's `minEffect`.
 */
export interface TestOutcome extends Told {
  /** The test's statistic, in its own unit. */
  readonly statistic: number
  readonly pValue: number
  /** The smallest p-value that samples of these sizes can reach; left out where the test cannot tell. */
  readonly smallestPValue?: number
  /** How far the sides are apart, whatever the number of rows. */
  readonly effect?: number
  /** The least effect that is found with a chance of 0.8 at this alpha, Infinity where none is; left out where the test cannot tell. */
  readonly smallestDetectable?: (alpha: number) => number
  /** Where the distribution functions are furthest apart, of numbers that are tested as they are. */
  readonly gap?: DistributionGap
}

/** What a distance gives. The column drifted where the statistic is at least the threshold. */
export interface DistanceOutcome extends Told {
  readonly statistic: number
  readonly threshold: number
  readonly effect?: number
}

/**
 * What a detector says of a column; `undefined` where it has nothing to say.
 *
 * Whether it says something must not depend on which rows are on which side, as far as it can be helped: a test that is silent whenever it
 * finds nothing is left out of the count that p-values are corrected for, and then alarms too often. It gives p = 1 instead.
 */
export type Outcome = TestOutcome | DistanceOutcome | undefined

interface DetectorOf<Reading> {
  /** Short and stable: it stands in reports. */
  readonly name: string
  /** The least effect that counts as drift, in the detector's own unit. Default: 0, so that p alone decides. */
  readonly minEffect?: number
  /** What is looked at breaks what reads the data, so the report fails where it drifted. Default: false. */
  readonly breaks?: boolean
  /** Whether the detector has something to say of such a column. */
  fits(column: Column): boolean
  test(input: Sides<Reading>): Outcome
}

/** A detector of numbers: `needs` may be left out. */
export interface NumbersDetector extends DetectorOf<Float64Array> {
  readonly needs?: 'numbers'
  /**
   * What it says of a column whose values are too many for memory, by what the two-sided Kolmogorov–Smirnov test with `accurate`
   * says of it. Left out: of such a column it is not asked.
   *
   * @param sizes values of the reference and of the current side, without missing ones and NaN
   */
  testGap?(found: Ks2sampResult, sizes: readonly [number, number]): Outcome
  /** As `testGap`, and asked in its place, by all that can be found of such a column in more passes. */
  testPasses?(numbers: NumbersInPasses): Outcome | Promise<Outcome>
}

/** A column of numbers whose values are too many for memory: what can be asked of them. Each question reads them again, once. */
export interface NumbersInPasses {
  /** Values of the reference and of the current side, without missing ones and NaN; at least one each. */
  readonly sizes: readonly [number, number]
  /** The two-sided Kolmogorov–Smirnov test with `accurate`. */
  readonly found: Ks2sampResult
  readonly column: Column
  readonly scale: NumberScale
  /** Where the values of each side lie. */
  extents(): Promise<readonly [reference: Extent, current: Extent]>
  /** How many current values lie below a range, and how many above. */
  outside(range: Extent): Promise<readonly [below: number, above: number]>
  /** Some values of each side, in ascending order: at most 65 536, the same on each run. */
  drawn(): Promise<readonly [reference: Float64Array, current: Float64Array]>
  /** D after all values x of the reference became a·x + b. */
  gapAfter(change: UnitChange): Promise<number>
}

type OtherNeed = Exclude<Need, 'numbers'>

/**
 * One statistical test or distance. Anything of this shape can be given to `drift`.
 *
 * @example
 * const meanShift: Detector = {
 *   name: 'mean-shift',
 *   fits: ({ type }) => type === 'float',
 *   test: ({ reference, current }) => ({ statistic: Math.abs(mean(current) - mean(reference)), threshold: 5 }),
 * }
 * @example
 * const empty: Detector = {
 *   name: 'empty-texts',
 *   needs: 'profile',
 *   fits: ({ type }) => type === 'string',
 *   test: ({ current: { profile } }) => ({ statistic: profile.lengths?.empty ?? 0, threshold: 1 }),
 * }
 */
export type Detector =
  | NumbersDetector
  | { [N in OtherNeed]: DetectorOf<Readings[N]> & { readonly needs: N } }[OtherNeed]

/** How a detector of dayshift's is set. */
export interface DetectorOptions {
  /** The least effect that counts as drift, in the detector's own unit. Each detector has a default. */
  readonly minEffect?: number | undefined
}

/** Whether a column holds points in time or days. */
export function isTime({ type }: Column): boolean {
  return type === 'date' || type === 'timestamp' || type === 'timestamptz' || type === 'time'
}
