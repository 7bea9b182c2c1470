import type { Finding } from '@dayshift/core'

/** Detectors were not asked, since the reference is a profile that does not have what they need. */
export function needsRows(column: string, detectors: readonly string[]): Finding {
  return {
    severity: 'info',
    code: 'drift.needs_rows',
    column,
    message: `${column}: the reference is a profile without what ${detectors.join(', ')} ${detectors.length === 1 ? 'needs, so it was' : 'need, so they were'} not asked`,
    hint: 'Compare with the rows of the reference to have them too.',
  }
}

/** Whether a column drifted lies within what the profile leaves open. */
export function withinInterval(column: string, detector: string, [low, high]: readonly [number, number]): Finding {
  return {
    severity: 'info',
    code: 'drift.within_interval',
    column,
    message: `${column}: by the profile ${detector} lies from ${short(low)} to ${short(high)}, and whether that is drift cannot be told`,
    hint: 'Compare with the rows of the reference, or with a profile of more cells: dayshift profile --cells 65536.',
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
