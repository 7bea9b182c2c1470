import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, Row } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import type { Frame } from '../../src/frame.ts'
import { open } from '../../src/open.ts'
import { raw } from '../../src/sql.ts'
import { newFolder, typesOf } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let engine: Engine
let base: Frame
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
  base = await open(
    [
      { id: 1, s: 'a' },
      { id: 2, s: null },
      { id: 3, s: 'c' },
    ],
    { engine },
  )
})
afterAll(() => engine.close())

/** A frame of the numbers below n, which two threads read. */
async function numbers(n: number): Promise<Frame> {
  const path = `${folder.path}/numbers-${n}.parquet`
  await base.with({ from: raw(`range(${n}) AS t(n)`), names: ['n'] }).write(path)
  return open(path, { engine })
}

test('adds columns at the end and replaces in place; what is left out has no value', async () => {
  const made = base.map({ upper: 'VARCHAR', ID: 'BIGINT' }, ({ id, s }) =>
    s === null ? {} : { upper: (s as string).toUpperCase(), ID: Number(id) * 10 },
  )
  expect(made.columns).toEqual(['ID', 's', 'upper'])
  expect(await made.toArray()).toEqual([
    { ID: 10, s: 'a', upper: 'A' },
    { ID: null, s: null, upper: null },
    { ID: 30, s: 'c', upper: 'C' },
  ])
})

test('law: every row goes through once, in order, whatever follows and however many threads read', async () => {
  const many = await numbers(150_000)
  const uses: readonly (readonly [string, (mapped: Frame) => Promise<unknown>, unknown, number])[] = [
    ['all', async (mapped) => (await mapped.toArray()).length, 150_000, 150_000],
    [
      'a filter of another column',
      (mapped) => mapped.filter('n >= 149990').column('total').then(lastOf),
      sumTo(150_000),
      150_000,
    ],
    ['a filter of the new column', (mapped) => mapped.filter('total < 10').count(), 4, 150_000],
    [
      'new columns of it',
      (mapped) =>
        mapped
          .derive({ d: 'total + total' })
          .select('d')
          .numbers('d')
          .then((of) => of.length),
      150_000,
      150_000,
    ],
    ['the new column alone', (mapped) => mapped.select('total').column('total').then(lastOf), sumTo(150_000), 150_000],
    ['a sort', (mapped) => mapped.sort('-n').limit(1).column('total').then(lastOf), sumTo(150_000), 150_000],
    ['a summary', (mapped) => mapped.summarize({ m: 'max(total)' }).column('m').then(lastOf), sumTo(150_000), 150_000],
    ['only other columns', (mapped) => mapped.select('n').count(), 150_000, 0],
    ['a number of rows', (mapped) => mapped.count(), 150_000, 0],
  ]
  for (const [name, use, result, calls] of uses) {
    let seen = 0
    let total = 0
    let inOrder = true
    const mapped = many.map({ total: 'BIGINT' }, ({ n }) => {
      inOrder &&= n === seen
      seen++
      total += Number(n)
      return { total }
    })
    expect([name, await use(mapped), seen, inOrder]).toEqual([name, result, calls, true])
  }
})

const sumTo = (n: number): number => (n * (n - 1)) / 2
const lastOf = ({ values }: { values: ArrayLike<unknown> }): unknown => values[values.length - 1]

test('a limit stops the work soon', async () => {
  let calls = 0
  const mapped = (await numbers(150_000)).map({ x: 'BIGINT' }, () => ({ x: ++calls }))
  expect((await mapped.head(5)).map(({ x }) => x)).toEqual([1, 2, 3, 4, 5])
  expect(calls).toBeLessThan(10_000)
})

const ODD: Record<string, string> = {
  b: 'TRUE',
  i: '9007199254740993::BIGINT',
  u: '18446744073709551615::UBIGINT',
  h: '170141183460469231731687303715884105727::HUGEINT',
  f: "'NaN'::DOUBLE",
  d: '1.25::DECIMAL(10, 2)',
  e: '12345678901234567890.1234567890::DECIMAL(38, 10)',
  t: "TIME '10:11:12.5'",
  g: "'0e7c9c0e-5d9e-4f5b-8f5e-000000000001'::UUID",
  day: "DATE '1969-12-31'",
  at: "TIMESTAMP '1969-12-31 23:59:59.999'",
  z: "TIMESTAMPTZ '2024-01-01 00:00:00+02'",
  l: '[1, NULL, 3]',
  ls: "[{'a': 1.5::DOUBLE, 'when': DATE '2024-02-29'}]",
  s: "{'a': 1, 'b c': ['x', NULL]}",
  m: "MAP {'k': 1}",
  j: `'{"a": [1, "x"]}'::JSON`,
  blob: "'\\x00\\xFF'::BLOB",
  iv: 'INTERVAL 3 DAY',
  v: "'it''s'",
}

