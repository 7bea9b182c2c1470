import { failure } from '../codes.ts'
import { adjustPValues, type Correction } from '../multiplicity.ts'
import { cheapestParts, checkMinSize, costOf, sumsOf, thinned, type Parts, type Sums } from './cheapest-parts.ts'
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
 * means, with a penalty a change, are least. It is exact (PELT; of more than 120 values, parts begin at 120 places, and are then moved), and by ranks, so that values that stray weigh no more than others. Where
 * exactly a change is, between its neighbours, the values then say.
 *
 * The penalty is the least with which random orders of these very values show a change in no more than alpha of all cases: so the rate of false
 * alarms holds whatever the distribution and however many are alike, at any length. Values that depend on those before show more.
 *
 * Fewer than 8 values cannot show a change at 5 %. O(n · orders).
 *
 * @param values in the order of time, without NaN
 * @throws DS_SAMPLE_INVALID for NaN, DS_STATISTIC_OPTION
 * @see Killick, Fearnhead and Eckley (2012), JASA 107, 1590; Besag and Clifford (1991), Biometrika 78, 301
 * @example changePoints([1, 2, 1, 2, 1, 8, 9, 8, 9, 8]).at // [5]
 */
export function changePoints(values: ArrayLike<number>, options: ChangePointOptions = {}): ChangePoints {
  const { alpha = 0.05, minSize = 2, orders = usualOrders(values.length) } = options
  checkOptions(alpha, minSize, orders)
  const clear = clearnessAmong(values, minSize, orders, Math.max(1, Math.floor(alpha * (orders + 1) + 1e-9)))
  return changesIn(clear, alpha)
}

/** Change points of one of several series. */
export interface ChangePointsOfMany extends ChangePoints {
  /** pValue after correction for all series; a series has change points where it is at most alpha. */
  readonly adjustedPValue: number
}

/** How change points of many series are looked for. */
export interface ManyChangePointsOptions extends ChangePointOptions {
  /** How p-values of the series are judged together. Default: `bh`. */
  readonly correction?: Correction | undefined
}

/** p that comes from so many orders that are as clear is exact enough. */
const ENOUGH = 20

/** So many times as many orders as p needs to be small enough: with fewer, which orders were drawn would decide too much. */
const TIMES = 5

/** Orders that are looked at for one of many series. */
const MOST_ORDERS = 9999

/**
 * {@link changePoints} of many series, corrected for their number: with `bh`, of the series that are said to change, the share of those that do not is at
 * most alpha on average, and where none changes, any is said to in at most alpha of all cases. Which p counts as small decides how many changes of a
 * series are found, too.
 *
 * More series take more orders, 5·n/alpha, so that p can be as small as the correction asks for: up to 9999, which is enough for one of 499 series at 5 %.
 *
 * @param all each in the order of time, without NaN
 * @throws DS_SAMPLE_INVALID for NaN, DS_STATISTIC_OPTION
 * @see Benjamini and Yekutieli (2005), JASA 100, 71, on the level of what is said of those that were selected
 * @example changePointsOfMany([series, other]).map(({ at }) => at) // [[5], []]
 */
export function changePointsOfMany(
  all: readonly ArrayLike<number>[],
  options: ManyChangePointsOptions = {},
): ChangePointsOfMany[] {
  const { alpha = 0.05, minSize = 2, correction = 'bh' } = options
  const needed = correction === 'none' ? 0 : Math.ceil((TIMES * all.length) / alpha) - 1
  const clear = all.map((values) => {
    const orders = options.orders ?? Math.max(usualOrders(values.length), Math.min(MOST_ORDERS, needed))
    checkOptions(alpha, minSize, orders)
    return clearnessAmong(
      values,
      minSize,
      orders,
      Math.max(ENOUGH, Math.floor(alpha * (usualOrders(values.length) + 1) + 1e-9)),
    )
  })
  const pValues = clear.map(({ pValue }) => pValue)
  const adjusted = adjustPValues(pValues, correction)
  if (correction === 'none')
    return clear.map((one, at) => ({ ...changesIn(one, alpha), adjustedPValue: pValues[at] as number }))
  const level = pValues.reduce((most, p, at) => ((adjusted[at] as number) <= alpha ? Math.max(most, p) : most), 0)
  return clear.map((one, at) => ({ ...changesIn(one, level), adjustedPValue: adjusted[at] as number }))
}

function usualOrders(values: number): number {
  return values > 200 ? 199 : 399
}

