import { durbinMatrix } from './durbin-matrix.ts'
import { pelzGood } from './pelz-good.ts'
import { pomeranz } from './pomeranz.ts'
import { smirnovTail } from './smirnov-tail.ts'
import { stirlingError } from './stirling-error.ts'

/**
 * The chance that the two-sided one-sample Kolmogorov–Smirnov statistic of n values is at least d, by the method that
 * scipy.stats.kstwo.sf would take for this n and d: its choices are part of its p-values.
 *
 * Ruben and Gambino's closed forms at the two ends; 2·P(D⁺ ≥ d) where that is exact or near enough; Durbin's matrix, Pomeranz'
 * recursion or Pelz and Good's expansion elsewhere. Agrees with scipy 1.17.1 to 1e-11 relative; true to 1e-12 but where Pelz and Good's
 * expansion is taken (n > 140 and nd² < 2.2; error 7e-6 at most).
 *
 * @param n values; NaN where it is not 1 or more
 * @param d 0–1
 * @see Simard and L'Ecuyer (2011), J. Statist. Softw. 39(11)
 * @example kstwoTail(100, 0.13403) // 0.04999431240081…
 */
export function kstwoTail(n: number, d: number): number {
  if (!(n >= 1)) return Number.NaN
  const nd = n * d
  if (d >= 1) return 0
  if (nd <= 0.5) return 1
  if (nd <= 1) return 1 - lowEnd(n, nd)
  if (nd >= n - 1) return 2 * (1 - d) ** n
  if (d >= 0.5) return 2 * smirnovTail(n, d)
  if (n <= 140) {
    if (nd * d <= 0.754_693) return 1 - durbinMatrix(n, d)
    return nd * d <= 4 ? 1 - pomeranz(n, d) : 2 * smirnovTail(n, d)
  }
  if (nd * d >= 370) return 0
  if (nd * d >= 2.2) return Math.min(1, 2 * smirnovTail(n, d))
  const below = n <= 100_000 && n * d ** 1.5 <= 1.4 ? durbinMatrix(n, d) : pelzGood(n, d)
  return Math.min(1, Math.max(0, 1 - below))
}

/** n!/nⁿ·(2nd − 1)ⁿ. */
function lowEnd(n: number, nd: number): number {
  return Math.sqrt(2 * Math.PI * n) * Math.exp(stirlingError(n) + n * (Math.log(2 * nd - 1) - 1))
}
