import { expect, test } from 'vitest'
import { readHolidays } from '../../src/freshness/calendar.ts'

/** As calendars of public holidays are written: RFC 5545, lines folded, days as dates. */
function ics(...events: readonly string[]): string {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//x//y//EN',
    ...events.flatMap((event) => ['BEGIN:VEVENT', ...event.split('\n'), 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n')
}

test('a list has a day a line, with words about it', () => {
  const text = '\uFEFF# closed\r\n2026-12-25  # Christmas\n\n2027-01-01\n'
  expect([...readHolidays(text)]).toEqual(['2026-12-25', '2027-01-01'])
  expect(readHolidays('').size).toBe(0)
})

test('of an iCalendar file the days of events count, up to their end', () => {
  const text = ics(
    'SUMMARY:Christmas\nDTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227',
    'SUMMARY:A name that goes on\n  in the next line\nDTSTART;VALUE=DATE:20270101',
    'DTSTART;TZID=Europe/Berlin:20270501T000000\nDTEND;TZID=Europe/Berlin:20270501T235900',
    'STATUS:CANCELLED\nDTSTART;VALUE=DATE:20270601',
  )
  expect([...readHolidays(text)]).toEqual(['2026-12-25', '2026-12-26', '2027-01-01', '2027-05-01'])
})

test('a yearly day comes back each year, 29 February in leap years only', () => {
  const days = readHolidays(
    ics('DTSTART;VALUE=DATE:20201003\nRRULE:FREQ=YEARLY', 'DTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY'),
  )
  expect([days.has('2019-10-03'), days.has('2026-10-03'), days.has('2099-10-03')]).toEqual([false, true, true])
  expect([days.has('2024-02-29'), days.has('2026-02-28'), days.has('2026-03-01')]).toEqual([true, false, false])
})

test.each<[string, string, readonly string[]]>([
  // A holiday of Berlin, written in UTC by who keeps it.
  ['DTSTART:20261224T230000Z\nDTEND:20261225T230000Z', 'Europe/Berlin', ['2026-12-25']],
  ['DTSTART:20261225T000000Z\nDTEND:20261226T000000Z', 'Europe/Berlin', ['2026-12-25']],
  ['DTSTART:20261225T000000Z\nDTEND:20261226T000000Z', 'America/New_York', ['2026-12-25']],
  ['DTSTART;TZID=Asia/Tokyo:20261231T230000\nDTEND;TZID=Asia/Tokyo:20270101T010000', 'Europe/Berlin', ['2026-12-31']],
  ['DTSTART;TZID="Asia/Tokyo":20270101T020000\nDURATION:PT1H', 'Europe/Berlin', ['2026-12-31']],
  ['DTSTART;TZID=W. Europe Standard Time:20261225T000000\nDURATION:P1D', 'Asia/Tokyo', ['2026-12-25']],
  ['DTSTART:20261225T000000\nDURATION:P2D', 'Asia/Tokyo', ['2026-12-25', '2026-12-26']],
  ['DTSTART;VALUE=DATE:20261225\nDURATION:P1W', 'UTC', Array.from({ length: 7 }, (_, at) => `2026-12-${25 + at}`)],
])('the days of %j in %s', (event, zone, days) => {
  expect([...readHolidays(ics(event), 'days.ics', zone)]).toEqual(days)
})

test.each([
  ['2026-13-01\n', "'2026-13-01' is not a day (list.txt, line 1)"],
  ['2026-12-25\nChristmas\n', "'Christmas' is not a day (list.txt, line 2)"],
  [ics('DTSTART;VALUE=DATE:20261301'), "'2026-13-01' is not a day"],
  [ics('SUMMARY:no day'), 'is not a day'],
  [ics('DTSTART:20261225T000000Z\nDURATION:soon'), 'the length soon of an event cannot be read'],
  [ics('DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20271225'), 'EXDATE of an event'],
  [ics('DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=11'), 'the rule FREQ=YEARLY;BYDAY=4TH'],
])('%j is refused', (text, message) => {
  expect(() => readHolidays(text, 'list.txt')).toThrowError(message)
})
