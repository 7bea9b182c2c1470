import { failure } from '../codes.ts'
import { readCountPair } from './counts.ts'
import { compensatedSum } from './special/compensated-sum.ts'

/** How a Jensen–Shannon distance is told. */
export interface JensenShannonOptions {
  /** Base of the logarithm, above 0 and not 1. Default: e, as scipy; with 2 the distance lies in 0–1. */
  readonly base?: number | undefined
}

/**
 * The Jensen–Shannon distance between two distributions over the same cells: √(½·KL(p, m) + ½·KL(q, m)), m = (p + q)/2. A metric.
 *
 * As scipy.spatial.distance.jensenshannon 1.17.1, to 1e-14 relative for distances above 0.01. Near 0, where scipy's is a difference of large
 * sums, this keeps its digits: cells of p and q are compared as t = (p − q)/(p + q), and (1 + t)·log(1 + t) + (1 − t)·log(1 − t) is what
 * each adds.
 *
 * @param p counts or shares, 0 or more; taken as parts of their sum
 * @param q likewise, as many
 * @returns 0 to √(log 2 / log base): 0.8326 by default
 * @throws DS_COUNTS_INVALID where a side has no cells, one that is no count, a sum of 0, or not as many as the other
 * @throws DS_STATISTIC_OPTION for a base that is none
 * @see Lin (1991), IEEE Trans. Inf. Theory 37; Endres and Schindelin (2003), IEEE Trans. Inf. Theory 49
 * @example jensenShannonDistance([1, 0, 0], [0, 1, 0], { base: 2 }) // 1
 */
export function jensenShannonDistance(
  p: ArrayLike<number>,
  q: ArrayLike<number>,
  options: JensenShannonOptions = {},
): number {
  const { base = Math.E } = options
  if (!(base > 0 && base < Infinity) || base === 1) {
    throw failure('DS_STATISTIC_OPTION', `base is ${base}, not above 0, finite and other than 1`)
  }
  const pair = readCountPair(p, q)
  const sum = compensatedSum()
  for (let at = 0; at < pair.p.length; at++) {
    const [left, right] = [(pair.p[at] as number) * pair.qSum, (pair.q[at] as number) * pair.pSum]
    const both = left + right
    if (both > 0) sum.add(both * excess((left - right) / both))
  }
  const divergence = sum.value() / (4 * pair.pSum * pair.qSum)
  return Math.sqrt(Math.max(0, divergence / (base === Math.E ? 1 : Math.log(base))))
}

/** (1 + t)·log(1 + t) + (1 − t)·log(1 − t), 0 to 2·log 2. */
function excess(t: number): number {
  if (Math.abs(t) < 0.5) return Math.log1p(-t * t) + 2 * t * Math.atanh(t)
  return Math.abs(t) === 1 ? 2 * Math.LN2 : (1 + t) * Math.log1p(t) + (1 - t) * Math.log1p(-t)
}
