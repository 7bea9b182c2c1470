import { nearest } from '@dayshift/core'
import { failure } from '../codes.ts'
import type { Detector, DetectorOptions } from '../detector.ts'
import { categories } from './categories.ts'
import { chiSquare } from './chi-square.ts'
import { constant } from './constant.ts'
import { datetime } from './datetime.ts'
import { duplicateRate } from './duplicate-rate.ts'
import { jensenShannon } from './jensen-shannon.ts'
import { ks } from './ks.ts'
import { nullRate } from './null-rate.ts'
import { psi } from './psi.ts'
import { range } from './range.ts'
import { textLength } from './text-length.ts'
import { textPattern } from './text-pattern.ts'
import { totalVariation } from './total-variation.ts'
import { unitChange } from './unit-change.ts'
import { vocabulary } from './vocabulary.ts'
import { wasserstein } from './wasserstein.ts'

const MADE: ReadonlyMap<string, (options: DetectorOptions) => Detector> = new Map(
  Object.entries({
    ks,
    wasserstein,
    psi,
    'jensen-shannon': jensenShannon,
    'chi-square': chiSquare,
    'total-variation': totalVariation,
    categories,
    'null-rate': nullRate,
    'duplicate-rate': duplicateRate,
    range,
    'unit-change': unitChange,
    constant,
    datetime,
    'text-length': textLength,
    'text-pattern': textPattern,
    vocabulary,
  }),
)

/** The names that `detectorNamed` knows. */
export const detectorNames: readonly string[] = [...MADE.keys()]

/**
 * A detector by its name, as flags and project files write it: `psi`, or `psi:0.25` with the least effect that counts.
 *
 * @throws DS_DRIFT_OPTION for a name that there is not, or a number that is none of 0 or more
 * @example detectorNamed('ks:0.2') // ks({ minEffect: 0.2 })
 */
export function detectorNamed(text: string): Detector {
  const [name = '', threshold, ...rest] = text.split(':')
  const make = MADE.get(name)
  if (!make) {
    const near = nearest(name, detectorNames)
    throw failure('DS_DRIFT_OPTION', `there is no detector '${name}'`, {
      hint: `${near === undefined ? '' : `Did you mean ${near}? `}Detectors: ${detectorNames.join(', ')}.`,
    })
  }
  if (threshold === undefined) return make({})
  const minEffect = Number(threshold)
  if (threshold.trim() === '' || !(minEffect >= 0) || minEffect === Infinity || rest.length > 0) {
    throw failure('DS_DRIFT_OPTION', `'${text}': behind the colon stands the least effect that counts, 0 or more`, {
      hint: `Write it as ${name}:0.1.`,
    })
  }
  return make({ minEffect })
}
