import { cramerVonMisesExact } from './cramer-von-mises-exact.ts'
import { cramerVonMisesTail } from './cramer-von-mises-tail.ts'
import { runsOf } from './midranks.ts'
import { checkOption, holdsNaN, sortedSample, type NanPolicy } from './samples.ts'
import { besselK } from './special/bessel-k.ts'
import { ratio, wholeSum } from './special/whole-sum.ts'

/** How a two-sample Cramér–von Mises test is made. */
export interface CramerVonMises2sampOptions {
  /**
   * - `auto` (default): `exact` where neither sample has more than 20 values, else `asymptotic`; as scipy.
   * - `exact`: by counting orders, without regard to ties; `asymptotic` where that would take too long, and then `switched`.
   * - `asymptotic`: the limit as scipy sums it, to 1e-7 absolute: p-values below about 1e-6 are noise, or 0.
   * - `accurate`: counted where that takes about a second at most, else the limit itself, down to 1e-300. Where that begins, it is off by 10 % of p
   *   at 1e-4 and 15 times at 1e-12, towards a larger p; less for more values.
   */
  readonly method?: 'auto' | 'exact' | 'asymptotic' | 'accurate' | undefined
  /** What NaN does. Default: `propagate`. */
  readonly nanPolicy?: NanPolicy | undefined
}

/** What a test of two samples says that may count or go by a limit. */
export interface TwoSampleResult {
  readonly statistic: number
  /** The chance of a statistic at least as large where both samples come from one distribution, 0–1. */
  readonly pValue: number
  /** How the p-value was found. */
  readonly method: 'exact' | 'asymptotic'
  /** Whether that is not what was asked for, since an exact p-value would take too long. */
  readonly switched: boolean
}

/**
 * The two-sample Cramér–von Mises test: do two samples come from one distribution? T is the squared gap between their distribution
 * functions, summed over all values: it sees what {@link ks2samp} does not, small gaps over a wide range.
 *
 * As scipy.stats.cramervonmises_2samp 1.17.1: exact p-values to 1e-12 relative, asymptotic ones to 1e-10 where they are above 1e-5 (below, they
 * are what the rounding of 1 − p leaves). T is made of whole numbers and has all its digits, which scipy's loses for large samples. Ties get midranks;
 * p is then an upper bound. O(n log n).
 *
 * @param a two values or more, in any order; any unit
 * @param b likewise, in the same unit
 * @throws DS_SAMPLE_INVALID where a sample has fewer than 2 values, or has NaN and nanPolicy is `raise`
 * @throws DS_STATISTIC_OPTION for an option that there is not
 * @see Anderson (1962), Ann. Math. Statist. 33; Xiao, Gordon and Yakovlev (2006), J. Statist. Softw. 17(8); Csörgő and Faraway (1996),
 * J. R. Statist. Soc. B 58
 * @example cramerVonMises2samp([1, 2, 3, 4], [3.5, 5, 6, 7]).pValue // 0.05714285714285714
 */
export function cramerVonMises2samp(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: CramerVonMises2sampOptions = {},
): TwoSampleResult {
  const { method = 'auto', nanPolicy = 'propagate' } = options
  checkOption('method', method, ['auto', 'exact', 'asymptotic', 'accurate'])
  const first = sortedSample(a, nanPolicy, 'the first sample', 2)
  const second = sortedSample(b, nanPolicy, 'the second sample', 2)
  const [m, n] = [first.length, second.length]
  const counted = method === 'exact' || method === 'accurate' || (method === 'auto' && Math.max(m, n) <= 20)
  if (holdsNaN(first) || holdsNaN(second)) {
    return { statistic: NaN, pValue: NaN, method: counted ? 'exact' : 'asymptotic', switched: false }
  }
  const criterion = fourTimesU(first, second)
  const [pairs, all] = [BigInt(m) * BigInt(n), BigInt(m + n)]
  // T = U/(mn(m + n)) − (4mn − 1)/(6(m + n))
  const statistic = ratio(6n * criterion - 4n * pairs * (4n * pairs - 1n), 24n * pairs * all)
  const exact = counted ? cramerVonMisesExact(criterion, m, n) : undefined
  if (exact !== undefined) return { statistic, pValue: exact, method: 'exact', switched: false }
  const x = standardised(statistic, m, n)
  const pValue = method === 'accurate' ? cramerVonMisesTail(x) : asScipySums(x)
  return { statistic, pValue, method: 'asymptotic', switched: counted && method !== 'accurate' }
}

/** 4·U = 4·(m·Σ(rᵢ − i)² + n·Σ(sⱼ − j)²), whole also with midranks. */
function fourTimesU(first: Float64Array, second: Float64Array): bigint {
  const sums = [wholeSum(), wholeSum()] as const
  for (const { before, size, counts, sizes } of runsOf([first, second])) {
    const doubled = 2 * before + size + 1
    sums.forEach((sum, side) => {
      const start = counts[side] as number
      for (let at = 1; at <= (sizes[side] as number); at++) sum.add((doubled - 2 * (start + at)) ** 2)
    })
  }
  return BigInt(first.length) * sums[0].value() + BigInt(second.length) * sums[1].value()
}

/** T moved and stretched to the mean and variance of its limit: Anderson's (15). */
function standardised(t: number, m: number, n: number): number {
  const [pairs, all] = [m * n, m + n]
  const mean = (1 + 1 / all) / 6
  const variance = ((all + 1) * (4 * pairs * all - 3 * (m * m + n * n) - 2 * pairs)) / (45 * all * all * 4 * pairs)
  return 1 / 6 + (t - mean) / Math.sqrt(45 * variance)
}

/** Anderson and Darling's series for the limit, ended at the first term below 1e-7, taken from 1. */
function asScipySums(x: number): number {
  if (!(x >= 0.003)) return 1
  let below = 0
  // Γ(k + ½)/Γ(k + 1)
  let weight = Math.sqrt(Math.PI)
  for (let k = 0; ; k++) {
    const y = 4 * k + 1
    const q = (y * y) / (16 * x)
    const term = (weight / (Math.PI ** 1.5 * Math.sqrt(x))) * Math.sqrt(y) * Math.exp(-2 * q) * besselK(0.25, q)
    below += term
    if (!(term >= 1e-7)) return Math.max(0, 1 - below)
    weight *= (k + 0.5) / (k + 1)
  }
}
