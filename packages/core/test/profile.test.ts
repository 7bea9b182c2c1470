import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import type { ColumnProfile, ProfileOptions } from '../src/profile.ts'
import type { Histogram } from '../src/profile/histogram.ts'
import { literal } from '../src/sql.ts'
import { newFolder, recording } from './folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()

/** SQL that gives values as a column. */
function list(values: readonly (string | bigint | number | null)[], type: string): string {
  return `unnest([${values.map((value) => literal(value).text).join(', ')}]::${type}[])`
}

/** A frame of one column of doubles. */
async function doubles(values: readonly (number | null)[]): Promise<Frame> {
  return (await folder.csv('x\n1\n')).derive({ v: list(values, 'DOUBLE') }).select('v')
}

async function profileOf(values: readonly (number | null)[], options?: ProfileOptions<'v'>): Promise<ColumnProfile> {
  return (await (await doubles(values)).profile(options)).columns[0] as ColumnProfile
}

test('every kind of column', async () => {
  const frame = await folder.csv(
    'i,f,s,d,b,t\n1,0.5,b,2024-01-02,true,2024-01-01 10:00:00\n2,,a,2024-01-01,,2024-01-01 09:00:00\n2,2.5,,2024-01-02,true,\n7,1.5,b,,false,\n',
  )
  const day = 86_400_000
  const newYear = Date.UTC(2024, 0, 1)
  expect(await frame.profile({ quantiles: [0.5], bins: 2, key: ['i'] })).toEqual({
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
        quantiles: [{ p: 0.5, value: 2 }],
        histogram: { edges: [1, 4, 7], counts: [3, 1] },
        top: [
          { value: 2, count: 2 },
          { value: 1, count: 1 },
          { value: 7, count: 1 },
        ],
      },
      {
        name: 'f',
        type: 'float',
        nulls: 1,
        distinct: 3,
        min: 0.5,
        max: 2.5,
        mean: 1.5,
        sd: 1,
        quartiles: [1, 1.5, 2],
        quantiles: [{ p: 0.5, value: 1.5 }],
        nans: 0,
        infinite: 0,
        histogram: { edges: [0.5, 1.5, 2.5], counts: [1, 2] },
      },
      {
        name: 's',
        type: 'string',
        nulls: 1,
        distinct: 2,
        min: 'a',
        max: 'b',
        top: [
          { value: 'b', count: 2 },
          { value: 'a', count: 1 },
        ],
        lengths: { min: 1, mean: 1, max: 1, empty: 0 },
      },
      {
        name: 'd',
        type: 'date',
        nulls: 1,
        distinct: 2,
        min: '2024-01-01',
        max: '2024-01-02',
        // A bin a day: the last ends with the day.
        histogram: { edges: [newYear, newYear + day, newYear + 2 * day], counts: [1, 2] },
        top: [
          { value: '2024-01-02', count: 2 },
          { value: '2024-01-01', count: 1 },
        ],
      },
      {
        name: 'b',
        type: 'boolean',
        nulls: 1,
        distinct: 2,
        min: false,
        max: true,
        top: [
          { value: true, count: 2 },
          { value: false, count: 1 },
        ],
      },
      {
        name: 't',
        type: 'timestamp',
        nulls: 2,
        distinct: 2,
        min: '2024-01-01T09:00:00.000Z',
        max: '2024-01-01T10:00:00.000Z',
        histogram: {
          edges: [newYear + (9 / 24) * day, newYear + (9.5 / 24) * day, newYear + (10 / 24) * day],
          counts: [1, 1],
        },
      },
    ],
    duplicates: { key: ['i'], rows: 1, keys: 1 },
  })
})

