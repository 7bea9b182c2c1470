import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import type { Frame } from '../../src/frame.ts'
import { open } from '../../src/open.ts'
import { checkManifest } from '../../src/sample.ts'
import type { SampleOptions } from '../../src/sampling/plan.ts'
import { rankingOf, rankOf } from '../../src/sampling/rank.ts'
import { newFolder } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let engine: Engine
let orders: Frame
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
  orders = await open(
    Array.from({ length: 5000 }, (_, at) => ({
      id: at + 1,
      customer: (at * 7919) % 700,
      country: at < 4900 ? ['DE', 'FR', 'US'][at % 3] : at < 4999 ? 'NA' : null,
      amount: at % 50 === 0 ? 0 : (at % 17) + 1,
      day: new Date(Date.UTC(2024, 0, 1 + Math.floor(at / 100))),
    })),
    { engine },
  )
})
afterAll(() => engine.close())

const idsOf = async (frame: Frame, options: SampleOptions): Promise<number[]> => [
  ...(await frame.sample(options).numbers('id')),
]

const keysOf = async (frame: Frame, fraction: number, seed = 42): Promise<number[]> =>
  [...new Set(await frame.sample({ fraction, key: 'customer', seed }).numbers('customer'))].sort((a, b) => a - b)

const low = (key: number): boolean =>
  Number.parseInt(createHash('md5').update(`42:${key}`).digest('hex').slice(0, 13), 16) < 0.2 * 2 ** 52

const lowest = (seed: number, from: number, to: number, size: number): number[] => {
  const rows = Array.from({ length: to - from + 1 }, (_, at) => from + at)
  return rows.sort((a, b) => rankOf(rankingOf(seed), a) - rankOf(rankingOf(seed), b)).slice(0, size)
}

const firstByWeight = (seed: number): number => {
  const arrivals = [1, 2, 3, 4].map((w) => -Math.log((rankOf(rankingOf(seed), w) + 0.5) / 2 ** 32) / w)
  return arrivals.indexOf(Math.min(...arrivals)) + 1
}

const countsOf = async (options: SampleOptions): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (
      await orders
        .sample(options)
        .summarize({ n: 'count(*)' }, { by: ['country'] })
        .toArray()
    ).map(({ country, n }) => [String(country), n]),
  )

const naive = (seed: number): number[] => [...lowest(seed, 1, 10, 2), ...lowest(seed, 11, 30, 4)].sort((a, b) => a - b)

describe('by key', () => {
  test('all rows of the keys whose MD5 lies low enough, as computed by Node', async () => {
    const expected = (await orders.toArray()).filter(({ customer }) => low(customer as number)).map(({ id }) => id)
    expect(expected.length).toBeGreaterThan(500)
    expect(await idsOf(orders, { fraction: 0.2, key: 'customer' })).toEqual(expected)
  })

  test('the same rows in another order, with more rows, and of another format and type', async () => {
    const keys = await keysOf(orders, 0.1)
    expect(await keysOf(orders.sort('-amount', 'country'), 0.1)).toEqual(keys)
    const more = orders.union(orders.derive({ id: 'id + 5000' }))
    expect(await keysOf(more, 0.1)).toEqual(keys)
    const file = `${folder.path}/orders.parquet`
    await orders.derive({ customer: 'CAST(customer AS DOUBLE)' }).write(file)
    expect(await keysOf(await open(file, { engine }), 0.1)).toEqual(keys)
    expect(await keysOf(orders.cast({ customer: 'DECIMAL(20, 3)' }), 0.1)).toEqual(keys)
  })

  test('a smaller share lies within a larger one, and other seeds give other keys', async () => {
    const small = await keysOf(orders, 0.05)
    const large = new Set(await keysOf(orders, 0.3))
    expect(small.every((key) => large.has(key))).toBe(true)
    expect(await keysOf(orders, 0.05, 7)).not.toEqual(small)
    expect(await keysOf(orders, 1)).toHaveLength(700)
  })

  test('two tables drawn by the same key join fully', async () => {
    const customers = await open(
      Array.from({ length: 700 }, (_, at) => ({ customer: at, name: `c${at}` })),
      { engine },
    )
    const options = { fraction: '10%', key: 'customer' }
    const drawn = orders.sample(options)
    const joined = drawn.join(customers.sample(options), { on: 'customer' })
    expect(await joined.count()).toBe(await drawn.count())
    expect(await drawn.count()).toBeGreaterThan(200)
  })

  test('a key of another type that joins is the same key: days and their midnights, 12.5 and 12.50', async () => {
    const rows = Array.from({ length: 200 }, (_, at) => ({ day: new Date(Date.UTC(2024, 0, 1 + at)), n: at + 0.5 }))
    const days = await open(rows, { engine, types: { day: 'DATE' } })
    const times = await open(rows, { engine, types: { n: 'DECIMAL(18, 2)' } })
    for (const key of ['day', 'n']) {
      const drawn = await days.sample({ fraction: 0.5, key }).numbers('n')
      expect(drawn.length).toBeGreaterThan(60)
      expect(await times.sample({ fraction: 0.5, key }).numbers('n')).toEqual(drawn)
      expect(await times.cast({ day: 'TIMESTAMPTZ' }).sample({ fraction: 0.5, key }).numbers('n')).toEqual(drawn)
    }
  })

  test('rows without a key are drawn by what they hold, and not all at once', async () => {
    const half = orders.derive({ customer: 'CASE WHEN id % 2 = 0 THEN customer END' })
    const drawn = await half.sample({ fraction: 0.3, key: 'customer' }).filter('customer IS NULL').count()
    expect(drawn).toBeGreaterThan(600)
    expect(drawn).toBeLessThan(900)
  })

  test('several columns are one key', async () => {
    const drawn = orders.sample({ fraction: 0.2, key: ['customer', 'country'] })
    const rest = orders.join(drawn, { on: 'id', how: 'anti' })
    expect(
      await rest.join(drawn.distinct('customer', 'country'), { on: ['customer', 'country'], how: 'semi' }).count(),
    ).toBe(0)
  })

  test('about the share of the keys, over seeds', async () => {
    let keys = 0
    for (let seed = 0; seed < 20; seed++) keys += (await keysOf(orders, 0.1, seed)).length
    // 14 000 keys, each with probability 0.1: six standard deviations are 213.
    expect(Math.abs(keys - 1400)).toBeLessThan(213)
  })
})

