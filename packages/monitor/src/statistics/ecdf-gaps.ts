/** Where two empirical distribution functions F and G are furthest apart in one direction. */
export interface EcdfGap {
  /** The gap times n₁·n₂, a whole number: i·n₂ − j·n₁, or its negative. */
  readonly height: number
  /** The first value with that gap, in the order: first sample ascending, then second. */
  readonly location: number
}

/** The furthest that F is above G, and below. */
export interface EcdfGaps {
  readonly above: EcdfGap
  readonly below: EcdfGap
}

/**
 * The largest gaps between the empirical distribution functions of two samples, compared as whole numbers: exact while n₁·n₂ < 2^53.
 * Ties count on both sides before a gap is taken. O(n₁ + n₂).
 *
 * @param a ascending, without NaN, 1 value or more
 * @param b likewise
 */
export function ecdfGaps(a: Float64Array, b: Float64Array): EcdfGaps {
  const [n1, n2] = [a.length, b.length]
  // Of equal gaps the first in the first sample counts, and only then those in the second.
  let aboveA = -Infinity
  let aboveAtA = 0
  let aboveB = -Infinity
  let aboveAtB = 0
  let belowA = -Infinity
  let belowAtA = 0
  let belowB = -Infinity
  let belowAtB = 0
  let i = 0
  let j = 0
  while (i < n1 || j < n2) {
    const value = j === n2 || (i < n1 && (a[i] as number) < (b[j] as number)) ? (a[i] as number) : (b[j] as number)
    const [i0, j0] = [i, j]
    while (i < n1 && a[i] === value) i++
    while (j < n2 && b[j] === value) j++
    const height = i * n2 - j * n1
    if (i > i0) {
      if (height > aboveA) [aboveA, aboveAtA] = [height, i]
      if (-height > belowA) [belowA, belowAtA] = [-height, i]
    }
    if (j > j0) {
      if (height > aboveB) [aboveB, aboveAtB] = [height, j]
      if (-height > belowB) [belowB, belowAtB] = [-height, j]
    }
  }
  return {
    above: aboveA >= aboveB ? gapAt(a, aboveA, aboveAtA) : gapAt(b, aboveB, aboveAtB),
    below: belowA >= belowB ? gapAt(a, belowA, belowAtA) : gapAt(b, belowB, belowAtB),
  }
}

/** After so many values of a sample; never −0. */
function gapAt(sample: Float64Array, height: number, count: number): EcdfGap {
  return { height: height + 0, location: (sample[count - 1] as number) + 0 }
}

/**
 * The sizes i + j of the pooled sample up to the end of each run of equal values: 1 at s where values s and s + 1 of the pooled order
 * differ, 0 where they are tied.
 *
 * @returns `undefined` where no two values are equal
 */
export function runEnds(a: Float64Array, b: Float64Array): Uint8Array | undefined {
  const [n1, n2] = [a.length, b.length]
  const ends = new Uint8Array(n1 + n2 + 1)
  let [i, j, runs] = [0, 0, 0]
  while (i < n1 || j < n2) {
    const value = j === n2 || (i < n1 && (a[i] as number) < (b[j] as number)) ? (a[i] as number) : (b[j] as number)
    while (i < n1 && a[i] === value) i++
    while (j < n2 && b[j] === value) j++
    ends[i + j] = 1
    runs++
  }
  return runs === n1 + n2 ? undefined : ends
}
