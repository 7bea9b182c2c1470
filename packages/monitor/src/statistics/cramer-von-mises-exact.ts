import { greatestCommonDivisor } from './special/greatest-common-divisor.ts'

/** Different sums, ascending, and how many paths have each. */
interface Sums {
  readonly values: Float64Array
  readonly paths: Float64Array
}

/** Sums that one diagonal may hold: some 100 MB. */
const MOST_SUMS = 3e6

/** Sums of all diagonals together: about a second. */
const MOST_WORK = 4e7

/**
 * The chance of a Cramér–von Mises criterion at least as large, by counting the orders that two samples without ties can have.
 *
 * Such an order is a lattice path, and its criterion a sum of (a·v − b·u)² over the path's points, with a = L/m, b = L/n, L = lcm(m, n).
 * The sums of all paths to the middle are listed, and pairs of halves counted: that reaches further than going to the end. Relative error
 * below 1e-13.
 *
 * @param criterion 4·U of Anderson (1962), (10): whole also with ties; the sum it stands for is rounded down, as scipy does
 * @returns `undefined` where there would be too many sums: from about 90 against 90 or 35 against 34 on
 * @see Xiao, Gordon and Yakovlev (2006), J. Statist. Softw. 17(8)
 */
export function cramerVonMisesExact(criterion: bigint, m: number, n: number): number | undefined {
  const lcm = (m / greatestCommonDivisor(m, n)) * n
  const [pairs, all] = [BigInt(m) * BigInt(n), BigInt(m + n)]
  const above = BigInt(lcm) ** 2n * all * (6n * criterion - 4n * pairs * (4n * pairs - 1n))
  const below = 24n * pairs * pairs
  const least = Number(above / below)
  if (least <= 0) return 1
  const half = Math.floor((m + n) / 2)
  const [a, b] = [lcm / m, lcm / n]
  const cost = (v: number, u: number): number => (a * v - b * u) ** 2
  // By the number v of values of the first sample among the first s; u = s − v.
  let diagonal: (Sums | undefined)[] = [{ values: Float64Array.of(0), paths: Float64Array.of(1) }]
  const halves: (Sums | undefined)[][] = []
  let work = 0
  for (let s = 1; s <= m + n - half; s++) {
    if (s - 1 === half) halves.push(diagonal)
    const next: (Sums | undefined)[] = []
    let held = 0
    for (let v = Math.max(0, s - n); v <= Math.min(s, m); v++) {
      const sums = merged(v > 0 ? diagonal[v - 1] : undefined, s - v > 0 ? diagonal[v] : undefined, cost(v, s - v))
      held += sums.values.length
      if (held > MOST_SUMS) return undefined
      next[v] = sums
    }
    diagonal = next
    work += held
    if (work > MOST_WORK) return undefined
  }
  if (halves.length === 0) halves.push(diagonal)
  const [lefts, rights] = [halves[0] as (Sums | undefined)[], diagonal]
  let count = 0
  lefts.forEach((left, v) => {
    // The rest of the path, seen from its end; the point in the middle counts once.
    const right = rights[m - v]
    if (left && right) count += pairsFrom(left, right, least + cost(v, half - v))
  })
  let orders = 1
  for (let k = 1; k <= Math.min(m, n); k++) orders *= (Math.max(m, n) + k) / k
  return Math.min(1, count / orders)
}

/** The sums of two lists, each moved by `cost`. */
function merged(first: Sums | undefined, second: Sums | undefined, cost: number): Sums {
  const [x, y] = [first?.values ?? EMPTY, second?.values ?? EMPTY]
  const [xPaths, yPaths] = [first?.paths ?? EMPTY, second?.paths ?? EMPTY]
  const values = new Float64Array(x.length + y.length)
  const paths = new Float64Array(x.length + y.length)
  let [i, j, size] = [0, 0, 0]
  while (i < x.length || j < y.length) {
    const value = Math.min(i < x.length ? (x[i] as number) : Infinity, j < y.length ? (y[j] as number) : Infinity)
    let ways = 0
    if (x[i] === value) ways += xPaths[i++] as number
    if (y[j] === value) ways += yPaths[j++] as number
    values[size] = value + cost
    paths[size++] = ways
  }
  return { values: values.slice(0, size), paths: paths.slice(0, size) }
}

const EMPTY = new Float64Array()

/** Pairs of paths, one of each list, whose sums together are at least so much. */
function pairsFrom(left: Sums, right: Sums, least: number): number {
  let count = 0
  let tail = 0
  let j = right.values.length
  for (let i = 0; i < left.values.length; i++) {
    while (j > 0 && (left.values[i] as number) + (right.values[j - 1] as number) >= least)
      tail += right.paths[--j] as number
    count += (left.paths[i] as number) * tail
  }
  return count
}
