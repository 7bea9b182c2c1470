import type { Detector, DetectorOptions } from '../detector.ts'
import { singleCells } from '../drift/single-cells.ts'

/** The least change of the share of texts with a word that counts by default. */
const MIN_EFFECT = 0.05

/**
 * The words of texts: whether a word stands in more of the texts than before, or in fewer. Each word is tested by itself
 * (hypergeometric), corrected for how many words there are. Its effect is the change of the share of texts, 0–1, of the word that is least likely by chance.
 *
 * @param options minEffect: the least change that counts. Default: 0.05
 * @example await drift(reference, current, { detectors: [vocabulary()] })
 */
export function vocabulary({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'vocabulary',
    needs: 'words',
    minEffect,
    fits: ({ type }) => type === 'string',
    test: ({ reference, current }) => {
      if (reference.names.length === 0 || reference.rows === 0 || current.rows === 0) return undefined
      return singleCells(reference, current, 'all').outcome
    },
  }
}
