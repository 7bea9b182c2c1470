import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../src/engine.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import { join, sql } from '../src/sql.ts'
import { newFolder, recording, typesOf } from './folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let engine: Engine
let frame: Frame
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
  frame = await folder.csv('id,origin,temp\n1,JFK,50\n2,EWR,32\n3,JFK,\n4,LGA,41\n5,EWR,32\n', { engine })
})
afterAll(() => engine.close())

const ids = async (of: Frame): Promise<unknown[]> => (await of.toArray()).map(({ id }) => id)

test('select keeps columns in the order named, as the data writes them', async () => {
  const kept = frame.select('temp', 'ID' as 'id')
  expect(kept.columns).toEqual(['temp', 'id'])
  expect((await kept.head(1))[0]).toEqual({ temp: 50, id: 1 })
  expect(() => frame.select('temp', 'TEMP')).toThrow(expect.objectContaining({ code: 'DS_COLUMN_TWICE' }))
  expect(() => frame.select()).toThrow(expect.objectContaining({ code: 'DS_COLUMN_UNKNOWN' }))
})

test('filter keeps the rows for which the condition holds; missing is not held', async () => {
  expect(await ids(frame.filter('temp > 32'))).toEqual([1, 4])
  expect(await ids(frame.filter('NOT temp > 32'))).toEqual([2, 5])
  expect(await ids(frame.filter(sql`origin IN (${['JFK', 'LGA']})`))).toEqual([1, 3, 4])
  expect(await ids(frame.filter('true OR false').filter('id = 1'))).toEqual([1])
})

test('derive adds at the end and replaces in place; all expressions see the columns as they were', async () => {
  const derived = frame.derive({ celsius: sql`(temp - 32) * 5 / 9`, id: 'id * 10', next: 'id + 1' })
  expect(derived.columns).toEqual(['id', 'origin', 'temp', 'celsius', 'next'])
  expect((await derived.head(1))[0]).toEqual({ id: 10, origin: 'JFK', temp: 50, celsius: 10, next: 2 })
})

test('derive takes a name in another case for the same column', async () => {
  const derived = frame.derive({ Temp: 'temp + 1' })
  expect(derived.columns).toEqual(['id', 'origin', 'Temp'])
  expect((await derived.select('temp' as 'Temp').head(1))[0]).toEqual({ Temp: 51 })
  expect(() => frame.derive({ x: '1', X: '2' })).toThrow(expect.objectContaining({ code: 'DS_COLUMN_TWICE' }))
})

test('rename, also swapping, and never to a name that is taken', async () => {
  expect(frame.rename({ temp: 'fahrenheit' }).columns).toEqual(['id', 'origin', 'fahrenheit'])
  expect((await frame.rename({ id: 'temp', temp: 'id' }).head(1))[0]).toEqual({ temp: 1, origin: 'JFK', id: 50 })
  expect(() => frame.rename({ id: 'Temp' })).toThrow(expect.objectContaining({ code: 'DS_COLUMN_TWICE' }))
})

test('cast changes types; a value that cannot be cast is an error when rows are asked for', async () => {
  expect(await typesOf(frame.cast({ temp: 'DECIMAL(5, 1)', id: 'VARCHAR' }))).toEqual([
    'id VARCHAR',
    'origin VARCHAR',
    'temp DECIMAL(5,1)',
  ])
  const wrong = frame.cast({ origin: 'BIGINT' })
  await expect(wrong.toArray()).rejects.toMatchObject({
    code: 'DS_QUERY',
    message: expect.stringContaining("'JFK'") as string,
  })
  for (const type of ['INT) --', 'x; DROP TABLE y', '']) {
    expect(() => frame.cast({ id: type })).toThrow(expect.objectContaining({ code: 'DS_VALUE_UNSUPPORTED' }))
  }
})

