import { failure } from '../codes.ts'
import { compensatedSum } from './special/compensated-sum.ts'
import { relativeEntropy } from './special/relative-entropy.ts'

/** A member of Cressie and Read's family of statistics, by name or by its exponent. */
export type Lambda =
  | 'pearson'
  | 'log-likelihood'
  | 'freeman-tukey'
  | 'mod-log-likelihood'
  | 'neyman'
  | 'cressie-read'
  | number

const EXPONENTS: Readonly<Record<Exclude<Lambda, number>, number>> = {
  pearson: 1,
  'log-likelihood': 0,
  'freeman-tukey': -1 / 2,
  'mod-log-likelihood': -1,
  neyman: -2,
  'cressie-read': 2 / 3,
}

/** @throws DS_STATISTIC_OPTION for a name that there is not, or no finite number */
export function exponentOf(lambda: Lambda): number {
  const exponent = typeof lambda === 'number' ? lambda : EXPONENTS[lambda]
  if (exponent === undefined || !Number.isFinite(exponent)) {
    const known = Object.keys(EXPONENTS).join(', ')
    throw failure('DS_STATISTIC_OPTION', `lambda is '${lambda}', not a number and not one of ${known}`)
  }
  return exponent
}

/** Observed counts beside expected ones. */
export interface Comparison {
  readonly observed: ArrayLike<number>
  /** Above 0. */
  readonly expected: ArrayLike<number>
  /** Observed less expected, to as many digits as they are known. */
  readonly differences: ArrayLike<number>
  /** Σ of the differences: 0 where sums are equal but for rounding. */
  readonly excess: number
}

/**
 * Cressie and Read's divergence of observed counts from expected ones: 2/(λ(λ + 1))·Σ O·((O/E)^λ − 1); Σ (O − E)²/E for λ = 1, G for λ = 0.
 *
 * What is linear in O − E, whose sum is 0 or nearly, is added apart, so that counts near what is expected keep their digits: relative error
 * below 1e-13 (measured against 60 digits), where O·log(O/E) as it stands loses as many as n has. Infinity where λ ≤ −1 and a count is 0.
 *
 * @see Cressie and Read (1984), J. R. Statist. Soc. B 46
 */
export function powerDivergence({ observed, expected, differences, excess }: Comparison, lambda: number): number {
  const sum = compensatedSum()
  const term = termOf(lambda)
  for (let at = 0; at < observed.length; at++) {
    sum.add(term(observed[at] as number, expected[at] as number, differences[at] as number))
  }
  const linear = lambda === 1 ? 0 : lambda === -1 ? -2 : 2 / (lambda + 1)
  return excess === 0 ? sum.value() : Math.max(0, sum.value() + linear * excess)
}

/** What a cell adds, without the part that is linear in d = O − E; 0 or more. */
function termOf(lambda: number): (o: number, e: number, d: number) => number {
  if (lambda === 1) return (_o, e, d) => d ** 2 / e
  if (lambda === 0) return (o, e, d) => 2 * relativeEntropy(o, e, -d)
  if (lambda === -1) return (o, e, d) => 2 * relativeEntropy(e, o, d)
  const factor = 2 / (lambda * (lambda + 1))
  return (o, e, d) => (o === 0 && lambda < -1 ? Infinity : factor * e * beyondLinear(d / e, o / e, lambda + 1))
}

/** q^a − 1 − a·r for q = 1 + r: by its series where it is small beside its parts. */
function beyondLinear(r: number, q: number, a: number): number {
  if (Math.abs(r) > 0.3) return q ** a - 1 - a * r
  let term = a * r
  let sum = 0
  for (let k = 2; k < 40; k++) {
    term *= ((a - k + 1) / k) * r
    sum += term
    if (Math.abs(term) < 1e-18 * Math.abs(sum)) break
  }
  return sum
}
