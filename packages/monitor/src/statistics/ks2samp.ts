import { failure } from '../codes.ts'
import { ecdfGaps, runEnds } from './ecdf-gaps.ts'
import type { LargestGap } from './first-gaps.ts'
import { searchGap } from './gap-search.ts'
import { latticeShare, type KsLattice } from './ks-lattice.ts'
import { ALTERNATIVES, type KsAlternative } from './ks-p-value.ts'
import { equalSizes, ksTruePValue, MOST_TIED_CELLS, latticeOf, reflected } from './ks-true-p-value.ts'
import { checkOption, holdsNaN, NAN_POLICIES, sortedSample, type NanPolicy } from './samples.ts'
import { kstwoTail } from './special/kstwo-tail.ts'
import { roundHalfEven } from './special/round-half-even.ts'

/** How a two-sample Kolmogorov–Smirnov test is made. */
export interface Ks2sampOptions {
  /**
   * `two-sided` (default): F and G differ. `less`: F lies below G somewhere (the first sample tends to larger values). `greater`: F
   * lies above G somewhere.
   */
  readonly alternative?: KsAlternative | undefined
  /**
   * - `auto` (default): `exact` where neither sample has more than 10 000 values, else `asymptotic`; as scipy.
   * - `exact`: as scipy counts it, without regard to ties; `asymptotic` where scipy gives up, and then `switched`.
   * - `asymptotic`: scipy's formula, which is off by 13 % at 100 against 100 values and by 1 % at 10 000 (p ≈ 0.05).
   * - `accurate`: the true p-value at every size, exact wherever counting takes about a second at most; with ties, exact given which values are
   *   equal, up to some 10 000 against 10 000 values. Beyond, p is that without ties: an upper bound where there are any, and called
   *   `asymptotic` where there are, or where the samples are too large to look for them (more than 262 144 values together).
   */
  readonly method?: 'auto' | 'exact' | 'asymptotic' | 'accurate' | undefined
  /** What NaN does. Default: `propagate`. */
  readonly nanPolicy?: NanPolicy | undefined
}

/** What a two-sample Kolmogorov–Smirnov test says. */
export interface Ks2sampResult {
  /** D: the largest gap of the two empirical distribution functions in the direction asked for, 0–1. */
  readonly statistic: number
  /** The chance of a D at least as large where both samples come from one distribution, 0–1. */
  readonly pValue: number
  /** A value of either sample at which the gap is that large. */
  readonly location: number
  /** 1 where F lies above G there, −1 where below, NaN where NaN propagated; 1 where D is 0. */
  readonly sign: number
  /** How the p-value was found. */
  readonly method: 'exact' | 'asymptotic'
  /** Whether that is not what was asked for, since an exact p-value could not be had: scipy warns there. */
  readonly switched: boolean
}

/**
 * The two-sample Kolmogorov–Smirnov test: do two samples come from one distribution? D is the largest gap between their empirical
 * distribution functions F and G; F(t) is the share of the first sample at or below t.
 *
 * As scipy.stats.ks_2samp 1.17.1: D to the last digit or the one before, exact p-values to 1e-12 relative, asymptotic ones to 1e-10, and the same
 * choice between the two. Three things differ, for the better: gaps are compared as whole numbers, so of equal gaps the
 * location named is always the first (scipy's rounding may prefer another, even on the other side); an exact one-sided p-value of
 * unequal sizes has no rounding noise; and where scipy's asymptotic formula overflows and gives 0 for a D far too small, p is 1.
 * `accurate` is no method of scipy's.
 *
 * Small samples are sorted; of large ones, two-sided, the gap is found without ({@link searchGap}), in O(n). None is changed. −0 equals +0, ±Infinity are values like others.
 *
 * @param a at least one value, in any order; any unit
 * @param b at least one value, in the same unit
 * @throws DS_SAMPLE_INVALID where a sample is empty, or has NaN and nanPolicy is `raise`
 * @throws DS_STATISTIC_OPTION for an option that there is not
 * @see Smirnov (1939), Bull. Math. Univ. Moscou 2(2); Hodges (1958), Arkiv för Matematik 3; Viehmann (2021), arXiv:2102.08037;
 * Schröer and Trenkler (1995), Comput. Stat. Data Anal. 20, for ties
 * @example
 * ks2samp([1, 2, 3], [4, 5, 6])
 * // { statistic: 1, pValue: 0.1, location: 3, sign: 1, method: 'exact', switched: false }
 */
export function ks2samp(a: ArrayLike<number>, b: ArrayLike<number>, options: Ks2sampOptions = {}): Ks2sampResult {
  const { alternative = 'two-sided', method = 'auto', nanPolicy = 'propagate' } = options
  checkOption('alternative', alternative, ALTERNATIVES)
  checkOption('method', method, ['auto', 'exact', 'asymptotic', 'accurate'])
  checkOption('nanPolicy', nanPolicy, NAN_POLICIES)
  const isLarge = alternative === 'two-sided' && isSearched(a.length, b.length)
  const found = isLarge ? bySearching(a, b, nanPolicy) : bySorting(a, b, alternative, nanPolicy)
  const { sizes, gap } = found
  const [n1, n2] = sizes
  const exactByAuto = Math.max(n1, n2) <= LARGEST_EXACT_BY_AUTO
  if (gap === undefined) {
    const nothing = { statistic: NaN, pValue: NaN, location: NaN, sign: NaN }
    return { ...nothing, method: method === 'asymptotic' || !exactByAuto ? 'asymptotic' : 'exact', switched: false }
  }
  const where = { location: gap.location, sign: gap.sign }
  const statistic = gap.height / (n1 * n2)
  const lattice = latticeOf(n1, n2, gap.height, AHEAD[alternative])
  if (method === 'accurate') {
    return { statistic, ...ksTruePValue(lattice, found.ends()), ...where, switched: false }
  }
  const counted = method === 'exact' || (method === 'auto' && exactByAuto)
  const exact = counted ? asScipyCounts(lattice) : undefined
  if (exact !== undefined) {
    return { statistic, pValue: exact, ...where, method: 'exact', switched: false }
  }
  return { statistic, pValue: asymptotic(statistic, lattice), ...where, method: 'asymptotic', switched: counted }
}

