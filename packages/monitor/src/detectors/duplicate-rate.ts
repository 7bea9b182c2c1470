import type { Detector, DetectorOptions, ProfiledColumn } from '../detector.ts'

/** The least share of repeated rows that counts by default. */
const MIN_EFFECT = 0.01

/** A column names rows where at most this share of them repeats a value. */
const MOST_OF_A_KEY = 0.01

/** Values of a reference below which nothing can be said of a key. */
const LEAST_ROWS = 20

/**
 * Values that come again in a column that names rows, as an id does: one whose reference repeats at most 1 % of its values.
 * Repeats grow with the square of the rows, so they are held against pairs of rows: of the repeats of both sides, p is the
 * chance of as many on the current one as its share of all pairs makes likely (binomial). The effect is by how much the
 * share of repeated rows grew, 0–1.
 *
 * @param options minEffect: the least growth that counts. Default: 0.01
 * @example await drift(reference, current, { detectors: [duplicateRate()] })
 */
export function duplicateRate({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'duplicate-rate',
    needs: 'profile',
    minEffect,
    fits: ({ type }) => type === 'integer' || type === 'string' || type === 'uuid' || type === 'decimal',
    test: ({ reference, current }) => {
      const [n, m] = [valuesOf(reference), valuesOf(current)]
      const [before, after] = [n - reference.profile.distinct, m - current.profile.distinct]
      if (n < LEAST_ROWS || m < 2 || before > n * MOST_OF_A_KEY) return undefined
      if (after === 0) return { statistic: 0, pValue: 1, effect: 0 }
      const share = (m * (m - 1)) / (n * (n - 1) + m * (m - 1))
      const effect = Math.max(0, after / m - before / n)
      const pValue = binomialAbove(after, before + after, share)
      const detail = `${after} of ${m} values repeat another, ${before} of ${n} before`
      return { statistic: after / m, pValue, effect, detail }
    },
  }
}

function valuesOf({ rows, profile }: ProfiledColumn): number {
  return rows - profile.nulls
}

/** The chance of k or more successes of n. */
function binomialAbove(k: number, n: number, p: number): number {
  let log = 0
  for (let at = 1; at <= k; at++) log += Math.log((n - k + at) / at)
  let term = Math.exp(log + k * Math.log(p) + (n - k) * Math.log1p(-p))
  let sum = 0
  for (let at = k; at <= n; at++) {
    sum += term
    if (term < sum * 1e-17) break
    term *= ((n - at) * p) / ((at + 1) * (1 - p))
  }
  return Math.min(1, sum)
}
