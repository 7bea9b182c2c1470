import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { open } from '../src/open.ts'
import { newFolder } from './folder.ts'

const folder = newFolder()

test('a name with quotes, brackets and a star is a file, not a pattern', async () => {
  const path = folder.write(`O'Brien "x" [1]*.csv`, 'a,b\n1,2\n')
  folder.write(`O'Brien "x" 1-other.csv`, 'a,b\n3,4\n')
  const frame = await open(path)
  expect(await frame.toArray()).toEqual([{ a: 1, b: 2 }])
  expect(frame.files).toEqual([path])
  expect(frame.dataset).toEqual({ namespace: 'file', name: path, uri: pathToFileURL(path).href, format: 'csv' })
})

test('a glob reads the files that it matches, in the order of their names', async () => {
  folder.write('glob/b.csv', 'n\n3\n')
  folder.write('glob/a.csv', 'n\n1\n2\n')
  folder.write('glob/deep/c.csv', 'n\n4\n')
  folder.write('glob/c.txt', 'n\n5\n')
  expect(await (await open('glob/*.csv', { cwd: folder.path })).toArray()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  expect(await (await open(join(folder.path, 'glob/[bx].csv'))).toArray()).toEqual([{ n: 3 }])
  expect(
    (await open('glob/**/*.csv', { cwd: folder.path })).files.map((file) => file.slice(folder.path.length)),
  ).toEqual(['/glob/a.csv', '/glob/b.csv', '/glob/deep/c.csv'])
})

test('a glob beneath a working directory with a star in its name', async () => {
  folder.write('w [1]*/a.csv', 'n\n1\n')
  expect(await (await open('*.csv', { cwd: join(folder.path, 'w [1]*') })).toArray()).toEqual([{ n: 1 }])
})

test('a folder is all its files of one format, hidden ones apart', async () => {
  folder.write('whole/b/c.csv', 'n\n2\n')
  folder.write('whole/a.csv', 'n\n1\n')
  folder.write('whole/.hidden.csv', 'n\n8\n')
  folder.write('whole/.git/d.csv', 'n\n9\n')
  folder.write('whole/_SUCCESS', '')
  expect(await (await open('whole', { cwd: folder.path })).toArray()).toEqual([{ n: 1 }, { n: 2 }])
  folder.write('whole/e.jsonl', '{"n": 3}\n')
  await expect(open('whole', { cwd: folder.path })).rejects.toMatchObject({
    code: 'DS_SOURCE_UNSUPPORTED',
    message: 'the folder whole holds files of several formats: csv, jsonl',
  })
})

test('a folder whose name is a partition gives no column of its own', async () => {
  const path = folder.write('year=2024/a.csv', 'a\n1\n')
  const frame = await open(path)
  expect([frame.columns, await frame.toArray()]).toEqual([['a'], [{ a: 1 }]])
})

test.each<[string, string, string]>([
  ['nowhere.csv', 'DS_SOURCE_NOT_FOUND', 'there is no file nowhere.csv'],
  ['nowhere/*.csv', 'DS_SOURCE_NOT_FOUND', 'no file matches nowhere/*.csv'],
  ['file.csv/a.csv', 'DS_SOURCE_NOT_FOUND', 'there is no file file.csv/a.csv'],
  ['empty-folder', 'DS_SOURCE_NOT_FOUND', 'the folder empty-folder holds no data files'],
  ['data.xlsx', 'DS_SOURCE_UNSUPPORTED', 'does not tell how the file is written'],
  ['https://me:pw@host/a.csv', 'DS_SOURCE_UNSUPPORTED', 'https://host/a.csv is an address'],
  ['s3://lake/a.parquet', 'DS_SOURCE_UNSUPPORTED', 's3://lake/a.parquet is an address'],
  ['file:///100%.csv', 'DS_SOURCE_NOT_FOUND', 'there is no file /100%.csv'],
])('%s: %s', async (source, code, says) => {
  mkdirSync(join(folder.path, 'empty-folder'), { recursive: true })
  folder.write('file.csv', 'a\n1\n')
  folder.write('data.xlsx', 'x')
  const opened = open(source, { cwd: folder.path })
  await expect(opened).rejects.toMatchObject({ code, message: expect.stringContaining(says) as string })
  await expect(opened).rejects.not.toMatchObject({ message: expect.stringContaining('pw') as string })
})

test('a file: address is the file', async () => {
  const path = folder.write('a b%.csv', 'a\n1\n')
  expect(await (await open(pathToFileURL(path).href)).toArray()).toEqual([{ a: 1 }])
})

test('the format may be said, and the dataset given', async () => {
  const path = folder.write('data.dat', 'a\n1\n')
  const dataset = { namespace: 'n', name: 'd', uri: 'n/d' }
  const frame = await open(path, { format: 'csv', dataset })
  expect([await frame.toArray(), frame.dataset]).toEqual([[{ a: 1 }], dataset])
})

// The superuser reads everything, so there is nothing to see as root.
test.skipIf(process.getuid?.() === 0)('a file and a folder that may not be read', async () => {
  const path = folder.write('secret/a.csv', 'a\n1\n')
  chmodSync(path, 0)
  await expect(open(path)).rejects.toMatchObject({ code: 'DS_SOURCE_UNREADABLE' })
  chmodSync(join(folder.path, 'secret'), 0)
  try {
    await expect(open(path)).rejects.toMatchObject({ code: 'DS_SOURCE_UNREADABLE' })
    await expect(open(join(folder.path, 'secret'))).rejects.toMatchObject({ code: 'DS_SOURCE_UNREADABLE' })
  } finally {
    chmodSync(join(folder.path, 'secret'), 0o700)
  }
})

test('a file that changes after it was opened is read as it is when rows are asked for', async () => {
  const path = folder.write('later.csv', 'a\n1\n')
  const frame = await open(path)
  writeFileSync(path, 'a\n1\n2\n')
  expect(await frame.count()).toBe(2)
})

test('a declared type that the engine does not know is an option that it cannot have', async () => {
  const path = folder.write('typed.csv', 'id\n1\n')
  const wrong = { code: 'DS_OPTION', message: "types: 'FOO', for 'id', is no type that the engine knows" }
  await expect(open(path, { types: { id: 'FOO' } })).rejects.toMatchObject(wrong)
  await expect(open([{ id: 1 }], { types: { id: 'FOO' } })).rejects.toMatchObject(wrong)
})
