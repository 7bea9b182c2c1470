import { countKeys, firstBuckets, type KeyBuckets } from './key-buckets.ts'
import { fewRuns, type Runs } from './runs.ts'
import { partsOf } from './spread.ts'

/** How often the values of two samples are there: each value, where few are different; elsewhere by the first bits of their keys. */
export type CountedDoubles =
  | { readonly runs: readonly [Runs, Runs] }
  | { readonly cut: KeyBuckets; readonly sizes: readonly [number, number] }

/** Values of both samples by which buckets are made finer where many lie. */
const SAMPLE = 2 ** 16

/** Buckets at most: what counts in so many stays in a processor's second cache. */
const MOST_BUCKETS = 2 ** 16

/** How two samples are counted. */
export interface CountOptions {
  /** Whether few different values may be counted by value. Default: true. */
  readonly isByValue?: boolean
  /** Gets the values of each sample in parts as they are counted in buckets: looked at then, they are in the processor's cache. */
  readonly onPart?: (side: 0 | 1, part: Float64Array) => void
}

/**
 * Counts the values of two samples, which are not changed, in one pass over each.
 *
 * @param a in any order; NaN are left out
 * @param b likewise
 */
export function countDoubles(
  a: Float64Array,
  b: Float64Array,
  { isByValue = true, onPart }: CountOptions = {},
): CountedDoubles {
  const first = isByValue ? fewRuns(a) : undefined
  const second = first && fewRuns(b)
  if (first && second) return { runs: [first, second] }
  const all = a.length + b.length
  const step = Math.ceil(all / SAMPLE)
  const most = Math.min(MOST_BUCKETS, 2 ** Math.max(8, Math.round(Math.log2(all / 16))))
  const cut = firstBuckets(most, everyNth(a, step), everyNth(b, step))
  const sizes: [number, number] = [0, 0]
  for (const [side, values] of [a, b].entries() as Iterable<[0 | 1, Float64Array]>) {
    for (const part of partsOf(values)) {
      sizes[side] += countKeys(cut, side, part)
      onPart?.(side, part)
    }
  }
  return { cut, sizes }
}

/** Every n-th of many values. */
export function everyNth(values: Float64Array, step: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(values.length / step) }, (_, at) => values[at * step] as number)
}
