import type { Runs } from '@dayshift/core/ground'
import type { LargestGap } from './first-gaps.ts'

/**
 * The largest gap between the empirical distribution functions of two samples whose values are counted, as `ecdfGaps` of the values: of
 * gaps as large that at the least value of the first sample, and only then of the second.
 *
 * @param a at least one value
 * @param b likewise
 * @param sizes n₁ and n₂; exact while n₁·n₂ < 2^53
 */
export function runGap(a: Runs, b: Runs, [n1, n2]: readonly [number, number]): LargestGap {
  // Above in the first sample, above in the second, below likewise.
  const heights = [-Infinity, -Infinity, -Infinity, -Infinity]
  const locations = [0, 0, 0, 0]
  const look = (which: number, height: number, value: number): void => {
    if (height <= (heights[which] as number)) return
    heights[which] = height
    locations[which] = value
  }
  let [i, j, p, q] = [0, 0, 0, 0]
  while (p < a.values.length || q < b.values.length) {
    const [x = Infinity, y = Infinity] = [a.values[p], b.values[q]]
    const [inFirst, inSecond] = [p < a.values.length && x <= y, q < b.values.length && y <= x]
    if (inFirst) i += a.counts[p++] as number
    if (inSecond) j += b.counts[q++] as number
    const height = i * n2 - j * n1
    if (inFirst) {
      look(0, height, x)
      look(2, -height, x)
    }
    if (inSecond) {
      look(1, height, y)
      look(3, -height, y)
    }
  }
  const [above, below] = [largerOf(heights, 0), largerOf(heights, 2)]
  const isBelow = (heights[below] as number) > (heights[above] as number)
  const at = isBelow ? below : above
  return { height: (heights[at] as number) + 0, location: (locations[at] as number) + 0, sign: isBelow ? -1 : 1 }
}

function largerOf(heights: readonly number[], first: number): number {
  return (heights[first] as number) >= (heights[first + 1] as number) ? first : first + 1
}