describe('stratified', () => {
  test('each part in proportion, and none is lost', async () => {
    expect(await countsOf({ fraction: 0.01, stratify: 'country' })).toEqual({ DE: 16, FR: 16, US: 16, NA: 1, null: 1 })
    expect(await countsOf({ fraction: 0.01, stratify: 'country', minPerStratum: 20 })).toEqual({
      DE: 20,
      FR: 20,
      US: 20,
      NA: 20,
      null: 1,
    })
    expect(await countsOf({ rows: 500, stratify: 'country' })).toEqual({ DE: 163, FR: 163, US: 163, NA: 10, null: 1 })
    expect(await countsOf({ fraction: 1, stratify: 'country' })).toEqual({
      DE: 1634,
      FR: 1633,
      US: 1633,
      NA: 99,
      null: 1,
    })
    expect(await countsOf({ fraction: 0.001, stratify: ['country'], minPerStratum: 0 })).toEqual({
      DE: 2,
      FR: 2,
      US: 2,
    })
  })

  test('nested, in the order of the source, and the same with any number of threads', async () => {
    const small = await idsOf(orders, { fraction: 0.01, stratify: 'country' })
    const large = new Set(await idsOf(orders, { fraction: 0.1, stratify: 'country' }))
    expect(small.every((id) => large.has(id))).toBe(true)
    expect(small).toEqual(small.toSorted((a, b) => a - b))
    const file = `${folder.path}/strata.parquet`
    await orders.write(file)
    const single = await createDuckdb({ threads: 1 })
    try {
      expect(await idsOf(await open(file, { engine: single }), { fraction: 0.01, stratify: 'country' })).toEqual(small)
    } finally {
      await single.close()
    }
  })

  test('the rows of the lowest ranks of each part, each as likely as any other (chi-square over 3000 seeds)', async () => {
    const few = await open(
      Array.from({ length: 30 }, (_, at) => ({ id: at + 1, part: at < 10 ? 'a' : 'b' })),
      { engine },
    )
    for (const seed of [0, 1, 2]) {
      expect(await idsOf(few, { fraction: 0.2, stratify: 'part', seed })).toEqual(naive(seed))
    }
    const counts = new Float64Array(30)
    for (let seed = 0; seed < 3000; seed++)
      for (const id of naive(seed)) counts[id - 1] = (counts[id - 1] as number) + 1
    const statistic = counts.reduce((sum, count) => sum + (count - 600) ** 2 / (3000 * 0.2 * 0.8), 0)
    // 28 degrees of freedom, since each part has its sum: 56.9 is exceeded once in 1000 times.
    expect(statistic).toBeLessThan(56.9)
    expect(statistic).toBeGreaterThan(10.4)
  })
})

