import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlertNotice, Observation } from '../../src/alerts/alert.ts'
import { dueNotices, markTold } from '../../src/alerts/due.ts'
import { observeAlerts } from '../../src/alerts/observe.ts'
import { alertRules, type AlertOptions } from '../../src/alerts/rules.ts'
import type { AlertState } from '../../src/alerts/state.ts'

const HOUR = 3_600_000
const BEGIN = Date.parse('2026-11-23T00:00:00Z')

function look(isBad: boolean, column?: string): Observation {
  return {
    dataset: 'weather',
    kind: 'freshness',
    uri: 'file:///weather.csv',
    findings: isBad
      ? [{ severity: 'error', code: 'freshness.stale', message: 'old', ...(column === undefined ? {} : { column }) }]
      : [],
  }
}

/** What a sink is told over a row of looks, an hour apart unless said otherwise; `takes` says whether it takes what it is told. */
function told(
  looks: readonly boolean[],
  options: AlertOptions = {},
  { step = HOUR, takes = () => true }: { readonly step?: number; readonly takes?: (at: number) => boolean } = {},
): {
  readonly events: string[]
  readonly times: number[]
  readonly notices: AlertNotice[]
  readonly state: AlertState
} {
  const rules = alertRules(options)
  let state: AlertState = new Map()
  const notices: AlertNotice[] = []
  const times: number[] = []
  for (const [at, isBad] of looks.entries()) {
    const now = new Date(BEGIN + at * step)
    state = observeAlerts(state, [look(isBad)], now, rules)
    const due = dueNotices(state, { name: 'pager' }, now, rules)
    if (due.length === 0 || !takes(at)) continue
    state = markTold(state, 'pager', due, now)
    notices.push(...due)
    times.push(...due.map(() => at))
  }
  return { events: notices.map(({ event }) => event), times, notices, state }
}

const WEEK = 168
const quiet: AlertOptions = { remindAfter: false }

describe('a week of flapping, looked at every hour', () => {
  test.each<[string, (at: number) => boolean]>([
    ['every other hour', (at) => at % 2 === 0],
    ['one hour in three', (at) => at % 3 === 0],
    ['two hours in four', (at) => at % 4 < 2],
    ['bad by day', (at) => at % 24 < 22],
  ])('%s: it fires exactly once, and is over a day after it ends', (_what, isBad) => {
    const looks = [...Array.from({ length: WEEK }, (_, at) => isBad(at)), ...Array.from({ length: 48 }, () => false)]
    const { events, times } = told(looks, quiet)
    expect(events).toEqual(['fire', 'resolve'])
    expect(times[0]).toBe(0)
    // Good from the first good look on, for 24 hours.
    expect(times[1]).toBe(looks.lastIndexOf(true) + 1 + 24)
  })

  test('any flapping whose good times are shorter than three looks fires exactly once', () => {
    const pattern = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 })), {
      minLength: 20,
    })
    fc.assert(
      fc.property(pattern, (turns) => {
        const looks = turns.flatMap(([bad, good]) => [
          ...Array<boolean>(bad).fill(true),
          ...Array<boolean>(good).fill(false),
        ])
        expect(told(looks, quiet).events).toEqual(['fire'])
      }),
    )
  })

  test('whatever flapping fires twice at most while no good time is a day long', () => {
    const pattern = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20 })), {
      minLength: 20,
    })
    fc.assert(
      fc.property(pattern, (turns) => {
        const looks = turns.flatMap(([bad, good]) => [
          ...Array<boolean>(bad).fill(true),
          ...Array<boolean>(good).fill(false),
        ])
        const fires = told(looks, quiet).events.filter((event) => event === 'fire')
        expect(fires.length).toBeLessThanOrEqual(2)
      }),
    )
  })
})

test('trouble that is there and then is not fires and is over after three good looks', () => {
  const { events, times, notices } = told([true, true, false, false, false, false], quiet)
  expect(events).toEqual(['fire', 'resolve'])
  expect(times).toEqual([0, 4])
  expect(notices).toMatchObject([
    { startsAt: '2026-11-23T00:00:00.000Z', code: 'freshness.stale', message: 'old' },
    { startsAt: '2026-11-23T00:00:00.000Z', endsAt: '2026-11-23T04:00:00.000Z' },
  ])
})

test('what comes back once it was over fires again, as a new alert', () => {
  const { events, notices } = told([true, false, false, false, true], quiet)
  expect(events).toEqual(['fire', 'resolve', 'fire'])
  expect(notices.map(({ startsAt }) => startsAt.slice(11, 13))).toEqual(['00', '00', '04'])
})

test('looked at once a day, the second good day ends it', () => {
  expect(told([true, false, false, false], quiet, { step: 24 * HOUR })).toMatchObject({
    events: ['fire', 'resolve'],
    times: [0, 2],
  })
})

test('reminders come as often as is said, and while it fires only', () => {
  const bad = Array<boolean>(60).fill(true)
  expect(told(bad, { remindAfter: '24h' }).times).toEqual([0, 24, 48])
  expect(told([...bad, ...Array<boolean>(60).fill(false)], { remindAfter: '10h' }).events.slice(-2)).toEqual([
    'remind',
    'resolve',
  ])
  expect(told(bad, { remindAfter: false }).events).toEqual(['fire'])
})

