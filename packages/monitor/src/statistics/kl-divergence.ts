import { readCountPair } from './counts.ts'
import { compensatedSum } from './special/compensated-sum.ts'
import { relativeEntropy } from './special/relative-entropy.ts'

/**
 * The Kullback–Leibler divergence of q from p, Σ p·log(p/q): what it costs, in nats, to code draws of p as if they were of q.
 *
 * As scipy.stats.entropy(p, q) 1.17.1, to 1e-14 relative for divergences above 1e-4; below, this keeps its digits, since each cell adds
 * p·log(p/q) − p + q ≥ 0.
 *
 * @param p counts or shares, 0 or more; taken as parts of their sum
 * @param q likewise, as many
 * @returns nats, 0 or more; Infinity where q is 0 and p is not
 * @throws DS_COUNTS_INVALID where a side has no cells, one that is no count, a sum of 0, or not as many as the other
 * @see Kullback and Leibler (1951), Ann. Math. Statist. 22
 * @example klDivergence([1, 1], [1, 3]) // 0.14384103622589042
 */
export function klDivergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  const pair = readCountPair(p, q)
  const sum = compensatedSum()
  for (let at = 0; at < pair.p.length; at++) {
    const [left, right] = [(pair.p[at] as number) * pair.qSum, (pair.q[at] as number) * pair.pSum]
    sum.add(relativeEntropy(left, right, right - left))
  }
  return sum.value() / (pair.pSum * pair.qSum)
}
