import type { Column } from '@dayshift/core'

/** The two sides of a comparison: values as doubles, at least one on each side, without NaN. */
export interface DetectorInput {
  readonly reference: Float64Array
  readonly current: Float64Array
}

/** What a statistical test gives. The column drifted where the p-value, corrected for many columns, is at most alpha. */
export interface TestOutcome {
  /** The test's statistic, in its own unit. */
  readonly statistic: number
  readonly pValue: number
  /** The smallest p-value that samples of these sizes can reach; left out where the test cannot tell. */
  readonly smallestPValue?: number
  /** How far the sides are apart, whatever the number of rows. */
  readonly effect?: number
}

/** What a distance gives. The column drifted where the statistic is at least the threshold. */
export interface DistanceOutcome {
  readonly statistic: number
  readonly threshold: number
  readonly effect?: number
}

/**
 * One statistical test or distance. Anything of this shape can be given to `drift`.
 *
 * @example
 * const meanShift: Detector = {
 *   name: 'mean-shift',
 *   fits: ({ type }) => type !== 'decimal',
 *   test: ({ reference, current }) => ({ statistic: Math.abs(mean(current) - mean(reference)), threshold: 5 }),
 * }
 */
export interface Detector {
  /** Short and stable: it stands in reports. */
  readonly name: string
  /** Whether the detector has something to say of a column of numbers. */
  fits(column: Column): boolean
  test(input: DetectorInput): TestOutcome | DistanceOutcome
}
