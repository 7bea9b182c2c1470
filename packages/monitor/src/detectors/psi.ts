import type { Detector, DetectorOptions } from '../detector.ts'
import { hasCells } from '../drift/has-cells.ts'
import { homogeneity, tableOf, withoutRare } from '../drift/homogeneity.ts'
import { movedCells } from '../drift/moved.ts'
import { populationStabilityIndex } from '../statistics/population-stability-index.ts'

/** The least index that counts by default: “some change” of the usual rule. */
const MIN_EFFECT = 0.1

/** Rows expected in a cell at least: the law of the index is good from there on. */
const LEAST_EXPECTED = 8

/** Share that an empty cell is taken to have. */
const FLOOR = 1e-4

/**
 * The population stability index over values, or tenths of the pooled numbers, in nats. The thresholds in common use, 0.1 and 0.25,
 * know nothing of the number of rows; here chance must be ruled out too, by the index's own law, (1/n + 1/m)·χ². With few
 * rows that law is too generous, so p is the larger of its and that of the chi-square test of the same counts.
 *
 * @param options minEffect: the least index that counts. Default: 0.1
 * @example await drift(reference, current, { detectors: [psi({ minEffect: 0.25 })] })
 */
export function psi({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'psi',
    needs: 'cells',
    minEffect,
    fits: hasCells,
    test: ({ reference, current }) => {
      const found = homogeneity(reference, current)
      if (!found) return undefined
      const table = withoutRare(tableOf(reference, current), LEAST_EXPECTED)
      const { statistic, pValue } = populationStabilityIndex(table.reference, table.current, { floor: FLOOR })
      return {
        statistic,
        pValue: Math.max(pValue, found.pValue),
        effect: statistic,
        moved: movedCells(reference, current),
      }
    },
  }
}
