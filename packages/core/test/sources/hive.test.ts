import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, Row } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import type { Frame } from '../../src/frame.ts'
import { open, type OpenOptions } from '../../src/open.ts'
import { hiveColumns, hiveRoot, hiveType } from '../../src/sources/hive.ts'
import { newFolder, typesOf } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

const opened = (path: string, options: OpenOptions = {}): Promise<Frame> =>
  open(path, { engine, cwd: folder.path, ...options })
const values = (root: string, files: readonly string[]): unknown =>
  hiveColumns(root, files)?.map(({ name, values: of }) => [name, ...of])

test('columns are read from folders of the same keys, wherever they stand below the root', () => {
  expect(values('/s', ['/s/year=2024/country=DE/a.csv', '/s/raw/year=2025/x/country=a%2Fb/b.csv'])).toEqual([
    ['year', '2024', '2025'],
    ['country', 'DE', 'a/b'],
  ])
  expect(
    values('/s', ['/s/k=__HIVE_DEFAULT_PARTITION__/a', '/s/k=/a', '/s/k=a=b/a', '/s/k=%zz/a', '/s/k=%FF/a']),
  ).toEqual([['k', null, '', 'a=b', '%zz', '%FF']])
  expect(values('/s', ['/s/a%20b=1/a.csv'])).toEqual([['a b', '1']])
  expect(values('/', ['/k=1/a.csv'])).toEqual([['k', '1']])
})

test.each<[string, string, readonly string[]]>([
  ['no keys', '/s', ['/s/a.csv']],
  ['a file apart', '/s', ['/s/k=1/a.csv', '/s/b.csv']],
  ['other keys', '/s', ['/s/k=1/a.csv', '/s/j=1/a.csv']],
  ['another order', '/s', ['/s/k=1/j=1/a.csv', '/s/j=1/k=1/a.csv']],
  ['a key twice', '/s', ['/s/k=1/K=1/a.csv']],
  ['only above the root', '/s/k=1', ['/s/k=1/a.csv']],
  ['a file name alone', '/s', ['/s/k=1.csv']],
  ['no key', '/s', ['/s/=1/a.csv']],
])('%s: no columns', (_, root, files) => {
  expect(hiveColumns(root, files)).toBeUndefined()
})

test.each<[readonly (string | null)[], string]>([
  [['1', '-20', '0', null], 'BIGINT'],
  [['9223372036854775807', '-9223372036854775808'], 'BIGINT'],
  [['9223372036854775808'], 'VARCHAR'],
  [['01', '02'], 'VARCHAR'],
  [['-0'], 'VARCHAR'],
  [['1', '1.5'], 'VARCHAR'],
  [['2024-02-29', null], 'DATE'],
  [['2023-02-29'], 'VARCHAR'],
  [['2024-01-01', '1'], 'VARCHAR'],
  [['', '1'], 'VARCHAR'],
  [[null], 'VARCHAR'],
])('%j is of type %s', (texts, type) => {
  expect(hiveType(texts)).toBe(type)
})

test('the root of a glob is the last folder that it does not leave open', () => {
  const files = ['/d/s/year=2024/a.csv', '/d/s/year=2025/a.csv']
  expect(hiveRoot('/d/s', 'folder', files)).toBe('/d/s')
  expect(hiveRoot('/d/s/*/a.csv', 'glob', files)).toBe('/d/s')
  expect(hiveRoot('/d/**/a.csv', 'glob', files)).toBe('/d')
  expect(hiveRoot('/d/s/year=2024/*.csv', 'glob', files.slice(0, 1))).toBe('/d/s/year=2024')
})

test.each(['csv', 'jsonl', 'parquet', 'csv.gz'])('a folder of %s files, and globs over it', async (ending) => {
  const base = await open([{ v: 1 }, { v: 2 }], { engine })
  for (const [year, country] of [
    [2024, 'DE'],
    [2024, 'a%2Fb'],
    [2025, '__HIVE_DEFAULT_PARTITION__'],
  ]) {
    const path = `of-${ending}/year=${year}/country=${country}/part-0.${ending}`
    folder.write(path, '')
    await base.derive({ v: `v * ${year}` }).write(join(folder.path, path))
  }
  const rows = [
    { v: 2024, year: 2024, country: 'DE' },
    { v: 4048, year: 2024, country: 'DE' },
    { v: 2024, year: 2024, country: 'a/b' },
    { v: 4048, year: 2024, country: 'a/b' },
    { v: 2025, year: 2025, country: null },
    { v: 4050, year: 2025, country: null },
  ]
  const frame = await opened(`of-${ending}`)
  expect(await typesOf(frame)).toEqual(['v BIGINT', 'year BIGINT', 'country VARCHAR'])
  expect(await frame.toArray()).toEqual(rows)
  expect(await frame.filter('year = 2025').toArray()).toEqual(rows.slice(4))
  expect(
    await frame
      .summarize({ n: 'count(*)' }, { by: ['year'] })
      .sort('year')
      .toArray(),
  ).toEqual([
    { year: 2024, n: 4 },
    { year: 2025, n: 2 },
  ])
  expect(await (await opened(`of-${ending}/**/*.${ending}`)).toArray()).toEqual(rows)
  expect((await opened(`of-${ending}/year=2024/*/*.${ending}`)).columns).toEqual(['v', 'country'])
  expect((await opened(`of-${ending}/year=2024`)).columns).toEqual(['v', 'country'])
  expect((await opened(`of-${ending}/year=2025/country=*/*`)).columns).toEqual(['v', 'country'])
  expect((await opened(`of-${ending}`, { hive: false })).columns).toEqual(['v'])
  expect((await opened(`of-${ending}/year=2024/country=DE/part-0.${ending}`)).columns).toEqual(['v'])
  expect((await opened(`of-${ending}/year=2024/country=DE/part-0.${ending}`, { hive: true })).columns).toEqual([
    'v',
    'year',
    'country',
  ])
  expect(await (await opened(`of-${ending}`)).sample({ rows: 2, seed: 1 }).count()).toBe(2)
})

