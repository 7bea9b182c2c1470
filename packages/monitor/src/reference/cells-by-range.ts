import type { Cells } from '../detector.ts'
import type { NumberWords } from '../drift/cells-of-numbers.ts'
import { sizeOf, type EcdfCells } from './ecdf-cells.ts'

/** Ranges, at most, and values of the smaller side that each has on average, at least: as of numbers in memory. */
const MOST_PARTS = 10
const LEAST_VALUES = 10

/**
 * Numbers of both sides by range, where only cells are known: about tenths of both sides together, which end where a cell of the reference ends. So
 * the counts are exact.
 *
 * @param current as a tally of the reference's cells gives them
 */
export function cellsByRange(reference: EcdfCells, current: EcdfCells, words: NumberWords): readonly [Cells, Cells] {
  const sizes = [sizeOf(reference), sizeOf(current)] as const
  const room = Math.floor(Math.min(...sizes) / LEAST_VALUES)
  const parts = Math.min(MOST_PARTS, Math.max(2, room))
  const all = sizes[0] + sizes[1]
  const names: string[] = []
  const counts: [number[], number[]] = [[], []]
  let [p, q] = [0, 0]
  let [inBefore, inAfter, taken] = [0, 0, 0]
  let start = Math.min(reference.low[0] as number, current.low[0] as number)
  const end = (value: number): void => {
    names.push(`${words(start)} – ${words(value)}`)
    counts[0].push(inBefore)
    counts[1].push(inAfter)
    ;[inBefore, inAfter, start] = [0, 0, value]
  }
  while (p < reference.low.length) {
    const edge = reference.high[p] as number
    const before = reference.counts[p++] as number
    inBefore += before
    taken += before
    while (q < current.low.length && (current.high[q] as number) <= edge) {
      const after = current.counts[q++] as number
      inAfter += after
      taken += after
    }
    if (taken * parts >= all * (names.length + 1) && names.length < parts - 1) end(edge)
  }
  for (; q < current.low.length; q++) inAfter += current.counts[q] as number
  if (inBefore + inAfter > 0) end(Math.max(reference.high.at(-1) as number, current.high.at(-1) as number))
  return [
    { names, counts: counts[0], rest: 0, rows: sizes[0] },
    { names, counts: counts[1], rest: 0, rows: sizes[1] },
  ]
}
