import { isNumeric } from '@dayshift/core'
import type { Detector } from '../detector.ts'
import { ksPValue } from '../statistics/ks-p-value.ts'
import { ksSmallestPValue } from '../statistics/ks-smallest-p-value.ts'
import { ksStatistic } from '../statistics/ks-statistic.ts'

/**
 * The two-sample Kolmogorov–Smirnov test, for every column of numbers: sees any difference of two distributions, in
 * centre, spread or shape. Its effect is D itself: the largest share of rows by which the sides differ at one value, 0–1.
 *
 * @example await drift(reference, current, { detectors: [ks()] })
 */
export function ks(): Detector {
  return {
    name: 'ks',
    fits: isNumeric,
    test: ({ reference, current }) => {
      const { statistic } = ksStatistic(reference, current)
      const { pValue } = ksPValue(statistic, reference.length, current.length)
      return {
        statistic,
        pValue,
        smallestPValue: ksSmallestPValue(reference.length, current.length),
        effect: statistic,
      }
    },
  }
}
