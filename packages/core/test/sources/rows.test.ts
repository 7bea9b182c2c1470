import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, Row } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import { open, type OpenOptions } from '../../src/open.ts'
import { newFolder, recording, typesOf } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

const opened = (rows: Parameters<typeof open>[0], options: OpenOptions = {}): ReturnType<typeof open> =>
  open(rows, { engine, ...options })

/** Rows that hold nothing, so that those which follow come in another batch. */
const apart = (rows: readonly Row[]): Row[] => [
  ...rows,
  ...Array.from({ length: 2048 - (rows.length % 2048) }, () => ({})),
]

const time = fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
const text = fc.string({ unit: 'grapheme', maxLength: 8 })

test.each<[string, fc.Arbitrary<unknown>, string]>([
  ['whole numbers', fc.integer(), 'BIGINT'],
  ['64 bits', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), 'BIGINT'],
  ['127 bits', fc.bigInt({ min: 2n ** 64n, max: 2n ** 127n - 1n }), 'HUGEINT'],
  ['numbers', fc.double().filter((value) => !Number.isSafeInteger(value) || Object.is(value, -0)), 'DOUBLE'],
  ['texts', text, 'VARCHAR'],
  ['booleans', fc.boolean(), 'BOOLEAN'],
  ['times', time, 'TIMESTAMP'],
  ['bytes', fc.uint8Array({ maxLength: 8 }), 'BLOB'],
])('law: %s come out as they went in', async (_, value, type) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(value), { minLength: 1, maxLength: 20 }), value, async (values, certain) => {
      const rows = [...values, certain].map((v) => ({ v }))
      const frame = await opened(rows)
      expect(await typesOf(frame)).toEqual([`v ${type}`])
      // Bigints come out as numbers where a number holds them.
      const out = rows.map(({ v }) => ({
        v: typeof v === 'bigint' && BigInt(Number(v)) === v && Number.isSafeInteger(Number(v)) ? Number(v) : v,
      }))
      expect(await frame.toArray()).toEqual(out)
    }),
    { numRuns: 12 },
  )
})

test('law: it makes no difference whether values come in one batch or in several', async () => {
  const value = fc.oneof(
    fc.integer(),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.double(),
    fc.boolean(),
    text,
    time,
    fc.uint8Array({ maxLength: 3 }),
    fc.constantFrom<unknown>(null, undefined, [1, 'x', null], { a: 1n, b: [new Date(0)] }),
  )
  const row = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { minKeys: 1 }).map((given) => ({ ...given }))
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), async (rows) => {
      const [one, several] = [await opened(rows), await opened(rows.flatMap((given) => apart([given])))]
      expect(await typesOf(several)).toEqual(await typesOf(one))
      const filled = (await several.toArray()).filter((_, at) => at % 2048 === 0)
      expect(filled).toEqual(await one.toArray())
    }),
    { numRuns: 25 },
  )
})

test('keys may be new later, in any batch, and missing from any row', async () => {
  const rows = [...apart([{ a: 1 }]), ...apart([{ b: 'x' }, { a: 2.5, c: true }]), { d: new Date(0), a: 3 }]
  const frame = await opened(rows)
  expect(await typesOf(frame)).toEqual(['a DOUBLE', 'b VARCHAR', 'c BOOLEAN', 'd TIMESTAMP'])
  expect(await frame.filter('coalesce(a, 0) > 0 OR b IS NOT NULL').toArray()).toEqual([
    { a: 1, b: null, c: null, d: null },
    { a: null, b: 'x', c: null, d: null },
    { a: 2.5, b: null, c: true, d: null },
    { a: 3, b: null, c: null, d: new Date(0) },
  ])
  expect(await frame.count()).toBe(4097)
})

test('lists and objects become JSON, columns without values text, and the order stays', async () => {
  const rows = Array.from({ length: 10_000 }, (_, n) => ({ n, l: [n, { x: null }], none: null }))
  const frame = await opened(rows)
  expect(await typesOf(frame)).toEqual(['n BIGINT', 'l JSON', 'none VARCHAR'])
  expect((await frame.toArray()).every(({ n, l }, at) => n === at && l === `[${at},{"x":null}]`)).toBe(true)
  const mixed = await opened([
    { v: [1n, Number.NaN] },
    { v: new Map([['k', new Set([1])]]) },
    { v: Float32Array.of(0.5) },
    { v: 'x' },
  ])
  expect((await mixed.toArray()).map(({ v }) => v)).toEqual(['["1","NaN"]', '{"k":[1]}', '[0.5]', 'x'])
})