test('values of every type go through unchanged, and missing ones too', async () => {
  const list = Object.entries(ODD).map(([name, value]) => `${value} AS "${name}"`)
  const nulls = Object.keys(ODD).map(() => 'NULL')
  const odd = base.with({
    from: raw(`(SELECT ${list.join(', ')} UNION ALL SELECT ${nulls.join(', ')})`),
    names: Object.keys(ODD),
  })
  const { columns } = await odd.schema()
  const types = Object.fromEntries(columns.map(({ name, nativeType }) => [`${name}2`, nativeType]))
  const mapped = odd.map(types, (row) => Object.fromEntries(Object.keys(ODD).map((name) => [`${name}2`, row[name]])))
  expect(await typesOf(mapped)).toEqual([
    ...columns.map(({ name, nativeType }) => `${name} ${nativeType}`),
    ...columns.map(({ name, nativeType }) => `${name}2 ${nativeType}`),
  ])
  const [row, none] = (await mapped.toArray()) as [Row, Row]
  for (const name of Object.keys(ODD)) {
    expect([name, row[`${name}2`], none[`${name}2`]]).toEqual([name, row[name], null])
  }
})

test('nested values hold dates, bigints and numbers that are none', async () => {
  const made = base.limit(1).map({ l: 'DOUBLE[]', s: 'STRUCT(n HUGEINT, "at" TIMESTAMP)', j: 'JSON' }, () => ({
    l: [1, Number.NaN, Infinity],
    s: { n: 2n ** 100n, at: new Date(-1) },
    j: { set: new Set([1, 2]), map: new Map([['k', 5n]]) },
  }))
  expect(await made.select('l', 's', 'j').toArray()).toEqual([
    { l: [1, Number.NaN, Infinity], s: { n: 2n ** 100n, at: new Date(-1) }, j: '{"set":[1,2],"map":{"k":"5"}}' },
  ])
})

test.each<[string, (row: Row) => unknown, string]>([
  [
    'a throw',
    () => {
      throw new Error('boom')
    },
    'boom',
  ],
  ['a wrong type', () => ({ x: 'a' }), "column 'x': 'a' is no BIGINT"],
  ['a fraction', () => ({ x: 1.5 }), "column 'x': the number 1.5 is no BIGINT"],
  ['a number that is too large', () => ({ x: 2n ** 63n }), `column 'x': the bigint ${2n ** 63n} is no BIGINT`],
  ['a promise', () => Promise.reject(new Error('late')), 'it gave a promise; it must not be async'],
  ['null', () => null, 'it gave null; it must give an object of the new columns'],
  ['nothing', () => undefined, 'it gave undefined; it must give an object of the new columns'],
  ['a list', () => [1], 'it gave an array; it must give an object of the new columns'],
  ['a number', () => 5, 'it gave a number; it must give an object of the new columns'],
])('%s is an error that says so', async (_, give, message) => {
  await expect(base.map({ x: 'BIGINT' }, give as (row: Row) => Row).toArray()).rejects.toMatchObject({
    code: 'DS_FUNCTION',
    message: `the function of map failed: ${message}`,
  })
})

test('what the function threw is the cause, also after many rows, and the engine works on', async () => {
  const thrown = new RangeError('boom')
  const mapped = (await numbers(150_000)).map({ x: 'BIGINT' }, ({ n }) => {
    if (n === 149_000) throw thrown
    return { x: 1 }
  })
  const error = await mapped.toArray().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'DS_FUNCTION', message: 'the function of map failed: boom' })
  expect((error as Error).cause).toBe(thrown)
  expect(await base.count()).toBe(3)
})

test('a text that is no decimal, time or JSON is an error when it is cast', async () => {
  for (const type of ['DECIMAL(9, 2)', 'TIME', 'UUID', 'JSON', 'INTEGER[]']) {
    await expect(base.map({ x: type }, () => ({ x: 'no' })).toArray()).rejects.toMatchObject({ code: 'DS_QUERY' })
  }
})

test('names that every object has are columns like others', async () => {
  const odd = { constructor: 'VARCHAR', ['__proto__']: 'BIGINT', 'a "b"': 'BIGINT' }
  expect(
    await base
      .limit(1)
      .map(odd, () => ({}))
      .toArray(),
  ).toEqual([{ id: 1, s: 'a', ...JSON.parse('{"constructor": null, "__proto__": null, "a \\"b\\"": null}') }])
  const given = await base
    .limit(1)
    .map(odd, () => JSON.parse('{"constructor": "c", "__proto__": 5}') as Row)
    .head()
  expect(Object.entries(given[0] as Row)).toEqual([
    ['id', 1],
    ['s', 'a'],
    ['constructor', 'c'],
    ['__proto__', 5],
    ['a "b"', null],
  ])
})

test('reads limits what the function sees, down to nothing', async () => {
  const seen: Row[] = []
  const look = (row: Row): Row => {
    seen.push(row)
    return { x: seen.length }
  }
  expect(
    await base
      .map({ x: 'BIGINT' }, look, { reads: ['S' as 's'] })
      .select('x')
      .toArray(),
  ).toHaveLength(3)
  expect(await base.map({ x: 'BIGINT' }, look, { reads: [] }).select('id', 'x').toArray()).toEqual([
    { id: 1, x: 4 },
    { id: 2, x: 5 },
    { id: 3, x: 6 },
  ])
  expect(seen).toEqual([{ s: 'a' }, { s: null }, { s: 'c' }, {}, {}, {}])
  expect(() => base.map({ x: 'BIGINT' }, look, { reads: ['nope' as 's'] })).toThrow(
    expect.objectContaining({ code: 'DS_COLUMN_UNKNOWN' }),
  )
})

