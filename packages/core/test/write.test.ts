import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import { raw, sql } from '../src/sql.ts'
import { newFolder, typesOf } from './folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let frame: Frame
beforeAll(async () => {
  frame = await folder.csv('n,t,d\n1,"a, ""b""\nc",2024-02-29\n2.5,,\n')
})

const path = (name: string): string => join(folder.path, name)
const hidden = (): string[] => readdirSync(folder.path).filter((name) => name.startsWith('.'))

test.each<[string, string]>([
  ['a.csv', 'n,t,d\n1.0,"a, ""b""\nc",2024-02-29\n2.5,,\n'],
  ['a.tsv', 'n\tt\td\n1.0\t"a, ""b""\nc"\t2024-02-29\n2.5\t\t\n'],
  ['a.jsonl', '{"n":1.0,"t":"a, \\"b\\"\\nc","d":"2024-02-29"}\n{"n":2.5,"t":null,"d":null}\n'],
  ['a.json', '[\n\t{"n":1.0,"t":"a, \\"b\\"\\nc","d":"2024-02-29"},\n\t{"n":2.5,"t":null,"d":null}\n]\n'],
])('%s to the byte', async (name, text) => {
  await frame.write(path(name))
  expect(readFileSync(path(name), 'utf8')).toBe(text)
})

test.each([
  'csv',
  'tsv',
  'csv.gz',
  'csv.zst',
  'tsv.gz',
  'jsonl',
  'jsonl.gz',
  'ndjson.zst',
  'json',
  'json.gz',
  'parquet',
])('what is written as .%s is read again', async (ending) => {
  const name = path(`again.${ending}`)
  await frame.write(name)
  const again = await open(name)
  expect(await typesOf(again)).toEqual(['n DOUBLE', 't VARCHAR', 'd DATE'])
  expect(await again.toArray()).toEqual([
    { n: 1, t: 'a, "b"\nc', d: new Date('2024-02-29') },
    { n: 2.5, t: null, d: null },
  ])
})

test('gzip is gzip', async () => {
  await frame.write(path('g.csv.gz'))
  expect(gunzipSync(readFileSync(path('g.csv.gz'))).toString('utf8')).toBe(
    'n,t,d\n1.0,"a, ""b""\nc",2024-02-29\n2.5,,\n',
  )
})

test('the format may be said, and a name with quotes and a star is a name', async () => {
  const name = path(`it's "so" *.dat`)
  await frame.write(name, { format: 'csv' })
  expect(await (await open(name, { format: 'csv' })).count()).toBe(2)
})

test('a text that is written is the text that is read, whatever it holds', async () => {
  const text = fc.string({ unit: 'grapheme-composite', maxLength: 12 }).filter((value) => !value.includes('\0'))
  await fc.assert(
    fc.asyncProperty(
      text.filter((value) => value !== ''),
      fc.constantFrom('csv', 'tsv', 'jsonl', 'parquet'),
      async (value, ending) => {
        const name = path(`text.${ending}`)
        await frame
          .limit(1)
          .derive({ t: sql`${value}`, u: sql`${`x${value}`}` })
          .select('t', 'u')
          .write(name)
        const again = await open(name, ending.endsWith('sv') ? { types: { t: 'VARCHAR', u: 'VARCHAR' } } : {})
        expect(await again.toArray()).toEqual([{ t: value, u: `x${value}` }])
      },
    ),
    { numRuns: 60 },
  )
})

test('a query that fails in the middle leaves the old file, and nothing else', async () => {
  const name = path('old.csv')
  writeFileSync(name, 'old')
  const broken = frame
    .limit(1)
    .derive({ n: 'unnest(range(200000))' })
    .derive({ x: "CASE WHEN n = 199999 THEN error('boom') ELSE 1 END" })
  await expect(broken.write(name)).rejects.toMatchObject({ code: 'DS_QUERY', message: 'boom' })
  expect([readFileSync(name, 'utf8'), hidden()]).toEqual(['old', []])
})

test('stopping it leaves the old file, and nothing else', async () => {
  const name = path('stopped.csv')
  writeFileSync(name, 'old')
  const controller = new AbortController()
  const long = frame.with({ from: raw('range(10000000000) AS t(n)'), names: ['n'] })
  const writing = long.write(name, { signal: controller.signal })
  setTimeout(() => controller.abort(), 50)
  await expect(writing).rejects.toMatchObject({ code: 'DS_ABORTED' })
  expect([readFileSync(name, 'utf8'), hidden()]).toEqual(['old', []])
})

test('a file may be written over by what was read from it', async () => {
  const name = folder.write('self.csv', 'a\n1\n2\n')
  await (await open(name)).filter('a > 1').write(name)
  expect(readFileSync(name, 'utf8')).toBe('a\n2\n')
})

test('a folder that is missing is known before any row is computed', async () => {
  const broken = frame.filter("error('computed')")
  await expect(broken.write(path('nowhere/a.csv'))).rejects.toMatchObject({
    code: 'DS_WRITE',
    where: path('nowhere/a.csv'),
  })
})

test('a folder in place of the file, and a name that tells no format', async () => {
  folder.write('folder.csv/x', '')
  await expect(frame.write(path('folder.csv'))).rejects.toMatchObject({ code: 'DS_WRITE' })
  await expect(frame.write(path('a.xlsx'))).rejects.toMatchObject({ code: 'DS_SOURCE_UNSUPPORTED' })
  expect(hidden()).toEqual([])
})
