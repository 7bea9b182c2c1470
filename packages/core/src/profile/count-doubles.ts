import { countKeys, firstBuckets, type KeyBuckets } from './key-buckets.ts'
import { fewRuns, type Runs } from './runs.ts'

/** How often the values of two samples are there: each value, where few are different; elsewhere by the first bits of their keys. */
export type CountedDoubles =
  | { readonly runs: readonly [Runs, Runs] }
  | { readonly cut: KeyBuckets; readonly sizes: readonly [number, number] }

/** Values of both samples by which buckets are made finer where many lie. */
const SAMPLE = 2 ** 16

/** Buckets at most: what counts in so many stays in a processor's second cache. */
const MOST_BUCKETS = 2 ** 16

/**
 * Counts the values of two samples, which are not changed, in one pass over each.
 *
 * @param a in any order; NaN are left out
 * @param b likewise
 * @param isByValue whether few different values may be counted by value
 */
export function countDoubles(a: Float64Array, b: Float64Array, isByValue = true): CountedDoubles {
  const first = isByValue ? fewRuns(a) : undefined
  const second = first && fewRuns(b)
  if (first && second) return { runs: [first, second] }
  const all = a.length + b.length
  const step = Math.ceil(all / SAMPLE)
  const most = Math.min(MOST_BUCKETS, 2 ** Math.max(8, Math.round(Math.log2(all / 16))))
  const cut = firstBuckets(most, everyNth(a, step), everyNth(b, step))
  return { cut, sizes: [countKeys(cut, 0, a), countKeys(cut, 1, b)] }
}

/** Every n-th of many values. */
export function everyNth(values: Float64Array, step: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(values.length / step) }, (_, at) => values[at * step] as number)
}
