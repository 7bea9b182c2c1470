import { failure } from '../codes.ts'

/** A series in ranks. */
export interface Ranked {
  /** From 1 on, in the order of the series; equal values share the mean of their places. */
  readonly ranks: Float64Array
  /** How many values each run of two or more equal ones has. */
  readonly ties: readonly number[]
}

/**
 * The ranks of a series. O(n log n).
 *
 * @throws DS_SAMPLE_INVALID for NaN
 */
export function rankedSeries(values: ArrayLike<number>): Ranked {
  const given = Float64Array.from(values)
  if (given.some(Number.isNaN)) throw failure('DS_SAMPLE_INVALID', 'the series holds NaN')
  const order = Uint32Array.from(given.keys()).sort((a, b) => ascending(given[a] as number, given[b] as number))
  const ranks = new Float64Array(given.length)
  const ties: number[] = []
  for (let from = 0, to = 0; from < order.length; from = to) {
    const value = given[order[from] as number]
    while (to < order.length && given[order[to] as number] === value) to++
    for (let at = from; at < to; at++) ranks[order[at] as number] = (from + 1 + to) / 2
    if (to - from > 1) ties.push(to - from)
  }
  return { ranks, ties }
}

/** The difference of two infinite values is no number. */
function ascending(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
