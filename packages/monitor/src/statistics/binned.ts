import type { BinnedColumn } from './boosted-trees.ts'

/** Bins that a column has at most, beside that of missing values. */
const MOST = 32

/**
 * Puts the numbers of a column into few bins: ranges that hold about as many values each, or the most frequent codes where numbers have no order. Which
 * sample a value is of does not count. Missing values have a bin of their own, before all others.
 *
 * @param samples NaN where a value is missing
 */
export function binned(samples: readonly ArrayLike<number>[], isOrdered: boolean): BinnedColumn {
  const values = Float64Array.from(samples.flatMap((sample) => Array.from(sample)))
  return isOrdered ? inRanges(values) : byFrequency(values)
}

function inRanges(values: Float64Array): BinnedColumn {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  const ends = new Set<number>()
  for (let part = 1; part < MOST; part++) {
    const end = sorted[Math.floor((sorted.length * part) / MOST)]
    // A range begins with its least value, so that the least of all ends none.
    if (end !== undefined && end > (sorted[0] as number)) ends.add(end)
  }
  const edges = Float64Array.from(ends)
  const codes = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1 + countUpTo(edges, value)))
  return { codes, bins: edges.length + 2, isOrdered: true }
}

/** How many of ascending edges do not exceed a value. */
function countUpTo(edges: Float64Array, value: number): number {
  let [low, high] = [0, edges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((edges[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low
}

function byFrequency(values: Float64Array): BinnedColumn {
  const counts = new Map<number, number>()
  for (const value of values) if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1)
  const own = [...counts].toSorted(([a, n], [b, m]) => m - n || a - b).slice(0, MOST)
  const places = new Map(own.map(([value], place) => [value, place + 1]))
  const isMore = counts.size > own.length
  const codes = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : (places.get(value) ?? own.length + 1)))
  return { codes, bins: own.length + (isMore ? 2 : 1), isOrdered: false }
}
