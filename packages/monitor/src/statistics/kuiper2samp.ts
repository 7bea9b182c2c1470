import type { TwoSampleResult } from './cramer-von-mises-2samp.ts'
import { ecdfGaps } from './ecdf-gaps.ts'
import type { KsLattice } from './ks-lattice.ts'
import { latticeOf } from './ks-true-p-value.ts'
import { kuiperShare } from './kuiper-lattice.ts'
import { kuiperTail } from './kuiper-tail.ts'
import { checkOption, holdsNaN, sortedSample, type NanPolicy } from './samples.ts'

/** How a two-sample Kuiper test is made. */
export interface Kuiper2sampOptions {
  /**
   * - `auto` (default): `exact` where counting takes about a second at most, else `asymptotic`.
   * - `exact`: by counting orders, without regard to ties; `asymptotic` where that would take too long, and then `switched`.
   * - `asymptotic`: the limit law, moved by what skewness and overshoot do on the lattice of these sizes: off by 1 % of p or less from 1000
   *   values on, for p ≥ 1e-4; the bare limit is off by 2 % still at 10 000 against 10 000.
   */
  readonly method?: 'auto' | 'exact' | 'asymptotic' | undefined
  /** What NaN does. Default: `propagate`. */
  readonly nanPolicy?: NanPolicy | undefined
}

/** Lattice points that an exact p-value may visit: about a second. */
const MOST_CELLS = 2e8

/**
 * The two-sample Kuiper test: do two samples come from one distribution? V is the largest gap of the two empirical distribution functions
 * in one direction plus that in the other, so it sees a change of spread as well as one of centre, and does not depend on where a circle
 * (hours, weekdays, angles) is cut open.
 *
 * scipy has no such test. Exact up to some 14 000 against 14 000 values, with relative error below 1e-12 also of tiny p-values; with ties p is an
 * upper bound.
 *
 * @param a one value or more, in any order; any unit
 * @param b likewise, in the same unit
 * @returns V, 0–1, and its p-value
 * @throws DS_SAMPLE_INVALID where a sample is empty, or has NaN and nanPolicy is `raise`
 * @throws DS_STATISTIC_OPTION for an option that there is not
 * @see Kuiper (1960), Proc. Kon. Ned. Akad. Wet. A 63
 * @example kuiper2samp([1, 2, 3], [4, 5, 6]) // { statistic: 1, pValue: 0.3, method: 'exact', switched: false }
 */
export function kuiper2samp(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: Kuiper2sampOptions = {},
): TwoSampleResult {
  const { method = 'auto', nanPolicy = 'propagate' } = options
  checkOption('method', method, ['auto', 'exact', 'asymptotic'])
  const first = sortedSample(a, nanPolicy, 'the first sample')
  const second = sortedSample(b, nanPolicy, 'the second sample')
  const [n1, n2] = [first.length, second.length]
  const counted = method !== 'asymptotic' && n1 * n2 <= MOST_CELLS
  const how = { method: counted ? 'exact' : 'asymptotic', switched: method === 'exact' && !counted } as const
  if (holdsNaN(first) || holdsNaN(second)) return { statistic: NaN, pValue: NaN, ...how }
  const { above, below } = ecdfGaps(first, second)
  const gap = above.height + below.height
  const statistic = gap / (n1 * n2)
  const lattice = latticeOf(n1, n2, gap)
  return { statistic, pValue: counted ? kuiperShare(lattice) : limit(lattice), ...how }
}

/** Kuiper's limit, its argument moved by the bridge's skewness at both ends, (a − b)/3, and the mean overshoot, b − ½, in lattice steps. */
function limit({ m, n, common, height }: KsLattice): number {
  if (height === 0) return 1
  const [a, b] = [m / common, n / common]
  const moved = height + (a - b) / 3 + b - 0.5
  return kuiperTail((moved / (a * n)) * Math.sqrt(m / (1 + m / n)))
}
