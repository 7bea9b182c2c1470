import type { Cells } from '../detector.ts'
import { chi2Contingency } from '../statistics/chi2-contingency.ts'
import { fisherExact } from '../statistics/fisher-exact.ts'
import { totalVariationDistance } from '../statistics/total-variation-distance.ts'
import { detectableShare } from './detectable.ts'

/** Expected count below which cells are taken together. */
const LEAST_EXPECTED = 5

/** Tables that an exact test goes through at most: some milliseconds. */
const MOST_TABLES = 50_000

/** Rows up to which a table of two cells is tested exactly. */
const MOST_ROWS_OF_TWO = 1_000_000

/** Counts of both sides over the same cells, in which the rare ones were taken together. */
export interface Table {
  readonly reference: readonly number[]
  readonly current: readonly number[]
}

/** What a test of two columns of counts says. */
export interface Homogeneity {
  /** Pearson's χ² of the table with the rare cells together. */
  readonly statistic: number
  readonly pValue: number
  /** Total variation distance of all cells as they are, 0–1. */
  readonly distance: number
  readonly smallestDetectable: (alpha: number) => number
}

/**
 * Whether two sides spread alike over the same cells: exact (Fisher) where there are few tables with these sums, else
 * chi-square of the contingency table. Cells of which fewer than 5 rows are expected on a side are taken together first: which
 * ones is told by both sides' sums alone, so that it cannot favour a verdict.
 *
 * @returns undefined where all rows of both sides are in one cell, or a side has no rows
 */
export function homogeneity(reference: Cells, current: Cells): Homogeneity | undefined {
  const all = tableOf(reference, current)
  const [n, m] = [sumOf(all.reference), sumOf(all.current)]
  if (n === 0 || m === 0 || all.reference.length < 2) return undefined
  const distance = totalVariationDistance(all.reference, all.current)
  if (fewTables(all, Math.min(n, m))) {
    const { pValue } = fisherExact([all.reference, all.current])
    const statistic = chi2Contingency([all.reference, all.current], { correction: false }).statistic
    const dof = all.reference.length - 1
    return { statistic, pValue, distance, smallestDetectable: (alpha) => detectableShare(n, m, dof, alpha) }
  }
  const table = withoutRare(all, LEAST_EXPECTED)
  const dof = table.reference.length - 1
  if (dof === 0) return { statistic: 0, pValue: 1, distance, smallestDetectable: () => Infinity }
  const { statistic, pValue } = chi2Contingency([table.reference, table.current], { correction: false })
  return { statistic, pValue, distance, smallestDetectable: (alpha) => detectableShare(n, m, dof, alpha) }
}

/** The cells that either side has rows in. */
export function tableOf(reference: Cells, current: Cells): Table {
  const before = [...reference.counts, reference.rest]
  const after = [...current.counts, current.rest]
  const kept = before.flatMap((count, at) => (count + (after[at] as number) > 0 ? [at] : []))
  return { reference: kept.map((at) => before[at] as number), current: kept.map((at) => after[at] as number) }
}

/** Cells with fewer rows expected than `least` taken together, with the next larger ones until they are enough. */
export function withoutRare(table: Table, least: number): Table {
  const [n, m] = [sumOf(table.reference), sumOf(table.current)]
  const share = Math.min(n, m) / (n + m)
  const pooled = table.reference.map((count, at) => count + (table.current[at] as number))
  const order = Array.from(pooled.keys()).sort((a, b) => (pooled[a] as number) - (pooled[b] as number))
  let [before, after, taken] = [0, 0, 0]
  while (taken < order.length) {
    const at = order[taken] as number
    const isEnough = (before + after) * share >= least || taken === 0
    // Of cells with as many rows all are taken or none: which ones must not hang on their names.
    const isLike = taken > 0 && pooled[at] === pooled[order[taken - 1] as number]
    if (isEnough && !isLike && (pooled[at] as number) * share >= least) break
    before += table.reference[at] as number
    after += table.current[at] as number
    taken++
  }
  const rest = order.slice(taken)
  const together = taken > 0 ? [[before, after] as const] : []
  const cells = [
    ...rest.map((at) => [table.reference[at] as number, table.current[at] as number] as const),
    ...together,
  ]
  return { reference: cells.map(([count]) => count), current: cells.map(([, count]) => count) }
}

/** Whether few tables have the sums of this one; of two cells, up to a million rows do. */
function fewTables({ reference, current }: Table, smaller: number): boolean {
  if (reference.length === 2) return sumOf(reference) + sumOf(current) <= MOST_ROWS_OF_TWO
  let tables = 1
  for (const [at, count] of reference.entries()) {
    tables *= Math.min(count + (current[at] as number), smaller) + 1
    if (tables > MOST_TABLES) return false
  }
  return true
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
