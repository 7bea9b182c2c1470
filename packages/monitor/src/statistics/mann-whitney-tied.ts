import type { Run } from './midranks.ts'

/** Steps that an exact p-value may take: about a second. */
const MOST_STEPS = 3e8

/**
 * The chances that Mann and Whitney's U is at least, or at most, what it is, given which pooled values are equal: by counting all
 * orders, run by run. All terms are positive: relative error below 1e-12.
 *
 * @param runs the runs of equal values of both samples together
 * @param doubled 2·U of the first sample, a whole number
 * @returns `undefined` where that would take more than about a second
 * @see Lehmann (1975), Nonparametrics, chapter 1.4
 */
export function mannWhitneyTied(
  runs: readonly Run[],
  n1: number,
  n2: number,
  doubled: number,
): { atLeast: number; atMost: number } | undefined {
  const width = 2 * n1 * n2 + 1
  if ((n1 + 1) * width * (n1 + n2) > MOST_STEPS) return undefined
  // chances[k][w]: that k of the values so far are of the first sample, and 2·U is w.
  let chances = Array.from({ length: n1 + 1 }, () => new Float64Array(width))
  ;(chances[0] as Float64Array)[0] = 1
  for (const { before, size } of runs) {
    const next = Array.from({ length: n1 + 1 }, () => new Float64Array(width))
    for (let k = 0; k <= Math.min(n1, before); k++) {
      // Of the second sample, so many are below this run.
      const others = before - k
      if (others > n2) continue
      for (let taken = 0; taken <= Math.min(size, n1 - k); taken++) {
        if (others + size - taken > n2) continue
        const share = draws(size, taken, n1 - k, n1 + n2 - before)
        const move = taken * (2 * others + (size - taken))
        const from = chances[k] as Float64Array
        const to = next[k + taken] as Float64Array
        for (let w = 0; w + move < width; w++) to[w + move] = (to[w + move] as number) + share * (from[w] as number)
      }
    }
    chances = next
  }
  const law = chances[n1] as Float64Array
  return {
    atLeast: law.subarray(doubled).reduce((sum, chance) => sum + chance, 0),
    atMost: law.subarray(0, doubled + 1).reduce((sum, chance) => sum + chance, 0),
  }
}

/** The chance that of `size` places so many are taken, where `wanted` of `left` places are taken at random. */
function draws(size: number, taken: number, wanted: number, left: number): number {
  let share = 1
  for (let at = 0; at < size; at++) {
    share *=
      at < taken
        ? ((wanted - at) / (left - at)) * ((size - at) / (taken - at))
        : (left - wanted - (at - taken)) / (left - at)
  }
  return share
}
