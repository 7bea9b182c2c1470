import { failure } from '../codes.ts'
import type { ChiSquareResult } from './chi2-contingency.ts'
import { readCountPair, readCounts } from './counts.ts'
import { exponentOf, powerDivergence, type Lambda } from './power-divergence.ts'
import { compensatedSum } from './special/compensated-sum.ts'
import { chiSquareTail } from './special/chi-square-tail.ts'

/** How counts are held against what is expected. */
export interface ChisquareOptions {
  /** Parameters that were estimated from the counts; each takes a degree of freedom. Default: 0. */
  readonly ddof?: number | undefined
  /** Which statistic: `pearson` (default), `log-likelihood` for G, or another of Cressie and Read's. */
  readonly lambda?: Lambda | undefined
}

/**
 * The chi-square test of goodness of fit: do counts come from the distribution expected? The expected counts are taken as known: two
 * samples belong into {@link chi2Contingency}, since the noise of a reference would count as drift here (32 % false alarms at 5 %, for
 * 1000 rows against 1000).
 *
 * As scipy.stats.chisquare and power_divergence 1.17.1, to 1e-13 of the statistic and 1e-10 of p down to 1e-300.
 *
 * @param observed counts, 0 or more
 * @param expected counts, above 0, with the sum of the observed to 1.5e-8 relative; default: all alike
 * @throws DS_COUNTS_INVALID where a side has no cells or one that is no count, the lengths or sums differ, or an expected count is 0
 * @throws DS_STATISTIC_OPTION for a lambda that there is not, or a ddof that leaves no degree of freedom
 * @see Pearson (1900), Phil. Mag. 50
 * @example chisquare([16, 18, 16, 14, 12, 12]) // { statistic: 2, pValue: 0.8491450360846096, dof: 5 }
 */
export function chisquare(
  observed: ArrayLike<number>,
  expected?: ArrayLike<number>,
  options: ChisquareOptions = {},
): ChiSquareResult {
  const { ddof = 0, lambda = 'pearson' } = options
  const exponent = exponentOf(lambda)
  const counts = readCounts(observed, 'observed')
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const { q, pSum, qSum } = readCountPair(counts, expected ?? counts.map(() => mean))
  if (Math.abs(pSum - qSum) / Math.min(pSum, qSum) > SAME_SUM) {
    throw failure('DS_COUNTS_INVALID', `observed counts sum to ${pSum}, expected ones to ${qSum}`)
  }
  const empty = q.indexOf(0)
  if (empty >= 0) throw failure('DS_COUNTS_INVALID', `the expected count at place ${empty} is 0`)
  const dof = counts.length - 1 - ddof
  if (!(dof >= 0)) throw failure('DS_STATISTIC_OPTION', `ddof is ${ddof}, with ${counts.length} counts`)
  const differences = counts.map((count, at) => count - (q[at] as number))
  const excess = compensatedSum()
  if (expected) for (const difference of differences) excess.add(difference)
  const statistic = powerDivergence({ observed: counts, expected: q, differences, excess: excess.value() }, exponent)
  return { statistic, pValue: dof === 0 ? (statistic > 0 ? 0 : 1) : chiSquareTail(statistic, dof), dof }
}

/** √ε of the doubles. */
const SAME_SUM = 2 ** -26
