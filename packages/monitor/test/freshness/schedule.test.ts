import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dueAt, readSchedule } from '../../src/freshness/schedule.ts'
import { instantsOf, wallTime } from '../../src/freshness/zone.ts'

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/St_Johns',
  'Africa/Casablanca',
]

function iso(time: number | null | undefined): string | null {
  return time == null ? null : new Date(time).toISOString().replace(':00.000Z', 'Z')
}

/** The deadlines around a time. */
function around(cron: string, zone: string, at: string): (string | null)[] {
  const schedule = readSchedule({ cron, zone })
  const time = Date.parse(at)
  return [iso(schedule.last(time)), iso(schedule.next(time))]
}

// By the rules of the zones in the IANA database: Europe/Berlin goes from +1 to +2 on 29 March 2026 at 01:00Z and back on 25
// October at 01:00Z; Australia/Lord_Howe from +11 to +10:30 on 4 April at 15:00Z and back on 3 October at 15:30Z.
test.each<[string, string, string, string, string | null, string | null]>([
  [
    'working days, in winter',
    '0 7 * * 1-5',
    'Europe/Berlin',
    '2026-01-05T12:00Z',
    '2026-01-05T06:00Z',
    '2026-01-06T06:00Z',
  ],
  [
    'working days, over the weekend of the change',
    '0 7 * * 1-5',
    'Europe/Berlin',
    '2026-03-29T12:00Z',
    '2026-03-27T06:00Z',
    '2026-03-30T05:00Z',
  ],
  [
    'working days, back in winter',
    '0 7 * * 1-5',
    'Europe/Berlin',
    '2026-10-25T12:00Z',
    '2026-10-23T05:00Z',
    '2026-10-26T06:00Z',
  ],
  [
    'a time that the clocks skip is the moment of the change',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-03-29T00:59Z',
    '2026-03-28T01:30Z',
    '2026-03-29T01:00Z',
  ],
  [
    'the same, looked back at',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-03-29T12:00Z',
    '2026-03-29T01:00Z',
    '2026-03-30T00:30Z',
  ],
  [
    'of a time that comes twice the first',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-10-25T00:00Z',
    '2026-10-24T00:30Z',
    '2026-10-25T00:30Z',
  ],
  [
    'and the second is none',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-10-25T01:45Z',
    '2026-10-25T00:30Z',
    '2026-10-26T01:30Z',
  ],
  [
    'half an hour skipped',
    '15 2 * * *',
    'Australia/Lord_Howe',
    '2026-10-03T15:00Z',
    '2026-10-02T15:45Z',
    '2026-10-03T15:30Z',
  ],
  [
    'half an hour skipped, looked back at',
    '15 2 * * *',
    'Australia/Lord_Howe',
    '2026-10-03T20:00Z',
    '2026-10-03T15:30Z',
    '2026-10-04T15:15Z',
  ],
  [
    'half an hour twice',
    '45 1 * * *',
    'Australia/Lord_Howe',
    '2026-04-04T16:00Z',
    '2026-04-04T14:45Z',
    '2026-04-05T15:15Z',
  ],
  ['29 February', '0 6 29 2 *', 'UTC', '2026-11-30T00:00Z', '2024-02-29T06:00Z', '2028-02-29T06:00Z'],
  [
    '29 February around 2100, which is no leap year',
    '0 6 29 2 *',
    'UTC',
    '2099-01-01T00:00Z',
    '2096-02-29T06:00Z',
    '2104-02-29T06:00Z',
  ],
  ['the last day of a month', '0 0 L * *', 'UTC', '2028-02-29T12:00Z', '2028-02-29T00:00Z', '2028-03-31T00:00Z'],
  [
    'exactly at a deadline',
    '0 7 * * *',
    'Europe/Berlin',
    '2026-11-23T06:00Z',
    '2026-11-23T06:00Z',
    '2026-11-24T06:00Z',
  ],
  [
    'a millisecond before it',
    '0 7 * * *',
    'Europe/Berlin',
    '2026-11-23T05:59:59.999Z',
    '2026-11-22T06:00Z',
    '2026-11-23T06:00Z',
  ],
])('deadlines: %s', (_what, cron, zone, at, last, next) => {
  expect(around(cron, zone, at)).toEqual([last, next])
})

