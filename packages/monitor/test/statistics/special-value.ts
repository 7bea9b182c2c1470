import { andersonDarlingTail } from '../../src/statistics/anderson-darling-tail.ts'
import { chi2Contingency } from '../../src/statistics/chi2-contingency.ts'
import { cramerVonMisesTail } from '../../src/statistics/cramer-von-mises-tail.ts'
import { hellingerDistance } from '../../src/statistics/hellinger-distance.ts'
import { jensenShannonDistance } from '../../src/statistics/jensen-shannon-distance.ts'
import { klDivergence } from '../../src/statistics/kl-divergence.ts'
import { kolmogorovTail } from '../../src/statistics/kolmogorov-tail.ts'
import { kuiperTail } from '../../src/statistics/kuiper-tail.ts'
import { populationStabilityIndex } from '../../src/statistics/population-stability-index.ts'
import { besselK } from '../../src/statistics/special/bessel-k.ts'
import { binomialShare } from '../../src/statistics/special/binomial-share.ts'
import { durbinMatrix } from '../../src/statistics/special/durbin-matrix.ts'
import { gammaTail } from '../../src/statistics/special/gamma-tail.ts'
import { hypergeometricBelow } from '../../src/statistics/special/hypergeometric.ts'
import { log1pGap } from '../../src/statistics/special/log1p-gap.ts'
import { normalTail } from '../../src/statistics/special/normal-tail.ts'
import { pomeranz } from '../../src/statistics/special/pomeranz.ts'
import { smirnovTail } from '../../src/statistics/special/smirnov-tail.ts'
import { stirlingError } from '../../src/statistics/special/stirling-error.ts'
import { totalVariationDistance } from '../../src/statistics/total-variation-distance.ts'

type Numbers = readonly number[]

/** What `fixtures/make-special.py` writes: a function, what it is given, and its value of 60 digits as a double. */
export interface SpecialValue {
  readonly f: keyof typeof FUNCTIONS
  readonly given: readonly unknown[]
  readonly value: number
}

/** Relative error that each promises at most, and the ways that we have to its value. */
const FUNCTIONS = {
  normalTail: [2e-15, normalTail],
  gammaTail: [3e-13, gammaTail],
  besselK: [3e-15, besselK],
  log1pGap: [1e-15, log1pGap],
  stirlingError: [5e-15, stirlingError],
  binomialShare: [
    1e-13,
    (k: number, n: number, excess: number) => binomialShare(k, n, excess, k + excess, n - k - excess),
  ],
  hypergeometricBelow: [
    1e-13,
    (k: number, marked: number, others: number, drawn: number) => hypergeometricBelow(k, { marked, others, drawn }),
  ],
  smirnovTail: [3e-13, smirnovTail],
  ksBelow: [1e-13, durbinMatrix, pomeranz],
  kolmogorovTail: [1e-13, kolmogorovTail],
  kuiperTail: [2e-13, kuiperTail],
  cramerVonMisesTail: [2e-13, cramerVonMisesTail],
  andersonDarlingTail: [2e-13, andersonDarlingTail],
  jensenShannonDistance: [1e-14, (p: Numbers, q: Numbers) => jensenShannonDistance(p, q)],
  klDivergence: [1e-14, klDivergence],
  hellingerDistance: [1e-14, hellingerDistance],
  totalVariationDistance: [1e-15, totalVariationDistance],
  populationStabilityIndex: [1e-14, (p: Numbers, q: Numbers) => populationStabilityIndex(p, q).statistic],
  powerDivergence: [
    1e-13,
    (table: readonly Numbers[], lambda: number) => chi2Contingency(table, { lambda, correction: false }).statistic,
  ],
} as const satisfies Record<string, readonly [number, ...((...given: never[]) => number)[]]>

/** By how much of what is allowed a value is missed: the worst of our ways to it, relative. */
export function missed({ f, given, value }: SpecialValue): { f: string; error: number; allowed: number } {
  const [allowed, ...ways] = FUNCTIONS[f] as unknown as [number, ...((...all: readonly unknown[]) => number)[]]
  const error = Math.max(...ways.map((way) => Math.abs(way(...given) - value) / Math.abs(value)))
  return { f, error, allowed }
}
