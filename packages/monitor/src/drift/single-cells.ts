import type { CellShare } from '@dayshift/core'
import type { Cells, TestOutcome } from '../detector.ts'
import { hypergeometricAbove, hypergeometricBelow } from '../statistics/special/hypergeometric.ts'
import { movedCells, shareOf } from './moved.ts'

/** Values that a report lists at most. */
export const MOST_LISTED = 20

/** What is asked of each cell by itself. */
export interface SingleCells {
  readonly outcome: TestOutcome
  readonly newValues: readonly CellShare[]
  readonly lostValues: readonly CellShare[]
}

/**
 * Looks at each cell by itself: the share of rows that have it changed. p is that of the least likely cell by the hypergeometric
 * law, times the number of cells (Bonferroni), so it holds however cells hang together; the effect is the largest change of a
 * share, 0–1, among cells that are as unlikely as alpha would ask at all, or of the least likely one.
 *
 * @param only which cells: all, or those that one side lacks
 */
export function singleCells(reference: Cells, current: Cells, only: 'all' | 'one-sided'): SingleCells {
  const [n, m] = [reference.rows, current.rows]
  let [least, effect] = [1, 0]
  const newValues: CellShare[] = []
  const lostValues: CellShare[] = []
  const { names } = reference
  for (const [at, name] of names.entries()) {
    const [before, after] = [reference.counts[at] as number, current.counts[at] as number]
    if (before === 0) newValues.push(shareOf(name, at, reference, current))
    if (after === 0) lostValues.push(shareOf(name, at, reference, current))
    if (only === 'one-sided' && before > 0 && after > 0) continue
    const urn = { marked: before + after, others: n + m - before - after, drawn: m }
    const isMore = after * n > before * m
    const p = Math.min(1, 2 * (isMore ? hypergeometricAbove(after, urn) : hypergeometricBelow(after, urn)))
    if (p > least) continue
    least = p
    effect = Math.abs(after / m - before / n)
  }
  const pValue = Math.min(1, least * Math.max(1, names.length))
  const changes = { newValues: largest(newValues), lostValues: largest(lostValues) }
  return { outcome: { statistic: effect, pValue, effect, moved: movedCells(reference, current) }, ...changes }
}

/** Those that most rows have or had. */
function largest(cells: readonly CellShare[]): CellShare[] {
  return [...cells].sort((a, b) => b.current + b.reference - a.current - a.reference).slice(0, MOST_LISTED)
}
