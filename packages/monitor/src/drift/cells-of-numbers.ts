import type { Cells } from '../detector.ts'
import { ascending, countBelow } from './ascending.ts'
import { extentOf } from './extent.ts'

/** Ranges that numbers are counted in, at most. */
const MOST_PARTS = 10

/** Values of the smaller side that a range has on average, at least. */
const LEAST_VALUES = 10

/** Values up to which each is a cell of its own. */
const FEW = 20

/** How a number is written in the name of a cell. */
export type NumberWords = (value: number) => string

/** How numbers are counted. */
export interface NumberCells {
  /** Ranges. Default: 10, fewer where the smaller side has not 10 values for each. */
  readonly parts?: number
  /** How an end of a range is written. Default: four digits. */
  readonly words?: NumberWords
}

/**
 * Numbers by range: tenths of both sides together, so that neither side decides where a range ends; or by value, where there are
 * at most 20 different ones.
 *
 * @returns the cells of both sides, in ascending order
 */
export function cellsOfNumbers(
  reference: Float64Array,
  current: Float64Array,
  options: NumberCells = {},
): readonly [Cells, Cells] {
  const room = Math.floor(Math.min(reference.length, current.length) / LEAST_VALUES)
  const { parts = Math.min(MOST_PARTS, Math.max(2, room)), words = shortNumber } = options
  const [before, after] = [ascending(reference), ascending(current)]
  const values = fewValues(before, after)
  const ends = values ?? endsOf(before, after, parts)
  // A cell holds what lies above the end before it, up to its own.
  const least = Math.min(before[0] as number, after[0] as number)
  const names = ends.map((end, at) =>
    values ? words(end) : `${words(at === 0 ? least : (ends[at - 1] as number))} – ${words(end)}`,
  )
  const countsOf = (sorted: Float64Array): number[] => {
    const upTo = ends.map((end) => countBelow(sorted, end, true))
    return upTo.map((count, at) => count - (at === 0 ? 0 : (upTo[at - 1] as number)))
  }
  return [
    { names, counts: countsOf(before), rest: 0, rows: before.length },
    { names, counts: countsOf(after), rest: 0, rows: after.length },
  ]
}

/** Values of both sides from which ranges are found by a sample. */
const MANY = 2 ** 20

/** Values of that sample. */
const SAMPLE = 2 ** 16

/**
 * As {@link cellsOfNumbers} of values that have more than 20 different ones, without sorting many of them: ranges are about tenths then, by every
 * n-th value of each side, and their counts exact.
 */
export function rangesOfNumbers(reference: Float64Array, current: Float64Array): readonly [Cells, Cells] {
  const all = reference.length + current.length
  if (all < MANY) return cellsOfNumbers(reference, current, { parts: MOST_PARTS })
  const step = Math.ceil(all / SAMPLE)
  const [before, after] = [everyNth(reference, step), everyNth(current, step)]
  if (fewValues(before, after)) return cellsOfNumbers(reference, current, { parts: MOST_PARTS })
  const extents = [extentOf(reference), extentOf(current)] as const
  const [low, high] = [Math.min(extents[0].low, extents[1].low), Math.max(extents[0].high, extents[1].high)]
  // The last end is that of the sample: beyond it lies the largest value.
  const inner = endsOf(before, after, MOST_PARTS)
    .slice(0, -1)
    .filter((end) => end < high)
  const ends = Float64Array.of(...inner, high)
  const names = Array.from(
    ends,
    (end, at) => `${shortNumber(at === 0 ? low : (ends[at - 1] as number))} – ${shortNumber(end)}`,
  )
  const cells = (values: Float64Array): Cells => {
    const counts = names.map(() => 0)
    for (const value of values) {
      const cell = countBelow(ends, value)
      counts[cell] = (counts[cell] as number) + 1
    }
    return { names, counts, rest: 0, rows: values.length }
  }
  return [cells(reference), cells(current)]
}

/** Every n-th value, in ascending order. */
function everyNth(values: Float64Array, step: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(values.length / step) }, (_, at) => values[at * step] as number).sort()
}

/** The different values of both sides, where they are few. */
function fewValues(a: Float64Array, b: Float64Array): number[] | undefined {
  const found = new Set<number>()
  for (const sorted of [a, b]) {
    for (let at = 0; at < sorted.length; at = countBelow(sorted, sorted[at] as number, true)) {
      found.add((sorted[at] as number) + 0)
      if (found.size > FEW) return undefined
    }
  }
  return [...found].sort((x, y) => x - y)
}

/** Where as many equal parts of two ascending samples together end; those of the same value are one. */
function endsOf(a: Float64Array, b: Float64Array, parts: number): number[] {
  const ends = new Set<number>()
  for (let part = 1; part <= parts; part++) ends.add(pooledAt(a, b, Math.ceil(((a.length + b.length) * part) / parts)))
  return [...ends]
}

/** The value at a place, from 1, of two ascending samples merged. */
function pooledAt(a: Float64Array, b: Float64Array, place: number): number {
  // How many of the first are among the smallest: the least number that leaves no larger one of the second behind.
  let [low, high] = [Math.max(0, place - b.length), Math.min(a.length, place)]
  while (low < high) {
    const taken = (low + high) >>> 1
    if ((a[taken] as number) < (b[place - taken - 1] as number)) low = taken + 1
    else high = taken
  }
  return Math.max(a[low - 1] ?? -Infinity, b[place - low - 1] ?? -Infinity)
}

/** Four digits; whole numbers whole. */
export function shortNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(4)))
}