test('dropNulls looks at the columns named, or at all', async () => {
  expect(await ids(frame.dropNulls())).toEqual([1, 2, 4, 5])
  expect(await ids(frame.dropNulls('origin'))).toEqual([1, 2, 3, 4, 5])
  expect(await ids(frame.dropNulls('temp', 'id'))).toEqual([1, 2, 4, 5])
})

test('fillNulls puts values or SQL in place of missing ones', async () => {
  expect((await frame.fillNulls({ temp: -1 }).toArray()).map(({ temp }) => temp)).toEqual([50, 32, -1, 41, 32])
  expect((await frame.fillNulls({ temp: sql`id * 100` }).toArray()).map(({ temp }) => temp)).toEqual([
    50, 32, 300, 41, 32,
  ])
})

test('summarize gives a row for each group, or one for all rows', async () => {
  const groups = frame.summarize({ n: 'count(*)', mean: 'avg(temp)' }, { by: ['origin'] })
  expect(groups.columns).toEqual(['origin', 'n', 'mean'])
  expect(await groups.sort('origin').toArray()).toEqual([
    { origin: 'EWR', n: 2, mean: 32 },
    { origin: 'JFK', n: 2, mean: 50 },
    { origin: 'LGA', n: 1, mean: 41 },
  ])
  const all = { n: 'count(*)', s: 'sum(temp)::BIGINT' }
  expect(await frame.summarize(all).toArray()).toEqual([{ n: 5, s: 155 }])
  expect(await frame.filter('false').summarize(all).toArray()).toEqual([{ n: 0, s: null }])
  expect(
    await frame
      .filter('false')
      .summarize(all, { by: ['origin'] })
      .toArray(),
  ).toEqual([])
})

test('summarize refuses what is no aggregate, and a name given twice', async () => {
  await expect(frame.summarize({ t: 'temp' }, { by: ['origin'] }).toArray()).rejects.toMatchObject({ code: 'DS_QUERY' })
  await expect(frame.summarize({ t: 'temp' }).toArray()).rejects.toMatchObject({ code: 'DS_QUERY' })
  expect(() => frame.summarize({ Origin: 'count(*)' }, { by: ['origin'] })).toThrow(
    expect.objectContaining({ code: 'DS_COLUMN_TWICE' }),
  )
  expect(() => frame.summarize({})).toThrow(expect.objectContaining({ code: 'DS_COLUMN_UNKNOWN' }))
})

test('sort puts missing values last, both ways', async () => {
  expect(await ids(frame.sort('temp', 'id'))).toEqual([2, 5, 4, 1, 3])
  expect(await ids(frame.sort('-temp', '-id'))).toEqual([1, 4, 5, 2, 3])
  expect(frame.sort().relation).toEqual(frame.relation)
  const minus = frame.rename({ id: '-temp' })
  expect((await minus.sort('-temp').toArray()).map((row) => row['-temp'])).toEqual([1, 2, 3, 4, 5])
})

test('distinct keeps the first of equal rows, in their order', async () => {
  expect(await ids(frame.distinct('origin'))).toEqual([1, 2, 4])
  expect(await ids(frame.distinct('origin', 'temp'))).toEqual([1, 2, 3, 4])
  expect(await ids(frame.sort('-id').distinct('origin'))).toEqual([5, 4, 3])
  expect(await frame.select('origin').distinct().toArray()).toEqual([
    { origin: 'JFK' },
    { origin: 'EWR' },
    { origin: 'LGA' },
  ])
  expect(frame.rename({ id: '_row' }).distinct().columns).toEqual(['_row', 'origin', 'temp'])
  expect(await frame.rename({ id: '_row' }).distinct('temp').count()).toBe(4)
})

test('limit takes the first rows after an offset', async () => {
  expect(await ids(frame.limit(2))).toEqual([1, 2])
  expect(await ids(frame.limit(2, 3))).toEqual([4, 5])
  expect(await ids(frame.limit(0))).toEqual([])
  expect(await ids(frame.limit(9, 9))).toEqual([])
  for (const [rows, offset] of [
    [-1, 0],
    [1.5, 0],
    [1, -1],
    [Number.NaN, 0],
  ] as const) {
    expect(() => frame.limit(rows, offset)).toThrow(expect.objectContaining({ code: 'DS_VALUE_UNSUPPORTED' }))
  }
})

