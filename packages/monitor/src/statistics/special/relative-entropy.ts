import { log1pGap } from './log1p-gap.ts'

/**
 * a·log(a/b) − a + b, never negative: what a cell adds to a divergence without the part that is linear in b − a.
 *
 * Relative error below 3e-15 (measured against 60 digits), if the difference is that good: a·φ((b − a)/a), φ(t) = t − log(1 + t), where a
 * and b are near, and as it stands where they are not.
 *
 * @param a 0 or more
 * @param b 0 or more; where it is 0 and a is not, Infinity
 * @param difference b − a, to as many digits as it is known
 * @example relativeEntropy(1, 2, 1) // 0.3068528194400547
 */
export function relativeEntropy(a: number, b: number, difference: number): number {
  if (a === 0) return b
  if (b === 0) return Infinity
  return Math.abs(difference) < a / 2 ? a * log1pGap(difference / a) : a * Math.log(a / b) + difference
}