function checkOptions(alpha: number, minSize: number, orders: number): void {
  if (!(alpha > 0 && alpha < 1)) throw failure('DS_STATISTIC_OPTION', `alpha is ${alpha}, not between 0 and 1`)
  if (!(Number.isInteger(orders) && orders >= 1)) {
    throw failure('DS_STATISTIC_OPTION', `orders is ${orders}, not a whole number from 1 on`)
  }
  checkMinSize(minSize)
}

/** How clear a series' changes are, beside those of random orders of it. */
interface Clearness {
  readonly values: ArrayLike<number>
  readonly ranks: Float64Array
  readonly minSize: number
  /** Of orders, as many as it took. */
  readonly seen: readonly number[]
  /** How many of them are as clear. */
  readonly asClear: number
  readonly pValue: number
}

/**
 * @param enough orders that are as clear after which no more are looked at: others can but make p larger, and that many among the first orders is a
 *   p-value too (Besag and Clifford)
 */
function clearnessAmong(values: ArrayLike<number>, minSize: number, orders: number, enough: number): Clearness {
  const { ranks, ties } = rankedSeries(values)
  const own = clearnessOf(ranks, minSize)
  const seen: number[] = []
  let asClear = 0
  for (const clearness of clearnessesByChance(ranks, ties, minSize, orders)) {
    seen.push(clearness)
    // Rounding must not tell the same parts in another order apart.
    if (clearness >= own - 1e-9 * own) asClear++
    if (asClear >= enough) return { values, ranks, minSize, seen, asClear, pValue: asClear / seen.length }
  }
  return { values, ranks, minSize, seen, asClear, pValue: (1 + asClear) / (orders + 1) }
}

/** The changes of a series whose p is at most a level: those with which random orders show a change in no more cases than that. */
function changesIn({ values, ranks, minSize, seen, asClear, pValue }: Clearness, level: number): ChangePoints {
  if (pValue > level) return { at: [], pValue }
  /** So many orders may be as clear for a change to be taken as one, this order among them. */
  const allowed = Math.floor(level * (seen.length + 1) + 1e-9)
  const penalty = seen.toSorted((a, b) => b - a)[Math.max(allowed - 1, asClear)] ?? 0
  const { sums, step } = sumsFor(ranks)
  const at = cheapestParts(sums, penalty, sizeFor(minSize, step)).at.map((place) => place * step)
  return at.length === 0 ? { at, pValue } : { at: placed(at, Float64Array.from(values), minSize), penalty, pValue }
}

/** Places at which parts may begin: of longer series, so many of them only. */
const MOST_PLACES = 120

function sumsFor(ranks: Float64Array): { readonly sums: Sums; readonly step: number } {
  const step = Math.ceil(ranks.length / MOST_PLACES)
  const sums = sumsOf(ranks)
  return { sums: step > 1 ? thinned(sums, step) : sums, step }
}

function sizeFor(minSize: number, step: number): number {
  return Math.ceil(minSize / step)
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

/** Series of one length without ties are all orders of the same ranks: what was drawn of them, and what draws more. */
const known = new Map<string, { readonly drawn: number[]; readonly more: Generator<number> }>()

/** How clear changes are in random orders: as many as are asked for. */
function* clearnessesByChance(
  ranks: Float64Array,
  ties: readonly number[],
  minSize: number,
  orders: number,
): Generator<number> {
  const sorted = Float64Array.from(ranks).sort()
  if (ties.length > 0) {
    yield* clearnessesDrawn(sorted, minSize, orders)
    return
  }
  const key = [ranks.length, minSize].join()
  if (known.size > 100) known.clear()
  const { drawn, more } = known.get(key) ?? { drawn: [], more: clearnessesDrawn(sorted, minSize, Infinity) }
  known.set(key, { drawn, more })
  for (let at = 0; at < orders; at++) {
    if (at === drawn.length) drawn.push(more.next().value as number)
    yield drawn[at] as number
  }
}

function* clearnessesDrawn(sorted: Float64Array, minSize: number, orders: number): Generator<number> {
  for (const order of shuffles(sorted, orders)) yield clearnessOf(order, minSize)
}

/** The largest penalty a change with which there still is a change: the most that parts save, a change. 0 where they save nothing. */
function clearnessOf(ranks: Float64Array, least: number): number {
  const { sums, step } = sumsFor(ranks)
  const minSize = sizeFor(least, step)
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
