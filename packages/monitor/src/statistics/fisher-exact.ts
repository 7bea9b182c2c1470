import { failure } from '../codes.ts'
import { margins, readTable } from './counts.ts'
import { tablesAsRare } from './fisher-tables.ts'
import { checkOption } from './samples.ts'
import {
  hypergeometric,
  hypergeometricAbove,
  hypergeometricBelow,
  hypergeometricMode,
  type Urn,
} from './special/hypergeometric.ts'

/** How a contingency table is tested exactly. */
export interface FisherExactOptions {
  /** For tables of 2×2: whether the odds ratio is other than 1 (`two-sided`, default), below (`less`) or above (`greater`). */
  readonly alternative?: 'two-sided' | 'less' | 'greater' | undefined
}

/** What Fisher's exact test says. */
export interface FisherExactResult {
  /** Of 2×2, the odds ratio ad/(bc) of the sample: NaN where a row or column is empty, Infinity where b or c is 0. Else the table's own chance. */
  readonly statistic: number
  /** The chance of a table as rare or rarer (or with as small or large an odds ratio), given the sums of rows and columns. */
  readonly pValue: number
}

/**
 * Fisher's exact test of a contingency table, for counts too small for {@link chi2Contingency}; Freeman and Halton's for
 * tables larger than 2×2.
 *
 * Of 2×2 as scipy.stats.fisher_exact 1.17.1 to 1e-11, tails down to 1e-300. Larger tables by going through all with the same sums, up to 10
 * million (a second or two); scipy draws them at random instead. Tables whose chance is the observed one's to 1e-11 count as equally rare.
 *
 * @param table counts: whole numbers of 0 or more
 * @throws DS_COUNTS_INVALID where the table has no cells, unequal rows, or a cell that is no whole number of 0 or more
 * @throws DS_TABLE_TOO_LARGE where more than 10 million tables have these sums
 * @throws DS_STATISTIC_OPTION for an alternative that there is not, or a one-sided one of a larger table
 * @see Fisher (1934), Statistical Methods for Research Workers; Freeman and Halton (1951), Biometrika 38
 * @example fisherExact([[8, 2], [1, 5]]) // { statistic: 20, pValue: 0.034965034965034975 }
 */
export function fisherExact(table: ArrayLike<ArrayLike<number>>, options: FisherExactOptions = {}): FisherExactResult {
  const { alternative = 'two-sided' } = options
  checkOption('alternative', alternative, ['two-sided', 'less', 'greater'])
  const counts = readTable(table)
  const broken = counts.flatMap((row) => [...row]).find((count) => !Number.isSafeInteger(count))
  if (broken !== undefined) throw failure('DS_COUNTS_INVALID', `the table holds ${broken}, no whole number`)
  if (counts.length === 2 && counts[0]?.length === 2) return twoByTwo(counts, alternative)
  if (alternative !== 'two-sided') {
    throw failure('DS_STATISTIC_OPTION', `alternative is '${alternative}', which only a table of 2×2 has`)
  }
  const { chance, pValue } = tablesAsRare(counts)
  return { statistic: chance, pValue }
}

function twoByTwo(counts: readonly Float64Array[], alternative: string): FisherExactResult {
  const [a, b, c, d] = counts.flatMap((row) => [...row]) as [number, number, number, number]
  const { rows, columns } = margins(counts)
  if (rows.includes(0) || columns.includes(0)) return { statistic: NaN, pValue: 1 }
  const statistic = b > 0 && c > 0 ? (a * d) / (b * c) : Infinity
  const urn: Urn = { marked: a + b, others: c + d, drawn: a + c }
  if (alternative === 'less') return { statistic, pValue: hypergeometricBelow(a, urn) }
  if (alternative === 'greater') return { statistic, pValue: hypergeometricAbove(a, urn) }
  return { statistic, pValue: asRare(a, urn) }
}

/** Both tails of what is as rare as k or rarer. */
function asRare(k: number, urn: Urn): number {
  const { marked, others, drawn } = urn
  const mode = hypergeometricMode(urn)
  const limit = hypergeometric(k, urn) * (1 + 1e-11)
  if (hypergeometric(mode, urn) <= limit) return 1
  const rare = (at: number): boolean => hypergeometric(at, urn) <= limit
  if (k < mode) {
    const [lowest, highest] = [mode, Math.min(marked, drawn)]
    const near = hypergeometricBelow(k, urn)
    if (!rare(highest)) return near
    return Math.min(1, near + hypergeometricAbove(firstWhere(rare, lowest, highest), urn))
  }
  const [lowest, highest] = [Math.max(0, drawn - others), mode]
  const near = hypergeometricAbove(k, urn)
  if (!rare(lowest)) return near
  const notRare = firstWhere((at) => !rare(at), lowest, highest)
  return Math.min(1, near + hypergeometricBelow(notRare - 1, urn))
}

/** The first whole number in a range at which something that stays true becomes true; it is true at the end. */
function firstWhere(holds: (at: number) => boolean, low: number, high: number): number {
  let [below, above] = [low, high]
  while (below < above) {
    const middle = Math.floor((below + above) / 2)
    if (holds(middle)) above = middle
    else below = middle + 1
  }
  return above
}
