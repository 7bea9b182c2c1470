import { isNumeric } from '@dayshift/core'
import { isTime, type Detector, type DetectorOptions } from '../detector.ts'
import { andersonKsamp } from '../statistics/anderson-ksamp.ts'
import { wassersteinDistance } from '../statistics/wasserstein-distance.ts'

/** The least distance that counts by default, in standard deviations of the reference. */
const MIN_EFFECT = 0.1

/**
 * The Wasserstein distance in standard deviations of the reference: how far values have moved on average. p is that of the
 * Anderson–Darling test, which like the distance looks at the tails too.
 *
 * Says nothing of columns with an infinite value, or where all values of both sides are one.
 *
 * @param options minEffect: the least distance that counts, in standard deviations. Default: 0.1
 * @example await drift(reference, current, { detectors: [wasserstein()] })
 */
export function wasserstein({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'wasserstein',
    needs: 'numbers',
    minEffect,
    fits: (column) => isNumeric(column) || isTime(column),
    test: ({ reference, current }) => {
      const distance = wassersteinDistance(reference, current)
      if (distance === 0) return { statistic: 0, pValue: 1, effect: 0 }
      if (!Number.isFinite(distance) || reference.length + current.length < 4) return undefined
      const scale = deviationOf(reference) || deviationOf(current)
      // Each side one value, and another one: as far apart as can be.
      const statistic = scale > 0 ? distance / scale : Infinity
      const { pValue } = andersonKsamp([reference, current], { method: 'accurate' })
      return { statistic, pValue, effect: statistic }
    },
  }
}

/** The standard deviation of all values, n below the line. */
function deviationOf(values: Float64Array): number {
  const { length } = values
  const mean = values.reduce((sum, value) => sum + value / length, 0)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / length, 0))
}
