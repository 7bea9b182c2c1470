import { Cron } from 'croner'
import { messageOf, parseDuration } from '@dayshift/core'
import { failure } from '../codes.ts'
import { holidaysOf, type Holidays } from './calendar.ts'
import { needZone, wallTime } from './zone.ts'

/** By when data is expected. */
export interface ScheduleOptions {
  /**
   * The deadlines, as a cron expression: minute, hour, day of the month, month, weekday (`0 7 * * 1-5` is 7:00 on working
   * days). `L` is the last day of the month.
   */
  readonly cron: string
  /** Of the IANA database, as `Europe/Berlin`. Default: UTC. */
  readonly zone?: string | undefined
  /** How late data may come: a duration, or seconds. Default: 0. */
  readonly grace?: string | number | undefined
  /** How long before its deadline data may come at the earliest. Default: after the deadline before. */
  readonly lead?: string | number | undefined
  /** Days without a deadline, by the calendar of the zone: `2026-12-25`. Default: none. */
  readonly holidays?: Iterable<string> | undefined
}

/** A schedule, read. Times are milliseconds since 1970, UTC. */
export interface Schedule {
  readonly grace: number
  readonly lead: number | undefined
  /** The last deadline at `at` or before. Null where there is none. */
  last(at: number): number | null
  /** The first deadline after `at`. Null where there is none. */
  next(at: number): number | null
}

/** What a schedule asks for at one time. */
export interface Due {
  /** The last deadline whose grace is over. */
  readonly deadline: number
  /** Data must be newer than this. */
  readonly since: number
  /** A later deadline that has passed, with its grace still going on; and what it asks for. */
  readonly pending?: { readonly deadline: number; readonly since: number; readonly until: number }
  /** The next deadline. */
  readonly next: number | null
}

/** Deadlines on holidays in a row before a schedule is taken to have no others. */
const PATIENCE = 1000

/**
 * Reads a schedule. Clocks that are put forward over a deadline make it the moment of the change; where they are put back
 * over it, the first of the two counts.
 *
 * @throws DS_FRESHNESS_SCHEDULE where the expression, the zone or a holiday cannot be read
 * @throws DS_UNIT where a duration cannot be read
 * @example readSchedule({ cron: '0 7 * * 1-5', zone: 'Europe/Berlin' }).last(Date.now())
 */
export function readSchedule({ cron, zone = 'UTC', grace = 0, lead, holidays = [] }: ScheduleOptions): Schedule {
  needZone(zone)
  const free = holidaysOf(holidays)
  const expression = readCron(cron, zone)
  const isFree = (at: number): boolean => isHoliday(at, zone, free)
  return {
    grace: parseDuration(grace) * 1000,
    lead: lead === undefined ? undefined : parseDuration(lead) * 1000,
    last(at) {
      // What lies before a time is asked for, to the second; `at` itself counts here.
      let found = expression.previousRuns(1, new Date(at + 1000 - (at % 1000)))[0]
      for (let tries = 0; found && tries < PATIENCE; tries++) {
        if (found.getTime() <= at && !isFree(found.getTime())) return found.getTime()
        found = expression.previousRuns(1, found)[0]
      }
      return null
    },
    next(at) {
      let found = expression.nextRun(new Date(at))
      for (let tries = 0; found && tries < PATIENCE; tries++) {
        if (found.getTime() > at && !isFree(found.getTime())) return found.getTime()
        found = expression.nextRun(found)
      }
      return null
    },
  }
}

function readCron(cron: string, zone: string): Cron {
  const fields = cron.trim().split(/\s+/)
  if (fields.length !== 5)
    throw unknownCron(cron, `it has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, not 5`)
  let expression: Cron
  try {
    expression = new Cron(cron.trim(), { timezone: zone, paused: true })
  } catch (error) {
    throw unknownCron(cron, messageOf(error), error)
  }
  if (expression.nextRun(new Date(0)) === null) throw unknownCron(cron, 'such a day never comes')
  return expression
}

function unknownCron(cron: string, why: string, cause?: unknown): Error {
  return failure('DS_FRESHNESS_SCHEDULE', `'${cron}' is not a cron expression: ${why}`, {
    cause,
    hint: "Write minute, hour, day, month and weekday, as '0 7 * * 1-5' for 7:00 on working days.",
  })
}

function isHoliday(at: number, zone: string, holidays: Holidays): boolean {
  return holidays.size > 0 && holidays.has(new Date(wallTime(at, zone)).toISOString().slice(0, 10))
}

/** Deadlines within their grace that are looked at, one after another, for the first that was not met. */
const PENDING = 100

/**
 * What a schedule asks for at a time: that data came for the last deadline whose grace is over. It counts as that where it
 * is newer than the deadline before (with its grace, for what came late then was for that one), or, where `lead` is
 * given, came no earlier than so long before. Where the grace lasts until the next deadline or longer, nobody can tell for which
 * of them data came: what is newer than the deadline before counts.
 *
 * @param newest time of the newest data: `pending` is then the first deadline within its grace that it does not meet. Default: the
 * last one that has passed
 * @returns undefined where no deadline has passed yet
 */
export function dueAt(schedule: Schedule, now: number, newest = Number.POSITIVE_INFINITY): Due | undefined {
  const { grace } = schedule
  const deadline = schedule.last(now - grace)
  if (deadline === null) return undefined
  const pending = pendingAt(schedule, now, deadline, newest)
  return {
    deadline,
    since: sinceOf(schedule, deadline),
    ...(pending === undefined
      ? {}
      : { pending: { deadline: pending, since: sinceOf(schedule, pending), until: pending + grace } }),
    next: schedule.next(now),
  }
}

function pendingAt(schedule: Schedule, now: number, deadline: number, newest: number): number | undefined {
  const passed = schedule.last(now)
  if (passed === null || passed <= deadline) return undefined
  let at = schedule.next(deadline)
  for (let tries = 0; at !== null && at < passed && tries < PENDING; tries++) {
    if (newest <= sinceOf(schedule, at)) return at
    at = schedule.next(at)
  }
  return passed
}

function sinceOf(schedule: Schedule, deadline: number): number {
  if (schedule.lead !== undefined) return deadline - schedule.lead
  const before = schedule.last(deadline - 1)
  if (before === null) return Number.NEGATIVE_INFINITY
  const late = before + schedule.grace
  return late < deadline ? late : before
}
