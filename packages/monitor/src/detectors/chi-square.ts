import type { Detector, DetectorOptions } from '../detector.ts'
import { hasCells } from '../drift/has-cells.ts'
import { homogeneity } from '../drift/homogeneity.ts'
import { movedCells } from '../drift/moved.ts'

/** The least total variation distance that counts by default. */
const MIN_EFFECT = 0.05

/**
 * The chi-square test of how rows spread over values, both sides being samples; exact (Fisher) where rows are few. Values that
 * too few rows have are taken together. Its effect is the total variation distance: the share of rows, 0–1, that would
 * have to change their value for the sides to be alike.
 *
 * @param options minEffect: the least distance that counts. Default: 0.05
 * @example await drift(reference, current, { detectors: [chiSquare()] })
 */
export function chiSquare({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'chi-square',
    needs: 'cells',
    minEffect,
    fits: hasCells,
    test: ({ reference, current }) => {
      const found = homogeneity(reference, current)
      if (!found) return undefined
      const { distance: effect, ...test } = found
      return { ...test, effect, moved: movedCells(reference, current) }
    },
  }
}
