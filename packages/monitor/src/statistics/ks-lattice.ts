/** Which lattice paths count, and what they may not touch. */
export interface KsLattice {
  readonly m: number
  readonly n: number
  /** The greatest common divisor of m and n. */
  readonly common: number
  /** D as a multiple of 1/lcm(m, n): a path touches the boundary where b·i − a·j reaches it; a = m/common, b = n/common. */
  readonly height: number
  /**
   * Whether only one of the two boundaries counts: that where the sample of m is ahead, b·i − a·j ≥ height, or that where the one of n is.
   * Without ties the two are alike, by symmetry.
   */
  readonly oneSided: false | 'm' | 'n'
}

/** Points that {@link latticeShare} visits; about 1.7 ns each. */
export function latticeCells({ m, n, common, height, oneSided }: KsLattice): number {
  return Math.min(oneSided ? m * n : 2 * height * common, m * n) + m + n
}

/**
 * The share of lattice paths from (0, 0) to (m, n) that touch a boundary: exact p-values of two samples without ties.
 *
 * p(i, j), the share of paths to (i, j) that did, is 1 on and beyond the boundary and elsewhere
 * (i·p(i−1, j) + j·p(i, j−1)) / (i + j). Goes diagonal by diagonal (s = i + j) in one array indexed by j. All terms are positive, so
 * tiny shares keep their digits: relative error below 1e-13.
 *
 * @see Hodges (1958), Arkiv för Matematik 3; Viehmann (2021), arXiv:2102.08037
 */
export function latticeShare({ m, n, common, height, oneSided }: KsLattice): number {
  const [a, b] = [m / common, n / common]
  const touched = new Float64Array(n + 2).fill(1) // p(s − j, j) at j + 1
  touched[1] = 0
  let outside = 0
  for (let s = 1; s <= m + n; s++) {
    const first = Math.max(0, s - m, Math.floor((b * s - height) / (a + b)) + 1)
    const last = oneSided ? Math.min(s, n) : Math.min(s, n, Math.ceil((b * s + height) / (a + b)) - 1)
    nextDiagonal(touched, first | 0, last | 0, s)
    for (; outside < first; outside++) touched[outside + 1] = 1
  }
  return touched[n + 1] as number
}

/**
 * As {@link latticeShare}, for samples with ties: paths are held against the boundary only where a run of equal values ends, since
 * only there is a gap taken. So this is the exact p-value given which pooled values are equal. m·n points.
 *
 * @param ends 1 at s where a run of the pooled order ends
 * @see Schröer and Trenkler (1995), Comput. Stat. Data Anal. 20
 */
export function tiedLatticeShare({ m, n, common, height, oneSided }: KsLattice, ends: Uint8Array): number {
  const [a, b] = [m / common, n / common]
  const touched = new Float64Array(n + 2)
  for (let s = 1; s <= m + n; s++) {
    const [first, last] = [Math.max(0, s - m), Math.min(s, n)]
    nextDiagonal(touched, first | 0, last | 0, s)
    if (ends[s] === 0) continue
    const low = oneSided === 'n' ? -1 : Math.floor((b * s - height) / (a + b))
    const high = oneSided === 'm' ? Infinity : Math.ceil((b * s + height) / (a + b))
    for (let j = first; j <= Math.min(low, last); j++) touched[j + 1] = 1
    for (let j = Math.max(high, first); j <= last; j++) touched[j + 1] = 1
  }
  return touched[n + 1] as number
}

/** Kept apart so that the compiler sees a tight loop: j as an index, and as a double. */
function nextDiagonal(touched: Float64Array, first: number, last: number, s: number): void {
  const share = 1 / s
  let weight = last
  let above = touched[last + 1] as number
  for (let j = last; j >= first; j--) {
    const below = touched[j] as number
    touched[j + 1] = (weight * below + (s - weight) * above) * share
    above = below
    weight -= 1
  }
}
