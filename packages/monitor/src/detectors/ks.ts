import { isNumeric } from '@dayshift/core'
import type { Detector } from '../detector.ts'
import { ks2samp } from '../statistics/ks2samp.ts'
import { ksSmallestPValue } from '../statistics/ks-smallest-p-value.ts'

/**
 * The two-sample Kolmogorov–Smirnov test, for every column of numbers: sees any difference of two distributions, in
 * centre, spread or shape. p is that of `ks2samp` with `accurate`: the true one, also in columns of few different values. Its
 * effect is D itself: the largest share of rows by which the sides differ at one value, 0–1.
 *
 * @example await drift(reference, current, { detectors: [ks()] })
 */
export function ks(): Detector {
  return {
    name: 'ks',
    fits: isNumeric,
    test: ({ reference, current }) => {
      const { statistic, pValue } = ks2samp(reference, current, { method: 'accurate', nanPolicy: 'raise' })
      return {
        statistic,
        pValue,
        smallestPValue: ksSmallestPValue(reference.length, current.length),
        effect: statistic,
      }
    },
  }
}
