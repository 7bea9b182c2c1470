import { failure } from '../codes.ts'
import { readCounts } from './counts.ts'
import { holdsNaN, sortedSample, type NanPolicy } from './samples.ts'
import { compensatedSum } from './special/compensated-sum.ts'

/** What a distance between the distribution functions of two samples can be told. */
export interface EcdfDistanceOptions {
  /** How much each value of the first sample counts for; 0 or more. Default: all alike. */
  readonly weightsA?: ArrayLike<number> | undefined
  /** Likewise for the second. */
  readonly weightsB?: ArrayLike<number> | undefined
  /** What NaN among the values does. Default: `propagate`. */
  readonly nanPolicy?: NanPolicy | undefined
}

/** Values in ascending order, and how much of the whole lies at or below each. */
interface Weighted {
  readonly values: Float64Array
  /** Without weights: places, so that shares are exact. */
  readonly upTo?: Float64Array
  readonly total: number
}

/**
 * ∫ |F − G|^power over all values: the area between two empirical distribution functions. NaN where NaN propagate; where one side has more
 * than the other at −Infinity or Infinity, Infinity.
 *
 * @throws DS_SAMPLE_INVALID where a sample is empty, or has NaN and nanPolicy is `raise`
 * @throws DS_COUNTS_INVALID where weights are not as many as values, negative or infinite, or sum to 0
 */
export function ecdfArea(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  power: 1 | 2,
  { weightsA, weightsB, nanPolicy = 'propagate' }: EcdfDistanceOptions,
): number {
  const first = weighted(a, weightsA, nanPolicy, 'the first sample')
  const second = weighted(b, weightsB, nanPolicy, 'the second sample')
  const [x, y] = [first.values, second.values]
  if (holdsNaN(x) || holdsNaN(y)) return NaN
  const sum = compensatedSum()
  let [i, j] = [0, 0]
  while (i < x.length || j < y.length) {
    const value = j === y.length || (i < x.length && (x[i] as number) < (y[j] as number)) ? x[i] : y[j]
    while (i < x.length && x[i] === value) i++
    while (j < y.length && y[j] === value) j++
    if (i === x.length && j === y.length) break
    const next = Math.min(x[i] ?? Infinity, y[j] ?? Infinity)
    const gap = Math.abs(upTo(first, i) * second.total - upTo(second, j) * first.total)
    const height = gap / (first.total * second.total)
    if (height > 0) sum.add(height ** power * (next - (value as number)))
  }
  return sum.value()
}

function upTo({ upTo: sums }: Weighted, count: number): number {
  return sums ? (count === 0 ? 0 : (sums[count - 1] as number)) : count
}

function weighted(
  sample: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  nanPolicy: NanPolicy,
  name: string,
): Weighted {
  const values = sortedSample(sample, nanPolicy, name)
  if (!weights) return { values, total: values.length }
  const counts = readCounts(weights, `the weights of ${name}`)
  if (counts.length !== sample.length) {
    throw failure('DS_COUNTS_INVALID', `${name} has ${sample.length} values and ${counts.length} weights`)
  }
  // In the order of the sorted values; NaN, where they are kept, come last.
  const order = Array.from(counts.keys()).sort((l, r) => ascending(sample[l] as number, sample[r] as number))
  const sums = new Float64Array(values.length)
  const sum = compensatedSum()
  for (let at = 0; at < values.length; at++) {
    sum.add(counts[order[at] as number] as number)
    sums[at] = sum.value()
  }
  const total = sum.value()
  if (!(total > 0 && total < Infinity)) throw failure('DS_COUNTS_INVALID', `the weights of ${name} sum to ${total}`)
  return { values, upTo: sums, total }
}

function ascending(l: number, r: number): number {
  if (Number.isNaN(l)) return Number.isNaN(r) ? 0 : 1
  return Number.isNaN(r) ? -1 : l < r ? -1 : l > r ? 1 : 0
}
