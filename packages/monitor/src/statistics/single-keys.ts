import type { FirstGaps } from './first-gaps.ts'

/** Finds the ranges of keys that hold one key only. */
export interface SingleKeys {
  take(range: number, high: number, low: number): void
  /** Whether all keys of a range were equal. */
  isSingle(range: number): boolean
  /**
   * Looks at the gap at the one key of a range.
   *
   * @param before values of each sample before the range, `within` those in it
   * @param units (a, b): a gap is i·b − j·a
   */
  lookAt(
    range: number,
    before: readonly [number, number],
    within: readonly [number, number],
    units: readonly [number, number],
    gaps: FirstGaps,
  ): void
}

const NONE = 0
const ONE = 1
const SEVERAL = 2

/** No key has been taken yet. */
export function singleKeys(ranges: number): SingleKeys {
  const highs = new Uint32Array(ranges)
  const lows = new Uint32Array(ranges)
  const held = new Uint8Array(ranges)
  return {
    take(range, high, low) {
      if (held[range] === ONE) {
        if (highs[range] !== high || lows[range] !== low) held[range] = SEVERAL
      } else if (held[range] === NONE) {
        held[range] = ONE
        highs[range] = high
        lows[range] = low
      }
    },
    isSingle: (range) => held[range] === ONE,
    lookAt(range, [i, j], [f, g], [a, b], gaps) {
      gaps.look((i + f) * b - (j + g) * a, f > 0, g > 0, highs[range] as number, lows[range] as number)
    },
  }
}
