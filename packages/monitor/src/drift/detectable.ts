import { chiSquareTail } from '../statistics/special/chi-square-tail.ts'
import { ksPValue } from '../statistics/ks-p-value.ts'

/** The chance that a drift of the size told is found. */
const POWER = 0.8

/** The standard normal quantile of {@link POWER}. */
const Z_OF_POWER = 0.8416212335729143

/** Pairs of values up to which the critical D is looked for by true p-values, rather than by Kolmogorov's limit. */
const MOST_PAIRS = 100_000

/**
 * The least D that a Kolmogorov–Smirnov test at `alpha` finds with a chance of 0.8 or more, wherever the sides differ by it.
 *
 * At the value where the distribution functions differ by δ, the observed gap has mean δ and a standard deviation of at most
 * ½·√(1/n + 1/m); so the test rejects often enough from δ = critical D + z₀.₈·½·√(1/n + 1/m) on.
 *
 * @returns Infinity where no D, however large, is found
 * @see Massey (1951), J. Am. Statist. Assoc. 46
 * @example detectableGap(1000, 1000, 0.05) // 0.0795…
 */
export function detectableGap(n: number, m: number, alpha: number): number {
  const spread = Math.sqrt(1 / n + 1 / m)
  const critical = criticalGap(n, m, alpha)
  const gap = critical + (Z_OF_POWER * spread) / 2
  // Sides that are fully apart always show D = 1.
  if (gap > 1) return critical <= 1 ? 1 : Infinity
  return gap
}

function criticalGap(n: number, m: number, alpha: number): number {
  const limit = Math.sqrt(-Math.log(alpha / 2) / 2) * Math.sqrt(1 / n + 1 / m)
  if (n * m > MOST_PAIRS) return limit
  if (ksPValue(1, n, m).pValue > alpha) return Infinity
  let [low, high] = [0, 1]
  for (let step = 0; step < 20 && high - low > 1e-4; step++) {
    const middle = (low + high) / 2
    if (ksPValue(middle, n, m).pValue <= alpha) high = middle
    else low = middle
  }
  return high
}

/**
 * The least total variation distance that a chi-square test at `alpha` finds with a chance of 0.8 or more, however it is spread
 * over the cells.
 *
 * For shares p and q, Σ (p − q)²/p̄ ≥ (Σ |p − q|)² = 4δ², so the noncentrality is at least nm/(n + m)·4δ²; δ is where that
 * reaches the power.
 *
 * @returns Infinity where no distance, however large, is found
 * @example detectableShare(1000, 1000, 1, 0.05) // 0.0626…
 */
export function detectableShare(n: number, m: number, dof: number, alpha: number): number {
  if (dof < 1) return Infinity
  const critical = chiSquareQuantile(dof, alpha)
  let [low, high] = [0, 1]
  while (noncentralTail(critical, dof, high) < POWER) high *= 2
  while (high - low > 1e-3 * high) {
    const middle = (low + high) / 2
    if (noncentralTail(critical, dof, middle) < POWER) low = middle
    else high = middle
  }
  const share = Math.sqrt((high * (n + m)) / (n * m)) / 2
  return share <= 1 ? share : Infinity
}

/** The value that a chi-square variable exceeds with this chance. */
function chiSquareQuantile(dof: number, alpha: number): number {
  let [low, high] = [0, dof + 10]
  while (chiSquareTail(high, dof) > alpha) high *= 2
  while (high - low > 1e-6 * high) {
    const middle = (low + high) / 2
    if (chiSquareTail(middle, dof) > alpha) low = middle
    else high = middle
  }
  return high
}

/** The chance that a noncentral chi-square variable exceeds x: a Poisson mixture of central ones. */
function noncentralTail(x: number, dof: number, noncentrality: number): number {
  const mean = noncentrality / 2
  const most = Math.ceil(mean + 8 * Math.sqrt(mean) + 20)
  let weight = Math.exp(-mean)
  let sum = 0
  for (let j = 0; j <= most; j++) {
    sum += weight * chiSquareTail(x, dof + 2 * j)
    weight *= mean / (j + 1)
  }
  return sum
}
