import { throwIfAborted, type Column } from '@dayshift/core'
import type { NumbersInPasses } from '../detector.ts'
import type { UnitChange } from '../drift/unit-changes.ts'
import { VALUE } from '../drift/read-numbers.ts'
import { ksOfGap } from '../statistics/ks2samp.ts'
import { cellTally } from './cell-tally.ts'
import type { CurrentNumbers } from './current-numbers.ts'
import { changedCells, sizeOf, type EcdfCells } from './ecdf-cells.ts'
import { gapOfCells, type GapOfCells } from './gap-of-cells.ts'

/** A column of numbers whose reference is cells: what detectors are told, at the least that is certain and at the most that may be. */
export interface BoundedNumbers {
  /** The current values by the ends of the reference's cells. */
  readonly current: EcdfCells
  /** As if the sides were as near as they may be, and as far apart. */
  readonly least: NumbersInPasses
  readonly most: NumbersInPasses
}

/** Values that are drawn to know which changes of unit may fit. */
const DRAWN = 2 ** 16

/**
 * Compares current values, which are read once, with the cells of a reference.
 *
 * @returns undefined where a side has no values
 */
export async function boundedNumbers(
  reference: EcdfCells,
  numbers: CurrentNumbers,
  column: Column,
  signal: AbortSignal | undefined,
): Promise<BoundedNumbers | undefined> {
  const current = await tallied(reference, numbers, signal)
  if (reference.low.length === 0 || current.low.length === 0) return undefined
  const gap = gapOfCells(reference, current)
  const changed = new Map<UnitChange, Promise<GapOfCells>>()
  const after = (change: UnitChange): Promise<GapOfCells> => {
    const known = changed.get(change)
    if (known) return known
    const cells = changedCells(reference, change)
    const found = tallied(cells, numbers, signal).then((counted) => gapOfCells(cells, counted))
    changed.set(change, found)
    return found
  }
  const world = (which: 'least' | 'most'): NumbersInPasses => ({
    column,
    scale: 'value',
    sizes: gap.sizes,
    found: ksOfGap(gap[which], gap.sizes),
    extents: async () => [extentOf(reference), extentOf(current)],
    outside: async ({ low, high }) => [
      countWhere(current, (at) => (current.high[at] as number) < low),
      countWhere(current, (at) => (current.low[at] as number) > high),
    ],
    drawn: async () => [drawnFrom(reference), await drawnOf(numbers, signal)],
    gapAfter: async (change) => {
      const { least, most, sizes } = await after(change)
      // What is certain to be explained leaves little even at the most.
      return (which === 'least' ? most : least).height / (sizes[0] * sizes[1])
    },
  })
  return { current, least: world('least'), most: world('most') }
}

async function tallied(
  cells: EcdfCells,
  { values, frame }: CurrentNumbers,
  signal: AbortSignal | undefined,
): Promise<EcdfCells> {
  const tally = cellTally(cells)
  if (values) tally.take(values)
  else
    for await (const { columns } of frame.batches({ signal, lent: true })) {
      throwIfAborted(signal)
      tally.take(columns[0] as ArrayLike<number>)
    }
  return tally.cells()
}

function extentOf({ low, high }: EcdfCells): { readonly low: number; readonly high: number } {
  return { low: low[0] as number, high: high.at(-1) as number }
}

function countWhere({ counts }: EcdfCells, holds: (at: number) => boolean): number {
  return counts.reduce((sum, count, at) => sum + (holds(at) ? count : 0), 0)
}

/** Values of cells by their ranks, as if each lay at its cell's lower end. */
function drawnFrom(cells: EcdfCells): Float64Array {
  const all = sizeOf(cells)
  const length = Math.min(DRAWN, all)
  const values = new Float64Array(length)
  let [cell, before] = [0, 0]
  for (let at = 0; at < length; at++) {
    const rank = Math.floor(((at + 0.5) / length) * all)
    while (rank >= before + (cells.counts[cell] as number)) before += cells.counts[cell++] as number
    values[at] = cells.low[cell] as number
  }
  return values
}

async function drawnOf({ values, frame }: CurrentNumbers, signal: AbortSignal | undefined): Promise<Float64Array> {
  if (values && values.length <= DRAWN) return values.toSorted()
  const some = await frame.sample({ rows: DRAWN, seed: 42 }).numbers(VALUE, { signal })
  return some.filter((value) => !Number.isNaN(value)).sort()
}
