import { bitsOf, highOfKey, isNaNKey, keyBits } from './order-keys.ts'

/** Keys begin to be told apart by their first 16 bits. */
export const FIRST_BITS = 16
const FIRST_SLOTS = 2 ** FIRST_BITS

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
 * @param most how many buckets, about, beside one for each 16 bits that keys may begin with
 * @param samples some of the values; none: all buckets are as wide
 */
export function firstBuckets(most: number, ...samples: readonly Float64Array[]): KeyBuckets {
  const seen = new Uint32Array(FIRST_SLOTS)
  const all = samples.reduce((sum, sample) => sum + countBeginnings(sample, seen), 0)
  const width = new Uint8Array(FIRST_SLOTS)
  for (let slot = 0; slot < FIRST_SLOTS; slot++) {
    const share = all === 0 ? 1 / FIRST_SLOTS : (seen[slot] as number) / all
    width[slot] = share === 0 ? 0 : widthFor(most * share, FIRST_BITS, 0)
  }
  return keyBuckets(new Uint8Array(FIRST_SLOTS).fill(FIRST_BITS), width)
}

/** Counts by the first 16 bits of keys. */
function countBeginnings(values: Float64Array, seen: Uint32Array): number {
  const bits = bitsOf(values)
  let all = 0
  for (let at = 0; at < bits.length; at += 2) {
    const high = highOfKey(bits[at + 1] as number, bits[at] as number)
    if (isNaNKey(high)) continue
    const slot = high >>> FIRST_BITS
    seen[slot] = (seen[slot] as number) + 1
    all++
  }
  return all
}

/**
 * By how many bits a part of all keys is cut.
 *
 * @param parts how many there should be
 * @param left how many bits there are
 * @param least how many it is at least
 */
export function widthFor(parts: number, left: number, least: number): number {
  const wanted = Math.ceil(Math.log2(parts))
  return Math.min(left, Math.max(least, Math.min(20, Number.isFinite(wanted) ? wanted : 0)))
}

/** Buckets, all empty, of ranges of keys of which `depth` bits are known, and which are cut by `width` more. */
export function keyBuckets(depth: Uint8Array, width: Uint8Array): KeyBuckets {
  const base = new Int32Array(width.length)
  const packed = new Int32Array(width.length)
  let total = 0
  for (let slot = 0; slot < width.length; slot++) {
    const bits = width[slot] as number
    base[slot] = total
    packed[slot] = total * 32 + bits
    total += 2 ** bits
  }
  return { depth, width, base, packed, counts: [new Uint32Array(total), new Uint32Array(total)] }
}

/** The bucket of a key in the first cut. */
function firstBucket(packed: Int32Array, high: number): number {
  const place = packed[high >>> FIRST_BITS] as number
  return (place >>> 5) + (((high & 0xffff) << (place & 31)) >>> FIRST_BITS)
}

/**
 * Counts values in the first buckets: the loop that all values go through.
 *
 * @param side which sample they belong to
 * @returns how many there are, without NaN
 */
export function countKeys({ packed, counts }: KeyBuckets, side: 0 | 1, values: Float64Array): number {
  const own = counts[side]
  const bits = bitsOf(values)
  let missing = 0
  for (let at = 0; at < bits.length; at += 2) {
    const high = highOfKey(bits[at + 1] as number, bits[at] as number)
    if (isNaNKey(high)) {
      missing++
      continue
    }
    const bucket = firstBucket(packed, high)
    own[bucket] = (own[bucket] as number) + 1
  }
  return values.length - missing
}

/**
 * The values that lie in some of the first buckets, in their order.
 *
 * @param isWanted by bucket
 * @param room as many values as there are of those, at least
 */
export function pickKeys(
  { packed }: KeyBuckets,
  isWanted: Uint8Array,
  values: Float64Array,
  room: Float64Array,
): Float64Array {
  const bits = bitsOf(values)
  let length = 0
  for (let at = 0; at < values.length; at++) {
    const high = highOfKey(bits[2 * at + 1] as number, bits[2 * at] as number)
    if (isWanted[firstBucket(packed, high)] === 1 && !isNaNKey(high)) room[length++] = values[at] as number
  }
  return room.subarray(0, length)
}

/** The first bucket in which a double lies. */
export function bucketOfDouble({ packed }: KeyBuckets, value: number): number {
  const [low, high] = bitsOf(Float64Array.of(value)) as unknown as [number, number]
  return firstBucket(packed, highOfKey(high, low))
}

/** The bucket of a key in a cut, given the range that it lies in. */
export function bucketOf({ depth, width, base }: KeyBuckets, range: number, high: number, low: number): number {
  return (base[range] as number) + keyBits(high, low, depth[range] as number, width[range] as number)
}
