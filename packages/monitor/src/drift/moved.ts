import type { CellShare } from '@dayshift/core'
import type { Cells } from '../detector.ts'

/** Cells that a report names at most. */
const MOST = 5

/** Changes of less than this share of the rows are not worth naming. */
const LEAST = 0.005

/**
 * Where rows went: the cells whose share changed most.
 *
 * @example movedCells(before, after) // [{ cell: 'EWR', reference: 0.34, current: 0.12 }, …]
 */
export function movedCells(reference: Cells, current: Cells): CellShare[] {
  return reference.names
    .map((cell, at) => shareOf(cell, at, reference, current))
    .filter(({ reference: before, current: after }) => Math.abs(after - before) >= LEAST)
    .sort((a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference))
    .slice(0, MOST)
}

/** The shares of a cell on both sides. */
export function shareOf(cell: string, at: number, reference: Cells, current: Cells): CellShare {
  return {
    cell,
    reference: (reference.counts[at] as number) / reference.rows,
    current: (current.counts[at] as number) / current.rows,
  }
}

/** Neighbouring cells that all gained, or all lost. */
interface Run {
  readonly first: string
  readonly last: string
  readonly change: number
}

/**
 * Where most rows went among cells in ascending order, in words: from the run of neighbours that lost most to the one that gained most.
 *
 * @returns undefined where hardly any did
 * @example massMoved(before, after) // '12 % of the rows moved from 20 – 30 to 40 – 60'
 */
export function massMoved(reference: Cells, current: Cells): string | undefined {
  const runs: Run[] = []
  for (const [at, name] of reference.names.entries()) {
    const share = shareOf(name, at, reference, current)
    const change = share.current - share.reference
    const before = runs.at(-1)
    if (change === 0) continue
    if (before && before.change > 0 === change > 0) {
      runs[runs.length - 1] = { first: before.first, last: name, change: before.change + change }
    } else runs.push({ first: name, last: name, change })
  }
  const byChange = runs.toSorted((a, b) => a.change - b.change)
  const [lost, gained] = [byChange[0], byChange.at(-1)]
  if (!lost || !gained) return undefined
  const moved = Math.min(-lost.change, gained.change)
  return moved < LEAST ? undefined : `${percent(moved)} of the rows moved from ${spanOf(lost)} to ${spanOf(gained)}`
}

/** `20 – 30` and `30 – 40` together are `20 – 40`. */
function spanOf({ first, last }: Run): string {
  const [low, high] = [first.split(' – ')[0] as string, last.split(' – ').at(-1) as string]
  return low === high ? low : `${low} – ${high}`
}

/** A share in percent, to three digits at most. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(share >= 0.1 ? 2 : 3))} %`
}
