import { failure } from './codes.ts'

/**
 * How p-values of many columns are judged together.
 *
 * - `none`: each by itself. Of 50 columns without drift, 2 or 3 look drifted at alpha 0.05.
 * - `bonferroni`: the chance of any false alarm at all stays below alpha.
 * - `holm`: as `bonferroni`, and finds at least as much.
 * - `bh` (Benjamini and Hochberg): of the columns called drifted, the share of false alarms stays below alpha on average, for columns that
 *   are independent or hang together positively.
 * - `by` (Benjamini and Yekutieli): as `bh`, however columns hang together.
 */
export type Correction = 'none' | 'bonferroni' | 'holm' | 'bh' | 'by'

/** Every {@link Correction}. */
export const corrections: readonly Correction[] = ['none', 'bonferroni', 'holm', 'bh', 'by']

/**
 * Adjusts p-values for being many, so that each can be held against alpha as it stands: at most 1, and in the order of the p-values given.
 *
 * With k p-values, p₍ⱼ₎ the j-th smallest: Bonferroni k·p; Holm the greatest of (k − j + 1)·p₍ⱼ₎ over all j up to the value's own rank;
 * Benjamini and Hochberg the least of k·p₍ⱼ₎/j over all j from it on; Benjamini and Yekutieli that times 1 + 1/2 + … + 1/k.
 *
 * As R's p.adjust, and scipy.stats.false_discovery_control 1.17.1 for `bh` and `by`, to 1e-15. O(k log k); the array is not changed.
 *
 * @param pValues 0–1
 * @throws DS_PVALUES_INVALID where a value is below 0, above 1 or NaN
 * @throws DS_STATISTIC_OPTION for a correction that there is not
 * @see Holm (1979), Scand. J. Statist. 6; Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57; Benjamini and Yekutieli (2001), Ann. Statist. 29
 * @example adjustPValues([0.01, 0.04, 0.03], 'bh') // [0.03, 0.04, 0.04]
 */
export function adjustPValues(pValues: ArrayLike<number>, correction: Correction): number[] {
  if (!corrections.includes(correction)) {
    throw failure(
      'DS_STATISTIC_OPTION',
      `correction is '${correction as string}', not one of ${corrections.join(', ')}`,
    )
  }
  const given = Array.from(pValues)
  const wrong = given.findIndex((p) => !(p >= 0 && p <= 1))
  if (wrong >= 0) throw failure('DS_PVALUES_INVALID', `the p-value at place ${wrong} is ${given[wrong]}`)
  const count = given.length
  if (correction === 'none') return given
  if (correction === 'bonferroni') return given.map((p) => Math.min(1, p * count))
  const order = given.map((_, at) => at).sort((a, b) => (given[a] as number) - (given[b] as number))
  const adjusted = [...given]
  if (correction === 'holm') {
    let most = 0
    order.forEach((at, below) => {
      most = Math.max(most, (given[at] as number) * (count - below))
      adjusted[at] = Math.min(1, most)
    })
    return adjusted
  }
  const factor = correction === 'by' ? harmonic(count) : 1
  let least = 1
  order.toReversed().forEach((at, above) => {
    least = Math.min(least, (((given[at] as number) * count) / (count - above)) * factor)
    adjusted[at] = least
  })
  return adjusted
}

/** 1 + 1/2 + … + 1/k, small parts first. */
function harmonic(k: number): number {
  let sum = 0
  for (let j = k; j >= 1; j--) sum += 1 / j
  return sum
}
