import { readCountPair } from './counts.ts'
import { compensatedSum } from './special/compensated-sum.ts'

/**
 * The Hellinger distance between two distributions over the same cells, √(½·Σ (√p − √q)²).
 *
 * Relative error below 1e-14 (measured against 60 digits), also near 0: √p − √q is taken as (p − q)/(√p + √q).
 *
 * @param p counts or shares, 0 or more; taken as parts of their sum
 * @param q likewise, as many
 * @returns 0–1
 * @throws DS_COUNTS_INVALID where a side has no cells, one that is no count, a sum of 0, or not as many as the other
 * @see Hellinger (1909), J. reine angew. Math. 136
 * @example hellingerDistance([1, 0], [0, 1]) // 1
 */
export function hellingerDistance(p: ArrayLike<number>, q: ArrayLike<number>): number {
  const pair = readCountPair(p, q)
  const sum = compensatedSum()
  for (let at = 0; at < pair.p.length; at++) {
    const [left, right] = [(pair.p[at] as number) * pair.qSum, (pair.q[at] as number) * pair.pSum]
    if (left !== right) sum.add(((left - right) / (Math.sqrt(left) + Math.sqrt(right))) ** 2)
  }
  return Math.sqrt(Math.min(1, sum.value() / (2 * pair.pSum * pair.qSum)))
}
