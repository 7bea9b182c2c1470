import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, Row } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import type { Frame } from '../../src/frame.ts'
import { open } from '../../src/open.ts'
import { hiveFolder } from '../../src/sources/hive.ts'
import { newFolder, typesOf } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let engine: Engine
let frame: Frame
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
  frame = await open(
    [
      { id: 1, year: 2025, country: 'DE', v: 1.5 },
      { id: 2, year: 2024, country: 'a/b', v: null },
      { id: 3, year: 2025, country: null, v: 2 },
      { id: 4, year: 2025, country: 'DE', v: 3 },
    ],
    { engine },
  )
})
afterAll(() => engine.close())

const path = (name: string): string => join(folder.path, name)
const files = (name: string): string[] =>
  readdirSync(path(name), { recursive: true, encoding: 'utf8' })
    .filter((file) => /part/.test(file))
    .sort()
const hidden = (): string[] => readdirSync(folder.path).filter((name) => name.startsWith('.'))
const tables = async (): Promise<number> =>
  (await engine.query("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%partitions%'")).length

test.each(['parquet', 'csv', 'jsonl', 'json', 'arrow'] as const)('%s in folders, read again', async (format) => {
  await frame.write(path(`of-${format}`), { format, partitionBy: ['YEAR', 'country'] })
  expect(files(`of-${format}`)).toEqual([
    `year=2024/country=a%2Fb/part-0.${format}`,
    `year=2025/country=DE/part-0.${format}`,
    `year=2025/country=__HIVE_DEFAULT_PARTITION__/part-0.${format}`,
  ])
  if (format === 'arrow') return
  const again = await open(path(`of-${format}`), { engine })
  expect(again.columns).toEqual(['id', 'v', 'year', 'country'])
  expect(await again.select('id', 'year', 'country', 'v').sort('id').toArray()).toEqual(await frame.toArray())
})

test('law: values of folders are read again as they were written, whatever they hold', async () => {
  const text = fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom(
        '',
        '.',
        '..',
        ' ',
        'a.',
        'NULL',
        '%',
        '%2F',
        'a=b',
        '__HIVE_DEFAULT_PARTITION__',
        '\u2028',
        '\u0301',
        '..\\x',
      ),
    )
    .filter((value) => !value.includes('\0'))
  let runs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ k: fc.option(text), 'a /=%': fc.option(text) }), { minLength: 1, maxLength: 6 }),
      async (rows) => {
        const name = path(`law-${runs++}`)
        const types = { k: 'VARCHAR', 'a /=%': 'VARCHAR' }
        const given = await open(
          rows.map((row, n) => ({ n, ...row })),
          { engine, types },
        )
        await given.write(name, { partitionBy: ['k', 'a /=%'] })
        const again = await open(name, { engine, types })
        const sorted = await again.sort('n').toArray()
        expect(sorted).toEqual(rows.map((row, n) => ({ n, ...row })))
      },
    ),
    { numRuns: 25 },
  )
})

test('a folder has one name for each value, and no name means something else', () => {
  expect(hiveFolder('country', 'Åland 1_a,b+c-d.e')).toBe('country=Åland 1_a,b+c-d.e')
  expect(hiveFolder('k', 'a/b\\c:*?"<>|%=\'[x]\n')).toBe('k=a%2Fb%5Cc%3A%2A%3F%22%3C%3E%7C%25%3D%27%5Bx%5D%0A')
  expect(['..', 'x.', 'x ', ''].map((value) => hiveFolder('k', value))).toEqual(['k=%2E%2E', 'k=x%2E', 'k=x%20', 'k='])
  expect(hiveFolder('k', null)).toBe('k=__HIVE_DEFAULT_PARTITION__')
  expect(hiveFolder('k', '__HIVE_DEFAULT_PARTITION__')).toBe('k=%5F_HIVE_DEFAULT_PARTITION__')
})

test('values of every type make folders, and typed ones come back as they were', async () => {
  const odd = frame.limit(2).derive({
    d: "DATE '2024-02-29' + id::INT",
    big: '9007199254740993 + id',
    f: 'id / 4',
    t: "TIMESTAMP '2024-01-01 10:11:12.5'",
    b: 'id = 1',
    n: "'x'",
  })
  await odd.select('d', 'big', 'f', 't', 'b', 'n').write(path('types'), { partitionBy: ['d', 'big', 'f', 't', 'b'] })
  const types = { f: 'DOUBLE', t: 'TIMESTAMP', b: 'BOOLEAN' }
  const again = await open(path('types'), { engine, types })
  expect(await typesOf(again)).toEqual(['n VARCHAR', 'd DATE', 'big BIGINT', 'f DOUBLE', 't TIMESTAMP', 'b BOOLEAN'])
  expect(await again.select('d', 'big', 'f', 't', 'b', 'n').sort('d').toArray()).toEqual(
    await odd.select('d', 'big', 'f', 't', 'b', 'n').toArray(),
  )
})

