import {
  bitsOf,
  bucketOf,
  countDoubles,
  countKeys,
  FIRST_BITS,
  firstBuckets,
  highOfKey,
  isNaNKey,
  lowOfKey,
  pickKeys,
  type CountedDoubles,
  type KeyBuckets,
} from '@dayshift/core/ground'
import { ecdfGaps } from './ecdf-gaps.ts'
import { firstGaps, type LargestGap } from './first-gaps.ts'
import { boundGaps } from './gap-bounds.ts'
import { intervalsOf } from './key-intervals.ts'
import { nextBuckets, type KeyRange } from './key-ranges.ts'
import { rangeKeys, type RangeKeys } from './range-keys.ts'
import { runGap } from './run-gaps.ts'
import { singleKeys } from './single-keys.ts'
import { greatestCommonDivisor } from './special/greatest-common-divisor.ts'

/** How much a search may hold at a time. */
export interface SearchRoom {
  /** Buckets that a pass counts in, on each side. Default: 2^16, 256 kB a side, which a processor's second cache holds. */
  readonly buckets?: number
  /** Keys that are kept to be sorted, of both samples. Default: 2^22, up to 64 MB. */
  readonly keys?: number
}

/** A search for the largest gap, which is given all values of both samples once or more. */
export interface GapSearch {
  /**
   * Takes values of a sample, in any order and in parts of any size; in each pass all of them.
   *
   * @param side 0 for the first sample, 1 for the second
   * @param values NaN are left out
   */
  take(side: 0 | 1, values: Float64Array): void
  /** Ends a pass. Says whether another one is needed. */
  endPass(): boolean
  /** Intervals in which all values lie that the next pass looks at: it needs no others. In order; both ends belong to them. */
  sought(): readonly (readonly [number, number])[]
  /** Values of each sample, without NaN, after the first pass. */
  sizes(): readonly [number, number]
  /** Values that later passes have to look at, after each pass. */
  left(): number
  /** Between which values D lies for sure, after each pass. */
  bounds(): { readonly lower: number; readonly upper: number }
  /** The largest gap, after the last pass; the same as sorting both samples gives. */
  result(): LargestGap
}

/** A search that is told how the values of its first pass were counted. */
interface CountedSearch extends GapSearch {
  /** Buckets of the first cut in which all values lie that later passes look at. */
  buckets(): readonly number[]
}

/**
 * Looks for the largest gap between two empirical distribution functions without sorting the samples, in bounded memory: some 2 MB to
 * 80 MB, whatever their sizes. The first pass counts values in some 65 000 buckets by the first bits of their order-preserving keys; only in few
 * of these the largest gap may lie, and only they are looked at again: cut into finer ones, or, where they hold few values,
 * sorted. Two or three passes do for most samples; samples that are equal value for value take one more for each four million.
 *
 * Exact while n₁·n₂ over their greatest common divisor is below 2^53.
 *
 * @param sample some of the values, by which buckets are made finer where many lie; default: none, and all are as wide
 * @example
 * const search = gapSearch()
 * do {
 *   for await (const [side, values] of readBoth()) search.take(side, values)
 * } while (search.endPass())
 * search.result() // { height, location, sign }
 */
export function gapSearch(sample: Float64Array = new Float64Array(), room: SearchRoom = {}): GapSearch {
  return searchFrom(firstBuckets(room.buckets ?? MOST_BUCKETS, sample), [0, 0], room)
}

const MOST_BUCKETS = 2 ** 16

/**
 * A search whose first pass may be over.
 *
 * @param first in which the values of both samples are counted, or will be
 * @param sizes how many have been counted of each
 */
