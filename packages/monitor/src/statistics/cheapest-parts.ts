import { failure } from '../codes.ts'

/** Sums of a series up to each place: of what comes before it. */
export interface Sums {
  readonly sum: Float64Array
  readonly squares: Float64Array
  /** How many values that are, where a place is not one value. */
  readonly counts?: Float64Array
}

/** A series in parts. */
export interface Parts {
  /** The first place of each part but the first. */
  readonly at: readonly number[]
  /** Squared distances of all values from the means of their parts. */
  readonly cost: number
}

/** The sums that the costs of all parts of a series can be taken from at once. O(n). */
export function sumsOf(values: ArrayLike<number>): Sums {
  const sum = new Float64Array(values.length + 1)
  const squares = new Float64Array(values.length + 1)
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number
    sum[at + 1] = (sum[at] as number) + value
    squares[at + 1] = (squares[at] as number) + value * value
  }
  return { sum, squares }
}

/** The sums at every so-many-th place, and at the end: parts then begin at these places only. */
export function thinned({ sum, squares }: Sums, step: number): Sums {
  const length = Math.ceil((sum.length - 1) / step) + 1
  const counts = Float64Array.from({ length }, (_, at) => Math.min(at * step, sum.length - 1))
  return {
    sum: counts.map((place) => sum[place] as number),
    squares: counts.map((place) => squares[place] as number),
    counts,
  }
}

/** Squared distances of the values from one place up to another, without that, from their mean. */
export function costOf({ sum, squares, counts }: Sums, from: number, to: number): number {
  const total = (sum[to] as number) - (sum[from] as number)
  const count = counts ? (counts[to] as number) - (counts[from] as number) : to - from
  return Math.max(0, (squares[to] as number) - (squares[from] as number) - (total * total) / count)
}

/**
 * The parts of a series whose cost, with a penalty a change, is least of all there are: optimal partitioning, with what
 * cannot be the start of a last part any more left out (PELT). A part has at least `minSize` values: a start is left out
 * only once a part from the place on that beats it could be that long. O(n) where changes come again and again, O(n²) at worst.
 *
 * @param penalty in units of the cost; Infinity for one part
 * @see Killick, Fearnhead and Eckley (2012), JASA 107, 1590, theorem 3.1
 */
export function cheapestParts(sums: Sums, penalty: number, minSize: number): Parts {
  const n = sums.sum.length - 1
  if (n < 2 * minSize || penalty === Infinity) return { at: [], cost: n === 0 ? 0 : costOf(sums, 0, n) }
  /** The least cost up to each place, with a penalty a part but the first. */
  const least = new Float64Array(n + 1).fill(Infinity)
  least[0] = -penalty
  const start = new Int32Array(n + 1)
  /** From which end on a start is no candidate any more. */
  const until = new Float64Array(n + 1).fill(Infinity)
  let starts = [0]
  for (let end = minSize; end <= n; end++) {
    const newest = end - minSize
    if (newest >= minSize) starts.push(newest)
    for (const from of starts) {
      const cost = (least[from] as number) + costOf(sums, from, end) + penalty
      if (cost < (least[end] as number)) {
        least[end] = cost
        start[end] = from
      }
    }
    starts = starts.filter((from) => {
      const isBeaten = (least[from] as number) + costOf(sums, from, end) > (least[end] as number)
      if (isBeaten && until[from] === Infinity) until[from] = end + minSize
      return end + 1 < (until[from] as number)
    })
  }
  const at: number[] = []
  let cost = 0
  for (let end = n; end > 0; end = start[end] as number) {
    const from = start[end] as number
    cost += costOf(sums, from, end)
    if (from > 0) at.unshift(from)
  }
  return { at, cost }
}

/** @throws DS_STATISTIC_OPTION where no part can be so long */
export function checkMinSize(minSize: number): void {
  if (Number.isInteger(minSize) && minSize >= 1) return
  throw failure('DS_STATISTIC_OPTION', `minSize is ${minSize}, not a whole number from 1 on`)
}
