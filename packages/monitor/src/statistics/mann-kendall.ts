import { failure } from '../codes.ts'
import { rankedSeries } from './ranked.ts'
import { normalTail } from './special/normal-tail.ts'

/** Whether a series rises or falls. */
export interface MannKendallResult {
  /** S: pairs whose later value is the larger one, less those whose is the smaller one. */
  readonly statistic: number
  /** S over the number of pairs, −1 to 1. */
  readonly tau: number
  /** Two-sided: the chance of so large an S, up or down, if every order of the values is equally likely. */
  readonly pValue: number
  /** `exact`: by counting orders; `normal`: by the normal law, with a correction for continuity. */
  readonly method: 'exact' | 'normal'
}

/** How {@link mannKendall} finds p. */
export interface MannKendallOptions {
  /** `auto`: exact for at most 60 values of which no two are alike. Default: `auto`. */
  readonly method?: 'auto' | 'normal' | undefined
}

/** Values up to which orders are counted: a million steps. */
const MOST_COUNTED = 60

/**
 * The Mann–Kendall test of a trend: whether later values tend to be larger, or smaller. It asks for no straight line and no distribution.
 * That one value depends on the one before makes p too small. O(n²), exact p O(n³).
 *
 * @param values in the order of time, at least 2, without NaN
 * @throws DS_SAMPLE_INVALID
 * @see Mann (1945), Econometrica 13, 245; Kendall, Rank Correlation Methods (1975), 5.8 for ties
 * @example mannKendall([1, 2, 4, 3, 5]).pValue // 0.0833…, 10 of 120 orders
 */
export function mannKendall(
  values: ArrayLike<number>,
  { method = 'auto' }: MannKendallOptions = {},
): MannKendallResult {
  const { ranks, ties } = rankedSeries(values)
  const n = ranks.length
  if (n < 2) throw failure('DS_SAMPLE_INVALID', 'a trend is asked of fewer than 2 values')
  let statistic = 0
  for (let later = 1; later < n; later++) {
    for (let at = 0; at < later; at++) statistic += Math.sign((ranks[later] as number) - (ranks[at] as number))
  }
  const pairs = (n * (n - 1)) / 2
  const tau = statistic / pairs
  if (method === 'auto' && n <= MOST_COUNTED && ties.length === 0) {
    return { statistic, tau, pValue: exactP(n, (pairs - Math.abs(statistic)) / 2), method: 'exact' }
  }
  const variance = (spread(n) - ties.reduce((sum, tied) => sum + spread(tied), 0)) / 18
  const z = statistic === 0 ? 0 : (Math.abs(statistic) - 1) / Math.sqrt(variance)
  return { statistic, tau, pValue: Math.min(1, 2 * normalTail(z)), method: 'normal' }
}

function spread(n: number): number {
  return n * (n - 1) * (2 * n + 5)
}

/**
 * Twice the chance of at most so many inversions in a random order of n. The number of inversions is a sum of independent ones, uniform on
 * 0 … i − 1 for i = 2 … n; all terms are positive, so that small p keep their digits.
 */
function exactP(n: number, inversions: number): number {
  let chances = Float64Array.of(1)
  for (let i = 2; i <= n; i++) {
    const next = new Float64Array(Math.min(chances.length + i - 1, inversions + 1))
    for (let at = 0; at < next.length; at++) {
      let sum = 0
      for (let before = Math.max(0, at - i + 1); before <= Math.min(at, chances.length - 1); before++) {
        sum += chances[before] as number
      }
      next[at] = sum / i
    }
    chances = next
  }
  return Math.min(1, 2 * chances.reduce((sum, chance) => sum + chance, 0))
}