test('the source is read once, and its columns are kept no longer than needed', async () => {
  const opened = await folder.csv('a,b,c\n1,x,0.5\n2,y,1.5\n')
  const counted = recording(opened.engine)
  const frame = await open(opened.files[0] as string, { engine: counted.engine })
  await frame.schema()
  counted.queries.length = 0
  const { columns } = await frame.profile({ columns: ['B', 'c'] as unknown as ['b', 'c'], key: ['a'] })
  expect(columns.map(({ name }) => name)).toEqual(['b', 'c'])
  expect(counted.queries.filter((query) => query.includes('read_csv'))).toHaveLength(1)
  expect(counted.queries[0]).toMatch(/^COPY .*"b", "c", "a".*parquet/)
  const scratch = (await frame.engine.scratch?.()) as string
  expect(readdirSync(scratch).filter((name) => name.startsWith('dayshift_columns'))).toEqual([])
})

test('columns that Parquet would change are kept in a table', async () => {
  const frame = (
    await folder.csv('a\n1\n170141183460469231731687303715884105727\n', { types: { a: 'HUGEINT' } })
  ).filter('a > 0')
  const { columns } = await frame.profile()
  expect(columns).toMatchObject([{ distinct: 2, max: '170141183460469231731687303715884105727' }])
  expect(await frame.engine.query("SELECT * FROM duckdb_tables() WHERE table_name LIKE 'dayshift_columns%'")).toEqual(
    [],
  )
})

test('columns of Parquet are read where they are', async () => {
  const file = join(folder.path, 'kept.parquet')
  await (await folder.csv('a,b\n1,x\n2,y\n2,\n')).write(file)
  const counted = recording((await open(file)).engine)
  const frame = await open(file, { engine: counted.engine })
  counted.queries.length = 0
  expect((await frame.profile()).columns).toMatchObject([{ distinct: 2 }, { distinct: 2, nulls: 1 }])
  expect(counted.queries.join('\n')).not.toMatch(/CREATE|DROP/)
})

