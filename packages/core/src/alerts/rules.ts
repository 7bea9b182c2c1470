import { failure } from '../codes.ts'
import { parseDuration } from '../units.ts'
import type { AlertSeverity } from './alert.ts'

/** When alerts are told. */
export interface AlertOptions {
  /** From which severity on a finding is an alert. Default: `error`. */
  readonly from?: AlertSeverity | undefined
  /** Bad looks in a row until an alert fires; or `2 of 3`: so many bad ones of the last ones. Default: 1. */
  readonly fireAfter?: number | string | undefined
  /** Good looks in a row until an alert is over. Default: 3. */
  readonly resolveAfter?: number | undefined
  /**
   * An alert that has been good for so long is over, however few looks that were. One that comes back for less than that flaps,
   * and is over after that only. Default: `24h`.
   */
  readonly calm?: string | number | undefined
  /** Time between two reminders of an alert that still is there; `false` for none. Default: `24h`. */
  readonly remindAfter?: string | number | false | undefined
}

/** The same, read: times in milliseconds. */
export interface AlertRules {
  readonly from: AlertSeverity
  readonly fireAfter: number
  /** The last looks among which so many must be bad. */
  readonly within: number
  readonly resolveAfter: number
  readonly calm: number
  /** `Infinity` for never. */
  readonly remindAfter: number
}

/**
 * Reads when alerts are told.
 *
 * @throws DS_UNIT for a time that is none, DS_OPTION for looks that are no whole number from 1 on
 * @example alertRules({ remindAfter: '8h' })
 */
export function alertRules(options: AlertOptions = {}): AlertRules {
  const { from = 'error', fireAfter = 1, resolveAfter = 3, calm = '24h', remindAfter = '24h' } = options
  if (!Number.isInteger(resolveAfter) || resolveAfter < 1) {
    throw failure('DS_OPTION', `resolveAfter is a whole number from 1 on, not ${resolveAfter}`)
  }
  return {
    from,
    ...looksOf(fireAfter),
    resolveAfter,
    calm: parseDuration(calm) * 1000,
    remindAfter: remindAfter === false ? Infinity : parseDuration(remindAfter) * 1000,
  }
}

/** Looks that are remembered at most. */
const MOST_LOOKS = 100

function looksOf(fireAfter: number | string): Pick<AlertRules, 'fireAfter' | 'within'> {
  const [, bad, all = bad] = /^(\d+)(?: of (\d+))?$/.exec(String(fireAfter).trim()) ?? []
  const [m, n] = [Number(bad), Number(all)]
  if (m >= 1 && m <= n && n <= MOST_LOOKS) return { fireAfter: m, within: n }
  throw failure('DS_OPTION', `fireAfter is a whole number from 1 to ${MOST_LOOKS}, or as '2 of 3', not ${fireAfter}`)
}
