import { failure } from '../codes.ts'
import { rankedSeries } from './ranked.ts'
import { normalTail } from './special/normal-tail.ts'

/** Whether values depend on those before them. */
export interface SerialDependenceResult {
  /** The rank form of von Neumann's ratio: about 2 of independent values, towards 0 where neighbours are alike. */
  readonly statistic: number
  /** One-sided: the chance of neighbours as alike as these, if every order is equally likely. By the normal law, from about 10 values on. */
  readonly pValue: number
}

/**
 * Bartels' test of whether neighbours in a series are more alike than chance has it: by a trend, a level that changed, or since a value
 * holds on to the one before. O(n log n).
 *
 * @param values in the order of time, at least 4 and not all alike, without NaN
 * @throws DS_SAMPLE_INVALID
 * @see Bartels (1982), JASA 77, 40
 * @example serialDependence([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).pValue // 0.00057…
 */
export function serialDependence(values: ArrayLike<number>): SerialDependenceResult {
  const { ranks } = rankedSeries(values)
  const n = ranks.length
  const mean = (n + 1) / 2
  const spread = ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0)
  if (n < 4 || spread === 0) {
    throw failure('DS_SAMPLE_INVALID', 'dependence is asked of fewer than 4 values, or of values that are all alike')
  }
  let steps = 0
  for (let at = 1; at < n; at++) steps += ((ranks[at] as number) - (ranks[at - 1] as number)) ** 2
  const statistic = steps / spread
  const variance = (4 * (n - 2) * (5 * n * n - 2 * n - 9)) / (5 * n * (n + 1) * (n - 1) ** 2)
  return { statistic, pValue: normalTail((2 - statistic) / Math.sqrt(variance)) }
}
