/** Where the values of a column lie, NaN and missing ones apart. */
export interface DoublesSpread {
  /** The smallest and the largest value, which may be infinite. */
  readonly min: number
  readonly max: number
  readonly infinite: number
  /** How many are finite, the smallest and the largest of them, and their sum. */
  readonly finite: number
  readonly low: number
  readonly high: number
  readonly sum: number
}

/** Values that are looked at together. */
const PART = 2 ** 12

/** Finds where values lie that it is given in parts. */
export interface SpreadFinder {
  /** @param part without NaN; best a few thousand */
  take(part: Float64Array): void
  /** @param values all that was taken: they are looked at again where one is infinite */
  result(values: Float64Array): DoublesSpread
}

/** Nothing has been taken yet. */
export function spreadFinder(): SpreadFinder {
  const ends = new Float64Array([Infinity, -Infinity])
  const sum = newSum()
  return {
    take(part) {
      widen(ends, part)
      addOffsets(part, 0, false, sum)
    },
    result(values) {
      const [min, max] = ends as unknown as [number, number]
      if (values.length === 0 || (Number.isFinite(min) && Number.isFinite(max)))
        return { min, max, infinite: 0, finite: values.length, low: min, high: max, sum: sum[0] as number }
      const finite = finiteOnes(values)
      return { ...spreadOf(finite), min, max, infinite: values.length - finite.length }
    },
  }
}

/** Where values lie that are in memory. */
export function spreadOf(values: Float64Array): DoublesSpread {
  const found = spreadFinder()
  for (const part of partsOf(values)) found.take(part)
  return found.result(values)
}

/** Values in parts that stay in the processor's first cache while several loops go over them. */
export function* partsOf(values: Float64Array): Generator<Float64Array> {
  for (let at = 0; at < values.length; at += PART) yield values.subarray(at, at + PART)
}

export function finiteOnes(values: Float64Array): Float64Array {
  return values.filter(Number.isFinite)
}

function widen(ends: Float64Array, values: Float64Array): void {
  let [min, max] = [ends[0] as number, ends[1] as number]
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number
    if (value < min) min = value
    if (value > max) max = value
  }
  ends[0] = min
  ends[1] = max
}

/** A sum, and what rounding has taken from it: Kahan's. */
export type Sum = Float64Array

export function newSum(): Sum {
  return new Float64Array(2)
}

/** Adds values less a number, or their squares: four sums side by side, since each must wait for itself. */
export function addOffsets(values: Float64Array, less: number, isSquared: boolean, sum: Sum): void {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let lostA = 0
  let lostB = 0
  let lostC = 0
  let lostD = 0
  const length = values.length - (values.length % 4)
  for (let at = 0; at < length; at += 4) {
    const w = (values[at] as number) - less
    const x = (values[at + 1] as number) - less
    const y = (values[at + 2] as number) - less
    const z = (values[at + 3] as number) - less
    const nextA = (isSquared ? w * w : w) - lostA
    const nextB = (isSquared ? x * x : x) - lostB
    const nextC = (isSquared ? y * y : y) - lostC
    const nextD = (isSquared ? z * z : z) - lostD
    const toA = a + nextA
    const toB = b + nextB
    const toC = c + nextC
    const toD = d + nextD
    lostA = toA - a - nextA
    lostB = toB - b - nextB
    lostC = toC - c - nextC
    lostD = toD - d - nextD
    a = toA
    b = toB
    c = toC
    d = toD
  }
  for (let at = length; at < values.length; at++) {
    const off = (values[at] as number) - less
    add(sum, isSquared ? off * off : off)
  }
  for (const part of [a, b, c, d, -lostA, -lostB, -lostC, -lostD]) add(sum, part)
}

function add(sum: Sum, value: number): void {
  const next = value - (sum[1] as number)
  const total = (sum[0] as number) + next
  sum[1] = total - (sum[0] as number) - next
  sum[0] = total
}
