import type { Detector, DetectorOptions } from '../detector.ts'
import { singleCells } from '../drift/single-cells.ts'

/** The least share of rows with a new or lost value that counts by default. */
const MIN_EFFECT = 0.01

/**
 * New and lost values, by name. A value counts as new or lost where chance does not explain that one side lacks it: a rare
 * value may well be absent from a small sample. All are listed, whether they count or not. The effect is the share of rows,
 * 0–1, of the value that is least likely by chance.
 *
 * @param options minEffect: the least share of rows that counts. Default: 0.01
 * @example await drift(reference, current, { detectors: [categories()] })
 */
export function categories({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'categories',
    needs: 'cells',
    minEffect,
    breaks: true,
    fits: ({ type }) => type === 'string' || type === 'boolean' || type === 'integer',
    test: ({ reference, current }) => {
      const { outcome, newValues, lostValues } = singleCells(reference, current, 'one-sided')
      if (reference.names.length < 2) return undefined
      return {
        ...outcome,
        moved: [],
        ...(newValues.length > 0 ? { newValues } : {}),
        ...(lostValues.length > 0 ? { lostValues } : {}),
      }
    },
  }
}
