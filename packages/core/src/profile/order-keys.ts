// A double's key is a whole number of 64 bits: of positive doubles the sign bit is set, of negative ones all bits are flipped, so
// that keys without sign are in the order of doubles. −0 has the key of 0. Keys are handled as two halves of 32 bits.

const SIGN = -0x8000_0000

/** The high half of Infinity: what lies beyond, the sign apart, is NaN. */
const INFINITY = 0x7ff0_0000

/**
 * The bits of doubles: of each first its low half, then its high half, as every platform has them that Node runs on.
 */
export function bitsOf(values: Float64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2)
}

/** The high half of a key, from the halves of its double; with a sign that `>>> 0` takes away. No branch depends on the sign of a double. */
export function highOfKey(high: number, low: number): number {
  return high === SIGN && low === 0 ? SIGN : high ^ ((high >> 31) | SIGN)
}

/**
 * Whether a key is one of NaN. NaN whose high half is that of an infinity do not come from JavaScript nor from SQL.
 *
 * @param high of the key, with its sign
 */
export function isNaNKey(high: number): boolean {
  return ((high ^ ~(high >> 31)) & ~SIGN) > INFINITY
}

/** The low half of a key, likewise. */
export function lowOfKey(high: number, low: number): number {
  return high === SIGN && low === 0 ? 0 : low ^ (high >> 31)
}

/** The double of a key. */
export function doubleOfKey(high: number, low: number): number {
  const isPositive = high >= 0x8000_0000
  const halves = Int32Array.of(isPositive ? low : ~low, isPositive ? high ^ SIGN : ~high)
  return new Float64Array(halves.buffer)[0] as number
}

/** Whether a key comes before another. */
export function isBefore(high: number, low: number, otherHigh: number, otherLow: number): boolean {
  return high < otherHigh || (high === otherHigh && low < otherLow)
}

/**
 * Some bits of a key as a whole number.
 *
 * @param depth how many bits stand before them
 * @param width how many there are, 0–31
 */
export function keyBits(high: number, low: number, depth: number, width: number): number {
  if (width === 0) return 0
  if (depth >= 32) return (low << (depth - 32)) >>> (32 - width)
  const inHigh = Math.min(width, 32 - depth)
  const top = (high << depth) >>> (32 - inHigh)
  const inLow = width - inHigh
  return inLow === 0 ? top : top * 2 ** inLow + (low >>> (32 - inLow))
}

/**
 * A key with some of its bits set; those are 0 in the key that is given.
 *
 * @param depth how many bits stand before them
 * @param width how many there are, 0–31
 */
export function withBits(
  [high, low]: readonly [number, number],
  depth: number,
  width: number,
  value: number,
): [number, number] {
  const behind = 64 - depth - width
  if (behind >= 32) return [(high | (value << (behind - 32))) >>> 0, low]
  // The part that reaches into the high half, and the rest.
  const above = Math.floor(value / 2 ** (32 - behind))
  return [(high | above) >>> 0, (low | ((value % 2 ** (32 - behind)) * 2 ** behind)) >>> 0]
}