describe('weighted', () => {
  test('rows without a positive weight are never drawn, and the size is exact', async () => {
    const drawn = orders.sample({ rows: 400, weight: 'amount' })
    expect(await drawn.count()).toBe(400)
    expect(await drawn.filter('amount = 0').count()).toBe(0)
    expect(await orders.sample({ fraction: 1, weight: 'amount' }).count()).toBe(4900)
  })

  test('the first row drawn is drawn in proportion to its weight (chi-square over 10 000 seeds)', async () => {
    const four = await open(
      [1, 2, 3, 4].map((w) => ({ id: w, w })),
      { engine },
    )
    for (const seed of [0, 1, 2, 3, 4])
      expect(await idsOf(four, { rows: 1, weight: 'w', seed })).toEqual([firstByWeight(seed)])
    const counts = [0, 0, 0, 0]
    for (let seed = 0; seed < 10_000; seed++) {
      const at = firstByWeight(seed) - 1
      counts[at] = (counts[at] as number) + 1
    }
    const statistic = counts.reduce((sum, count, at) => sum + (count - (at + 1) * 1000) ** 2 / ((at + 1) * 1000), 0)
    // 3 degrees of freedom: 16.27 is exceeded once in 1000 times.
    expect(statistic).toBeLessThan(16.27)
  })
})

describe('of a window', () => {
  test.each<[string, SampleOptions['window'] & object, number]>([
    ['the last days', { column: 'day', last: '10d' }, 1000],
    ['from a day on', { column: 'day', from: '2024-02-01' }, 1900],
    ['up to a day', { column: 'day', to: new Date('2024-01-11T00:00:00Z') }, 1000],
    ['between', { column: 'day', from: '2024-01-11', to: '2024-01-12T00:00:00' }, 100],
  ])('%s', async (_, window, rows) => {
    expect(await orders.sample({ fraction: 1, window }).count()).toBe(rows)
    expect(await orders.sample({ fraction: '10%', window }).count()).toBe(rows / 10)
    const { sourceRows } = await orders.sample({ rows: 1, window }).manifest()
    expect(sourceRows).toBe(rows)
  })
})

describe('with edges', () => {
  test('the first missing, smallest and largest value, longest text and every category are there', async () => {
    const rows = await open(
      Array.from({ length: 2000 }, (_, at) => ({
        id: at,
        n: at === 777 ? null : at === 1234 ? -5 : at === 1500 ? 1e6 : at % 400,
        text: at === 901 ? 'x'.repeat(50) : `t${at}`,
        kind: at === 1999 ? 'rare' : 'usual',
      })),
      { engine },
    )
    const drawn = rows.sample({ rows: 3, edges: true })
    const ids = [...(await drawn.numbers('id'))]
    expect(ids).toEqual(expect.arrayContaining([0, 777, 901, 1234, 1500, 1999]))
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    const { rows: size, edgeRows } = await drawn.manifest()
    expect(size).toBe(ids.length)
    expect(edgeRows).toBeLessThan(15)
    expect(ids).toEqual(expect.arrayContaining(await idsOf(rows, { rows: 3 })))
  })

  test('of an empty source there are none', async () => {
    expect(await orders.filter('id < 0').sample({ rows: 3, edges: true }).count()).toBe(0)
  })
})

test('Parquet files give the rows that counting gives, one file or many, empty ones among them', async () => {
  const parts = [orders.limit(1234), orders.limit(0), orders.limit(3000, 1234), orders.limit(800, 4234)]
  for (const [at, part] of parts.entries())
    await part.write(`${folder.write(`parts/${at}.txt`, '').slice(0, -4)}.parquet`)
  const many = await open(`${folder.path}/parts/*.parquet`, { engine })
  const one = await open(`${folder.path}/parts/2.parquet`, { engine })
  for (const frame of [many, one]) {
    for (const options of [{ rows: 7 }, { fraction: 0.2, seed: 5 }]) {
      const drawn = frame.sample(options)
      expect(await drawn.toArray()).toEqual(await frame.filter('TRUE').sample(options).toArray())
    }
  }
  expect((await many.sample({ rows: 7 }).manifest()).sourceRows).toBe(5000)
  const odd = await open(
    [
      { file_row_number: 7, a: 1 },
      { file_row_number: 8, a: 2 },
    ],
    { engine },
  )
  await odd.write(`${folder.path}/odd.parquet`)
  expect(await (await open(`${folder.path}/odd.parquet`, { engine })).sample({ rows: 2 }).toArray()).toEqual(
    await odd.toArray(),
  )
})

test('the head is the first rows', async () => {
  expect(await idsOf(orders, { method: 'head', rows: 3 })).toEqual([1, 2, 3])
  expect(await orders.sample({ method: 'head', rows: 3 }).manifest()).toMatchObject({
    rows: 3,
    method: 'the first rows: not a random sample',
  })
})

