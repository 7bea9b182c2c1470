/** Different values in ascending order, and how often each is there. */
export interface Runs {
  readonly values: Float64Array
  readonly counts: Float64Array
}

/** Different values up to which many are counted by value. */
const FEW_VALUES = 2 ** 14

/** Slots of the table that they are counted in at first: a power of 2. A small table stays in the processor's first cache. */
const FIRST_SLOTS = 2 ** 9

/** Ascending values by value. −0 is 0. */
export function runsOf(ascending: Float64Array): Runs {
  const values = new Float64Array(ascending.length)
  const counts = new Float64Array(ascending.length)
  let length = 0
  for (const value of ascending) {
    if (length === 0 || values[length - 1] !== value) values[length++] = value + 0
    counts[length - 1] = (counts[length - 1] as number) + 1
  }
  return { values: values.subarray(0, length), counts: counts.subarray(0, length) }
}

/**
 * Values by value, where no more than 16 384 are different: told early where they are not.
 *
 * @param values in any order
 * @returns undefined where more are different, or one is NaN
 * @example fewRuns(Float64Array.of(2, 1, 2)) // { values: [1, 2], counts: [1, 2] }
 */
export function fewRuns(values: Float64Array): Runs | undefined {
  let slots = FIRST_SLOTS
  let keys = new Float64Array(slots)
  let counts = new Uint32Array(slots)
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  let different = 0
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number
    if (value !== value) return undefined
    let slot = slotOf(value, bits[2 * at] as number, bits[2 * at + 1] as number, slots)
    while (counts[slot] !== 0 && keys[slot] !== value) slot = (slot + 1) & (slots - 1)
    if (counts[slot] === 0) {
      if (different === FEW_VALUES) return undefined
      different++
      keys[slot] = value
    }
    counts[slot] = (counts[slot] as number) + 1
    if (different * 2 <= slots) continue
    ;({ keys, counts } = inMoreSlots(keys, counts))
    slots = keys.length
  }
  const filled = Array.from(counts.keys()).filter((slot) => counts[slot] !== 0)
  filled.sort((a, b) => (keys[a] as number) - (keys[b] as number))
  return {
    values: Float64Array.from(filled, (slot) => (keys[slot] as number) + 0),
    counts: Float64Array.from(filled, (slot) => counts[slot] as number),
  }
}

const MIX = 0x9e37_79b1

function slotOf(value: number, low: number, high: number, slots: number): number {
  const mixed = value === 0 ? 0 : Math.imul(low ^ Math.imul(high, MIX), MIX)
  return (mixed ^ (mixed >>> 15)) & (slots - 1)
}

/** The same counts in a table four times as large. */
function inMoreSlots(
  keys: Float64Array<ArrayBuffer>,
  counts: Uint32Array<ArrayBuffer>,
): { keys: Float64Array<ArrayBuffer>; counts: Uint32Array<ArrayBuffer> } {
  const slots = keys.length * 4
  const more = { keys: new Float64Array(slots), counts: new Uint32Array(slots) }
  const bits = new Int32Array(keys.buffer)
  for (let at = 0; at < keys.length; at++) {
    if (counts[at] === 0) continue
    let slot = slotOf(keys[at] as number, bits[2 * at] as number, bits[2 * at + 1] as number, slots)
    while (more.counts[slot] !== 0) slot = (slot + 1) & (slots - 1)
    more.keys[slot] = keys[at] as number
    more.counts[slot] = counts[at] as number
  }
  return more
}
