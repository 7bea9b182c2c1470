import { failure } from '../codes.ts'
import { margins, readTable } from './counts.ts'
import { exponentOf, powerDivergence, type Lambda } from './power-divergence.ts'
import { chiSquareTail } from './special/chi-square-tail.ts'

/** How a contingency table is tested. */
export interface Chi2ContingencyOptions {
  /** Yates' correction, where there is one degree of freedom: each count goes up to ½ towards what is expected. Default: true. */
  readonly correction?: boolean | undefined
  /** Which statistic: `pearson` (default), `log-likelihood` for G, or another of Cressie and Read's. */
  readonly lambda?: Lambda | undefined
}

/** What a chi-square test says. */
export interface ChiSquareResult {
  /** No unit; 0 or more. */
  readonly statistic: number
  /** The chance of a statistic at least as large where the rows have one distribution, by the chi-square law. */
  readonly pValue: number
  /** Degrees of freedom. */
  readonly dof: number
}

/**
 * The chi-square test of a contingency table: do its rows have one distribution over its columns? For drift: two rows, reference and
 * current, and a column a category.
 *
 * As scipy.stats.chi2_contingency 1.17.1, to 1e-13 of the statistic and 1e-10 of p down to 1e-300; G keeps its digits also near
 * independence, where scipy's is a difference of large sums. The law is a limit: good where few expected counts are below 5.
 *
 * @param table counts by rows, 0 or more; every row and column with a sum above 0
 * @returns the test, and the counts expected
 * @throws DS_COUNTS_INVALID where the table has no cells, unequal rows, a cell that is no count, or a row or column of zeros
 * @throws DS_STATISTIC_OPTION for a lambda that there is not
 * @see Pearson (1900), Phil. Mag. 50; Yates (1934), J. R. Statist. Soc. Suppl. 1; Cressie and Read (1984), J. R. Statist. Soc. B 46
 * @example
 * chi2Contingency([[10, 10, 20], [20, 20, 20]])
 * // { statistic: 2.7777777777777777, pValue: 0.2493522087772962, dof: 2, expected: [[12, 12, 16], [18, 18, 24]] }
 */
export function chi2Contingency(
  table: ArrayLike<ArrayLike<number>>,
  options: Chi2ContingencyOptions = {},
): ChiSquareResult & { readonly expected: readonly (readonly number[])[] } {
  const { correction = true, lambda = 'pearson' } = options
  const exponent = exponentOf(lambda)
  const counts = readTable(table)
  const { rows, columns, total } = margins(counts)
  for (const [what, sums] of [
    ['row', rows],
    ['column', columns],
  ] as const) {
    const empty = sums.indexOf(0)
    if (empty >= 0) throw failure('DS_COUNTS_INVALID', `${what} ${empty} has only zeros: leave it out`)
  }
  const expected = rows.map((row) => columns.map((column) => (row * column) / total))
  const dof = (rows.length - 1) * (columns.length - 1)
  if (dof === 0) return { statistic: 0, pValue: 1, dof, expected }
  const yates = correction && dof === 1
  const observed: number[] = []
  const differences: number[] = []
  counts.forEach((row, i) =>
    row.forEach((count, j) => {
      // One rounding, not two: counts near what is expected keep their digits.
      const difference = (count * total - (rows[i] as number) * (columns[j] as number)) / total
      const move = yates ? Math.sign(difference) * Math.min(0.5, Math.abs(difference)) : 0
      observed.push(count - move)
      differences.push(difference - move)
    }),
  )
  const statistic = powerDivergence({ observed, expected: expected.flat(), differences, excess: 0 }, exponent)
  return { statistic, pValue: chiSquareTail(statistic, dof), dof, expected }
}