test('what cannot be is said before anything runs', () => {
  expect(() => base.map({}, () => ({}))).toThrow(expect.objectContaining({ code: 'DS_COLUMN_UNKNOWN' }))
  expect(() => base.map({ x: 'BIGINT', X: 'BIGINT' }, () => ({}))).toThrow(
    expect.objectContaining({ code: 'DS_COLUMN_TWICE' }),
  )
  expect(() => base.map({ x: 'NO) --' }, () => ({}))).toThrow(expect.objectContaining({ code: 'DS_VALUE_UNSUPPORTED' }))
  expect(() => base.map({ x: 'BIGINT' }, 'x' as never)).toThrow(expect.objectContaining({ code: 'DS_FUNCTION' }))
})

test('it says what it is in explain, and is made known once', async () => {
  let made = 0
  const counted: Engine = {
    ...engine,
    define: (...of) => {
      made++
      return engine.define?.(...of) ?? Promise.resolve()
    },
  }
  const frame = (await open([{ a: 1 }], { engine: counted })).map({ b: 'BIGINT' }, function twice({ a }) {
    return { b: Number(a) * 2 }
  })
  expect(frame.explain()).toMatch(
    /^-- before: .* was computed\n-- before: dayshift_map_\w+ is the function twice\nSELECT /,
  )
  expect(made).toBe(0)
  await Promise.all([frame.toArray(), frame.count(), frame.schema()])
  expect(await frame.filter('b = 2').toArray()).toEqual([{ a: 1, b: 2 }])
  expect(made).toBe(1)
  const members = Object.entries(engine).filter(([name]) => name !== 'define')
  const plain = Object.fromEntries(members) as unknown as Engine
  const without = new (frame.constructor as typeof Frame)(plain, {
    dataset: frame.dataset,
    files: [],
    relation: base.relation,
  })
  await expect(without.map({ b: 'BIGINT' }, () => ({})).toArray()).rejects.toMatchObject({ code: 'DS_ENGINE' })
})

test('maps at once, one that is read slowly, one that is left early, one over another: none waits for ever', async () => {
  const many = await numbers(60_000)
  const mapped = (): Frame => many.map({ x: 'BIGINT' }, ({ n }) => ({ x: Number(n) + 1 }))
  const slowly = async (): Promise<number> => {
    let rows = 0
    for await (const batch of mapped().batches()) {
      rows += batch.rows
      if (rows % 8192 === 0) await new Promise((done) => setTimeout(done, 1))
    }
    return rows
  }
  const leave = async (): Promise<unknown> => {
    for await (const row of mapped().rows()) return row['x']
    return undefined
  }
  const [sum, rows, left, twice, unions, joins] = await Promise.all([
    mapped()
      .numbers('x')
      .then((all) => all.reduce((a, b) => a + b)),
    slowly(),
    leave(),
    mapped()
      .map({ y: 'BIGINT' }, ({ x }) => ({ y: Number(x) * 2 }))
      .summarize({ s: 'sum(y)::BIGINT' })
      .head(),
    mapped().union(mapped()).count(),
    mapped().join(mapped(), { on: 'x' }).count(),
  ])
  const all = sumTo(60_001)
  expect([sum, rows, left, twice, unions, joins]).toEqual([all, 60_000, 1, [{ s: 2 * all }], 120_000, 60_000])
})

test('it can be stopped', async () => {
  const controller = new AbortController()
  const mapped = (await numbers(150_000)).map({ x: 'BIGINT' }, ({ n }) => {
    if (n === 5000) controller.abort()
    return { x: 1 }
  })
  await expect(mapped.toArray({ signal: controller.signal })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  expect(await base.count()).toBe(3)
})

test('a column whose name the function misspelt is told; what it gives beside the new columns is not looked at', async () => {
  const frame = await open([{ url: 'http://a/b' }])
  const misspelt = frame.map({ host: 'VARCHAR' }, () => ({ hots: 'a' }) as never)
  await expect(misspelt.toArray()).rejects.toMatchObject({
    code: 'DS_FUNCTION',
    message: expect.stringContaining("'hots'") as string,
  })
  expect(await frame.map({ host: 'VARCHAR' }, (row) => ({ ...row, host: 'a' })).toArray()).toEqual([
    { url: 'http://a/b', host: 'a' },
  ])
  expect(await frame.map({ host: 'VARCHAR' }, (row) => ({ ...row })).toArray()).toEqual([
    { url: 'http://a/b', host: null },
  ])
  await expect(frame.map({ host: 'NOPE' }, () => ({})).toArray()).rejects.toMatchObject({
    message: expect.stringContaining('NOPE') as string,
  })
})