test.each<[string, (frame: Frame) => unknown]>([
  ['select', (of) => of.select('tmep')],
  ['rename', (of) => of.rename({ tmep: 'x' })],
  ['cast', (of) => of.cast({ tmep: 'DOUBLE' })],
  ['dropNulls', (of) => of.dropNulls('tmep')],
  ['fillNulls', (of) => of.fillNulls({ tmep: 0 })],
  ['sort', (of) => of.sort('-tmep')],
  ['distinct', (of) => of.distinct('tmep')],
  ['summarize', (of) => of.summarize({ n: 'count(*)' }, { by: ['tmep'] })],
])('%s names the column that was meant', (verb, use) => {
  expect(() => use(frame)).toThrow(
    expect.objectContaining({
      code: 'DS_COLUMN_UNKNOWN',
      message: `${verb}: there is no column 'tmep' (did you mean 'temp'?)`,
      hint: 'Columns: id, origin, temp',
    }),
  )
})

test('numbers and profile name the column that was meant, too', async () => {
  await expect(frame.numbers('tmep')).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN' })
  await expect(frame.profile({ columns: ['tmep'] })).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN' })
  await expect(frame.filter('tmep > 1').toArray()).rejects.toMatchObject({
    code: 'DS_COLUMN_UNKNOWN',
    message: "filter: there is no column 'tmep' (did you mean 'temp'?)",
    hint: expect.stringContaining('temp') as string,
  })
})

test('verbs run nothing, asking for rows runs one query, and a frame never changes', async () => {
  const counted = recording(engine)
  const opened = await open(frame.files[0] as string, { engine: counted.engine })
  counted.queries.length = 0
  const made = opened
    .filter('temp > 0')
    .derive({ c: 'temp * 2' })
    .rename({ c: 'd' })
    .cast({ d: 'DOUBLE' })
    .fillNulls({ d: 0 })
    .dropNulls()
    .distinct('origin')
    .sort('-d')
    .limit(3)
    .select('d')
    .summarize({ n: 'count(*)' })
  expect(made.explain()).toContain('SELECT')
  expect(counted.queries).toEqual([])
  await made.toArray()
  expect(counted.queries).toHaveLength(1)
  expect(opened.columns).toEqual(['id', 'origin', 'temp'])
  expect([await opened.count(), made.dataset, made.files]).toEqual([5, opened.dataset, opened.files])
  counted.queries.length = 0
  expect((await made.schema()) === (await made.schema())).toBe(true)
  expect(counted.queries).toHaveLength(1)

  const sampled = opened.sample({ fraction: 0.5 }).select('id')
  counted.queries.length = 0
  expect(sampled.explain()).toContain('-- before: dayshift_sample_')
  expect(counted.queries).toEqual([])
  await sampled.toArray()
  expect(counted.queries.length).toBeGreaterThan(1)
  counted.queries.length = 0
  await sampled.toArray()
  expect(counted.queries).toHaveLength(1)
})

test('rows come in batches, one by one, or whole, and are the same', async () => {
  const many = frame.limit(1).derive({ n: 'unnest(range(10000))' }).select('n')
  const whole = await many.toArray()
  expect(whole.map(({ n }) => n)).toEqual(Array.from({ length: 10_000 }, (_, at) => at))
  const single = []
  for await (const row of many.rows()) single.push(row)
  expect(single).toEqual(whole)
  let rows = 0
  let batches = 0
  for await (const batch of many.batches()) {
    expect(batch.columns[0]?.[0]).toBe(rows)
    rows += batch.rows
    batches++
  }
  expect([rows, batches > 1]).toEqual([10_000, true])
})

