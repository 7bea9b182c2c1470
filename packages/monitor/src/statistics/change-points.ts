import { failure } from '../codes.ts'
import { cheapestParts, checkMinSize, costOf, sumsOf, type Parts, type Sums } from './cheapest-parts.ts'
import { rankedSeries } from './ranked.ts'
import { shuffles } from './shuffles.ts'
import { medianOf } from './theil-sen.ts'

/** How change points are looked for. */
export interface ChangePointOptions {
  /** The chance of any change point where there is none, if every order of the values is equally likely. Default: 0.05. */
  readonly alpha?: number | undefined
  /** Values that a part has at least, so that one that strays is no change. Default: 2. */
  readonly minSize?: number | undefined
  /** Orders that the penalty is taken from, as many as it takes: at least 1/alpha − 1. Default: 399; 199 beyond 200 values. */
  readonly orders?: number | undefined
}

/** Where a series changes its level. */
export interface ChangePoints {
  /** The first value of each part but the first: places from 0 on. */
  readonly at: readonly number[]
  /** The chance of as clear a change by the order alone: at least 1/(orders + 1); it is at most alpha where there are change points. */
  readonly pValue: number
  /** What a change must save of the squared distances of ranks from their part's mean; left out where there is none. */
  readonly penalty?: number
}

/**
 * Finds where a series changes its level, and whether it does: the parts of the ranks of its values whose squared distances from their
 * means, with a penalty a change, are least. It is exact (PELT), and by ranks, so that values that stray weigh no more than others. Where
 * exactly a change is, between its neighbours, the values then say.
 *
 * The penalty is the least with which random orders of these very values show a change in no more than alpha of all cases: so the rate of false
 * alarms holds whatever the distribution and however many are alike, at any length. Values that depend on those before show more.
 *
 * Fewer than 8 values cannot show a change at 5 %. O(n · orders) to O(n² · orders).
 *
 * @param values in the order of time, without NaN
 * @throws DS_SAMPLE_INVALID for NaN, DS_STATISTIC_OPTION
 * @see Killick, Fearnhead and Eckley (2012), JASA 107, 1590; Besag and Clifford (1991), Biometrika 78, 301
 * @example changePoints([1, 2, 1, 2, 1, 8, 9, 8, 9, 8]).at // [5]
 */
export function changePoints(values: ArrayLike<number>, options: ChangePointOptions = {}): ChangePoints {
  const { ranks, ties } = rankedSeries(values)
  const { alpha = 0.05, minSize = 2, orders = ranks.length > 200 ? 199 : 399 } = options
  if (!(alpha > 0 && alpha < 1)) throw failure('DS_STATISTIC_OPTION', `alpha is ${alpha}, not between 0 and 1`)
  if (!(Number.isInteger(orders) && orders >= 1)) {
    throw failure('DS_STATISTIC_OPTION', `orders is ${orders}, not a whole number from 1 on`)
  }
  checkMinSize(minSize)
  const own = clearnessOf(ranks, minSize)
  /** So many orders may be as clear for a change to be taken as one, this order among them. */
  const allowed = Math.floor(alpha * (orders + 1) + 1e-9)
  const seen: number[] = []
  let asClear = 0
  for (const clearness of clearnessesByChance(ranks, ties, minSize, orders)) {
    seen.push(clearness)
    // Rounding must not tell the same parts in another order apart.
    if (clearness >= own - 1e-9 * own) asClear++
    // Others can but make p larger: that many among the first orders is a p-value too (Besag and Clifford).
    if (asClear >= Math.max(1, allowed)) return { at: [], pValue: asClear / seen.length }
  }
  const penalty = seen.toSorted((a, b) => b - a)[allowed - 1] ?? Infinity
  const at = allowed < 1 ? [] : cheapestParts(sumsOf(ranks), penalty, minSize).at
  const pValue = (1 + asClear) / (orders + 1)
  return at.length === 0 ? { at, pValue } : { at: placed(at, Float64Array.from(values), minSize), penalty, pValue }
}

/**
 * Ranks do not tell a small step from a large one, so that they may leave open after which of two values it was. Each change is put where
 * the values between the one before and the one after are nearest to the medians of its two sides.
 */
function placed(at: readonly number[], values: Float64Array, minSize: number): number[] {
  const places = [...at]
  if (!values.every(Number.isFinite)) return places
  for (const [order, place] of at.entries()) {
    const [from, to] = [places[order - 1] ?? 0, places[order + 1] ?? values.length]
    const farOf = (split: number): number =>
      farFromMedian(values.subarray(from, split)) + farFromMedian(values.subarray(split, to))
    let least = farOf(place)
    for (let split = from + minSize; split <= to - minSize; split++) {
      const far = farOf(split)
      if (far >= least * (1 - 1e-12)) continue
      least = far
      places[order] = split
    }
  }
  return places
}

function farFromMedian(values: Float64Array): number {
  const middle = medianOf(values)
  return values.reduce((sum, value) => sum + Math.abs(value - middle), 0)
}

/** Series of one length without ties are all orders of the same ranks. */
const known = new Map<string, readonly number[]>()

/** How clear changes are in random orders: as many as are asked for. */
function clearnessesByChance(
  ranks: Float64Array,
  ties: readonly number[],
  minSize: number,
  orders: number,
): Iterable<number> {
  const drawn = clearnessesDrawn(Float64Array.from(ranks).sort(), minSize, orders)
  if (ties.length > 0) return drawn
  const key = [ranks.length, minSize, orders].join()
  const found = known.get(key) ?? [...drawn]
  if (known.size > 100) known.clear()
  known.set(key, found)
  return found
}

function* clearnessesDrawn(sorted: Float64Array, minSize: number, orders: number): Generator<number> {
  for (const order of shuffles(sorted, orders)) yield clearnessOf(order, minSize)
}

/** The largest penalty a change with which there still is a change: the most that parts save, a change. 0 where they save nothing. */
function clearnessOf(ranks: Float64Array, minSize: number): number {
  const sums = sumsOf(ranks)
  const whole = cheapestParts(sums, Infinity, minSize).cost
  let penalty = 0
  let parts: Parts = bestSplit(sums, minSize)
  while (parts.at.length > 0) {
    const saved = (whole - parts.cost) / parts.at.length
    // Each round saves more a change; where it does not, rounding is all that is left.
    if (saved <= penalty * (1 + 1e-12)) break
    penalty = saved
    parts = cheapestParts(sums, penalty, minSize)
  }
  return penalty
}

/** The best two parts: a start that is seldom far from the end. */
function bestSplit(sums: Sums, minSize: number): Parts {
  const n = sums.sum.length - 1
  let best: Parts = { at: [], cost: Infinity }
  for (let at = minSize; at <= n - minSize; at++) {
    const cost = costOf(sums, 0, at) + costOf(sums, at, n)
    if (cost < best.cost) best = { at: [at], cost }
  }
  return best
}
