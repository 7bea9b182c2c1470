import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, Row } from '../src/engine.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import { join as list, literal, raw } from '../src/sql.ts'
import { newFolder, typesOf } from './folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let engine: Engine
let base: Frame
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
  base = await open([{ a: 1 }], { engine })
})
afterAll(() => engine.close())

/** Values as the engine reads them from text: JavaScript holds neither microseconds nor decimals. */
const VALUES: Readonly<Record<string, readonly [string, fc.Arbitrary<string>]>> = {
  big: ['BIGINT', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
  decimal: [
    'DECIMAL(38,10)',
    fc
      .tuple(fc.bigInt({ min: -(10n ** 28n) + 1n, max: 10n ** 28n - 1n }), fc.bigInt({ min: 0n, max: 10n ** 10n - 1n }))
      .map(([whole, part]) => `${whole}.${String(part).padStart(10, '0')}`),
  ],
  day: [
    'DATE',
    fc
      .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
      .map((date) => date.toISOString().slice(0, 10)),
  ],
  at: ['TIMESTAMP', micros('')],
  zoned: ['TIMESTAMP WITH TIME ZONE', micros('+00')],
  double: ['DOUBLE', fc.double().map((value) => (Object.is(value, -0) ? '-0.0' : String(value)))],
  flag: ['BOOLEAN', fc.boolean().map(String)],
  time: ['TIME', fc.nat(86_399_999_999 % 2 ** 31).map((value) => new Date(value).toISOString().slice(11, 23))],
  text: [
    'VARCHAR',
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map((value) => `x${value.replaceAll('\0', '')}`),
  ],
  marked: [
    'VARCHAR',
    fc.constantFrom('a,b', 'a;b', '"', '""', "'", '\n', '\r\n', ' ', 'NULL', '007', '\t', '#', '1e3'),
  ],
}

function micros(zone: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }), fc.nat(999))
    .map(([date, micro]) =>
      date
        .toISOString()
        .replace('T', ' ')
        .replace('Z', String(micro).padStart(3, '0') + zone),
    )
}

/** A frame of 300 rows, some values missing, and the first row whole so that every format knows the types. */
function sampleFrame(names: readonly string[]): Frame {
  const columns = names.map((name) => {
    const [type, value] = VALUES[name] as readonly [string, fc.Arbitrary<string>]
    const values = [
      ...fc.sample(value, { numRuns: 1, seed: 1 }),
      ...fc.sample(fc.option(value), { numRuns: 299, seed: 2 }),
    ]
    return raw(`unnest(CAST([${list(values.map((one) => literal(one))).text}] AS ${type}[])) AS "${name}"`)
  })
  return base.with({ from: raw(`(SELECT ${list(columns).text})`), names })
}

/** Rows as the engine's own text of them. */
async function texts(frame: Frame, names: readonly string[]): Promise<Row[]> {
  return frame.derive(Object.fromEntries(names.map((name) => [name, `CAST("${name}" AS VARCHAR)`]))).toArray()
}

const ALL = Object.keys(VALUES)
const path = (name: string): string => join(folder.path, name)

test.each(['parquet', 'csv', 'csv.gz', 'tsv'])(
  'law: %s gives back every value and type that it was given',
  async (ending) => {
    const frame = sampleFrame(ALL)
    await frame.write(path(`all.${ending}`))
    const types = Object.fromEntries(ALL.map((name) => [name, (VALUES[name] as readonly [string, unknown])[0]]))
    const again = await open(path(`all.${ending}`), { engine, types: ending === 'parquet' ? {} : types })
    expect(await typesOf(again)).toEqual(await typesOf(frame))
    expect(await texts(again, ALL)).toEqual(await texts(frame, ALL))
  },
)

test.each(['jsonl', 'json', 'jsonl.zst'])('law: %s gives back every value, decimals apart', async (ending) => {
  const names = ALL.filter((name) => name !== 'decimal')
  const frame = sampleFrame(names)
  await frame.write(path(`some.${ending}`))
  const again = await open(path(`some.${ending}`), { engine })
  expect(await texts(again.cast({ zoned: 'TIMESTAMPTZ', double: 'DOUBLE' }), names)).toEqual(await texts(frame, names))
})

test.each(['parquet', 'jsonl'])('%s keeps lists, structs, and empty texts apart from missing ones', async (ending) => {
  const nested = base.with({
    from: raw(
      `(SELECT * FROM (VALUES ([1, NULL], {'a': 1, 'b': ['x', '']}, ''), ([]::INTEGER[], {'a': NULL, 'b': NULL}, NULL), (NULL, NULL, 'x')) AS t(l, s, e))`,
    ),
    names: ['l', 's', 'e'],
  })
  await nested.write(path(`nested.${ending}`))
  expect(await (await open(path(`nested.${ending}`), { engine })).toArray()).toEqual(await nested.toArray())
})

test('text tables cannot tell an empty text from a missing one, unless that is written', async () => {
  const frame = await open(
    [
      { n: 1, t: '' },
      { n: 2, t: null },
      { n: 3, t: 'NA' },
    ],
    { engine },
  )
  await frame.write(path('empty.csv'))
  expect((await (await open(path('empty.csv'), { engine })).toArray()).map(({ t }) => t)).toEqual([null, null, 'NA'])
  await frame.write(path('marked.csv'), { nulls: '-' })
  const again = await open(path('marked.csv'), { engine, nulls: ['-'] })
  expect((await again.toArray()).map(({ t }) => t)).toEqual(['', null, 'NA'])
})

test.each(['csv', 'jsonl', 'parquet'])(
  'the order of many rows is kept in %s, whatever computes them',
  async (ending) => {
    const many = base.derive({ n: 'unnest(range(160000))' }).select('n').filter('n % 4 <> 3')
    await many.write(path(`order.${ending}`))
    const source = await open(path(`order.${ending}`), { engine })
    // Read by two threads, and written again.
    await source.derive({ m: 'n * 2' }).write(path(`order-again.${ending}`))
    const { values } = await (await open(path(`order-again.${ending}`), { engine })).column('n')
    expect(values.length).toBe(120_000)
    expect((values as Float64Array).every((value, at) => value === Math.floor(at / 3) * 4 + (at % 3))).toBe(true)
  },
)