test('law: values of folders are read as they are written, whatever they hold', async () => {
  const text = fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.constantFrom('NULL', 'null', 'a=b', '%', '%41', '', '..', '007', "o'c", '[x]*?'),
    )
    .filter((value) => !value.includes('\0'))
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(text, { minLength: 1, maxLength: 4 }), async (texts) => {
      const root = `law-${runs++}`
      for (const [at, value] of texts.entries()) {
        folder.write(`${root}/k=${encodeURIComponent(value)}/a.csv`, `n,m\n${at},NA\n`)
      }
      const frame = await opened(root, { types: { k: 'VARCHAR' } })
      const rows = await frame.sort('n').toArray()
      expect(rows).toEqual(texts.map((k, n) => ({ n, m: 'NA', k })))
    }),
    { numRuns: 25 },
  )
})

test('a filter leaves other folders unread', async () => {
  for (const day of ['2024-01-01', '2024-01-02', '2024-01-03'])
    folder.write(`days/day=${day}/a.csv`, 'n,m\n1,NA\n2,3\n')
  const frame = await opened('days')
  expect(await typesOf(frame)).toEqual(['n BIGINT', 'm BIGINT', 'day DATE'])
  writeFileSync(join(folder.path, 'days/day=2024-01-02/a.csv'), 'n,m\n"')
  expect(await frame.filter("day = DATE '2024-01-03'").toArray()).toEqual([
    { n: 1, m: null, day: new Date('2024-01-03') },
    { n: 2, m: 3, day: new Date('2024-01-03') },
  ])
  expect(await frame.filter("day > '2024-01-02'").count()).toBe(2)
  await expect(frame.toArray()).rejects.toMatchObject({ code: 'DS_SOURCE_MALFORMED' })
})

test.each(['plain', 'a=b'])('a column of the file gives way to the folder, as %s', async (value) => {
  for (const ending of ['csv', 'jsonl']) {
    folder.write(`own/${value}/${ending}/K=${value}/a.${ending}`, ending === 'csv' ? 'k,n\n5,1\n' : '{"k":5,"n":1}\n')
    const frame = await opened(`own/${value}/${ending}`)
    expect([frame.columns, await frame.toArray()]).toEqual([['n', 'K'], [{ n: 1, K: value }]])
  }
})

test('types may be declared for folders and files', async () => {
  folder.write('typed/m=01/d=1/a.csv', 'zip\n007\n')
  folder.write('typed/m=12/d=2/a.csv', 'zip\n008\n')
  expect(await typesOf(await opened('typed'))).toEqual(['zip VARCHAR', 'm VARCHAR', 'd BIGINT'])
  const frame = await opened('typed', { types: { M: 'INTEGER', zip: 'BIGINT', d: 'VARCHAR' } })
  expect(await typesOf(frame)).toEqual(['zip BIGINT', 'm INTEGER', 'd VARCHAR'])
  expect(await frame.toArray()).toEqual([
    { zip: 7, m: 1, d: '1' },
    { zip: 8, m: 12, d: '2' },
  ])
  await expect(opened('typed', { types: { nope: 'DATE' } })).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN' })
})

test('it is an error to ask for folders where there are none, and mixed ones give nothing', async () => {
  folder.write('mixed/k=1/a.csv', 'n\n1\n')
  folder.write('mixed/b.csv', 'n\n2\n')
  expect((await opened('mixed')).columns).toEqual(['n'])
  await expect(opened('mixed', { hive: true })).rejects.toMatchObject({ code: 'DS_OPTION' })
  await expect(opened('mixed/b.csv', { hive: true })).rejects.toMatchObject({ code: 'DS_OPTION' })
})

test('files that have to be decoded first, or mended, keep their folders', async () => {
  folder.write('latin/k=1/a.csv', Buffer.from('n,t\n1,\xfc\n', 'latin1'))
  folder.write('latin/k=2/a.csv', Buffer.from('n,t\n2,x\n', 'latin1'))
  const rows: Row[] = [
    { n: 1, t: 'ü', k: 1 },
    { n: 2, t: 'x', k: 2 },
  ]
  expect(await (await opened('latin', { encoding: 'windows-1252' })).toArray()).toEqual(rows)
  folder.write('ends/k=1/a.csv', 'n,t\r\n1,ü\n')
  folder.write('ends/k=2/a.csv', 'n,t\n2,x\n')
  expect(await (await opened('ends')).toArray()).toEqual(rows)
})

test('folders above the root do not get in the way of columns', async () => {
  folder.write('env=prod/t/k=1/a.csv', 'env,n\nown,1\n')
  const frame = await opened('env=prod/t')
  expect(await frame.toArray()).toEqual([{ env: 'own', n: 1, k: 1 }])
  expect(await (await opened('env=prod/t', { hive: true })).toArray()).toEqual([{ env: 'own', n: 1, k: 1 }])
})
