import { isTime, type Detector, type DetectorOptions } from '../detector.ts'
import { ascending } from '../drift/ascending.ts'
import { ksOutcome, outcomeOfKs } from './ks.ts'

/** The least D that counts by default. */
const MIN_EFFECT = 0.05

/**
 * Dates and timestamps by the Kolmogorov–Smirnov test, as `ks`, but for the one change that time itself makes: where all current
 * times lie after all of the reference, the data has moved on, which is no drift, and nothing is said.
 *
 * @param options minEffect: the least D that counts. Default: 0.05
 * @example await drift(reference, current, { detectors: [datetime()] })
 */
export function datetime({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'datetime',
    needs: 'numbers',
    minEffect,
    fits: isTime,
    test: ({ reference, current, column }) => {
      const movedOn = (ascending(current)[0] as number) >= (ascending(reference).at(-1) as number)
      return movedOn && column?.type !== 'time' ? undefined : ksOutcome(reference, current)
    },
    testPasses: async (numbers) => {
      const { column, found, sizes } = numbers
      const [before, now] = await numbers.extents()
      return now.low >= before.high && column.type !== 'time' ? undefined : outcomeOfKs(found, sizes)
    },
  }
}
