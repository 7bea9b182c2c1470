import { xorshift } from './xorshift.ts'

/**
 * Random orders of a series, the same on every run (Fisher–Yates).
 *
 * @param values each order is given in an array that the next one is written over
 */
export function* shuffles(values: Float64Array, count: number): Generator<Float64Array> {
  const order = Float64Array.from(values)
  const next = xorshift()
  for (let done = 0; done < count; done++) {
    shuffle(order, next)
    yield order
  }
}

/** Puts numbers into a random order, in place. */
export function shuffle(order: Float64Array | Int32Array | Uint8Array, next: () => number): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(next() * (at + 1))
    const kept = order[at] as number
    order[at] = order[other] as number
    order[other] = kept
  }
}