test('fireAfter waits for so many bad looks in a row, and tells since when', () => {
  const { events, times, notices } = told([true, false, true, true, true], { ...quiet, fireAfter: 3 })
  expect({ events, times }).toEqual({ events: ['fire'], times: [4] })
  expect(notices[0]?.startsAt).toBe('2026-11-23T02:00:00.000Z')
  expect(told([true, true, false, true, true], { ...quiet, fireAfter: 3 }).events).toEqual([])
})

test('fireAfter of the last looks: it fires with the first look that makes enough bad ones among them', () => {
  expect(told([true, false, true], { ...quiet, fireAfter: '2 of 3' })).toMatchObject({ events: ['fire'], times: [2] })
  expect(told([true, false, false, true], { ...quiet, fireAfter: '2 of 3' }).events).toEqual([])
  expect(told([true, false, true], { ...quiet, fireAfter: '2 of 2' }).events).toEqual([])
  const sizes = fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(fc.integer({ min: 1, max: n }), fc.constant(n)))
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), sizes, (looks, [m, n]) => {
      const isEnough = (at: number): boolean =>
        looks[at] === true && looks.slice(Math.max(0, at + 1 - n), at + 1).filter(Boolean).length >= m
      const first = looks.findIndex((_, at) => isEnough(at))
      const { events, times } = told(looks, { ...quiet, fireAfter: `${m} of ${n}` })
      expect([events[0], times[0]]).toEqual(first < 0 ? [undefined, undefined] : ['fire', first])
    }),
    { numRuns: 500 },
  )
})

test('what a sink does not take comes again until it does, and counts as told only then', () => {
  const { events, times } = told(Array<boolean>(6).fill(true), quiet, { takes: (at) => at >= 4 })
  expect({ events, times }).toEqual({ events: ['fire'], times: [4] })
  // Who was never told that it is there is not told that it is over.
  expect(told([true, false, false, false, false], quiet, { takes: (at) => at > 2 }).events).toEqual([])
})

test('a sink that could not be told that it is over, and then it came back, hears of one alert', () => {
  const looks = [true, false, false, false, true, true, ...Array<boolean>(30).fill(false)]
  const { notices } = told(looks, quiet, { takes: (at) => at !== 3 })
  expect(notices).toMatchObject([{ event: 'fire' }, { event: 'resolve' }])
  expect(notices[1]?.startsAt).toBe(notices[0]?.startsAt)
})

test('a state is small once all is over, and empty a day later', () => {
  expect(told([true, false, false, false], quiet).state.size).toBe(1)
  expect(told([true, ...Array<boolean>(30).fill(false)], quiet).state.size).toBe(0)
})

test('laws of any row of looks, rules and failures of the sink', () => {
  const rules = fc.record({
    fireAfter: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom('1 of 2', '2 of 3', '3 of 5')),
    resolveAfter: fc.integer({ min: 1, max: 4 }),
    calm: fc.integer({ min: 0, max: 30 }).map((hours) => `${hours}h`),
    remindAfter: fc.oneof(
      fc.constant(false as const),
      fc.integer({ min: 1, max: 30 }).map((hours) => `${hours}h`),
    ),
  })
  const looks = fc.array(fc.boolean(), { maxLength: 200 })
  const failures = fc.array(fc.boolean(), { minLength: 200, maxLength: 200 })
  fc.assert(
    fc.property(looks, rules, failures, (row, options, takes) => {
      const { notices, state } = told(row, options, { takes: (at) => takes[at] === true })
      let open: string | undefined
      for (const { event, startsAt, endsAt } of notices) {
        // It fires only where it does not yet, is reminded of and over only where it was told, and is the same all the while.
        expect(event === 'fire').toBe(open === undefined)
        expect(startsAt).toBe(event === 'fire' ? startsAt : open)
        expect(endsAt !== undefined).toBe(event === 'resolve')
        open = event === 'resolve' ? undefined : startsAt
      }
      // What is told is what is: where the sink has taken the last there was to tell.
      const [record] = [...state.values()]
      const last = record?.told['pager']
      expect(last !== undefined && !last.over).toBe(open !== undefined)
      const isFiring = record?.state === 'firing' && row.length > 0 && takes[row.length - 1] === true
      expect(isFiring && open === undefined).toBe(false)
    }),
    { numRuns: 300 },
  )
})

test('a clock that was set back does not silence anything for long', () => {
  const rules = alertRules({ remindAfter: '24h' })
  const future = new Date(BEGIN + 1000 * 24 * HOUR)
  let state = observeAlerts(new Map(), [look(true)], future, rules)
  state = markTold(state, 'pager', dueNotices(state, { name: 'pager' }, future, rules), future)
  const now = new Date(BEGIN)
  state = observeAlerts(state, [look(true)], now, rules)
  expect(dueNotices(state, { name: 'pager' }, now, rules)).toMatchObject([{ event: 'remind' }])
})
