/**
 * The rank of each value among all, from 1; equal values share the mean of theirs. As scipy.stats.rankdata. O(n log n).
 *
 * @param values without NaN; they are not changed
 * @example midranksOf([10, 30, 10]) // [1.5, 3, 1.5]
 */
export function midranksOf(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, at) => at)
  order.sort((a, b) => (values[a] as number) - (values[b] as number) || compare(values[a], values[b]))
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < order.length;) {
    const value = values[order[from] as number]
    let to = from + 1
    while (to < order.length && values[order[to] as number] === value) to++
    for (let at = from; at < to; at++) ranks[order[at] as number] = (from + to + 1) / 2
    from = to
  }
  return ranks
}

/** Infinities of one sign have no difference. */
function compare(a = 0, b = 0): number {
  return a < b ? -1 : a > b ? 1 : 0
}
