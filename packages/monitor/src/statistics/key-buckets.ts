import { bitsOf, highOfKey, isNaNKey, keyBits, lowOfKey } from './order-keys.ts'

/** Keys begin to be told apart by their first 16 bits. */
export const FIRST_BITS = 16
const FIRST_SLOTS = 2 ** FIRST_BITS

/** A part of all keys: those with the same first bits. */
export interface KeyRange {
  /** Values of the first sample, and of the second, that lie before it. */
  readonly before: readonly [number, number]
  /** How many lie in it. */
  readonly within: readonly [number, number]
  /** How many bits its keys have in common. */
  readonly depth: number
  /** The bucket of the last cut that it is. */
  readonly bucket: number
  /** Its least key: the bits that all have, then 0. */
  readonly least: readonly [high: number, low: number]
  /** No gap within it is larger: i·b − j·a. */
  readonly bound: number
}

/** Ranges of keys, each cut into 2^width buckets by the bits that follow. */
export interface KeyBuckets {
  /** By range. */
  readonly depth: Uint8Array
  readonly width: Uint8Array
  /** The first bucket of each range. */
  readonly base: Int32Array
  readonly counts: readonly [Uint32Array, Uint32Array]
  /** `base` × 32 + `width`: one look-up rather than two. */
  readonly packed: Int32Array
  /** The range of the next cut by bucket, −1 where its values matter no more; left out while it is counted in. */
  next?: Int32Array
}

/**
 * Cuts all keys, finer where more values lie, so that many buckets are as heavy as each other.
 *
 * @param most how many buckets, about
 * @param seen how many of some values begin with each 16 bits; undefined where none were seen
 */
export function firstBuckets(most: number, seen?: Uint32Array): KeyBuckets {
  const all = seen?.reduce((sum, count) => sum + count, 0) ?? 0
  const width = Uint8Array.from({ length: FIRST_SLOTS }, (_, slot) =>
    widthFor(most * (all === 0 ? 1 / FIRST_SLOTS : (seen?.[slot] ?? 0) / all), 64 - FIRST_BITS, 0),
  )
  return buckets(new Uint8Array(FIRST_SLOTS).fill(FIRST_BITS), width)
}

/** Cuts ranges that have not all bits in common, the heavier the finer. */
export function nextBuckets(most: number, ranges: readonly KeyRange[]): KeyBuckets {
  const all = ranges.reduce((sum, { within }) => sum + within[0] + within[1], 0)
  const width = Uint8Array.from(ranges, ({ depth, within }) =>
    widthFor((most * (within[0] + within[1])) / all, 64 - depth, 1),
  )
  return buckets(
    Uint8Array.from(ranges, ({ depth }) => depth),
    width,
  )
}

function widthFor(parts: number, left: number, least: number): number {
  const wanted = Math.ceil(Math.log2(parts))
  return Math.min(left, Math.max(least, Math.min(20, Number.isFinite(wanted) ? wanted : 0)))
}

function buckets(depth: Uint8Array, width: Uint8Array): KeyBuckets {
  const base = new Int32Array(width.length)
  let total = 0
  for (const [slot, bits] of width.entries()) {
    base[slot] = total
    total += 2 ** bits
  }
  const packed = Int32Array.from(base, (first, slot) => first * 32 + (width[slot] as number))
  return { depth, width, base, packed, counts: [new Uint32Array(total), new Uint32Array(total)] }
}

/**
 * Counts values in the first buckets: the loop that all values go through.
 *
 * @returns how many there are, without NaN
 */
export function countFirst({ packed }: KeyBuckets, counts: Uint32Array, values: Float64Array): number {
  const bits = bitsOf(values)
  let missing = 0
  for (let at = 0; at < bits.length; at += 2) {
    const rawLow = bits[at] as number
    const rawHigh = bits[at + 1] as number
    const high = highOfKey(rawHigh, rawLow)
    if (isNaNKey(high)) {
      missing++
      continue
    }
    const place = packed[high >>> FIRST_BITS] as number
    const wide = place & 31
    const within =
      wide <= FIRST_BITS
        ? ((high & 0xffff) << wide) >>> FIRST_BITS
        : keyBits(high, lowOfKey(rawHigh, rawLow), FIRST_BITS, wide)
    const bucket = (place >>> 5) + within
    counts[bucket] = (counts[bucket] as number) + 1
  }
  return values.length - missing
}

/** The bucket of a key in a cut, given the range that it lies in. */
export function bucketOf({ depth, width, base }: KeyBuckets, range: number, high: number, low: number): number {
  return (base[range] as number) + keyBits(high, low, depth[range] as number, width[range] as number)
}
