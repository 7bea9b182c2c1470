import { failure } from '../codes.ts'

/** A straight line through a series. */
export interface TheilSenResult {
  /** The median of the slopes of all pairs of different times: units of the values per unit of time. */
  readonly slope: number
  /** Value at time 0: the median of the values, less the slope times the median of the times. */
  readonly intercept: number
}

/**
 * The Theil–Sen line: how fast a series rises or falls, whatever up to 29 % of its values do. O(n² log n) in time and O(n²) in memory.
 *
 * @param values without NaN and infinities
 * @param times of each value, in any unit; default: 0, 1, 2 …
 * @throws DS_SAMPLE_INVALID for fewer than two different times, unequal lengths, or what is no number
 * @see Sen (1968), JASA 63, 1379
 * @example theilSen([1, 2, 3, 4, 100]).slope // 1
 */
export function theilSen(values: ArrayLike<number>, times: ArrayLike<number> = orderOf(values)): TheilSenResult {
  const [y, x] = [Float64Array.from(values), Float64Array.from(times)]
  if (x.length !== y.length || !x.every(Number.isFinite) || !y.every(Number.isFinite)) {
    throw failure('DS_SAMPLE_INVALID', 'a line is asked through values and times that do not belong together')
  }
  const slopes: number[] = []
  for (let later = 1; later < y.length; later++) {
    for (let at = 0; at < later; at++) {
      const apart = (x[later] as number) - (x[at] as number)
      if (apart !== 0) slopes.push(((y[later] as number) - (y[at] as number)) / apart)
    }
  }
  if (slopes.length === 0) throw failure('DS_SAMPLE_INVALID', 'a line is asked through fewer than two different times')
  const slope = medianOf(slopes)
  return { slope, intercept: medianOf(y) - slope * medianOf(x) }
}

function orderOf(values: ArrayLike<number>): number[] {
  return Array.from({ length: values.length }, (_, at) => at)
}

/** The middle value, of an even number the mean of the two. */
export function medianOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
