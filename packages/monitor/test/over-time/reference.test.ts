import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { wallTime } from '../../src/freshness/zone.ts'
import {
  chooseReference,
  readReference,
  type ChosenReference,
  type ReferenceOptions,
  type TimedVersion,
} from '../../src/over-time/reference.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

function version(at: string, hash = at): TimedVersion {
  return { hash, at: new Date(at).toISOString() }
}

function choose(word: string, times: readonly string[], at: string, options: ReferenceOptions = {}): string[] {
  return chosen(word, times, at, options).versions.map(({ hash }) => hash)
}

function chosen(word: string, times: readonly string[], at: string, options: ReferenceOptions = {}): ChosenReference {
  const rule = readReference(word)
  if (!rule) throw new Error(`${word} is no rule`)
  return chooseReference(
    rule,
    times.map((time) => version(time)),
    { at },
    options,
  )
}

test('words are rules, or something else', () => {
  expect(readReference('same-weekday:4')).toEqual({ word: 'same-weekday:4', name: 'same-weekday', count: 4 })
  expect(readReference('previous')).toMatchObject({ count: 1 })
  for (const other of ['data/rolling.csv', '@v1.0', 'previous.csv', 'Previous', '']) {
    expect(readReference(other)).toBeUndefined()
  }
  for (const wrong of [
    'rolling',
    'rolling:0',
    'rolling:x',
    'rolling:1.5',
    'rolling:',
    'previous:2',
    'year-ago:2',
    'rolling:1001',
  ]) {
    expect(() => readReference(wrong)).toThrow(expect.objectContaining({ code: 'DS_DRIFT_OPTION' }))
  }
})

test('the last versions: not the current one, not what came later, and no content twice', () => {
  const versions = [
    version('2026-11-01', 'a'),
    version('2026-11-02', 'b'),
    version('2026-11-03', 'a'),
    version('2026-11-04', 'c'),
    version('2026-11-05', 'd'),
    version('2026-11-06', 'e'),
  ]
  const last = (word: string, hash: string | undefined, at: string): string[] =>
    chooseReference(readReference(word) as never, versions, { hash, at }).versions.map((one) => one.hash)
  expect(last('previous', 'd', '2026-11-05')).toEqual(['c'])
  expect(last('rolling:3', 'd', '2026-11-05')).toEqual(['c', 'a', 'b'])
  expect(last('rolling:3', undefined, '2026-11-05')).toEqual(['d', 'c', 'a'])
  const short = chooseReference(readReference('rolling:9') as never, versions, { hash: 'e', at: '2026-11-07' })
  expect(short).toMatchObject({ wanted: 9, lacking: 'there is 4 of 9: no other earlier version' })
  const none = chooseReference(readReference('previous') as never, versions, { at: '2026-10-01' })
  expect(none).toEqual({ versions: [], wanted: 1, lacking: 'there is no earlier version' })
})

test('the same weekday by clocks on the wall, also where they were put back in between', () => {
  // Berlin: 2 a.m. on 25 October 2026 came twice. 07:30 there is 05:30 UTC before and 06:30 after.
  const times = ['2026-10-20T05:30:00Z', '2026-10-20T06:30:00Z', '2026-10-13T05:30:00Z']
  const options = { timezone: 'Europe/Berlin' }
  expect(choose('same-weekday', times, '2026-10-27T06:30:00Z', options)).toEqual(['2026-10-20T05:30:00Z'])
  expect(choose('same-weekday', times, '2026-10-27T06:30:00Z')).toEqual(['2026-10-20T06:30:00Z'])
  expect(
    choose('same-hour', ['2026-10-24T05:30:00Z', '2026-10-24T06:30:00Z'], '2026-10-25T06:30:00Z', options),
  ).toEqual(['2026-10-24T05:30:00Z'])
})

test('a time that there was not, since clocks were put forward over it, is taken as if they had not been', () => {
  // Berlin: 02:30 on 29 March 2026 never was. It would have been 01:30 UTC.
  const options = { timezone: 'Europe/Berlin' }
  expect(choose('same-hour', ['2026-03-29T01:40:00Z'], '2026-03-30T00:30:00Z', options)).toEqual([
    '2026-03-29T01:40:00Z',
  ])
})