test('numbers leaves missing values out, and keeps NaN and ±Infinity', async () => {
  const values = frame.limit(1).derive({ v: "unnest(['1.5', NULL, 'NaN', 'inf', '-inf', '-2']::DOUBLE[])" })
  expect(await values.numbers('v')).toEqual(Float64Array.of(1.5, Number.NaN, Infinity, -Infinity, -2))
  expect(await frame.numbers('temp')).toEqual(Float64Array.of(50, 32, 41, 32))
  expect(await frame.filter('false').numbers('temp')).toEqual(new Float64Array())
})

interface Item {
  readonly k: string | null
  readonly v: number | null
}

const table = fc.array(
  fc.record<Item>({
    k: fc.option(fc.constantFrom('a', 'b', 'ü', "o'c")),
    v: fc.option(fc.integer({ min: -5, max: 5 })),
  }),
  { maxLength: 30 },
)

/** Rows as a frame; a first row that no law sees gives the columns their types. */
function frameOf(items: readonly Item[]): Frame {
  const rows = [{ k: 'x', v: 99 }, ...items].map(({ k, v }, at) => sql`(${at}, ${k}, ${v})`)
  const from = sql`(SELECT * FROM (VALUES ${join(rows)}) AS t(i, k, v) WHERE i > 0 ORDER BY i)`
  return frame.with({ from, names: ['i', 'k', 'v'] })
}

test('laws: filter, sort, distinct, summarize and fillNulls do what plain JavaScript does', async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: -5, max: 5 }), async (items, bound) => {
      const made = frameOf(items)
      const rows = items.map((item, at) => ({ i: at + 1, ...item }))
      const above = rows.filter(({ v }) => v !== null && v > bound)
      expect(await made.count()).toBe(items.length)
      expect(await made.filter(sql`v > ${bound}`).toArray()).toEqual(above)
      expect(await made.filter(sql`v > ${bound}`).count()).toBe(above.length)

      const sorted = rows.toSorted((a, b) => (a.v ?? 99) - (b.v ?? 99) || a.i - b.i)
      expect(await made.sort('v', 'i').toArray()).toEqual(sorted)

      const seen = new Set<unknown>()
      const firsts = rows.filter(({ k }) => !seen.has(k) && seen.add(k))
      expect(await made.distinct('k').toArray()).toEqual(firsts)

      const sums = new Map<string | null, number>()
      for (const { k, v } of rows) sums.set(k, (sums.get(k) ?? 0) + (v ?? 0))
      const groups = await made
        .fillNulls({ v: 0 })
        .summarize({ s: 'sum(v)::BIGINT' }, { by: ['k'] })
        .toArray()
      expect(new Map(groups.map(({ k, s }) => [k, s]))).toEqual(sums)

      expect(await made.limit(3, 2).toArray()).toEqual(rows.slice(2, 5))
      expect(await made.dropNulls('v').count()).toBe(rows.filter(({ v }) => v !== null).length)
    }),
    { numRuns: 40 },
  )
})

test('an expression is one, and a comment in it ends with it', async () => {
  const rows = await open([{ id: 1, x: 'a' }])
  for (const several of ['*', ' t.*', 'COLUMNS(*)']) {
    expect(() => rows.derive({ q: several })).toThrow("derive: column 'q': one expression is needed")
  }
  expect(await rows.filter('id = 1 -- the first').derive({ q: 'id * 2 -- twice' }).toArray()).toEqual([
    { id: 1, x: 'a', q: 2 },
  ])
})

test('what is asked of a closed engine is an error with a code', async () => {
  const closed = await createDuckdb({ threads: 1 })
  const rows = await open([{ id: 1 }], { engine: closed })
  await closed.close()
  await expect(rows.count()).rejects.toMatchObject({ code: 'DS_ENGINE' })
})

test('numbers of a column of texts: the error names the value', async () => {
  const rows = await open([{ x: '1' }, { x: 'a' }])
  await expect(rows.numbers('x')).rejects.toThrow("column 'x' holds 'a', which is no DOUBLE")
})