test.each<[SampleOptions, string]>([
  [{ key: 'customer', rows: 5 }, 'a share of the keys'],
  [{ key: 'customer', stratify: 'country', fraction: 0.1 }, 'key and stratified'],
  [{ weight: 'amount', method: 'head', rows: 3 }, 'head and weighted'],
  [{ method: 'head', fraction: 0.1 }, 'a number of rows'],
  [{ method: 'blocks', fraction: 0.1, edges: true }, 'edges'],
  [{ method: 'blocks', fraction: 0.1, window: { column: 'day', last: '1d' } }, 'window'],
  [{ method: 'reservoir' as 'head', rows: 3 }, 'reservoir'],
  [{ fraction: 0.1, minPerStratum: 3 }, 'stratify'],
  [{ fraction: 0.1, stratify: 'country', minPerStratum: 0.5 }, 'whole number'],
  [{ fraction: 0.1, window: { column: 'day' } }, 'one of last'],
  [{ fraction: 0.1, window: { column: 'day', last: '1d', from: '2024-01-01' } }, 'either'],
  [{ fraction: 0.1, window: { column: 'day', from: 'yesterday' } }, 'no time'],
  [{ fraction: 0.1, window: { column: 'day', from: '2024-02-30' } }, 'no time'],
  [{ fraction: 0.1, key: [] }, 'at least one'],
])('%j is refused: %s', (options, words) => {
  expect(() => orders.sample(options)).toThrow(
    expect.objectContaining({ code: 'DS_SAMPLE', message: expect.stringContaining(words) as string }),
  )
})

test.each<SampleOptions>([
  { key: 'custmer', fraction: 0.1 },
  { stratify: 'cuntry', fraction: 0.1 },
  { weight: 'amont', fraction: 0.1 },
])('%j names a column that is not there', async (options) => {
  await expect(orders.sample(options).count()).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN' })
})

test('the head of a window is within it', async () => {
  const window = { column: 'day', from: '2024-01-11' }
  expect(await idsOf(orders, { method: 'head', rows: 2, window })).toEqual([1001, 1002])
  await expect(
    orders.sample({ method: 'head', rows: 2, window: { column: 'amount', last: '1d' } }).count(),
  ).rejects.toMatchObject({ code: 'DS_SAMPLE' })
})

test('a weight that is no number, and a window of what are no times, are refused', async () => {
  await expect(orders.sample({ weight: 'country', rows: 3 }).count()).rejects.toMatchObject({ code: 'DS_SAMPLE' })
  const window = { column: 'amount', last: '1d' }
  await expect(orders.sample({ window, rows: 3 }).count()).rejects.toMatchObject({ code: 'DS_SAMPLE' })
})

test('blocks are of text tables only', async () => {
  expect(() => orders.sample({ method: 'blocks', fraction: 0.1 })).toThrow(
    expect.objectContaining({ code: 'DS_SAMPLE' }),
  )
  const one = await folder.csv(`a\n${'1\n'.repeat(100)}`, { engine })
  await expect(one.sample({ method: 'blocks', fraction: 0.1 }).count()).rejects.toMatchObject({ code: 'DS_SAMPLE' })
})

test('a sample tells how it was drawn, and can be drawn again from that', async () => {
  const path = folder.write('a.csv', `id,x\n${Array.from({ length: 1000 }, (_, at) => `${at},${at}\n`).join('')}`)
  const frame = await open(path, { engine })
  const sampled = frame.sample({ fraction: '2%', seed: 9 })
  const manifest = await sampled.filter('x > 3').manifest()
  expect(manifest).toMatchObject({
    manifest: 1,
    source: frame.dataset,
    files: [{ path, bytes: 7785 }],
    plan: { kind: 'random', fraction: 0.02, seed: 9 },
    sourceRows: 1000,
    rows: 20,
    verbs: [],
  })
  const kept = JSON.parse(JSON.stringify(manifest)) as typeof manifest
  await checkManifest(kept)
  expect(await idsOf(frame, { fraction: kept.plan.fraction, seed: kept.plan.seed })).toEqual([
    ...(await sampled.numbers('id')),
  ])
  expect((await frame.filter('x > 3').sample({ rows: 2 }).manifest()).verbs).toEqual(['filter'])
  await expect(checkManifest(await frame.filter('x > 3').sample({ rows: 2 }).manifest())).rejects.toMatchObject({
    code: 'DS_SAMPLE',
  })
  folder.write('a.csv', 'id,x\n1,2\n')
  await expect(checkManifest(kept)).rejects.toMatchObject({ code: 'DS_SAMPLE_SOURCE', where: path })
  await expect(frame.manifest()).rejects.toMatchObject({ code: 'DS_SAMPLE' })
})

test('a sample is drawn once, and again after it was stopped', async () => {
  const sampled = orders.sample({ rows: 10, stratify: 'country' })
  await expect(sampled.count({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  const [first, second] = await Promise.all([sampled.count(), sampled.count()])
  expect(first).toBe(second)
  const tables = await engine.query(
    "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'dayshift_strata%'",
  )
  expect(tables).toEqual([])
})
