import { readCountPair } from './counts.ts'
import { compensatedSum } from './special/compensated-sum.ts'

/**
 * The total variation distance between two distributions over the same cells, ½·Σ |p − q|: the share of rows that would have to change
 * their cell.
 *
 * Relative error below 1e-15 of counts whose sums multiply to less than 2^53.
 *
 * @param p counts or shares, 0 or more; taken as parts of their sum
 * @param q likewise, as many
 * @returns 0–1
 * @throws DS_COUNTS_INVALID where a side has no cells, one that is no count, a sum of 0, or not as many as the other
 * @see Levin, Peres and Wilmer (2009), Markov Chains and Mixing Times, proposition 4.2
 * @example totalVariationDistance([50, 50], [80, 20]) // 0.3
 */
export function totalVariationDistance(p: ArrayLike<number>, q: ArrayLike<number>): number {
  const pair = readCountPair(p, q)
  const sum = compensatedSum()
  for (let at = 0; at < pair.p.length; at++) {
    sum.add(Math.abs((pair.p[at] as number) * pair.qSum - (pair.q[at] as number) * pair.pSum))
  }
  return Math.min(1, sum.value() / (2 * pair.pSum * pair.qSum))
}
