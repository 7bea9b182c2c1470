/**
 * The smallest two-sided p-value that a Kolmogorov–Smirnov test can reach with so many values: that of two samples which
 * do not overlap, 2 / C(n₁ + n₂, n₁). Where it lies above alpha, no drift can be found however large it is.
 *
 * O(min(n₁, n₂)); 0 where it is below 1e-308.
 *
 * @param n1 values in one sample, 1 or more
 * @param n2 values in the other
 * @example ksSmallestPValue(3, 3) // 0.1
 */
export function ksSmallestPValue(n1: number, n2: number): number {
  const [m, n] = [Math.max(n1, n2), Math.min(n1, n2)]
  let p = 2
  for (let i = 1; i <= n && p > 0; i++) p *= i / (m + i)
  return Math.min(1, p)
}
