import { failure } from '../codes.ts'

/**
 * What NaN in a sample does to a test. `propagate`: all that it gives is NaN. `omit`: NaN are left out. `raise`: the call throws
 * DS_SAMPLE_INVALID.
 */
export type NanPolicy = 'propagate' | 'omit' | 'raise'

/** All values of {@link NanPolicy}. */
export const NAN_POLICIES: readonly string[] = ['propagate', 'omit', 'raise'] satisfies readonly NanPolicy[]

/**
 * A sample in ascending order, copied; NaN, where they stay, at its end.
 *
 * @throws DS_SAMPLE_INVALID where nothing is left, or there are NaN and `raise` was asked for
 */
export function sortedSample(values: ArrayLike<number>, nanPolicy: NanPolicy, name: string, atLeast = 1): Float64Array {
  checkOption('nanPolicy', nanPolicy, NAN_POLICIES)
  const sorted = new Float64Array(values).sort()
  let length = sorted.length
  while (length > 0 && Number.isNaN(sorted[length - 1])) length--
  if (length < sorted.length && nanPolicy === 'raise') throw failure('DS_SAMPLE_INVALID', `${name} holds NaN`)
  const kept = nanPolicy === 'propagate' ? sorted : sorted.subarray(0, length)
  if (kept.length < atLeast) {
    const missing = atLeast === 1 ? 'has no values' : `has fewer than ${atLeast} values`
    throw failure('DS_SAMPLE_INVALID', `${name} ${missing}`)
  }
  return kept
}

/** Whether a sample in ascending order holds NaN. */
export function holdsNaN(sorted: Float64Array): boolean {
  return Number.isNaN(sorted.at(-1))
}

/** @throws DS_STATISTIC_OPTION where an option has none of the values that it can have */
export function checkOption(option: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) {
    throw failure('DS_STATISTIC_OPTION', `${option} is '${value}', not one of ${known.join(', ')}`)
  }
}
