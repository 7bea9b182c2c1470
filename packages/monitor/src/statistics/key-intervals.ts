import { doubleOfKey, isNaNKey } from '@dayshift/core/ground'
import type { KeyRange } from './key-ranges.ts'

/** Intervals apart; where there are more, one takes all of them in. */
const MOST = 8

/**
 * The intervals of doubles in which the keys of ranges lie.
 *
 * @param ranges in order
 * @returns least and greatest double of each, in order
 */
export function intervalsOf(ranges: readonly KeyRange[]): [number, number][] {
  const found: [least: readonly [number, number], greatest: readonly [number, number]][] = []
  for (const { least, depth } of ranges) {
    const last = found.at(-1)
    if (last && follows(last[1], least)) last[1] = greatestOf(least, depth)
    else found.push([least, greatestOf(least, depth)])
  }
  const [first, last] = [found[0], found.at(-1)]
  const few = first && last && found.length > MOST ? [[first[0], last[1]] as const] : found
  return few.map(([least, greatest]) => [numberOf(least, -Infinity), numberOf(greatest, Infinity)])
}

function greatestOf([high, low]: readonly [number, number], depth: number): [number, number] {
  if (depth <= 32) return [(high | lowest(32 - depth)) >>> 0, 0xffff_ffff]
  return [high, (low | lowest(64 - depth)) >>> 0]
}

/** So many of the lowest bits. */
function lowest(bits: number): number {
  return bits === 32 ? -1 : 2 ** bits - 1
}

function follows([high, low]: readonly [number, number], [nextHigh, nextLow]: readonly [number, number]): boolean {
  return low === 0xffff_ffff ? nextHigh === high + 1 && nextLow === 0 : nextHigh === high && nextLow === low + 1
}

function numberOf([high, low]: readonly [number, number], beyond: number): number {
  return isNaNKey(high | 0) ? beyond : doubleOfKey(high, low)
}