function searchFrom(
  first: KeyBuckets,
  sizes: [number, number],
  { buckets: mostBuckets = MOST_BUCKETS, keys: mostKept = 2 ** 22 }: SearchRoom,
): CountedSearch {
  const cuts: KeyBuckets[] = [first]
  const gaps = firstGaps()
  // By the first 16 bits of keys: whether any range lies there.
  const isSought = new Uint8Array(2 ** FIRST_BITS)
  // What the next pass looks at: ranges that are cut finer, or whose keys are kept.
  let ranges: readonly KeyRange[] = []
  let kept: RangeKeys | undefined
  let alike = singleKeys(0)
  // What later passes look at, the largest bound last.
  let waiting: KeyRange[] = []
  let least = 0
  let most = 1
  let units: readonly [number, number] = [1, 1]

  /** The range of the last cut in which a key lies; −1 where its values matter no more. */
  function rangeOf(high: number, low: number): number {
    let range = high >>> FIRST_BITS
    for (const cut of cuts) {
      if (cut.next === undefined || range < 0) break
      range = cut.next[bucketOf(cut, range, high, low)] as number
    }
    return range
  }

  function takeAgain(side: 0 | 1, values: Float64Array): void {
    const last = cuts.at(-1) as KeyBuckets
    const counts = last.counts[side]
    const bits = bitsOf(values)
    for (let at = 0; at < bits.length; at += 2) {
      const rawLow = bits[at] as number
      const rawHigh = bits[at + 1] as number
      const signed = highOfKey(rawHigh, rawLow)
      // Most values end here.
      if (isSought[signed >>> FIRST_BITS] === 0 || isNaNKey(signed)) continue
      const high = signed >>> 0
      const low = lowOfKey(rawHigh, rawLow) >>> 0
      const range = rangeOf(high, low)
      if (range < 0) continue
      if (kept) kept.take(side, range, high, low)
      else {
        const bucket = bucketOf(last, range, high, low)
        counts[bucket] = (counts[bucket] as number) + 1
        alike.take(range, high, low)
      }
    }
  }

  /** Has the last cut lead from its buckets to what the next pass looks at. */
  function seek(cut: KeyBuckets): void {
    cut.next ??= new Int32Array(cut.counts[0].length)
    cut.next.fill(-1)
    isSought.fill(0)
    for (const [
      range,
      {
        bucket,
        least: [high],
      },
    ] of ranges.entries()) {
      cut.next[bucket] = range
      isSought[high >>> FIRST_BITS] = 1
    }
  }

  return {
    take(side, values) {
      if (cuts.length > 1 || kept) return takeAgain(side, values)
      sizes[side] += countKeys(first, side, values)
    },
    endPass() {
      const last = cuts.at(-1) as KeyBuckets
      if (kept) {
        kept.lookAt(ranges, units, gaps)
        least = Math.max(least, gaps.largest().height)
        waiting = waiting.filter(({ bound }) => bound >= least)
      } else {
        const divisor = greatestCommonDivisor(sizes[0], sizes[1])
        units = [sizes[0] / divisor, sizes[1] / divisor]
        const before = cuts.length === 1 ? undefined : ranges
        // Ranges of one value have their only gap at their end: they are done with.
        const known = boundGaps(last, before, units, (range) => alike.isSingle(range))
        for (const [range, { before: start, within }] of (before ?? []).entries()) {
          if (alike.isSingle(range)) alike.lookAt(range, start, within, units, gaps)
        }
        least = Math.max(known.least, gaps.largest().height)
        most = known.ranges.reduce((largest, { bound }) => Math.max(largest, bound), least)
        // Where there are many ranges each is light: cutting them finer would gain little.
        if (roomFor(known.ranges) > mostKept && known.ranges.length <= mostBuckets / 8) {
          ranges = known.ranges
          seek(last)
          cuts.push(nextBuckets(mostBuckets, ranges))
          alike = singleKeys(ranges.length)
          return true
        }
        waiting = known.ranges.toSorted((one, other) => one.bound - other.bound)
      }
      const some: KeyRange[] = []
      for (let left = mostKept; left > 0 && waiting.length > 0;) {
        const next = waiting.pop() as KeyRange
        some.push(next)
        left -= roomFor([next])
      }
      most = Math.max(least, waiting.at(-1)?.bound ?? least, ...some.slice(0, 1).map(({ bound }) => bound))
      ranges = some.toSorted((one, other) => one.bucket - other.bucket)
      if (ranges.length === 0) return false
      seek(last)
      kept = rangeKeys(ranges.length)
      return true
    },
    sought: () => intervalsOf(ranges),
    buckets: () => [...ranges, ...waiting].map(({ bucket }) => bucket),
    sizes: () => sizes,
    left: () => roomFor(waiting) + roomFor(ranges),
    bounds() {
      const whole = units[0] * sizes[1]
      return whole === 0 ? { lower: 0, upper: 1 } : { lower: least / whole, upper: Math.min(1, most / whole) }
    },
    result() {
      const { height, ...rest } = gaps.largest()
      return { height: height * greatestCommonDivisor(sizes[0], sizes[1]), ...rest }
    },
  }
}