test('iterables, async iterables and generators are read once, and told when to end', async () => {
  const ended: string[] = []
  function* some(): Generator<Row> {
    try {
      yield { a: 1 }
      yield { a: 2 }
    } finally {
      ended.push('sync')
    }
  }
  async function* later(): AsyncGenerator<Row> {
    try {
      for (let a = 0; a < 5000; a++) yield { a }
    } finally {
      ended.push('async')
    }
  }
  expect(await (await opened(some())).toArray()).toEqual([{ a: 1 }, { a: 2 }])
  expect(await (await opened(new Set([{ a: 1 }]))).toArray()).toEqual([{ a: 1 }])
  const frame = await opened(later())
  expect([await frame.count(), await frame.count()]).toEqual([5000, 5000])
  expect(ended).toEqual(['sync', 'async'])
  async function* bad(): AsyncGenerator {
    try {
      yield* [{ a: 1 }, 5]
      await new Promise(() => undefined)
    } finally {
      ended.push('bad')
    }
  }
  await expect(opened(bad() as AsyncIterable<Row>)).rejects.toMatchObject({ code: 'DS_VALUE_MISFIT' })
  expect(ended).toEqual(['sync', 'async', 'bad'])
})

test('types may be declared, and a value that is not of them is an error at once', async () => {
  const rows = [
    { day: '2024-02-29', n: 1, t: 1, d: '1.10', z: new Date(0), l: [1, 2], j: '{"a":1}', s: { a: 1, b: [null] } },
  ]
  const types = {
    day: 'DATE',
    n: 'SMALLINT',
    t: 'VARCHAR',
    d: 'DECIMAL(38, 10)',
    z: 'TIMESTAMPTZ',
    l: 'INTEGER[]',
    j: 'JSON',
    s: 'STRUCT(a BIGINT, b VARCHAR[])',
    more: 'UUID',
  }
  const frame = await opened(rows, { types })
  expect(await typesOf(frame)).toEqual([
    'day DATE',
    'n SMALLINT',
    't VARCHAR',
    'd DECIMAL(38,10)',
    'z TIMESTAMP WITH TIME ZONE',
    'l INTEGER[]',
    'j JSON',
    's STRUCT(a BIGINT, b VARCHAR[])',
    'more UUID',
  ])
  expect(await frame.toArray()).toEqual([
    { ...rows[0], day: new Date('2024-02-29'), t: '1', d: '1.1000000000', more: null },
  ])
  await expect(opened([{ day: 'soon' }], { types: { day: 'DATE' } })).rejects.toMatchObject({
    code: 'DS_VALUE_MISFIT',
    message: expect.stringMatching(/^column 'day' is no DATE: .*soon/) as string,
  })
  await expect(opened([{ n: 40_000 }], { types: { n: 'SMALLINT' } })).rejects.toMatchObject({ code: 'DS_VALUE_MISFIT' })
  await expect(opened([], { types: { n: 'NO) --' } })).rejects.toMatchObject({ code: 'DS_VALUE_UNSUPPORTED' })
})

test('names hold anything; those that differ in case alone are an error', async () => {
  const odd = JSON.parse('{"__proto__": 1, "constructor": "c", "a \\"b\\"": true, "ü\\n": null}') as Row
  const frame = await opened([odd, { toString: 5 }, Object.create(null) as Row])
  expect(frame.columns).toEqual(['__proto__', 'constructor', 'a "b"', 'ü\n', 'toString'])
  const [first, second, third] = await frame.toArray()
  expect(Object.values(first as Row)).toEqual([1, 'c', true, null, null])
  expect(Object.values(second as Row)).toEqual([null, null, null, null, 5])
  expect(Object.values(third as Row)).toEqual([null, null, null, null, null])
  const twins = { code: 'DS_COLUMN_TWICE', message: "row 2: the columns 'id' and 'ID' differ in case alone" }
  await expect(opened([{ id: 1 }, { ID: 2 }])).rejects.toMatchObject(twins)
  await expect(opened([{ '': 1 }])).rejects.toMatchObject({ code: 'DS_VALUE_UNSUPPORTED' })
})