/**
 * What the two-sided test with `accurate` says of samples whose largest gap is known.
 *
 * @param gap height i·n₂ − j·n₁, as `searchGap` gives it
 * @param ends where runs of equal values end, or that nobody looked for any
 */
export function ksOfGap(
  { height, location, sign }: LargestGap,
  [n1, n2]: readonly [number, number],
  ends: Uint8Array | 'unknown' | undefined = 'unknown',
): Ks2sampResult {
  const found = ksTruePValue(latticeOf(n1, n2, height), ends)
  return { statistic: height / (n1 * n2), ...found, location, sign, switched: false }
}

/** Whether of samples of these sizes the gap is found without sorting them, and ties are not looked for. */
export function isSearched(n1: number, n2: number): boolean {
  return n1 + n2 > LARGEST_SORTED && n1 * n2 > MOST_TIED_CELLS
}

/** What is found of two samples, however it is. */
interface Found {
  /** How many values each has; those that are NaN too, where they propagate. */
  readonly sizes: readonly [number, number]
  /** Undefined where NaN propagates. */
  readonly gap: LargestGap | undefined
  /** Where runs of equal values end. */
  readonly ends: () => Uint8Array | 'unknown' | undefined
}

function bySorting(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  alternative: KsAlternative,
  nanPolicy: NanPolicy,
): Found {
  const first = sortedSample(a, nanPolicy, FIRST)
  const second = sortedSample(b, nanPolicy, SECOND)
  const hasNaN = holdsNaN(first) || holdsNaN(second)
  return {
    sizes: [first.length, second.length],
    gap: hasNaN ? undefined : furthest(first, second, alternative),
    ends: () => runEnds(first, second),
  }
}

function bySearching(a: ArrayLike<number>, b: ArrayLike<number>, nanPolicy: NanPolicy): Found {
  const { sizes, gap } = searchGap(inOneArray(a), inOneArray(b))
  const hasNaN = [a.length > sizes[0], b.length > sizes[1]]
  for (const [at, name] of [FIRST, SECOND].entries()) {
    if (hasNaN[at] && nanPolicy === 'raise') throw failure('DS_SAMPLE_INVALID', `${name} holds NaN`)
    if (sizes[at] === 0 && nanPolicy === 'omit') throw failure('DS_SAMPLE_INVALID', `${name} has no values`)
  }
  if (nanPolicy === 'propagate' && hasNaN.includes(true))
    return { sizes: [a.length, b.length], gap: undefined, ends: notSought }
  return { sizes, gap, ends: notSought }
}

/** Of large samples nobody looks for ties. */
function notSought(): 'unknown' {
  return 'unknown'
}

function inOneArray(values: ArrayLike<number>): Float64Array {
  return values instanceof Float64Array ? values : new Float64Array(values)
}

const FIRST = 'the first sample'
const SECOND = 'the second sample'

/** Values of both samples from which searching is quicker than sorting. */
const LARGEST_SORTED = 2 ** 18

/** Whose distribution function an alternative looks for above the other's. */
const AHEAD = { 'two-sided': undefined, less: 'second', greater: 'first' } as const

/** scipy counts by itself up to so many values on each side. */
const LARGEST_EXACT_BY_AUTO = 10_000

function furthest(a: Float64Array, b: Float64Array, alternative: KsAlternative): LargestGap {
  const { above, below } = ecdfGaps(a, b)
  const takeBelow = alternative === 'less' || (alternative === 'two-sided' && below.height > above.height)
  return takeBelow ? { ...below, sign: -1 } : { ...above, sign: 1 }
}

/** `undefined` where scipy does not get a p-value by counting: its binomials overflow, or rounding puts p above 1. */
function asScipyCounts(lattice: KsLattice): number | undefined {
  const { m, n, common, height, oneSided } = lattice
  if (m / common >= 2_147_483_647 / (n / common)) return undefined
  if (height === 0) return 1
  if (m === n) {
    const p = oneSided ? reflected(height, n) : equalSizes(height, n)
    return p <= 1 ? p : undefined
  }
  if (oneSided && !Number.isFinite(choose(m, n))) return undefined
  const p = latticeShare(lattice)
  return p <= 1 ? p : undefined
}

/** C(m + n, n), or Infinity. */
function choose(m: number, n: number): number {
  let paths = 1
  for (let k = 1; k <= n && paths < Infinity; k++) paths *= (m + k) / k
  return paths
}

/** The one-sample law for n₁n₂/(n₁ + n₂) values, rounded; one-sided, Hodges' formula (5.3). */
function asymptotic(d: number, { m, n, oneSided }: KsLattice): number {
  const size = (m * n) / (m + n)
  if (!oneSided) return kstwoTail(roundHalfEven(size), d)
  const z = Math.sqrt(size) * d
  return Math.exp(-2 * z * z - (2 * z * (m + 2 * n)) / Math.sqrt(m * n * (m + n)) / 3)
}