test('rows keep their order within each folder, with many rows and two threads', async () => {
  const many = frame.limit(1).derive({ n: 'unnest(range(300000))' }).derive({ k: 'n * 7919 % 3' }).select('n', 'k')
  await many.write(path('order'), { partitionBy: ['k'] })
  for (const k of [0, 1, 2]) {
    const { values } = await (await open(path(`order/k=${k}`), { engine })).column('n')
    expect(values.length).toBe(100_000)
    expect(
      (values as Float64Array).every(
        (value, at) => (value * 7919) % 3 === k && (at === 0 || value > (values[at - 1] as number)),
      ),
    ).toBe(true)
  }
})

test('many folders are written with one file open at a time', async () => {
  const many = frame.limit(1).derive({ n: 'unnest(range(400))' }).select('n', 'v').derive({ k: 'n % 200' })
  const told: (number | undefined)[] = []
  await many.write(path('many'), { partitionBy: ['k'], onProgress: ({ fraction }) => told.push(fraction) })
  expect([files('many').length, told.length, told.at(-1)]).toEqual([200, 200, 1])
  expect(await (await open(path('many'), { engine })).filter('k = 7').toArray()).toEqual([
    { n: 7, v: 1.5, k: 7 },
    { n: 207, v: 1.5, k: 7 },
  ])
})

test('a folder that is there stays, unless it is to be replaced', async () => {
  await frame.write(path('again'), { partitionBy: ['year'] })
  const second = frame.filter('year = 2024')
  await expect(second.write(path('again'), { partitionBy: ['year'] })).rejects.toMatchObject({
    code: 'DS_TARGET_EXISTS',
  })
  expect(files('again')).toHaveLength(2)
  await second.write(path('again'), { partitionBy: ['year'], overwrite: true })
  expect(files('again')).toEqual(['year=2024/part-0.parquet'])
  const itself = await open(path('again'), { engine })
  await itself.derive({ year: 'year + 1' }).write(path('again'), { partitionBy: ['year'], overwrite: true })
  expect([files('again'), hidden()]).toEqual([['year=2025/part-0.parquet'], []])
})

test('a failure, a stop and a name that is too long leave nothing', async () => {
  const many = frame.limit(1).derive({ n: 'unnest(range(200000))' }).derive({ k: 'n % 3' })
  const broken = many.derive({ x: "CASE WHEN n = 199999 THEN error('boom') ELSE 1 END" })
  await expect(broken.write(path('none'), { partitionBy: ['k'] })).rejects.toMatchObject({
    code: 'DS_QUERY',
    message: "derive: column 'x': boom",
  })
  const wrong = many.filter('nope > 1').write(path('none'), { partitionBy: ['k'] })
  await expect(wrong).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN', message: "filter: there is no column 'nope'" })
  const controller = new AbortController()
  const stopped = many.write(path('none'), { partitionBy: ['n'], signal: controller.signal })
  setTimeout(() => controller.abort(), 100)
  await expect(stopped).rejects.toMatchObject({ code: expect.stringMatching(/DS_ABORTED|DS_OPTION/) as string })
  const long = frame.derive({ k: "repeat('ü', 127) || id" }).write(path('none'), { partitionBy: ['k'] })
  await expect(long).rejects.toMatchObject({
    code: 'DS_WRITE',
    message: "a value of 'k' is too long for a folder: 257 bytes, and the most are 255",
  })
  expect([existsSync(path('none')), hidden(), await tables()]).toEqual([false, [], 0])
})

test('what cannot be is said before anything is written', async () => {
  for (const [options, message] of [
    [{ partitionBy: [] }, 'partitionBy: name at least one column'],
    [{ partitionBy: ['id', 'year', 'country', 'v'] }, 'partitionBy: no column would be left for the files'],
    [{ partitionBy: ['year'], delimiter: ';' }, 'write: delimiter is for text tables, not for parquet'],
  ] as const) {
    await expect(frame.write(path('none'), options)).rejects.toMatchObject({ code: 'DS_OPTION', message })
  }
  await expect(frame.write(path('none'), { partitionBy: ['yaer'] })).rejects.toMatchObject({
    code: 'DS_COLUMN_UNKNOWN',
    message: "partitionBy: there is no column 'yaer' (did you mean 'year'?)",
  })
  await expect(frame.write(path('none'), { partitionBy: ['year', 'YEAR'] })).rejects.toMatchObject({
    code: 'DS_COLUMN_TWICE',
  })
  expect(existsSync(path('none'))).toBe(false)
})

test('no rows make an empty folder', async () => {
  await frame.filter('false').write(path('empty'), { partitionBy: ['year'] })
  expect(readdirSync(path('empty'))).toEqual([])
})

test('columns whose names hold anything', async () => {
  const rows: Row[] = [{ 'a "b"': 1, c0: 2, n: 3, k0: 4, "o'c": 'x' }]
  const odd = await open(rows, { engine })
  await odd.write(path('names'), { partitionBy: ["o'c", 'k0'] })
  expect(await (await open(path('names'), { engine })).toArray()).toEqual([
    { 'a "b"': 1, c0: 2, n: 3, "o'c": 'x', k0: 4 },
  ])
})
