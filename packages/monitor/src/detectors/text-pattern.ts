import type { Detector, DetectorOptions } from '../detector.ts'
import { homogeneity } from '../drift/homogeneity.ts'
import { movedCells } from '../drift/moved.ts'

/** The least total variation distance that counts by default. */
const MIN_EFFECT = 0.05

/**
 * The form of texts: capitals, small letters and digits each taken together, so that `AB-1234` is `A-9`. The chi-square test of
 * how rows spread over forms; its effect is the total variation distance, 0–1.
 *
 * @param options minEffect: the least distance that counts. Default: 0.05
 * @example await drift(reference, current, { detectors: [textPattern()] })
 */
export function textPattern({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'text-pattern',
    needs: 'patterns',
    minEffect,
    fits: ({ type }) => type === 'string',
    test: ({ reference, current }) => {
      const found = homogeneity(reference, current)
      if (!found) return undefined
      const { distance: effect, ...test } = found
      return { ...test, effect, moved: movedCells(reference, current) }
    },
  }
}
