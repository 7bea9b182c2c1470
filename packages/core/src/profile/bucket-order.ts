import { bucketOfDouble, pickKeys, type KeyBuckets } from './key-buckets.ts'

/** Values of a sample that were counted in buckets, and some of which are known: where ranks and ends lie in their order. */
export interface BucketOrder {
  /** Takes the values, in any order and in parts, all of them once. */
  take(values: Float64Array): void
  /** The values at the ranks that were asked for, in their order. */
  atRanks(): readonly number[]
  /** How many values lie below each of the ends that were asked for. */
  belowEnds(): readonly number[]
}

/** The largest share of the values that is kept. */
const MOST_KEPT = 1 / 8

/**
 * Finds values by rank, and counts values below some ends, from counts in buckets: of those few buckets in which the ranks and ends
 * lie, the values are kept and sorted.
 *
 * @param side which of the samples that were counted
 * @param ranks from 0
 * @returns undefined where too many values would have to be kept
 */
export function bucketOrder(
  cut: KeyBuckets,
  side: 0 | 1,
  ranks: readonly number[],
  ends: readonly number[],
): BucketOrder | undefined {
  const counts = cut.counts[side]
  const isWanted = new Uint8Array(counts.length)
  const ofRanks = bucketsAt(counts, ranks)
  const ofEnds = ends.map((end) => bucketOfDouble(cut, end))
  for (const bucket of [...ofRanks, ...ofEnds]) isWanted[bucket] = 1
  let all = 0
  let wanted = 0
  // By wanted bucket: how many values lie in all buckets before it, and how many of those are kept.
  const before = new Map<number, { readonly all: number; readonly kept: number; readonly count: number }>()
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket] as number
    if (isWanted[bucket] === 1) {
      before.set(bucket, { all, kept: wanted, count })
      wanted += count
    }
    all += count
  }
  if (wanted > all * MOST_KEPT) return undefined
  // NaN are looked at too.
  const kept = new Float64Array(wanted)
  let length = 0
  let isSorted = false
  const sorted = (): Float64Array => {
    if (!isSorted) kept.sort()
    isSorted = true
    return kept
  }
  return {
    take(values) {
      length += pickKeys(cut, isWanted, values, kept.subarray(length)).length
    },
    atRanks: () =>
      ranks.map((rank, at) => {
        const { all: first, kept: place } = before.get(ofRanks[at] as number) as { all: number; kept: number }
        return (sorted()[place + rank - first] as number) + 0
      }),
    belowEnds: () =>
      ends.map((end, at) => {
        const own = before.get(ofEnds[at] as number) as { all: number; kept: number; count: number }
        return own.all + countBelow(sorted(), own.kept, own.kept + own.count, end) - own.kept
      }),
  }
}

/** The buckets in which ranks lie. */
function bucketsAt(counts: Uint32Array, ranks: readonly number[]): number[] {
  const order = [...ranks.keys()].toSorted((a, b) => (ranks[a] as number) - (ranks[b] as number))
  const found = ranks.map(() => 0)
  let bucket = 0
  let upTo = counts[0] as number
  for (const at of order) {
    while (upTo <= (ranks[at] as number)) upTo += counts[++bucket] as number
    found[at] = bucket
  }
  return found
}

/** The first place, of some in ascending values, that holds no smaller value than `end`. */
function countBelow(values: Float64Array, from: number, to: number, end: number): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] as number) < end) low = middle + 1
    else high = middle
  }
  return low
}
