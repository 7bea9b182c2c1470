import { logSine, quadraticFormTail, rootGap, type QuadraticForm } from './special/quadratic-form-tail.ts'

/**
 * The chance that the limit of the k-sample Anderson–Darling statistic, Σ χ²ₘ/(j(j + 1)) with m = k − 1, is at least x. For m = 1
 * it is the limit of the one-sample statistic.
 *
 * Its moment generating function is (2πs / sin(π/2·(√(1 + 8s) − 1)))^(m/2), of which {@link quadraticFormTail} makes the tail:
 * relative error below 1e-13 down to 1e-300.
 *
 * @param x the statistic before it is made standard, no unit; mean m
 * @param m samples less one, 1 or more
 * @see Anderson and Darling (1952), Ann. Math. Statist. 23; Scholz and Stephens (1987), J. Amer. Statist. Assoc. 82
 * @example andersonDarlingTail(2.492, 1) // 0.05002…
 */
export function andersonDarlingTail(x: number, m: number): number {
  const law: QuadraticForm = {
    abscissa: 1,
    logMoment(s, [re, im]) {
      // π/2·(√(1 + 8s) − 1) = π − e
      const gap = rootGap([(8 / 9) * re, (8 / 9) * im])
      const sine = logSine([1.5 * Math.PI * gap[0], 1.5 * Math.PI * gap[1]])
      return [
        (m / 2) * (Math.log(2 * Math.PI * Math.hypot(...s)) - sine[0]),
        (m / 2) * (Math.atan2(s[1], s[0]) - sine[1]),
      ]
    },
  }
  return quadraticFormTail(law, x)
}
