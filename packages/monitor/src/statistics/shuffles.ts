/**
 * Random orders of a series, the same on every run: Fisher–Yates, by Marsaglia's xorshift of 128 bits.
 *
 * @param values each order is given in an array that the next one is written over
 * @see Marsaglia (2003), Journal of Statistical Software 8 (14), 3.1
 */
export function* shuffles(values: Float64Array, count: number): Generator<Float64Array> {
  const order = Float64Array.from(values)
  const state = Uint32Array.of(123_456_789, 362_436_069, 521_288_629, 88_675_123)
  for (let done = 0; done < count; done++) {
    for (let at = order.length - 1; at > 0; at--) {
      const other = Math.floor((nextOf(state) / 2 ** 32) * (at + 1))
      const kept = order[at] as number
      order[at] = order[other] as number
      order[other] = kept
    }
    yield order
  }
}

function nextOf(state: Uint32Array): number {
  const [x = 0, , , w = 0] = state
  const mixed = x ^ (x << 11)
  state.copyWithin(0, 1)
  state[3] = w ^ (w >>> 19) ^ (mixed ^ (mixed >>> 8))
  return state[3]
}
