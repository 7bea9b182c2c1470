import { failure } from '../codes.ts'

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
 * Reads a calendar: an iCalendar file (`.ics`, RFC 5545; days of events, from DTSTART up to and without DTEND, also those of
 * `RRULE:FREQ=YEARLY`), or text with one day a line, `#` before what is no day.
 *
 * @param where what the text is called in errors
 * @throws DS_FRESHNESS_SCHEDULE for what is no day, and for rules other than a yearly one
 * @example readHolidays('2026-12-25 # Christmas\n2027-01-01\n').has('2026-12-25') // true
 */
export function readHolidays(text: string, where = 'the calendar'): Holidays {
  if (/^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text)) return daysOfEvents(text, where)
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

/** Lines of an iCalendar file go on in lines that begin with a blank. */
function daysOfEvents(text: string, where: string): Holidays {
  const days = new Set<string>()
  const lines = text.replaceAll(/\r?\n[ \t]/g, '').split(/\r?\n/)
  let event: Record<string, string> | undefined
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Za-z-]+)[^:]*:(.*)$/.exec(line) ?? []
    const key = name.toUpperCase()
    if (key === 'BEGIN' && value.toUpperCase() === 'VEVENT') event = {}
    else if (key === 'END' && value.toUpperCase() === 'VEVENT') {
      for (const day of daysOfEvent(event ?? {}, where)) days.add(day)
      event = undefined
    } else if (event) event[key] = value
  }
  return days
}

function daysOfEvent({ DTSTART = '', DTEND, RRULE, STATUS }: Record<string, string>, where: string): string[] {
  if (STATUS?.toUpperCase() === 'CANCELLED') return []
  const first = timeOfDay(DTSTART, where)
  const end = DTEND === undefined ? first + DAY : Math.max(first + DAY, timeOfDay(DTEND, where))
  const days = Array.from({ length: Math.round((end - first) / DAY) }, (_, at) => first + at * DAY)
  if (RRULE === undefined) return days.map(dayOf)
  if (!/^FREQ=YEARLY(;INTERVAL=1)?$/i.test(RRULE)) {
    throw failure('DS_FRESHNESS_SCHEDULE', `${where}: the rule ${RRULE} of an event cannot be read`, {
      where,
      hint: 'Only FREQ=YEARLY is known: write the days of other rules out, one event each.',
    })
  }
  return days.flatMap((day) => yearly(day))
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

function timeOfDay(value: string, where: string): number {
  const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})(T.*)?$/.exec(value) ?? []
  return Date.parse(needDay(`${year}-${month}-${date}`, `${where}, ${value}`))
}