const circle: { self?: unknown } = {}
circle.self = circle

test.each<[string, unknown, string]>([
  ['a function', { v: () => 1 }, "row 2: column 'v' holds a function, which is no value"],
  ['a symbol', { v: Symbol('x') }, "row 2: column 'v' holds a symbol, which is no value"],
  ['an invalid date', { v: new Date(Number.NaN) }, "row 2: column 'v' holds an invalid Date, which is no value"],
  ['a promise', { v: Promise.resolve(1) }, "row 2: column 'v' holds a Promise, which is no value"],
  ['a pattern', { v: /x/ }, "row 2: column 'v' holds a RegExp, which is no value"],
  ['a circle', { v: circle }, "row 2: column 'v': Converting circular structure to JSON"],
  ['a number', 5, 'row 2 is a number, not an object'],
  ['a list', [1], 'row 2 is an array, not an object'],
  ['null', null, 'row 2 is null, not an object'],
])('%s is refused, with its row', async (_, row, message) => {
  const counted = recording(engine)
  const refused = open([{ w: 1 }, row as Row], { engine: { ...engine, query: (...of) => counted.engine.query(...of) } })
  await expect(refused).rejects.toMatchObject({
    code: 'DS_VALUE_MISFIT',
    message: expect.stringContaining(message) as string,
  })
  // What was made for it is gone.
  const tables = await engine.query(`SELECT table_name AS t FROM duckdb_tables()`)
  for (const query of counted.queries) {
    const made = /CREATE TABLE (\w+)/.exec(query)?.[1]
    expect(tables.map(({ t }) => t)).not.toContain(made ?? 'none')
  }
})

test('no rows, and rows without columns, are an error unless types are declared', async () => {
  for (const none of [[], [{}], new Set<Row>()]) {
    await expect(opened(none)).rejects.toMatchObject({ code: 'DS_SOURCE_EMPTY' })
  }
  const frame = await opened([], { types: { id: 'BIGINT', t: 'TEXT' } })
  expect([await frame.toArray(), await typesOf(frame)]).toEqual([[], ['id BIGINT', 't VARCHAR']])
})

test('rows that break off are an error, wherever they do', async () => {
  const reason = new Error('gone')
  async function* broken(rows: number): AsyncGenerator<Row> {
    for (let a = 0; a < rows; a++) yield { a }
    throw reason
  }
  for (const rows of [0, 1, 2048, 5000]) {
    await expect(opened(broken(rows))).rejects.toMatchObject({
      code: 'DS_SOURCE_UNREADABLE',
      message: `the rows broke off after ${rows}: gone`,
      cause: reason,
    })
  }
})

async function* slow(): AsyncGenerator<Row> {
  for (let a = 0; a < 3000; a++) yield { a }
  await new Promise(() => undefined)
}

test('it can be stopped, also while the rows are waited for', async () => {
  await expect(opened(slow(), { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  const never: AsyncIterable<Row> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }
  await expect(opened(never, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  await expect(opened([{ a: 1 }], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DS_ABORTED' })
})

test.each<[string, unknown, string]>([
  ['null', null, 'null cannot be opened'],
  ['a number', 5, 'a number cannot be opened'],
  ['an object', {}, 'a object cannot be opened'],
  ['a function', () => [], 'a function cannot be opened'],
])('%s cannot be opened', async (_, source, message) => {
  await expect(opened(source as Row[])).rejects.toMatchObject({ code: 'DS_SOURCE_UNSUPPORTED', message })
})

test('frames of rows have no files, and a dataset that may be named', async () => {
  const frame = await opened([{ a: 1 }])
  expect([frame.files, frame.text, frame.dataset]).toEqual([
    [],
    undefined,
    { namespace: 'memory', name: 'rows', uri: 'memory:rows' },
  ])
  const dataset = { namespace: 'n', name: 'd', uri: 'n/d' }
  expect((await opened([{ a: 1 }], { dataset })).dataset).toEqual(dataset)
})

function* endless(): Generator<Row> {
  for (let id = 0; ; id++) yield { id }
}

test('rows that are there already let others have a turn, so that they can be stopped', async () => {
  await expect(open(endless(), { engine, signal: AbortSignal.timeout(200) })).rejects.toMatchObject({
    code: 'DS_ABORTED',
  })
})
