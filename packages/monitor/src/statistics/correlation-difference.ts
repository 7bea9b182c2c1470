import { failure } from '../codes.ts'
import { checkOption } from './samples.ts'
import { normalTail } from './special/normal-tail.ts'

/** A correlation and the pairs that it was found of. */
export interface Correlated {
  /** −1 to 1. */
  readonly correlation: number
  /** At least 4. */
  readonly pairs: number
}

/** Which correlations are compared. */
export interface CorrelationDifferenceOptions {
  /** Default: `spearman`. */
  readonly method?: 'spearman' | 'pearson' | undefined
}

/**
 * Whether two independent samples have the same correlation: the difference of Fisher's z = artanh r over its standard error. The
 * variance of z is 1/(n − 3) of Pearson's, exact enough for normal pairs only; (1 + r²/2)/(n − 3) of Spearman's, whatever the
 * distributions. p is two-sided and by the normal law: good from some 10 pairs on.
 *
 * Spearman's r of ±1, of which z is infinite, is taken as 1 less half of what one exchange of neighbours changes; two of Pearson's that are
 * both 1, or both −1, do not differ.
 *
 * @throws DS_SAMPLE_INVALID for fewer than 4 pairs, or a correlation beyond −1 to 1
 * @throws DS_STATISTIC_OPTION for a method that there is not
 * @see Fisher (1921), Metron 1; Bonett and Wright (2000), Psychometrika 65, for Spearman's variance
 * @example correlationDifference({ correlation: 0.8, pairs: 100 }, { correlation: 0.5, pairs: 100 }, { method: 'pearson' })
 * // { statistic: 3.825…, pValue: 0.00013… }
 */
export function correlationDifference(
  a: Correlated,
  b: Correlated,
  { method = 'spearman' }: CorrelationDifferenceOptions = {},
): { readonly statistic: number; readonly pValue: number } {
  checkOption('method', method, ['spearman', 'pearson'])
  const [first, second] = [transformed(a, method), transformed(b, method)]
  const difference = first.z === second.z ? 0 : first.z - second.z
  const statistic = difference / Math.sqrt(first.variance + second.variance)
  return { statistic, pValue: Math.min(1, 2 * normalTail(Math.abs(statistic))) }
}

function transformed(
  { correlation, pairs }: Correlated,
  method: 'spearman' | 'pearson',
): { readonly z: number; readonly variance: number } {
  if (!(Math.abs(correlation) <= 1) || !(pairs >= 4)) {
    throw failure('DS_SAMPLE_INVALID', `a correlation of ${correlation} of ${pairs} pairs cannot be compared`)
  }
  if (method === 'pearson') return { z: Math.atanh(correlation), variance: 1 / (pairs - 3) }
  const most = 1 - 6 / (pairs * (pairs * pairs - 1))
  const r = Math.min(most, Math.max(-most, correlation))
  return { z: Math.atanh(r), variance: (1 + (r * r) / 2) / (pairs - 3) }
}
