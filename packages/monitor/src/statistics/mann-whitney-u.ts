import type { TwoSampleResult } from './cramer-von-mises-2samp.ts'
import { mannWhitneyBelow } from './mann-whitney-exact.ts'
import { mannWhitneyTied } from './mann-whitney-tied.ts'
import { runsOf } from './midranks.ts'
import { checkOption, holdsNaN, sortedSample, type NanPolicy } from './samples.ts'
import { normalTail } from './special/normal-tail.ts'

/** How a Mann–Whitney test is made. */
export interface MannWhitneyUOptions {
  /** `two-sided` (default); `less`: the first sample tends to smaller values; `greater`: to larger ones. */
  readonly alternative?: 'two-sided' | 'less' | 'greater' | undefined
  /**
   * - `auto` (default): `exact` where a sample has 8 values or fewer and there are no ties, else `asymptotic`; as scipy.
   * - `exact`: by counting orders, without regard to ties; `asymptotic` where that would take too long, and then `switched`.
   * - `asymptotic`: by the normal law, its variance corrected for ties.
   * - `accurate`: counted, with ties as they are, where that takes about a second at most; else `asymptotic`.
   */
  readonly method?: 'auto' | 'exact' | 'asymptotic' | 'accurate' | undefined
  /** Whether the normal law gets a continuity correction of ½. Default: true. */
  readonly continuity?: boolean | undefined
  /** What NaN does. Default: `propagate`. */
  readonly nanPolicy?: NanPolicy | undefined
}

/**
 * The Mann–Whitney U test (Wilcoxon's rank sum): does one sample tend to larger values than the other? U is the number of pairs in which the
 * first sample's value is larger, pairs of equal values counting half; U/(n₁n₂) is an effect size.
 *
 * As scipy.stats.mannwhitneyu 1.17.1: exact p-values to 1e-12 relative, asymptotic ones to 1e-10 down to 1e-300. `accurate` is no method of scipy's.
 * O(n log n).
 *
 * @param a one value or more, in any order; any unit
 * @param b likewise, in the same unit
 * @returns U of the first sample; its p-value
 * @throws DS_SAMPLE_INVALID where a sample is empty, or has NaN and nanPolicy is `raise`
 * @throws DS_STATISTIC_OPTION for an option that there is not
 * @see Mann and Whitney (1947), Ann. Math. Statist. 18; Lehmann (1975), Nonparametrics
 * @example
 * mannWhitneyU([19, 22, 16, 29, 24], [20, 11, 17, 12])
 * // { statistic: 17, pValue: 0.1111111111111111, method: 'exact', switched: false }
 */
export function mannWhitneyU(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: MannWhitneyUOptions = {},
): TwoSampleResult {
  const { alternative = 'two-sided', method = 'auto', continuity = true, nanPolicy = 'propagate' } = options
  checkOption('alternative', alternative, ['two-sided', 'less', 'greater'])
  checkOption('method', method, ['auto', 'exact', 'asymptotic', 'accurate'])
  const first = sortedSample(a, nanPolicy, 'the first sample')
  const second = sortedSample(b, nanPolicy, 'the second sample')
  const [n1, n2] = [first.length, second.length]
  const small = Math.min(n1, n2) <= 8
  if (holdsNaN(first) || holdsNaN(second)) {
    const exact = method === 'exact' || (method === 'auto' && small)
    return { statistic: NaN, pValue: NaN, method: exact ? 'exact' : 'asymptotic', switched: false }
  }
  const { doubled, ties, tied } = pairsWon(first, second)
  const statistic = doubled / 2
  const larger = alternative === 'greater' ? doubled : alternative === 'less' ? 2 * n1 * n2 - doubled : undefined
  const upper = (larger ?? Math.max(doubled, 2 * n1 * n2 - doubled)) / 2
  const sides = larger === undefined ? 2 : 1
  const counted = method === 'exact' || (method === 'auto' && small && !tied)
  if (method === 'accurate' && tied) {
    const found = mannWhitneyTied([...runsOf([first, second])], n1, n2, doubled)
    if (found) return { statistic, pValue: clip(tiedP(found, alternative)), method: 'exact', switched: false }
  } else if (counted || method === 'accurate') {
    const tail = upperTail(Math.floor(upper), n1, n2)
    if (tail !== undefined) return { statistic, pValue: clip(sides * tail), method: 'exact', switched: false }
  }
  const pValue = clip(sides * byNormalLaw(upper, n1, n2, ties, continuity))
  return { statistic, pValue, method: 'asymptotic', switched: counted }
}

/** 2·U of the first sample, Σ t³ − t over runs of t equal values, and whether there are such. */
function pairsWon(first: Float64Array, second: Float64Array): { doubled: number; ties: number; tied: boolean } {
  let [doubled, ties, tied] = [0, 0, false]
  for (const { size, counts, sizes } of runsOf([first, second])) {
    const [own = 0, others = 0] = sizes
    doubled += own * (2 * (counts[1] ?? 0) + others)
    if (size > 1) [ties, tied] = [ties + (size ** 3 - size), true]
  }
  return { doubled, ties, tied }
}

/** P(U ≥ u), the law being symmetric. */
function upperTail(u: number, n1: number, n2: number): number | undefined {
  const opposite = n1 * n2 - u
  if (opposite <= u) return mannWhitneyBelow(opposite, n1, n2)
  const below = u === 0 ? 0 : mannWhitneyBelow(u - 1, n1, n2)
  return below === undefined ? undefined : 1 - below
}

function tiedP({ atLeast, atMost }: { atLeast: number; atMost: number }, alternative: string): number {
  if (alternative === 'two-sided') return 2 * Math.min(atLeast, atMost)
  return alternative === 'greater' ? atLeast : atMost
}

function byNormalLaw(u: number, n1: number, n2: number, ties: number, continuity: boolean): number {
  const n = n1 + n2
  const variance = ((n1 * n2) / 12) * (n + 1 - ties / (n * (n - 1)))
  if (!(variance > 0)) return 1
  return normalTail((u - (n1 * n2) / 2 - (continuity ? 0.5 : 0)) / Math.sqrt(variance))
}

function clip(p: number): number {
  return Math.min(1, Math.max(0, p))
}
