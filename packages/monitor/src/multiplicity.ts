/**
 * How p-values of many columns are judged together.
 *
 * - `none`: each by itself. Of 50 columns without drift, 2 or 3 look drifted at alpha 0.05.
 * - `bonferroni`: the chance of any false alarm at all stays below alpha.
 * - `bh` (Benjamini and Hochberg): of the columns called drifted, the share of false alarms stays below alpha on average.
 */
export type Correction = 'none' | 'bonferroni' | 'bh'

/** Every {@link Correction}. */
export const corrections: readonly Correction[] = ['none', 'bonferroni', 'bh']

/**
 * Adjusts p-values for being many, so that each can be held against alpha as it stands. Bonferroni: k·p. Benjamini and
 * Hochberg: the least of k·p₍ⱼ₎/j over all j at or above the value's own rank. At most 1, and in the order of the
 * p-values given.
 *
 * O(k log k); the array is not changed.
 *
 * @param pValues 0–1
 * @see Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57; R's p.adjust gives the same
 * @example adjustPValues([0.01, 0.04, 0.03], 'bh') // [0.03, 0.04, 0.04]
 */
export function adjustPValues(pValues: readonly number[], correction: Correction): number[] {
  const count = pValues.length
  if (correction === 'none') return [...pValues]
  if (correction === 'bonferroni') return pValues.map((p) => Math.min(1, p * count))
  const adjusted = [...pValues]
  const descending = pValues.map((_, at) => at).sort((a, b) => (pValues[b] as number) - (pValues[a] as number))
  let least = 1
  descending.forEach((at, above) => {
    least = Math.min(least, ((pValues[at] as number) * count) / (count - above))
    adjusted[at] = least
  })
  return adjusted
}
