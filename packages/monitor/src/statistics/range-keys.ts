import type { FirstGaps } from './first-gaps.ts'
import { isBefore } from '@dayshift/core/ground'
import type { KeyRange } from './key-ranges.ts'

/** The keys of both samples in some ranges. */
export interface RangeKeys {
  take(side: 0 | 1, range: number, high: number, low: number): void
  /**
   * Looks at the gap at each value in these ranges.
   *
   * @param ranges in order
   * @param units (a, b): a gap is i·b − j·a
   */
  lookAt(ranges: readonly KeyRange[], units: readonly [number, number], gaps: FirstGaps): void
}

/** Keys in pairs of halves, the low one first: read as whole numbers of 64 bits they can be sorted. */
interface Kept {
  halves: Uint32Array
  length: number
}

/** Keeps keys of ranges. The first key of each range is only counted, so that one value in great numbers takes no room. */
export function rangeKeys(ranges: number): RangeKeys {
  const kept: [Kept, Kept] = [
    { halves: new Uint32Array(2048), length: 0 },
    { halves: new Uint32Array(2048), length: 0 },
  ]
  const firstHigh = new Uint32Array(ranges)
  const firstLow = new Uint32Array(ranges)
  const isMet = new Uint8Array(ranges)
  const alike: [Float64Array, Float64Array] = [new Float64Array(ranges), new Float64Array(ranges)]

  return {
    take(side, range, high, low) {
      if (isMet[range] === 0) {
        isMet[range] = 1
        firstHigh[range] = high
        firstLow[range] = low
      }
      if (firstHigh[range] === high && firstLow[range] === low) {
        alike[side][range] = (alike[side][range] as number) + 1
        return
      }
      const one = kept[side]
      if (one.halves.length === 2 * one.length) {
        const more = new Uint32Array(one.halves.length * 2)
        more.set(one.halves)
        one.halves = more
      }
      one.halves[2 * one.length] = low
      one.halves[2 * one.length + 1] = high
      one.length++
    },

    lookAt(listed, [unitA, unitB], gaps) {
      const [a, b] = kept.map(sorted) as [Uint32Array, Uint32Array]
      let [p, q] = [0, 0]
      for (const [range, { before, within }] of listed.entries()) {
        let [i, j] = before
        const [endI, endJ] = [i + within[0], j + within[1]]
        let isFirstLeft = true
        while (i < endI || j < endJ) {
          const [inA, inB] = [endI - i, endJ - j]
          const restA = inA - (isFirstLeft ? (alike[0][range] as number) : 0)
          const restB = inB - (isFirstLeft ? (alike[1][range] as number) : 0)
          let high = 0xffff_ffff
          let low = 0xffff_ffff
          if (restA > 0) [high, low] = [a[2 * p + 1] as number, a[2 * p] as number]
          if (restB > 0 && isBefore(b[2 * q + 1] as number, b[2 * q] as number, high, low)) {
            ;[high, low] = [b[2 * q + 1] as number, b[2 * q] as number]
          }
          const [i0, j0] = [i, j]
          const first = [firstHigh[range] as number, firstLow[range] as number] as const
          if (isFirstLeft && !isBefore(high, low, ...first)) {
            // Its like are nowhere else.
            ;[high, low] = first
            i += alike[0][range] as number
            j += alike[1][range] as number
            isFirstLeft = false
          } else {
            for (let left = restA; left > 0 && a[2 * p + 1] === high && a[2 * p] === low; left--, p++) i++
            for (let left = restB; left > 0 && b[2 * q + 1] === high && b[2 * q] === low; left--, q++) j++
          }
          gaps.look(i * unitB - j * unitA, i > i0, j > j0, high, low)
        }
      }
    },
  }
}

function sorted({ halves, length }: Kept): Uint32Array {
  const keys = new BigUint64Array(halves.buffer, 0, length).sort()
  return new Uint32Array(keys.buffer, 0, 2 * length)
}
