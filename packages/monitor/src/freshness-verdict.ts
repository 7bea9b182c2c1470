import { formatDuration, type Finding, type FreshnessFacts } from '@dayshift/core'
import { absence, type Newest } from './newest.ts'

/** What an age is held against; seconds. */
export interface FreshnessLimits {
  readonly maxAge: number
  readonly warnAfter?: number | undefined
  /** How far ahead of the clock a time may lie. */
  readonly clockSkew: number
}

/**
 * Says how fresh data is. Data is stale where its age is more than `maxAge`, aging where it is more than `warnAfter`, and
 * never fresh where its newest time lies ahead of the clock by more than `clockSkew`.
 *
 * @param now milliseconds since 1970
 */
export function judgeFreshness(
  newest: Newest,
  { maxAge, warnAfter, clockSkew }: FreshnessLimits,
  now: number,
): { readonly state: FreshnessFacts['state']; readonly findings: readonly Finding[] } {
  const { time, subject } = newest
  if (time === null) return { state: newest.absent ?? 'empty', findings: [absence(newest)] }
  const age = (now - time) / 1000
  const at = new Date(time).toISOString()
  if (-age > clockSkew) {
    return {
      state: 'future',
      findings: [
        {
          severity: 'error',
          code: 'freshness.future',
          message: `${subject}: newest is ${at}, ${formatDuration(-age)} ahead of the clock`,
          hint: 'Check the clock and the time zone of what writes the data; its age cannot be told.',
        },
      ],
    }
  }
  if (age > maxAge) {
    return {
      state: 'stale',
      findings: [
        {
          severity: 'error',
          code: 'freshness.stale',
          message: `${subject}: newest is ${at}, ${formatDuration(age)} old, limit ${formatDuration(maxAge)}`,
          hint: 'Check the job that should have brought newer data.',
        },
      ],
    }
  }
  if (warnAfter !== undefined && age > warnAfter) {
    return {
      state: 'aging',
      findings: [
        {
          severity: 'warn',
          code: 'freshness.aging',
          message: `${subject}: newest is ${at}, ${formatDuration(age)} old, stale in ${formatDuration(maxAge - age)}`,
          hint: 'Look whether the next delivery is on its way.',
        },
      ],
    }
  }
  return { state: 'fresh', findings: [] }
}
