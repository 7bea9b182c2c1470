import { ecdfGaps } from './ecdf-gaps.ts'
import { sortedSample } from './samples.ts'

/** How far two samples are apart by Kolmogorov and Smirnov. */
export interface KsStatistic {
  /** D: the largest gap between the two empirical distribution functions, 0–1. */
  readonly statistic: number
  /** A value at which the gap is that large: the smallest of the reference, else of the current; ±Infinity where it is one. */
  readonly location: number
  /** At `location`: 1 where more of the reference lies at or below it, -1 where more of the current does; 1 where D is 0. */
  readonly sign: 1 | -1
}

/**
 * The two-sided two-sample Kolmogorov–Smirnov statistic, D = max over t of |F(t) − G(t)|, where F(t) is the share of the
 * reference at or below t and G(t) that of the current sample.
 *
 * Gaps are compared as whole numbers (i·n₂ − j·n₁), so the maximum found is the true one and D is the double next to
 * it, as long as n₁·n₂ < 2^53. Ties count on both sides before a gap is taken; −0 equals +0;
 * ±Infinity are values like others. O(n log n) for n = n₁ + n₂; both samples are copied, none is changed.
 *
 * @param reference at least one value, in any order
 * @param current at least one value, in any order
 * @throws DS_SAMPLE_INVALID where a sample is empty or holds NaN
 * @see Smirnov (1939), Bull. Math. Univ. Moscou 2(2); scipy.stats.ks_2samp gives the same D
 * @example ksStatistic(Float64Array.of(11, 16, 13), Float64Array.of(10, 15, 12)).statistic // 0.3333333333333333
 */
export function ksStatistic(reference: ArrayLike<number>, current: ArrayLike<number>): KsStatistic {
  const a = sortedSample(reference, 'raise', 'the reference sample')
  const b = sortedSample(current, 'raise', 'the current sample')
  const { above, below } = ecdfGaps(a, b)
  const best = below.height > above.height ? below : above
  return { statistic: best.height / (a.length * b.length), location: best.location, sign: best === below ? -1 : 1 }
}
