import type { NumberScale } from '../detector.ts'

/** Whole numbers up to here are doubles of their own. */
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER)

/** Whole numbers of a column on both sides, from the smallest to the largest. */
export interface WholeSpan {
  readonly low: bigint
  readonly high: bigint
}

/**
 * How whole numbers become doubles without two becoming one: as they are, less the smallest of them, or by their rank.
 *
 * @example scaleOf({ low: 2n ** 60n, high: 2n ** 60n + 5n }) // 'offset'
 */
export function scaleOf({ low, high }: WholeSpan): NumberScale {
  if (low >= -LARGEST && high <= LARGEST) return 'value'
  return high - low <= LARGEST ? 'offset' : 'rank'
}

/** The places of whole numbers among all different ones of both sides. */
export function ranks(reference: readonly bigint[], current: readonly bigint[]): [Float64Array, Float64Array] {
  const ordered = [...reference, ...current].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const places = new Map<bigint, number>()
  for (const value of ordered) if (!places.has(value)) places.set(value, places.size)
  const placed = (values: readonly bigint[]): Float64Array =>
    Float64Array.from(values, (value) => places.get(value) as number)
  return [placed(reference), placed(current)]
}
