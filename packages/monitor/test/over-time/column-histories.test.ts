import { expect, test } from 'vitest'
import { columnHistories, type ColumnEffect, type ComparedVersion } from '../../src/over-time/column-histories.ts'
import { seriesShape } from '../../src/over-time/series.ts'
import { normal, random } from '../drift/frames.ts'

const DAY = 86_400_000
const BEGIN = Date.parse('2026-06-01T06:00:00Z')

function day(at: number): string {
  return new Date(BEGIN + at * DAY).toISOString()
}

function effect(value: number, more: Partial<ColumnEffect> = {}): ColumnEffect {
  return { column: 'temp', detector: 'ks', effect: value, minEffect: 0.05, drifted: value >= 0.05, ...more }
}

function days(rows: readonly (readonly ColumnEffect[])[]): ComparedVersion[] {
  return rows.map((columns, at) => ({ version: { hash: `h${at}`, at: day(at) }, columns }))
}

test('when drift began, that it went on, and whether it is an alarm by history', () => {
  const next = random(2)
  const quiet = Array.from({ length: 20 }, () => [effect(0.01 + next() / 50)])
  const loud = Array.from({ length: 5 }, () => [effect(0.3 + next() / 50)])
  const [history] = columnHistories(days([...quiet, ...loud]))
  expect(history).toMatchObject({ column: 'temp', detector: 'ks', since: 20, minEffect: 0.05, learned: { past: 20 } })
  expect(history?.alarms.indexOf(true)).toBe(20)
  expect(history?.alarms.slice(20)).toEqual([true, true, true, true, true])
  expect(history?.effect.changes?.found).toMatchObject([{ place: 20 }])
  const [calm] = columnHistories(days([...quiet, ...loud, ...quiet.slice(0, 3)]))
  expect(calm).toMatchObject({ since: null })
  expect(calm?.alarms.slice(-3)).toEqual([false, false, false])
  const [early] = columnHistories(days([...quiet.slice(0, 9), ...loud]))
  expect(early?.alarms).not.toContain(true)
  expect(early?.learned).toEqual({ alpha: 0.05, past: 13, needed: 19 })
})

test('a column that is not in all versions, and a detector that found nothing in some', () => {
  const wind = { column: 'wind', detector: 'ks', effect: 0.02, drifted: false, mean: 4 }
  const rows = [
    [effect(0.01)],
    [effect(0.02), effect(0.3, { detector: 'null-rate', drifted: true }), wind],
    [wind],
    [effect(0.04), wind],
  ]
  const found = columnHistories(days(rows))
  expect(found.map(({ column, detector, effects }) => ({ column, detector, effects }))).toEqual([
    { column: 'temp', detector: 'ks', effects: [0.01, 0.02, null, 0.04] },
    { column: 'temp', detector: 'null-rate', effects: [0, 0.3, null, 0] },
    { column: 'wind', detector: 'ks', effects: [null, 0.02, 0.02, 0.02] },
  ])
  expect(found[2]).toMatchObject({ means: [null, 4, 4, 4], mean: {} })
  expect(found[0]?.effect).toEqual({})
  expect(columnHistories([])).toEqual([])
})

test('places of changes are those of versions, also where some lack the column', () => {
  const rows = Array.from({ length: 24 }, (_, at) =>
    at % 4 === 3 ? [] : [effect(at < 12 ? at / 1000 : 0.4 + at / 1000)],
  )
  expect(columnHistories(days(rows))[0]?.effect.changes?.found).toMatchObject([{ place: 12 }])
})

test('a trend a day, whatever the time between versions; a season by weekdays of the zone', () => {
  const next = normal(9)
  const rising = Array.from({ length: 12 }, (_, at) => ({ at: day(at * 7), value: 20 + at * 1.4 }))
  expect(seriesShape(rising).trend).toMatchObject({ tau: 1 })
  expect(seriesShape(rising).trend?.slopePerDay).toBeCloseTo(0.2, 12)
  // 1 June 2026 is a Monday.
  const weekly = Array.from({ length: 56 }, (_, at) => ({ at: day(at), value: next() + (at % 7 >= 5 ? 4 : 0) }))
  const { season, trend } = seriesShape(weekly)
  expect(season?.pValue).toBeLessThan(0.001)
  expect(season?.weekdays.map(({ weekday, values }) => [weekday, values])).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((one) => [one, 8]),
  )
  expect(season?.weekdays.filter(({ mean }) => mean > 2).map(({ weekday }) => weekday)).toEqual([6, 7])
  expect(trend?.pValue).toBeGreaterThan(0.05)
  // 06:00 UTC is the evening before in Honolulu.
  const there = seriesShape(weekly, { timezone: 'Pacific/Honolulu' }).season
  expect(there?.weekdays.filter(({ mean }) => mean > 2).map(({ weekday }) => weekday)).toEqual([5, 6])
})

test('values that hold on to the one before are told as such, and those that do not are not', () => {
  const next = normal(4)
  let level = 0
  const walk = Array.from({ length: 40 }, (_, at) => ({ at: day(at), value: (level = 0.8 * level + next()) }))
  expect(seriesShape(walk).dependence?.pValue).toBeLessThan(0.02)
  const free = Array.from({ length: 40 }, (_, at) => ({ at: day(at), value: next() }))
  expect(seriesShape(free).dependence?.pValue).toBeGreaterThan(0.05)
})

function flat(count: number): { at: string; value: number }[] {
  return Array.from({ length: count }, (_, at) => ({ at: day(at), value: 1 }))
}

test('too few values say nothing, and values that are all alike say no more', () => {
  expect(seriesShape(flat(4))).toEqual({})
  expect(seriesShape(flat(40))).toEqual({
    changes: { pValue: 1, found: [] },
    trend: { pValue: 1, tau: 0, slopePerDay: 0 },
  })
  const once = flat(6).map((one, value) => ({ ...one, at: day(0), value }))
  expect(seriesShape(once).trend).toMatchObject({ slopePerDay: null })
})
