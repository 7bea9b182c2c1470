import { failure } from '../codes.ts'
import { rankedSeries } from './ranked.ts'
import { chiSquareTail } from './special/chi-square-tail.ts'

/** Whether groups differ. */
export interface KruskalWallisResult {
  /** H, corrected for ties. */
  readonly statistic: number
  /** By the chi-square law of groups − 1 degrees of freedom: good from about 5 values a group on. */
  readonly pValue: number
}

/**
 * The Kruskal–Wallis test: whether values of some groups tend to be larger than those of others. O(n log n).
 *
 * @param groups at least two, each with a value, without NaN
 * @throws DS_SAMPLE_INVALID for fewer, and where all values are alike
 * @see Kruskal and Wallis (1952), JASA 47, 583
 * @example kruskalWallis([[1, 2], [3, 4], [5, 6]]).statistic // 4.571…
 */
export function kruskalWallis(groups: readonly (readonly number[])[]): KruskalWallisResult {
  if (groups.length < 2 || groups.some(({ length }) => length === 0)) {
    throw failure('DS_SAMPLE_INVALID', 'groups are compared of which there are fewer than two, or one is empty')
  }
  const { ranks, ties } = rankedSeries(groups.flat())
  const n = ranks.length
  const tied = ties.reduce((sum, size) => sum + size ** 3 - size, 0) / (n ** 3 - n)
  if (tied === 1) throw failure('DS_SAMPLE_INVALID', 'groups are compared whose values are all alike')
  let from = 0
  let spread = 0
  for (const { length } of groups) {
    const sum = ranks.subarray(from, (from += length)).reduce((total, rank) => total + rank, 0)
    spread += length * (sum / length - (n + 1) / 2) ** 2
  }
  const statistic = (12 * spread) / (n * (n + 1)) / (1 - tied)
  return { statistic, pValue: chiSquareTail(statistic, groups.length - 1) }
}