test('a profile that is stopped or fails leaves no table behind', async () => {
  const frame = await folder.csv('a\n1\nx\n', { types: { a: 'VARCHAR' } })
  const tables = (): Promise<unknown[]> =>
    frame.engine.query(`SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'dayshift_columns%'`)
  await expect(frame.profile({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  await expect(frame.cast({ a: 'BIGINT' }).profile()).rejects.toMatchObject({ name: 'DayshiftError' })
  await frame.profile()
  expect(await tables()).toEqual([])
})

test('options out of their range are all told at once', async () => {
  const frame = await folder.csv('a\n1\n')
  await expect(frame.profile({ quantiles: [0.5, 2], bins: 0, top: 1.5 })).rejects.toMatchObject({
    code: 'DS_UNIT',
    message: expect.stringMatching(/quantiles: 2 .*bins: 0 .*top: 1.5/) as string,
  })
  await expect(frame.profile({ key: ['b'] as unknown as ['a'] })).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN' })
  const plain = await frame.profile({ columns: [] })
  expect(plain).toEqual({ rows: 1, columns: [] })
})

test('progress grows to the whole', async () => {
  const seen: number[] = []
  const frame = await folder.csv('a,b\n1,2\n')
  await frame.profile({ onProgress: ({ fraction }) => seen.push(fraction ?? 0) })
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(seen.every((fraction) => fraction <= 1)).toBe(true)
})

test('NaN and ±Infinity count as values, and spoil no mean', async () => {
  expect(await profileOf([1, Number.NaN, 3, Infinity, null, -Infinity], { quantiles: [], bins: 2 })).toEqual({
    name: 'v',
    type: 'float',
    nulls: 1,
    distinct: 5,
    min: '-Infinity',
    max: 'Infinity',
    mean: 2,
    sd: Math.SQRT2,
    quartiles: [1.5, 2, 2.5],
    quantiles: [],
    nans: 1,
    infinite: 2,
    histogram: { edges: [1, 2, 3], counts: [1, 1] },
  })
  expect(await profileOf([Number.NaN, Number.NaN])).toEqual({
    name: 'v',
    type: 'float',
    nulls: 0,
    distinct: 1,
    min: null,
    max: null,
    mean: null,
    sd: null,
    quartiles: null,
    quantiles: null,
    nans: 2,
    infinite: 0,
    histogram: null,
    top: [{ value: 'NaN', count: 2 }],
  })
})

test('−0 is 0', async () => {
  const profile = await profileOf([-0, -0])
  expect(profile).toMatchObject({ distinct: 1, min: 0, max: 0, mean: 0, quartiles: [0, 0, 0], top: [{ value: 0 }] })
  expect(JSON.stringify(profile)).not.toContain('-0')
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

test('whole numbers of a small span have a bin each; others bins of equal width', async () => {
  const frame = (await folder.csv('x\n1\n')).derive({
    few: 'unnest([1, 3, 3, 20])',
    many: 'unnest([1, 3, 3, 21])',
    same: 'unnest([7, 7, 7, 7])',
    point: 'unnest([0.5, 0.5, 0.5, 0.5]::DOUBLE[])',
    near: 'unnest([1, 1, 1.0000000000000002, 1]::DOUBLE[])',
    wide: 'unnest([-1.7e308, 0, 0, 1.7e308]::DOUBLE[])',
    huge: 'unnest([9223372036854775800, 9223372036854775800, 9223372036854775801, 9223372036854775807])',
  })
  const columns = new Map((await frame.profile()).columns.map((column) => [column.name, column]))
  expect(columns.get('few')?.histogram).toEqual({
    edges: Array.from({ length: 21 }, (_, at) => at + 1),
    counts: [1, 0, 2, ...Array<number>(16).fill(0), 1],
  })
  expect(columns.get('many')?.histogram).toEqual({
    edges: Array.from({ length: 21 }, (_, at) => at + 1),
    counts: [1, 0, 2, ...Array<number>(16).fill(0), 1],
  })
  expect(columns.get('same')?.histogram).toEqual({ edges: [7, 8], counts: [4] })
  expect(columns.get('point')?.histogram).toEqual({ edges: [0.5, 0.5], counts: [4] })
  expect(columns.get('near')?.histogram).toEqual({ edges: [1, 1.0000000000000002], counts: [4] })
  expect(columns.get('wide')).toMatchObject({ histogram: null, quartiles: [-4.250000000000001e307, 0, 4.25e307] })
  expect(columns.get('huge')).toMatchObject({
    distinct: 3,
    max: '9223372036854775807',
    top: [
      { value: '9223372036854775800', count: 2 },
      { value: '9223372036854775801' },
      { value: '9223372036854775807' },
    ],
    histogram: { edges: [2 ** 63, 2 ** 63], counts: [4] },
  })
})

test('whole numbers without a gap, which are not grouped, have the numbers of those that are', async () => {
  const series = (await folder.csv('x\n1\n')).derive({ v: 'unnest(range(-17, 199983))' }).select('v')
  const others = series.derive({ v: 'v::DECIMAL(12, 0)' })
  const [fast, slow] = [(await series.profile()).columns[0], (await others.profile()).columns[0]]
  expect(fast).toEqual({ ...slow, type: 'integer', sd: fast?.sd })
  expect(fast?.sd).toBeCloseTo(slow?.sd as number, 6)
  const gap = series.filter('v <> 5').derive({ v: 'if(v = 6, 7, v)' })
  expect((await gap.profile()).columns[0]).toMatchObject({
    distinct: 199_998,
    top: [{ value: 7, count: 2 }, ...Array.from({ length: 9 }, () => ({ count: 1 }))],
  })
})

test('many values, most of them in one slot, have the quantiles that sorting finds', async () => {
  const frame = (await folder.csv('x\n1\n')).derive({
    // Far below one another, with ties, and the outlier takes the room of all slots.
    v: 'unnest(list_transform(range(100000), lambda i: if(i = 7, 1e200, exp((i * 7919 % 5000) / 500.0) - 3)))',
  })
  const { quantiles, quartiles } = (await frame.select('v').profile()).columns[0] as ColumnProfile
  const sorted = Float64Array.from(await frame.numbers('v')).toSorted()
  expect(quantiles?.map(({ value }) => value)).toEqual(quantiles?.map(({ p }) => quantile([...sorted], p)))
  expect(quartiles).toEqual([0.25, 0.5, 0.75].map((p) => quantile([...sorted], p)))
})

test('texts are measured in characters, as code points', async () => {
  const frame = (await folder.csv('x\n1\n')).derive({ s: `unnest(['', '', 'é', 'e\u0301', '👩‍🚀', NULL])` }).select('s')
  expect((await frame.profile()).columns).toEqual([
    {
      name: 's',
      type: 'string',
      nulls: 1,
      distinct: 4,
      min: '',
      max: '👩‍🚀',
      top: [
        { value: '', count: 2 },
        { value: 'e\u0301', count: 1 },
        { value: 'é', count: 1 },
        { value: '👩‍🚀', count: 1 },
      ],
      lengths: { min: 0, mean: 6 / 5, max: 3, empty: 2 },
    },
  ])
})

test('infinite and far dates have no place on a histogram of the others', async () => {
  const frame = (await folder.csv('x\n1\n'))
    .derive({
      d: `unnest(['infinity', '2024-01-01', '2024-01-11', '-infinity']::DATE[])`,
      t: `unnest(['infinity', '2024-01-01', '2024-01-11', '-infinity']::TIMESTAMP[])`,
      n: `unnest(['2024-01-01', '2024-01-01', '2024-01-11', '2024-01-11']::TIMESTAMP_NS[])`,
      far: `unnest(['5000000-01-01', '5000000-01-02', '5000000-01-03', NULL]::DATE[])`,
    })
    .select('d', 't', 'n', 'far')
  const [d, t, n, far] = (await frame.profile({ bins: 2 })).columns
  const edges = ['2024-01-01', '2024-01-06', '2024-01-11'].map((day) => Date.parse(day))
  expect(d).toMatchObject({ min: '-infinity', max: 'infinity', histogram: { edges, counts: [1, 1] } })
  expect(t).toMatchObject({ min: '-infinity', max: 'infinity', histogram: { edges, counts: [1, 1] } })
  expect(n).toMatchObject({ distinct: 2, histogram: { edges, counts: [2, 2] } })
  expect(far?.histogram?.counts).toEqual([1, 2])
})

test('the most frequent values: none where all differ, ties by value, no more than asked for', async () => {
  const frame = (await folder.csv('x\n1\n')).derive({ v: 'unnest([5, 4, 4, 3, 5, 9])', all: 'unnest(range(6))' })
  const [, v, all] = (await frame.profile({ top: 2 })).columns
  expect(v?.top).toEqual([
    { value: 4, count: 2 },
    { value: 5, count: 2 },
  ])
  expect(all).not.toHaveProperty('top')
  expect((await frame.profile({ top: 0 })).columns[1]).not.toHaveProperty('top')
})

test('duplicates of a key: a missing value is one of its own', async () => {
  const frame = await folder.csv('n,v,x\n1,a,1\n1,a,2\n1,b,3\n,a,4\n,a,5\n,a,6\n')
  expect((await frame.profile({ key: ['n', 'v'] })).duplicates).toEqual({ key: ['n', 'v'], rows: 3, keys: 2 })
  expect((await frame.profile({ key: ['N'] as unknown as ['n'], columns: [] })).duplicates).toEqual({
    key: ['n'],
    rows: 4,
    keys: 2,
  })
  expect((await frame.profile({ key: ['x'] })).duplicates).toEqual({ key: ['x'], rows: 0, keys: 0 })
})

/** Quantiles as R's type 7: linear between the ranks around (n − 1) · p. */
function quantile(sorted: readonly number[], p: number): number {
  const rank = (sorted.length - 1) * p
  const below = sorted[Math.floor(rank)] as number
  const above = sorted[Math.ceil(rank)] as number
  return below + (rank - Math.floor(rank)) * (above - below)
}

/** How often each value is there. */
function countsOf<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** Counts by comparing every value with every edge. */
function binsOf(values: readonly number[], edges: readonly number[]): number[] {
  return edges.slice(1).map((upper, at) => {
    const last = at === edges.length - 2
    return values.filter((value) => value >= (edges[at] as number) && (last ? value <= upper : value < upper)).length
  })
}

/** Where a value stands in the engine's order: NaN comes after Infinity. */
function order(value: number): number {
  return Number.isNaN(value) ? Number.MAX_VALUE : Math.max(-1e307, Math.min(value, 1e307))
}

test('laws: the formulas of the textbook give the same', async () => {
  const value = fc.oneof(
    fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })),
    fc.constantFrom(0, -0, 1, 2, 2, Infinity, -Infinity, Number.NaN),
    fc.integer({ min: -3, max: 3 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 40 }), async (values) => {
      // −0 is 0, as in SQL.
      const present = values.filter((item) => item !== null).map((item) => item + 0)
      const kept = present.filter(Number.isFinite)
      const sorted = kept.toSorted((a, b) => a - b)
      const profile = await profileOf(values)
      expect(profile).toMatchObject({
        nulls: values.length - present.length,
        distinct: new Set(present).size,
        nans: present.filter(Number.isNaN).length,
        infinite: present.filter((item) => Math.abs(item) === Infinity).length,
      })
      const counts = [...countsOf(present)].map(([item, count]) => ({ value: item, count }))
      const top = counts.toSorted((a, b) => b.count - a.count || order(a.value) - order(b.value)).slice(0, 10)
      const shown = top.map((item) => ({
        ...item,
        value: Number.isFinite(item.value) ? item.value : String(item.value),
      }))
      expect(profile.top).toEqual(counts.some(({ count }) => count > 1) ? shown : undefined)
      if (kept.length === 0) return
      const mean = kept.reduce((sum, item) => sum + item, 0) / kept.length
      const squares = kept.reduce((sum, item) => sum + (item - mean) ** 2, 0)
      expect(profile.mean).toBeCloseTo(mean, 6)
      for (const [at, p] of [0.25, 0.5, 0.75].entries()) expect(profile.quartiles?.[at]).toBe(quantile(sorted, p) + 0)
      for (const { p, value: found } of profile.quantiles ?? []) expect(found).toBe(quantile(sorted, p) + 0)
      const extremes = present.filter((item) => !Number.isNaN(item))
      expect([Number(profile.min), Number(profile.max)]).toEqual([Math.min(...extremes), Math.max(...extremes)])
      expect(profile.sd ?? -1).toBeCloseTo(kept.length > 1 ? Math.sqrt(squares / (kept.length - 1)) : -1, 4)
      const { edges, counts: held } = profile.histogram as Histogram
      expect([edges[0], edges.at(-1)]).toEqual([sorted[0], sorted.at(-1)])
      expect(held).toEqual(edges.length === 2 ? [kept.length] : binsOf(kept, edges))
    }),
    { numRuns: 60 },
  )
})

test('laws: of integers beyond 2^53, texts and dates too', async () => {
  const row = fc.record({
    i: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    s: fc.option(fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.constantFrom('', '', '👩‍🚀', '\u{10FFFF}'))),
    d: fc.option(fc.integer({ min: -800_000, max: 800_000 })),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
      const frame = (await folder.csv('x\n1\n')).derive({
        i: list(
          rows.map(({ i }) => i),
          'BIGINT',
        ),
        s: list(
          rows.map(({ s }) => s),
          'VARCHAR',
        ),
        d: `DATE '1970-01-01' + ${list(
          rows.map(({ d }) => d),
          'INTEGER',
        )}`,
      })
      const [, integers, texts, dates] = (await frame.profile({ bins: 7 })).columns
      const i = rows.flatMap(({ i: value }) => (value === null ? [] : [value]))
      const s = rows.flatMap(({ s: value }) => (value === null ? [] : [value]))
      const d = rows.flatMap(({ d: value }) => (value === null ? [] : [value * 86_400_000]))
      expect(integers).toMatchObject({ nulls: rows.length - i.length, distinct: new Set(i).size })
      expect([integers?.min, integers?.max].map(String)).toEqual(
        i.length === 0
          ? ['null', 'null']
          : [i.reduce((a, b) => (a < b ? a : b)), i.reduce((a, b) => (a > b ? a : b))].map(String),
      )
      const lengths = s.map((text) => Array.from(text).length)
      expect(texts).toMatchObject({ nulls: rows.length - s.length, distinct: new Set(s).size })
      expect(texts?.lengths).toEqual(
        s.length === 0
          ? null
          : {
              min: Math.min(...lengths),
              mean: lengths.reduce((sum, length) => sum + length, 0) / s.length,
              max: Math.max(...lengths),
              empty: s.filter((text) => text === '').length,
            },
      )
      const often = [...countsOf(s)].toSorted(
        ([a, n], [b, m]) => m - n || Buffer.compare(Buffer.from(a), Buffer.from(b)),
      )
      expect(texts?.top).toEqual(
        often.some(([, count]) => count > 1)
          ? often.slice(0, 10).map(([value, count]) => ({ value, count }))
          : undefined,
      )
      expect(dates).toMatchObject({ nulls: rows.length - d.length, distinct: new Set(d).size })
      expect(dates?.histogram?.counts).toEqual(d.length === 0 ? undefined : binsOf(d, dates?.histogram?.edges ?? []))
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

/**
 * Computed with pandas 3.1.1 and numpy 2.4.6 on `w = pandas.read_csv('weather.csv')`, missing values dropped:
 * `numpy.quantile(v, p)`, `numpy.histogram(v, bins=20)`, `v.value_counts()` with ties by value, and for duplicates
 * `w.duplicated(['origin', 'month', 'day', 'hour']).sum()`.
 */
test('the weather of 2013 has the quantiles, histograms and counts that numpy and pandas find', async ({ skip }) => {
  skip(!existsSync(weatherFile), `${weatherFile} is not there: this clone stands elsewhere`)
  const frame = await open(weatherFile)
  const { columns, duplicates } = await frame.profile({ key: ['origin', 'month', 'day', 'hour'], top: 3 })
  const column = (wanted: string): ColumnProfile => columns.find(({ name }) => name === wanted) as ColumnProfile
  const temp = column('temp')
  expect(temp.quantiles?.map(({ value }) => value)).toEqual([19.94, 28.04, 39.92, 55.4, 69.98, 82.4, 91.04])
  expect(temp.histogram?.counts).toEqual([
    83, 167, 374, 795, 1827, 1980, 2326, 1849, 1695, 1999, 1659, 2187, 1837, 2292, 2043, 1685, 719, 375, 186, 36,
  ])
  expect(temp.histogram?.edges[1]).toBe(15.395)
  expect(temp.top).toEqual([
    { value: 37.94, count: 521 },
    { value: 73.94, count: 509 },
    { value: 73.04, count: 493 },
  ])
  expect(column('precip').histogram?.counts).toEqual([
    25_611, 232, 117, 74, 27, 22, 10, 8, 3, 2, 4, 1, 0, 1, 0, 1, 0, 1, 0, 1,
  ])
  // A bin a month: numpy's 20 bins, without those that fall between two months.
  expect(column('month').histogram).toEqual({
    edges: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    counts: [2226, 2010, 2227, 2159, 2232, 2160, 2228, 2217, 2159, 2212, 2141, 2144],
  })
  expect(column('origin')).toMatchObject({
    top: [
      { value: 'JFK', count: 8706 },
      { value: 'LGA', count: 8706 },
      { value: 'EWR', count: 8703 },
    ],
    lengths: { min: 3, mean: 3, max: 3, empty: 0 },
  })
  expect((await frame.profile({ columns: ['time_hour'], bins: 4 })).columns[0]?.histogram).toEqual({
    edges: [1_357_020_000_000, 1_364_876_100_000, 1_372_732_200_000, 1_380_588_300_000, 1_388_444_400_000],
    counts: [6538, 6545, 6526, 6506],
  })
  expect(duplicates).toEqual({ key: ['origin', 'month', 'day', 'hour'], rows: 3, keys: 3 })
})

test('a wide table', async () => {
  const names = Array.from({ length: 500 }, (_, at) => `c${at}`)
  const frame = await folder.csv(`${names.join(',')}\n${names.map((_, at) => at).join(',')}\n`)
  const { rows, columns } = await frame.profile()
  expect(rows).toBe(1)
  expect(columns.map(({ name, mean }) => [name, mean])).toEqual(names.map((name, at) => [name, at]))
}, 60_000)
