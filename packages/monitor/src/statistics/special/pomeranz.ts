/**
 * The chance that the two-sided one-sample Kolmogorov–Smirnov statistic of n values is below d, by Pomeranz' recursion: a Poisson
 * path goes through 2n + 2 levels, at each of which only the counts within nd of the line are kept.
 *
 * Relative error below 1e-13 for n up to 140 (measured against 60 digits). O(n·(nd)²).
 *
 * @param n values, up to some hundred: n! stays a double up to 170
 * @param d 0–1
 * @see Pomeranz (1974), Comm. ACM 17(12), algorithm 487; Simard and L'Ecuyer (2011), J. Statist. Softw. 39(11)
 * @example pomeranz(50, 0.2) // 0.96856122223046…
 */
export function pomeranz(n: number, d: number): number {
  const t = n * d
  const whole = Math.floor(t)
  const fraction = t - whole
  const g = Math.min(fraction, 1 - fraction)
  const width = 2 * whole + 3
  const [outer, even, odd] = [g / n, (1 - 2 * g) / n, (2 * g) / n].map((mean) => poisson(mean, width)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let counts = new Float64Array(n + 1)
  counts[0] = 1
  let [low, high] = [0, 0]
  // n! is given out level by level, so that nothing grows or shrinks out of range.
  let factorial = 1
  for (let level = 1; level <= 2 * n + 1; level++) {
    const weights = level === 1 || level === 2 * n + 1 ? outer : level % 2 === 0 ? even : odd
    const next = new Float64Array(n + 1)
    const [first, last] = bounds(level, n, whole, fraction)
    const share = factorial <= n && level % 2 === 0 ? factorial++ : 1
    for (let j = Math.max(first, low); j <= last; j++) {
      let sum = 0
      for (let i = Math.max(low, j - width + 1); i <= Math.min(j, high); i++) {
        sum += (counts[i] as number) * (weights[j - i] as number)
      }
      next[j] = sum * share
    }
    counts = next
    ;[low, high] = [Math.max(first, low), last]
  }
  return counts[n] as number
}

/** mean^k/k! for k below `width`. */
function poisson(mean: number, width: number): Float64Array {
  const weights = new Float64Array(width)
  weights[0] = 1
  for (let k = 1; k < width; k++) weights[k] = ((weights[k - 1] as number) * mean) / k
  return weights
}

/**
 * The counts that a path may have at a level. The levels are the times at which j + t or j − t is whole: level 2i lies where i − 1
 * is just past by min(f, 1 − f) or 1 − min(f, 1 − f), by whether the fraction f of t is the smaller part.
 */
function bounds(level: number, n: number, whole: number, fraction: number): [first: number, last: number] {
  const ceil = fraction > 0 ? 1 : 0
  const round = fraction > 0.5 ? 1 : 0
  const half = Math.floor((level + 1) / 2)
  if (level === 2 * n + 1) return [Math.max(0, n - whole - ceil + 1), n]
  if (level % 2 === 1) return [Math.max(0, half - whole - round), Math.min(n, half + whole + ceil - 2)]
  return [Math.max(0, half - whole), Math.min(n, half + whole + round - 1)]
}
