import type { Detector, DetectorOptions } from '../detector.ts'
import { ksOutcome } from './ks.ts'

/** The least D that counts by default. */
const MIN_EFFECT = 0.05

/**
 * How long texts are, in characters, by the Kolmogorov–Smirnov test. Its effect is D, 0–1.
 *
 * @param options minEffect: the least D that counts. Default: 0.05
 * @example await drift(reference, current, { detectors: [textLength()] })
 */
export function textLength({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'text-length',
    needs: 'lengths',
    minEffect,
    fits: ({ type }) => type === 'string',
    test: ({ reference, current }) => ({
      ...ksOutcome(reference, current),
      detail: `${mean(reference)} characters on average before, ${mean(current)} now`,
    }),
  }
}

function mean(values: Float64Array): string {
  const sum = values.reduce((total, value) => total + value, 0)
  return String(Number((sum / values.length).toPrecision(3)))
}
