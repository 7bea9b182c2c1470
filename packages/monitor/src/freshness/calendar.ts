import { failure } from '../codes.ts'
import { instantsOf, isZone, needZone, wallTime } from './zone.ts'

/** Days on which nothing is expected, as `2026-12-25`. */
export type Holidays = ReadonlySet<string>

const DAY = 86_400_000
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/

/** Years for which a day that comes back each year is written out. */
const YEARS = { from: 1970, to: 2100 } as const

/**
 * Reads a list of days.
 *
 * @throws DS_FRESHNESS_SCHEDULE for what is no day
 * @example holidaysOf(['2026-12-25', '2026-12-26'])
 */
export function holidaysOf(days: Iterable<string>): Holidays {
  return new Set(Array.from(days, (day) => needDay(day.trim(), day)))
}

/**
 * Reads a calendar: an iCalendar file (`.ics`, RFC 5545; days of events, from DTSTART up to and without DTEND, or for their
 * DURATION, also those of `RRULE:FREQ=YEARLY`), or text with one day a line, `#` before what is no day.
 *
 * An event with a time (of UTC, or of the zone that its TZID names) is of the days that clocks of `zone` show then: of those that it
 * takes half of or more, else of the one on which it begins. One without a zone, or of a zone that is none of the IANA database,
 * is of the days as they are written.
 *
 * @param where what the text is called in errors
 * @param zone whose days are meant, of the IANA database: that of the schedule. Default: UTC
 * @throws DS_FRESHNESS_SCHEDULE for what is no day or no zone, and for rules other than a yearly one
 * @example readHolidays('2026-12-25 # Christmas\n2027-01-01\n').has('2026-12-25') // true
 */
export function readHolidays(text: string, where = 'the calendar', zone = 'UTC'): Holidays {
  needZone(zone)
  if (/^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text)) return daysOfEvents(text, where, zone)
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, at) => [line.replace(/#.*/, '').trim(), `${where}, line ${at + 1}`] as const)
  return new Set(lines.filter(([day]) => day !== '').map(([day, place]) => needDay(day, place)))
}

function needDay(day: string, where: string): string {
  const [, year, month, date] = DATE.exec(day) ?? []
  const time = Date.UTC(Number(year), Number(month) - 1, Number(date))
  if (year !== undefined && !Number.isNaN(time) && dayOf(time) === day) return day
  throw failure('DS_FRESHNESS_SCHEDULE', `'${day}' is not a day (${where})`, {
    where,
    hint: 'Write days as 2026-12-25, one a line, or give an iCalendar file.',
  })
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** What a line of an event says: its value, and the zone that it names. */
interface Property {
  readonly value: string
  readonly zone?: string | undefined
}

/** Lines of an iCalendar file go on in lines that begin with a blank. */
function daysOfEvents(text: string, where: string, zone: string): Holidays {
  const days = new Set<string>()
  const lines = text.replaceAll(/\r?\n[ \t]/g, '').split(/\r?\n/)
  let event: Record<string, Property> | undefined
  for (const line of lines) {
    const [, name = '', parameters = '', value = ''] = /^([A-Za-z-]+)((?:;[^;:"]*(?:"[^"]*")?)*):(.*)$/.exec(line) ?? []
    const key = name.toUpperCase()
    if (key === 'BEGIN' && value.toUpperCase() === 'VEVENT') event = {}
    else if (key === 'END' && value.toUpperCase() === 'VEVENT') {
      for (const day of daysOfEvent(event ?? {}, where, zone)) days.add(day)
      event = undefined
    } else if (event) event[key] = { value, zone: /;TZID="?([^";]*)/i.exec(parameters)?.[1] }
  }
  return days
}

function daysOfEvent(event: Record<string, Property>, where: string, zone: string): string[] {
  const { DTSTART = { value: '' }, DTEND, DURATION, RRULE, EXDATE, RDATE, STATUS } = event
  if (STATUS?.value.toUpperCase() === 'CANCELLED') return []
  const start = wallOf(DTSTART, where, zone)
  const first = midnight(start)
  const end = DTEND ? wallOf(DTEND, where, zone) : DURATION ? start + lengthOf(DURATION.value, where) : first + DAY
  const touched = Array.from({ length: Math.max(1, Math.ceil((end - first) / DAY)) }, (_, at) => first + at * DAY)
  // A day of UTC reaches into two days of most zones, and means the one.
  const taken = touched.filter((day) => Math.min(end, day + DAY) - Math.max(start, day) >= DAY / 2)
  const days = taken.length > 0 ? taken : [first]
  for (const [name, property] of Object.entries({ EXDATE, RDATE })) {
    if (property) throw unreadable(where, `${name} of an event`)
  }
  if (RRULE === undefined) return days.map(dayOf)
  if (!/^FREQ=YEARLY(;INTERVAL=1)?$/i.test(RRULE.value)) throw unreadable(where, `the rule ${RRULE.value} of an event`)
  return days.flatMap((day) => yearly(day))
}

function unreadable(where: string, what: string): Error {
  return failure('DS_FRESHNESS_SCHEDULE', `${where}: ${what} cannot be read`, {
    where,
    hint: 'Only FREQ=YEARLY is known: write the days of other rules out, one event each.',
  })
}

function yearly(day: number): string[] {
  const start = new Date(day)
  const from = Math.max(start.getUTCFullYear(), YEARS.from)
  return Array.from({ length: YEARS.to - from + 1 }, (_, at) => {
    const same = new Date(Date.UTC(from + at, start.getUTCMonth(), start.getUTCDate()))
    // The 29th of February is a day of leap years only.
    return same.getUTCDate() === start.getUTCDate() ? dayOf(same.getTime()) : ''
  }).filter((text) => text !== '')
}

function midnight(wall: number): number {
  return Math.floor(wall / DAY) * DAY
}

/** What clocks of a zone show at the time of a property, as if that were UTC. */
function wallOf({ value, zone: own }: Property, where: string, zone: string): number {
  const [, year, month, date, hour = '00', minute = '00', second = '00', isUtc] =
    /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?$/.exec(value) ?? []
  const day = Date.parse(needDay(`${year}-${month}-${date}`, `${where}, ${value}`))
  const wall = day + (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000
  if (isUtc) return wallTime(wall, zone)
  if (own === undefined || own === zone || !isZone(own)) return wall
  return wallTime(instantsOf(wall, own).earlier, zone)
}

/** How long an event lasts (RFC 5545, 3.3.6), in milliseconds. */
function lengthOf(text: string, where: string): number {
  const [found, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(text) ?? []
  if (found === undefined) throw unreadable(where, `the length ${text} of an event`)
  return (
    (Number(weeks) * 7 + Number(days)) * DAY + (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  )
}
