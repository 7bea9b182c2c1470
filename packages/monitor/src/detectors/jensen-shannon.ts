import type { Detector, DetectorOptions } from '../detector.ts'
import { hasCells } from '../drift/has-cells.ts'
import { homogeneity, tableOf } from '../drift/homogeneity.ts'
import { movedCells } from '../drift/moved.ts'
import { jensenShannonDistance } from '../statistics/jensen-shannon-distance.ts'

/** The least distance that counts by default. */
const MIN_EFFECT = 0.1

/**
 * The Jensen–Shannon distance, base 2 (0–1), of how rows spread over values or ranges. p is that of the chi-square test of the
 * same counts: the distance alone does not know how many rows there are.
 *
 * @param options minEffect: the least distance that counts. Default: 0.1
 * @example await drift(reference, current, { detectors: [jensenShannon()] })
 */
export function jensenShannon({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'jensen-shannon',
    needs: 'cells',
    minEffect,
    fits: hasCells,
    test: ({ reference, current }) => {
      const found = homogeneity(reference, current)
      if (!found) return undefined
      const table = tableOf(reference, current)
      const distance = jensenShannonDistance(table.reference, table.current, { base: 2 })
      return { statistic: distance, pValue: found.pValue, effect: distance, moved: movedCells(reference, current) }
    },
  }
}
