import { failure } from '../codes.ts'

/** How far two samples are apart by Kolmogorov and Smirnov. */
export interface KsStatistic {
  /** D: the largest gap between the two empirical distribution functions, 0–1. */
  readonly statistic: number
  /** The smallest value at which the gap is that large; ±Infinity where such a value is. */
  readonly location: number
  /** At `location`: 1 where more of the reference lies at or below it, -1 where more of the current does; 1 where D is 0. */
  readonly sign: 1 | -1
}

/**
 * The two-sided two-sample Kolmogorov–Smirnov statistic, D = max over t of |F(t) − G(t)|, where F(t) is the share of the
 * reference at or below t and G(t) that of the current sample.
 *
 * Gaps are compared as whole numbers (i·n₂ − j·n₁), so the maximum found is the true one and D is off by one rounding
 * of i/n₁ − j/n₂ at most, as long as n₁·n₂ < 2^53. Ties count on both sides before a gap is taken; −0 equals +0;
 * ±Infinity are values like others. O(n log n) for n = n₁ + n₂; both samples are copied, none is changed.
 *
 * @param reference at least one value, in any order
 * @param current at least one value, in any order
 * @throws DS_SAMPLE_INVALID where a sample is empty or holds NaN
 * @see Smirnov (1939), Bull. Math. Univ. Moscou 2(2); scipy.stats.ks_2samp gives the same D
 * @example ksStatistic(Float64Array.of(11, 16, 13), Float64Array.of(10, 15, 12)).statistic // 0.3333333333333333
 */
export function ksStatistic(reference: Float64Array, current: Float64Array): KsStatistic {
  const a = sorted(reference, 'reference')
  const b = sorted(current, 'current')
  const [n1, n2] = [a.length, b.length]
  let [i, j] = [0, 0]
  let best = { gap: 0, i: 0, j: 0, location: Math.min(a[0] as number, b[0] as number) }
  while (i < n1 && j < n2) {
    const [x, y] = [a[i] as number, b[j] as number]
    const value = x < y ? x : y
    while (i < n1 && a[i] === value) i++
    while (j < n2 && b[j] === value) j++
    const gap = Math.abs(i * n2 - j * n1)
    if (gap > best.gap) best = { gap, i, j, location: value }
  }
  // Past the end of one sample the gap only shrinks, so the rest of the other needs no look.
  const difference = best.i / n1 - best.j / n2
  return { statistic: Math.abs(difference), location: best.location + 0, sign: difference < 0 ? -1 : 1 }
}

function sorted(sample: Float64Array, side: string): Float64Array {
  if (sample.length === 0) throw failure('DS_SAMPLE_INVALID', `the ${side} sample has no values`)
  const copy = sample.toSorted()
  // NaN sorts last.
  if (Number.isNaN(copy.at(-1))) throw failure('DS_SAMPLE_INVALID', `the ${side} sample holds NaN`)
  return copy
}
