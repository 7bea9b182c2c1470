import type { Detector, DetectorOptions } from '../detector.ts'
import { hasCells } from '../drift/has-cells.ts'
import { homogeneity } from '../drift/homogeneity.ts'
import { movedCells } from '../drift/moved.ts'

/** The least distance that counts by default. */
const MIN_EFFECT = 0.05

/**
 * The total variation distance of how rows spread over values or ranges: half the sum of all changes of shares, 0–1. p is
 * that of the chi-square test of the same counts.
 *
 * @param options minEffect: the least distance that counts. Default: 0.05
 * @example await drift(reference, current, { detectors: [totalVariation({ minEffect: 0.05 })] })
 */
export function totalVariation({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'total-variation',
    needs: 'cells',
    minEffect,
    fits: hasCells,
    test: ({ reference, current }) => {
      const found = homogeneity(reference, current)
      if (!found) return undefined
      const { distance, pValue, smallestDetectable } = found
      const moved = movedCells(reference, current)
      return { statistic: distance, pValue, effect: distance, smallestDetectable, moved }
    },
  }
}
