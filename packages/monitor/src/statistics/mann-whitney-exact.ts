import { ratio } from './special/whole-sum.ts'

/** Steps that an exact p-value may take: about a second or two. */
const MOST_STEPS = 2e7

/**
 * The chance that Mann and Whitney's U is at most u where both samples come from one distribution without ties, by counting.
 *
 * The counts are the coefficients of Gauss' binomial, Π (1 − q^(n+i))/(1 − q^i) for i = 1 … m, in whole numbers of any size: the result is off
 * by its last rounding only. O(m·u), with m the smaller sample.
 *
 * @param u a whole number, 0 to n₁·n₂/2
 * @returns `undefined` where that would take more than a second or two
 * @see Mann and Whitney (1947), Ann. Math. Statist. 18
 */
export function mannWhitneyBelow(u: number, n1: number, n2: number): number | undefined {
  const [m, n] = [Math.min(n1, n2), Math.max(n1, n2)]
  let orders = 1n
  for (let k = 1; k <= m; k++) orders = (orders * BigInt(n + k)) / BigInt(k)
  const small = orders <= BigInt(Number.MAX_SAFE_INTEGER)
  if (m * u > (small ? 20 * MOST_STEPS : MOST_STEPS)) return undefined
  return small ? inDoubles(u, m, n) / Number(orders) : ratio(inWholes(u, m, n), orders)
}

/** Where all counts are below 2^53, doubles hold them. */
function inDoubles(u: number, m: number, n: number): number {
  const counts = new Float64Array(u + 1)
  counts[0] = 1
  for (let i = 1; i <= m; i++) {
    for (let at = u; at >= n + i; at--) counts[at] = (counts[at] as number) - (counts[at - n - i] as number)
    for (let at = i; at <= u; at++) counts[at] = (counts[at] as number) + (counts[at - i] as number)
  }
  return counts.reduce((sum, count) => sum + count, 0)
}

function inWholes(u: number, m: number, n: number): bigint {
  const counts = Array.from({ length: u + 1 }, () => 0n)
  counts[0] = 1n
  for (let i = 1; i <= m; i++) {
    for (let at = u; at >= n + i; at--) counts[at] = (counts[at] as bigint) - (counts[at - n - i] as bigint)
    for (let at = i; at <= u; at++) counts[at] = (counts[at] as bigint) + (counts[at - i] as bigint)
  }
  return counts.reduce((sum, count) => sum + count, 0n)
}