test('a year ago, of a leap day, is the last day of that February', () => {
  expect(choose('year-ago', ['2023-03-02T12:00:00Z', '2023-02-27T12:00:00Z'], '2024-02-29T12:00:00Z')).toEqual([
    '2023-02-27T12:00:00Z',
  ])
  expect(choose('year-ago', ['2023-02-28T12:00:00Z', '2023-03-01T12:00:00Z'], '2024-02-29T12:00:00Z')).toEqual([
    '2023-02-28T12:00:00Z',
  ])
  expect(
    choose('year-ago', ['2024-02-29T12:00:00Z', '2024-02-27T12:00:00Z'], '2025-02-28T12:00:00Z', { tolerance: '12h' }),
  ).toEqual([])
  expect(choose('year-ago', ['2024-03-01T12:00:00Z'], '2025-03-01T12:00:00Z', { tolerance: '1h' })).toHaveLength(1)
})

test('within the tolerance and not beyond it; weeks without a version are passed over', () => {
  const now = '2026-11-30T06:00:00Z'
  expect(
    choose('same-weekday:2', ['2026-11-22T17:59:59Z', '2026-11-16T18:00:00Z', '2026-11-02T06:00:00Z'], now),
  ).toEqual(['2026-11-16T18:00:00Z', '2026-11-02T06:00:00Z'])
  expect(chosen('same-weekday:2', ['2026-11-16T06:00:00Z'], now).lacking).toBe(
    'there is 1 of 2: no other version of the same weekday',
  )
  expect(chosen('year-ago', ['2026-11-16T06:00:00Z'], now).lacking).toBe('there is no version of this time a year ago')
  expect(choose('same-month:2', ['2025-12-10T06:00:00Z', '2024-11-20T06:00:00Z'], now)).toHaveLength(2)
  expect(() => choose('same-hour', [], now, { tolerance: '13h' })).toThrow(
    expect.objectContaining({ code: 'DS_DRIFT_OPTION' }),
  )
  expect(() => choose('previous', [], now, { timezone: 'Mars' })).toThrow(
    expect.objectContaining({ code: 'DS_FRESHNESS_SCHEDULE' }),
  )
})

const SEASONS = [
  ['same-hour', DAY, HOUR / 2],
  ['same-weekday', 7 * DAY, DAY / 2],
] as const

test('laws: each version is near a time that is whole seasons ago, none is taken twice, and no nearer one was there', () => {
  const begin = Date.parse('2026-09-01T00:00:00Z')
  const time = fc.integer({ min: 0, max: 120 * 24 * 60 }).map((minutes) => begin + minutes * 60_000)
  fc.assert(
    fc.property(
      fc.array(time, { maxLength: 60 }),
      time,
      fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
      fc.constantFrom(...SEASONS),
      fc.integer({ min: 1, max: 5 }),
      (times, now, timezone, [name, season, tolerance], count) => {
        const at = new Date(now).toISOString()
        const versions = times.map((one, order) => ({ hash: `h${order}`, at: new Date(one).toISOString() }))
        const rule = { word: '', name, count }
        const found = chooseReference(rule, versions, { at }, { timezone }).versions
        expect(new Set(found.map(({ hash }) => hash)).size).toBe(found.length)
        expect(found.length).toBeLessThanOrEqual(count)
        for (const one of found) {
          const apart = wallTime(now, timezone) - wallTime(Date.parse(one.at), timezone)
          const back = Math.round(apart / season)
          expect(back).toBeGreaterThanOrEqual(1)
          // Where clocks are changed between the two, the wall says an hour more or less than there is.
          expect(Math.abs(apart - back * season)).toBeLessThanOrEqual(tolerance + HOUR)
        }
        const sooner = found.map((one) => Date.parse(one.at))
        expect(sooner).toEqual(sooner.toSorted((a, b) => b - a))
        // Turned around, the same are found.
        expect(
          chooseReference(rule, versions.toReversed(), { at }, { timezone }).versions.map((one) => one.at),
        ).toEqual(found.map((one) => one.at))
      },
    ),
    { numRuns: 300 },
  )
})
