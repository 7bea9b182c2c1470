import { FIRST_BITS, withBits, type KeyBuckets } from '@dayshift/core/ground'
import type { KeyRange } from './key-ranges.ts'

/** How far two empirical distribution functions are apart, as far as counts in buckets tell. */
export interface GapBounds {
  /** The largest gap at the end of a bucket: i·b − j·a, see {@link boundGaps}. */
  readonly least: number
  /** Those in which the largest gap may lie, in order; each holds values. */
  readonly ranges: readonly KeyRange[]
}

/**
 * Bounds the largest gap |F − G| from counts in buckets. At the end of a bucket the gap is known. Within one that holds f values
 * of the first sample and g of the second, F may come first, or G: no gap is larger than that. Where all keys of a bucket are equal,
 * its end is the only place.
 *
 * @param before the ranges that the cut cuts; undefined for the first, which cuts all keys
 * @param isDone whether a range that the cut cuts matters no more
 * @param units (a, b): n₁ and n₂ over their greatest common divisor, so that i·b − j·a is the gap times n₁·n₂ over it, a whole number
 */
export function boundGaps(
  cut: KeyBuckets,
  before: readonly KeyRange[] | undefined,
  [a, b]: readonly [number, number],
  isDone: (range: number) => boolean,
): GapBounds {
  let least = 0
  visit(cut, before, isDone, (_, i, j, f, g) => {
    least = Math.max(least, Math.abs((i + f) * b - (j + g) * a))
  })
  const ranges: KeyRange[] = []
  visit(cut, before, isDone, (bucket, i, j, f, g, depth, range) => {
    const end = Math.abs((i + f) * b - (j + g) * a)
    const bound = depth === 64 ? end : Math.max((i + f) * b - j * a, (j + g) * a - i * b)
    if (bound < least) return
    const start = before?.[range]?.least ?? [range * 2 ** FIRST_BITS, 0]
    const wide = cut.width[range] as number
    const key = withBits(start, depth - wide, wide, bucket - (cut.base[range] as number))
    ranges.push({ before: [i, j], within: [f, g], depth, bucket, least: key, bound })
  })
  return { least, ranges }
}

type Visit = (bucket: number, i: number, j: number, f: number, g: number, depth: number, range: number) => void

/** Goes through all buckets that hold values, in order. */
function visit(
  { depth, width, base, counts: [first, second] }: KeyBuckets,
  before: readonly KeyRange[] | undefined,
  isDone: (range: number) => boolean,
  take: Visit,
): void {
  let [i, j] = [0, 0]
  for (let range = 0; range < base.length; range++) {
    if (before) {
      if (isDone(range)) continue
      ;[i, j] = (before[range] as KeyRange).before
    }
    const from = base[range] as number
    const to = from + 2 ** (width[range] as number)
    const bits = (depth[range] as number) + (width[range] as number)
    for (let bucket = from; bucket < to; bucket++) {
      const f = first[bucket] as number
      const g = second[bucket] as number
      if (f + g === 0) continue
      take(bucket, i, j, f, g, bits, range)
      i += f
      j += g
    }
  }
}