/** What a search of samples in memory found. */
interface Searched {
  /** How many values each sample has, without NaN. */
  readonly sizes: readonly [number, number]
  /** Undefined where a sample has none. */
  readonly gap: LargestGap | undefined
}

/**
 * The largest gap between the empirical distribution functions of two samples, without sorting them; none is changed. Where few values are
 * different, they are counted by value.
 *
 * @param a in any order; NaN are left out
 * @param b likewise
 * @param counted both of them, where that was done already
 */
export function searchGap(a: Float64Array, b: Float64Array, counted?: CountedDoubles): Searched {
  return gapOf(a, b, counted ?? countDoubles(a, b, { isByValue: a.length * b.length <= Number.MAX_SAFE_INTEGER }))
}

function gapOf(a: Float64Array, b: Float64Array, counted: CountedDoubles): Searched {
  if ('runs' in counted) {
    const sizes = [a.length, b.length] as const
    return { sizes, gap: sizes.includes(0) ? undefined : runGap(...counted.runs, sizes) }
  }
  const { cut, sizes } = counted
  const search = searchFrom(cut, [...sizes], {})
  if (!search.endPass() || sizes.includes(0)) return { sizes, gap: sizes.includes(0) ? undefined : search.result() }
  // Samples that are nearly equal value for value: few buckets can be left out.
  if (search.left() > (sizes[0] + sizes[1]) / 4) return bySorting(a, b)
  const isSought = new Uint8Array(cut.counts[0].length)
  for (const bucket of search.buckets()) isSought[bucket] = 1
  const [left, right] = [picked(cut, 0, isSought, a), picked(cut, 1, isSought, b)]
  do {
    search.take(0, left)
    search.take(1, right)
  } while (search.endPass())
  return { sizes, gap: search.result() }
}

/** The values of a sample that lie in some buckets. */
function picked(cut: KeyBuckets, side: 0 | 1, isSought: Uint8Array, values: Float64Array): Float64Array {
  const count = cut.counts[side].reduce((sum, found, bucket) => sum + found * (isSought[bucket] as number), 0)
  return pickKeys(cut, isSought, values, new Float64Array(count))
}

function bySorting(a: Float64Array, b: Float64Array): Searched {
  const [left, right] = [ascending(a), ascending(b)]
  const { above, below } = ecdfGaps(left, right)
  const gap: LargestGap = below.height > above.height ? { ...below, sign: -1 } : { ...above, sign: 1 }
  return { sizes: [left.length, right.length], gap }
}

/** A sample in ascending order, without NaN, which sorting puts at the end. */
function ascending(values: Float64Array): Float64Array {
  const sorted = values.toSorted()
  let length = sorted.length
  while (length > 0 && Number.isNaN(sorted[length - 1])) length--
  return sorted.subarray(0, length)
}

/** How many keys of ranges may have to be kept: where all bits are known, none. */
function roomFor(ranges: readonly KeyRange[]): number {
  return ranges.reduce((sum, { depth, within: [f, g] }) => sum + (depth === 64 ? 0 : f + g), 0)
}