/** A field of a cron expression. */
function field(from: number, to: number): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constant('*'),
    fc.integer({ min: from, max: to }).map(String),
    fc
      .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
      .map((two) => [...new Set(two)].join(',')),
  )
}

test('the last deadline is not after now, the next one is, and none lies between', () => {
  const cron = fc.tuple(field(0, 59), field(0, 23), fc.constantFrom('*', '1', '15', 'L'), fc.constant('*'), field(0, 6))
  const at = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2032, 0) })
  fc.assert(
    fc.property(cron, fc.constantFrom(...ZONES), at, (fields, zone, now) => {
      const schedule = readSchedule({ cron: fields.join(' '), zone })
      const [last, next] = [schedule.last(now) as number, schedule.next(now) as number]
      expect(last).toBeLessThanOrEqual(now)
      expect(next).toBeGreaterThan(now)
      expect(schedule.next(last)).toBe(next)
      expect(schedule.last(next)).toBe(next)
      expect(schedule.last(next - 1)).toBe(last)
    }),
    { numRuns: 300 },
  )
})

test('a deadline on a holiday of the zone is none', () => {
  const schedule = readSchedule({
    cron: '0 1 * * 1-5',
    zone: 'Asia/Tokyo',
    holidays: ['2026-11-23', '2026-11-24'],
  })
  // 1:00 in Tokyo is 16:00 the day before in UTC.
  expect(iso(schedule.last(Date.parse('2026-11-24T12:00Z')))).toBe('2026-11-19T16:00Z')
  expect(iso(schedule.next(Date.parse('2026-11-22T12:00Z')))).toBe('2026-11-24T16:00Z')
})

test('a schedule of which every day is a holiday has no deadline', () => {
  const holidays = ['2024-02-29', '2028-02-29', '2032-02-29']
  const schedule = readSchedule({ cron: '0 6 29 2 *', holidays })
  expect(iso(schedule.last(Date.parse('2033-01-01T00:00Z')))).toBe('2020-02-29T06:00Z')
  expect(iso(schedule.next(Date.parse('2027-01-01T00:00Z')))).toBe('2036-02-29T06:00Z')
})

const WORKDAYS = { cron: '0 7 * * 1-5', zone: 'Europe/Berlin' } as const

test.each<[string, object, string, string, string, string | undefined]>([
  [
    'before the deadline that of Friday counts',
    {},
    '2026-11-23T05:59Z',
    '2026-11-20T06:00Z',
    '2026-11-19T06:00Z',
    undefined,
  ],
  ['at the deadline it is over', {}, '2026-11-23T06:00Z', '2026-11-23T06:00Z', '2026-11-20T06:00Z', undefined],
  [
    'within the grace it is pending',
    { grace: '1h' },
    '2026-11-23T06:30Z',
    '2026-11-20T06:00Z',
    '2026-11-19T07:00Z',
    '2026-11-23T06:00Z',
  ],
  [
    'after the grace it is over',
    { grace: '1h' },
    '2026-11-23T07:00Z',
    '2026-11-23T06:00Z',
    '2026-11-20T07:00Z',
    undefined,
  ],
  [
    'a lead says from when on data counts',
    { lead: '6h' },
    '2026-11-23T08:00Z',
    '2026-11-23T06:00Z',
    '2026-11-23T00:00Z',
    undefined,
  ],
  [
    'a holiday is passed over',
    { holidays: ['2026-11-23'] },
    '2026-11-23T08:00Z',
    '2026-11-20T06:00Z',
    '2026-11-19T06:00Z',
    undefined,
  ],
])('what is due: %s', (_what, options, now, deadline, since, pending) => {
  const due = dueAt(readSchedule({ ...WORKDAYS, ...options }), Date.parse(now))
  expect([iso(due?.deadline), iso(due?.since), iso(due?.pending?.deadline) ?? undefined]).toEqual([
    deadline,
    since,
    pending,
  ])
})

