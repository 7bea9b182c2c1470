import { parseDuration } from '@dayshift/core'
import { failure } from '../codes.ts'
import { learnLimit, type LearnedLimit, type LearnOptions } from './learned-limit.ts'
import { readSchedule, type Schedule, type ScheduleOptions } from './schedule.ts'

/** When data is too old. */
export interface LimitOptions {
  /** Data older than this is stale: `24h`, or seconds. Default: 24h, and none where there is a schedule. */
  readonly maxAge?: string | number | undefined
  /** Data older than this is aging; less than `maxAge`. Default: none. */
  readonly warnAfter?: string | number | undefined
  /** How far ahead of the clock a time may lie: a duration, or seconds. Default: 5m. */
  readonly clockSkew?: string | number | undefined
  /** What data comes to whose age is not sure: its report fails, or warns. Default: fail. */
  readonly unsure?: 'fail' | 'warn' | undefined
  /** By when data is expected, beside `maxAge` or in its place. Default: at no certain time. */
  readonly schedule?: ScheduleOptions | undefined
  /** Takes the limit from the past, in place of `maxAge`, once there is enough of it. Default: it does not. */
  readonly learn?: LearnOptions | undefined
}

/** What an age is held against; seconds. */
export interface Limits {
  /** Undefined where only the schedule counts. */
  readonly maxAge?: number | undefined
  readonly warnAfter?: number | undefined
  readonly clockSkew: number
  /** Of what makes an age unsure. */
  readonly unsure: 'error' | 'warn'
  readonly schedule?: Schedule | undefined
  /** By basis. */
  readonly learned?: Readonly<Record<string, LearnedLimit>> | undefined
}

const USUAL = '24h'

/**
 * Reads limits for the bases of these names.
 *
 * @throws DS_FRESHNESS_OPTION where warnAfter is not less than maxAge
 * @throws DS_FRESHNESS_SCHEDULE, DS_UNIT
 */
export function readLimits(options: LimitOptions, bases: readonly string[]): Limits {
  const { maxAge = options.schedule ? undefined : USUAL, learn } = options
  const limit = maxAge === undefined ? undefined : parseDuration(maxAge)
  const warnAfter = options.warnAfter === undefined ? undefined : parseDuration(options.warnAfter)
  if (limit !== undefined && warnAfter !== undefined && warnAfter >= limit) {
    throw failure('DS_FRESHNESS_OPTION', `warnAfter is ${options.warnAfter}, which is not less than maxAge ${maxAge}`)
  }
  return {
    maxAge: limit,
    warnAfter,
    clockSkew: parseDuration(options.clockSkew ?? '5m'),
    unsure: options.unsure === 'warn' ? 'warn' : 'error',
    schedule: options.schedule && readSchedule(options.schedule),
    learned:
      learn && Object.fromEntries(bases.map((basis) => [basis, learnLimit(learn.updates[basis] ?? [], learn.alpha)])),
  }
}
