import { kolmogorovTail } from './kolmogorov-tail.ts'
import { latticeCells, latticeShare, tiedLatticeShare, type KsLattice } from './ks-lattice.ts'
import { greatestCommonDivisor } from './special/greatest-common-divisor.ts'

/** A p-value and how it was found. */
export interface KsPValue {
  /** Chance, 0–1, of a D at least as large where both samples come from one distribution. */
  readonly pValue: number
  /** `exact` counts lattice paths; `asymptotic` is near, within the bounds that {@link ksPValue} states. */
  readonly method: 'exact' | 'asymptotic'
}

/** Lattice points that an exact p-value may visit: about a second, at 1.7 ns each. */
const MOST_CELLS = 5e8

/** With ties all points are visited, also where p is far from small: some 0.2 s. */
export const MOST_TIED_CELLS = 1e8

/** Values of the smaller sample that it may hold a place for: 80 MB, and whole numbers stay below 2^53. */
const MOST_PLACES = 1e7

/** The lattice of two sizes and a gap i·n₂ − j·n₁, in either direction or that in which one sample is ahead. */
export function latticeOf(n1: number, n2: number, gap: number, ahead?: 'first' | 'second'): KsLattice {
  const [m, n] = [Math.max(n1, n2), Math.min(n1, n2)]
  const common = greatestCommonDivisor(m, n)
  const oneSided = ahead === undefined ? false : (ahead === 'first') === n1 >= n2 ? 'm' : 'n'
  return { m, n, common, height: Math.round(gap / common), oneSided }
}

/**
 * The p-value of a lattice, exact wherever that takes about a second at most; see {@link ksPValue} for how and how near.
 *
 * @param ends where runs of equal values end ({@link tiedLatticeShare}), or that nobody looked for any; with ties and too many points p
 * is that without ties, an upper bound, and `asymptotic`
 */
export function ksTruePValue(lattice: KsLattice, ends?: Uint8Array | 'unknown'): KsPValue {
  const { m, n, height, oneSided } = lattice
  if (height <= 0) return { pValue: 1, method: 'exact' }
  if (ends instanceof Uint8Array && m * n <= MOST_TIED_CELLS)
    return { pValue: clip(tiedLatticeShare(lattice, ends)), method: 'exact' }
  const method = ends ? 'asymptotic' : 'exact'
  if (m === n) return { pValue: clip(oneSided ? reflected(height, n) : equalSizes(height, n)), method }
  return latticeCells(lattice) <= MOST_CELLS && n <= MOST_PLACES
    ? { pValue: clip(latticeShare(lattice)), method }
    : { pValue: clip(limit(lattice)), method: 'asymptotic' }
}

/** C(2n, n − h) / C(2n, n): paths reflected at the one boundary. */
export function reflected(height: number, n: number): number {
  let ratio = 1
  for (let step = 0; step < height && ratio > 0; step++) ratio = ((n - step) * ratio) / (n + step + 1)
  return ratio
}

/** The logarithm of a share that is lost in rounding beside 1. */
const NEGLIGIBLE = -45

/**
 * P = 2·(A₀ − A₀A₁ + A₀A₁A₂ − …) as 2·A₀(1 − A₁(1 − A₂(…))), where A₀…Aₖ₋₁ = C(2n, n − kh) / C(2n, n): paths reflected at
 * the two boundaries in turn.
 */
export function equalSizes(height: number, n: number): number {
  let p = 0
  let last = 0
  // Aₖ is at most this power; beyond where it is lost in rounding, none counts.
  while ((last + 1) * height <= n && height * Math.log((n - last * height) / (n + last * height + 1)) > NEGLIGIBLE)
    last++
  for (let k = last; k >= 0; k--) {
    let ratio = 1
    for (let step = k * height; step < (k + 1) * height && ratio > 0; step++) {
      ratio = ((n - step) * ratio) / (n + step + 1)
    }
    p = ratio * (1 - p)
  }
  return 2 * p
}

/** Kolmogorov's limit, its argument moved by the bridge's skewness, (a − b)/6, and the mean overshoot, (b − 1)/2, in lattice steps. */
function limit({ m, n, common, height, oneSided }: KsLattice): number {
  const [a, b] = [m / common, n / common]
  const moved = height + (a - b) / 6 + (b - 1) / 2
  const z = (moved / (a * n)) * Math.sqrt(m / (1 + m / n))
  return oneSided ? Math.exp(-2 * z * z) : kolmogorovTail(z)
}

function clip(p: number): number {
  return Math.min(1, Math.max(0, p))
}
