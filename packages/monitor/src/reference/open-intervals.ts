import type { EcdfCells } from './ecdf-cells.ts'
import { gapOfCells } from './gap-of-cells.ts'

/**
 * The intervals in which the largest gap of two distribution functions may lie, where cells do not tell it: what a second pass has to look at.
 * None where D is known.
 *
 * @returns in ascending order; both ends belong to them, and each cell lies in one or outside all
 * @example
 * const intervals = openIntervals(before, after)
 * gapOfCells(refinedCells(before, intervals, values), refinedCells(after, intervals, others)) // least and most are one: D
 */
export function openIntervals(a: EcdfCells, b: EcdfCells): (readonly [number, number])[] {
  const { least, sizes } = gapOfCells(a, b)
  const marked = [new Uint8Array(a.low.length), new Uint8Array(b.low.length)] as const
  mark([a, b], sizes, least.height, marked)
  // What reaches into an interval belongs to it: of a part of a cell nothing is known.
  for (;;) {
    const intervals = fewer(union([a, b], marked))
    if (!widen([a, b], marked, intervals)) return intervals
  }
}

/**
 * Cells of which those within intervals are given way to what was found there.
 *
 * @param values cells of one value each, all that lie in the intervals
 */
export function refinedCells(
  cells: EcdfCells,
  intervals: readonly (readonly [number, number])[],
  values: EcdfCells,
): EcdfCells {
  const kept = Array.from(cells.low.keys()).filter((at) => !isWithin(cells, at, intervals))
  const all = [
    ...kept.map((at) => [cells.low[at] as number, cells.high[at] as number, cells.counts[at] as number] as const),
    ...Array.from(values.low, (value, at) => [value, value, values.counts[at] as number] as const),
  ].sort(([one], [other]) => one - other)
  return {
    low: Float64Array.from(all, ([low]) => low),
    high: Float64Array.from(all, ([, high]) => high),
    counts: Float64Array.from(all, ([, , count]) => count),
  }
}

type Both = readonly [EcdfCells, EcdfCells]

/** Marks cells within which the gap may be larger than `height`. */
function mark(
  sides: Both,
  [n, m]: readonly [number, number],
  height: number,
  marked: readonly [Uint8Array, Uint8Array],
): void {
  const at = [0, 0]
  const before = [0, 0]
  for (;;) {
    const starts = sides.map(({ low }, side) => low[at[side] as number] ?? Infinity)
    const first = Math.min(...starts)
    if (first === Infinity) return
    // Cells of both sides that overlap one another, as one part.
    let end = -Infinity
    const from = [...at]
    for (let isWider = true; isWider;) {
      isWider = false
      for (const [side, { low, high }] of sides.entries()) {
        while ((low[at[side] as number] ?? Infinity) <= Math.max(end, first)) {
          end = Math.max(end, high[at[side] as number] as number)
          at[side] = (at[side] as number) + 1
          isWider = true
        }
      }
    }
    const within = sides.map(({ counts }, side) =>
      counts.subarray(from[side], at[side]).reduce((sum, count) => sum + count, 0),
    )
    const [i, j] = before as [number, number]
    const [f, g] = within as [number, number]
    const most = Math.max((i + f) * m - j * n, (j + g) * n - i * m)
    if (first !== end && most > height) for (const side of [0, 1] as const) marked[side].fill(1, from[side], at[side])
    before[0] = i + f
    before[1] = j + g
  }
}

function union(sides: Both, marked: readonly [Uint8Array, Uint8Array]): [number, number][] {
  const some = sides.flatMap(({ low, high }, side) =>
    Array.from(low.keys()).flatMap((at): [number, number][] =>
      marked[side]?.[at] === 1 ? [[low[at] as number, high[at] as number]] : [],
    ),
  )
  some.sort(([one], [other]) => one - other)
  const joined: [number, number][] = []
  for (const [low, high] of some) {
    const last = joined.at(-1)
    if (last && low <= last[1]) last[1] = Math.max(last[1], high)
    else joined.push([low, high])
  }
  return joined
}

/** Intervals that a query names, at most. */
const MOST = 64

/** Neighbours joined until they are few enough. */
function fewer(intervals: [number, number][]): [number, number][] {
  if (intervals.length <= MOST) return intervals
  const pairs = intervals.flatMap(([low, high], at): [number, number][] =>
    at % 2 === 0 ? [[low, intervals[at + 1]?.[1] ?? high]] : [],
  )
  return fewer(pairs)
}

function widen(
  sides: Both,
  marked: readonly [Uint8Array, Uint8Array],
  intervals: readonly [number, number][],
): boolean {
  let isWider = false
  for (const [side, cells] of sides.entries()) {
    for (const at of cells.low.keys()) {
      const list = marked[side] as Uint8Array
      if (
        list[at] === 1 ||
        !intervals.some(([low, high]) => (cells.low[at] as number) <= high && (cells.high[at] as number) >= low)
      )
        continue
      list[at] = 1
      isWider = true
    }
  }
  return isWider
}

function isWithin({ low }: EcdfCells, at: number, intervals: readonly (readonly [number, number])[]): boolean {
  const value = low[at] as number
  return intervals.some(([start, end]) => value >= start && value <= end)
}
