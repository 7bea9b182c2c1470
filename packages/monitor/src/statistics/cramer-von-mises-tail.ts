import { logSine, quadraticFormTail, rootGap, type QuadraticForm } from './special/quadratic-form-tail.ts'

/**
 * The chance that the limit of the Cramér–von Mises statistic, Σ χ²₁/(jπ)², is at least x.
 *
 * Its moment generating function is (√(2s)/sin √(2s))^½, of which {@link quadraticFormTail} makes the tail: relative error below
 * 1e-13 down to 1e-300. scipy sums the series of Anderson and Darling (1952) up to terms of 1e-7 and subtracts from 1, so its
 * p-values below about 1e-6 are noise.
 *
 * @param x the statistic, no unit; mean 1/6
 * @see Smirnov (1936), C. R. Acad. Sci. Paris 202; Anderson and Darling (1952), Ann. Math. Statist. 23
 * @example cramerVonMisesTail(0.46136) // 0.05
 */
export function cramerVonMisesTail(x: number): number {
  return quadraticFormTail(LAW, x)
}

const LAW: QuadraticForm = {
  abscissa: Math.PI ** 2 / 2,
  logMoment(_s, [re, im]) {
    // √(2s) = π − e
    const square = Math.PI ** 2 / 2
    const gap = rootGap([re / square, im / square])
    const e = [Math.PI * gap[0], Math.PI * gap[1]] as const
    const sine = logSine(e)
    const root = [Math.PI - e[0], -e[1]] as const
    return [(Math.log(Math.hypot(...root)) - sine[0]) / 2, (Math.atan2(root[1], root[0]) - sine[1]) / 2]
  },
}