test.each([
  [{ cron: '0 7 * *' }, 'it has 4 fields, not 5'],
  [{ cron: '0 0 7 * * *' }, 'it has 6 fields, not 5'],
  [{ cron: '61 7 * * *' }, 'is not a cron expression'],
  [{ cron: 'a b c d e' }, 'is not a cron expression'],
  [{ cron: '' }, 'is not a cron expression'],
  [{ cron: '0 0 31 2 *' }, 'never comes'],
  [{ cron: '0 7 * * *', zone: 'Europe/Bonn' }, "'Europe/Bonn' is not a time zone"],
  [{ cron: '0 7 * * *', holidays: ['24.12.2026'] }, "'24.12.2026' is not a day"],
  [{ cron: '0 7 * * *', holidays: ['2026-02-29'] }, "'2026-02-29' is not a day"],
])('%j is refused', (options, message) => {
  let thrown: unknown
  try {
    readSchedule(options)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toMatchObject({
    code: 'DS_FRESHNESS_SCHEDULE',
    kind: 'usage',
    message: expect.stringContaining(message),
  })
})

test('what clocks show and when they show it are inverse', () => {
  const at = fc.integer({ min: Date.UTC(1950, 0), max: Date.UTC(2050, 0) })
  fc.assert(
    fc.property(at, fc.constantFrom(...ZONES), (instant, zone) => {
      const { earlier, later } = instantsOf(wallTime(instant, zone), zone)
      expect([earlier, later]).toContain(instant)
    }),
  )
})

test.each([
  ['Europe/Berlin', '2026-07-01T09:00', 'once', '2026-07-01T07:00Z', '2026-07-01T07:00Z'],
  ['Europe/Berlin', '2026-03-29T02:30', 'never', '2026-03-29T01:30Z', '2026-03-29T01:30Z'],
  ['Europe/Berlin', '2026-10-25T02:30', 'twice', '2026-10-25T00:30Z', '2026-10-25T01:30Z'],
  ['Australia/Lord_Howe', '2026-10-04T02:15', 'never', '2026-10-03T15:45Z', '2026-10-03T15:45Z'],
  ['Australia/Lord_Howe', '2026-04-05T01:45', 'twice', '2026-04-04T14:45Z', '2026-04-04T15:15Z'],
  ['Pacific/Apia', '2011-12-30T12:00', 'never', '2011-12-30T22:00Z', '2011-12-30T22:00Z'],
])('%s shows %s %s', (zone, wall, kind, earlier, later) => {
  const found = instantsOf(Date.parse(`${wall}Z`), zone)
  expect([found.kind, iso(found.earlier), iso(found.later)]).toEqual([kind, earlier, later])
})

const DAILY = { cron: '0 7 * * *', grace: '30h' } as const

test.each([
  // Nobody can tell for which of two deadlines it came: none is missed before the grace of its own is over.
  ['2026-11-23T06:50Z', '2026-11-25T12:00Z', '2026-11-23T07:00Z', '2026-11-22T07:00Z', '2026-11-24T07:00Z'],
  ['2026-11-24T06:50Z', '2026-11-25T12:00Z', '2026-11-23T07:00Z', '2026-11-22T07:00Z', '2026-11-25T07:00Z'],
])('with a grace longer than the period %s is judged at %s', (newest, now, deadline, since, pending) => {
  const due = dueAt(readSchedule(DAILY), Date.parse(now), Date.parse(newest))
  expect([iso(due?.deadline), iso(due?.since), iso(due?.pending?.deadline)]).toEqual([deadline, since, pending])
})
