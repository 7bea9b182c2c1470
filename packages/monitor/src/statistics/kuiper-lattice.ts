import type { KsLattice } from './ks-lattice.ts'
import { stirlingError } from './special/stirling-error.ts'

/**
 * The share of lattice paths from (0, 0) to (m, n) whose range, highest less lowest value of b·i − a·j, is at least `height`: the exact
 * p-value of Kuiper's statistic for samples without ties.
 *
 * The range does not change where a path is turned around a circle, so paths are counted from their lowest point: with c lowest points, a
 * path counts (m + n)/c. From one lowest point to the next it makes an excursion, one of k·(a + b) steps for k = 1 … common; the share of
 * those that reach the height, and of those that do not, comes from one walk over the lattice, and −log(1 − reaching/(1 − not
 * reaching)) of their power series puts the excursions together. All terms are positive, so tiny shares keep their digits: relative error below 1e-12.
 * O(m·n).
 *
 * @see Kuiper (1960), Proc. Kon. Ned. Akad. Wet. A 63; Dwass (1967), Ann. Math. Statist. 38, for the count by lowest points
 */
export function kuiperShare(lattice: KsLattice): number {
  const { m, n, common, height } = lattice
  if (height <= 0) return 1
  const { reaching, short } = excursions(lattice)
  // G = reaching/(1 − short), then L = −log(1 − G), coefficient by coefficient.
  const g = new Float64Array(common + 1)
  const l = new Float64Array(common + 1)
  for (let k = 1; k <= common; k++) {
    let sum = reaching[k] as number
    for (let j = 1; j < k; j++) sum += (short[j] as number) * (g[k - j] as number)
    g[k] = sum
    let weighted = k * sum
    for (let j = 1; j < k; j++) weighted += j * (l[j] as number) * (g[k - j] as number)
    l[k] = weighted / k
  }
  return Math.min(1, (m + n) * (l[common] as number))
}

/** Excursions of k·(a + b) steps, as counts times a power ρ^k that makes C(m + n, n)·ρ^common = 1. */
function excursions({ m, n, common, height }: KsLattice): { reaching: Float64Array; short: Float64Array } {
  const [a, b] = [m / common, n / common]
  const reaching = new Float64Array(common + 1)
  const short = new Float64Array(common + 1)
  const scale = scaleOf(a, b, common)
  const below = new Float64Array(n + 2) // share of paths to (s − j, j) that stayed above 0 and below the height, at j + 1
  const beyond = new Float64Array(n + 2) // that stayed above 0 and reached it
  below[1] = 1
  for (let s = 1; s <= m + n; s++) {
    const level = (b * s) / (a + b)
    // Where s is a multiple of a + b, the last j is on level 0.
    const last = Math.min(n, Math.floor(level))
    const first = Math.max(0, s - m)
    const high = Math.floor((b * s - height) / (a + b))
    for (let j = last; j >= first; j--) {
      const z = (j * (below[j] as number) + (s - j) * (below[j + 1] as number)) / s
      const t = (j * (beyond[j] as number) + (s - j) * (beyond[j + 1] as number)) / s
      below[j + 1] = j <= high ? 0 : z
      beyond[j + 1] = j <= high ? z + t : t
    }
    if (s % (a + b) === 0) {
      const k = s / (a + b)
      short[k] = (below[last + 1] as number) * scale(k)
      reaching[k] = (beyond[last + 1] as number) * scale(k)
      below[last + 1] = 0
      beyond[last + 1] = 0
    }
  }
  return { reaching, short }
}

/** C(k(a + b), kb)·ρ^k, with the powers that Stirling's formula would let cancel left out from the start. */
function scaleOf(a: number, b: number, common: number): (k: number) => number {
  const log = (k: number): number =>
    stirlingError(k * (a + b)) -
    stirlingError(k * a) -
    stirlingError(k * b) -
    Math.log((2 * Math.PI * k * a * b) / (a + b)) / 2
  const whole = log(common)
  return (k) => Math.exp(log(k) - (k / common) * whole)
}
