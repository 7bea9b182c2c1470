import { failure } from '../codes.ts'

/**
 * How unusual a number is beside past ones of its kind: (1 + those at least as large)/(n + 1).
 *
 * If the number is drawn as the past ones were, in whatever distribution, p is at most k/(n + 1) with a probability of at most k/(n + 1),
 * exactly so where no two are alike: all n + 1 ranks are then equally likely. So p of 19 past numbers can be 0.05 and no less. Numbers that
 * depend on the one before, or that grow with time, are not drawn alike. O(n).
 *
 * @param past without NaN; none gives 1
 * @param present large is unusual
 * @throws DS_SAMPLE_INVALID for NaN
 * @see Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World (2005), 2.2
 * @example conformalPValue([0.02, 0.05, 0.03], 0.04) // 0.5
 */
export function conformalPValue(past: readonly number[], present: number): number {
  if (Number.isNaN(present) || past.some(Number.isNaN))
    throw failure('DS_SAMPLE_INVALID', 'a p-value of NaN is asked for')
  return (1 + past.filter((one) => one >= present).length) / (past.length + 1)
}

/**
 * Past numbers from which on {@link conformalPValue} can be as small as alpha: 1/alpha − 1.
 *
 * @param alpha above 0 and below 1
 * @throws DS_STATISTIC_OPTION for another
 * @example pastNeeded(0.05) // 19
 */
export function pastNeeded(alpha: number): number {
  if (!(alpha > 0 && alpha < 1)) throw failure('DS_STATISTIC_OPTION', `alpha is ${alpha}, not between 0 and 1`)
  // 1/0.05 is a little less than 20 for a machine.
  return Math.max(1, Math.ceil(1 / alpha - 1 - 1e-9))
}
