import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileDataset } from '@dayshift/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { register } from '../src/register.ts'
import { jsonlStore } from '../src/stores/jsonl.ts'
import { checkCatalog, compactCatalog, repairCatalog } from '../src/upkeep.ts'
import { legacyLine, weather } from './sample.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-upkeep-'))
  path = join(folder, 'data_catalog.jsonl')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const dataset = (name: string): { namespace: string; name: string; uri: string } => ({
  namespace: 's3://lake',
  name,
  uri: `s3://lake/${name}`,
})

test('what Python appended behind a torn line is recovered', async () => {
  await register(weather({ dataset: dataset('a') }), { path })
  const { owners: _o, tags: _t, revision: _r, ...four } = legacyLine({ dataset_name: 'other' })
  appendFileSync(path, `{"unique_id": "cut${JSON.stringify(four)}\n{"no": "entry"}\n`)
  expect((await checkCatalog(path)).damage.map(({ reason }) => reason)).toEqual([
    'the line is not JSON',
    'the line is no catalog entry: it has no unique_id, dataset_name, description, storage_path',
  ])
  expect(await repairCatalog(path)).toMatchObject({ recovered: 1, quarantine: `${path}.quarantine` })
  expect((await jsonlStore(path).list()).map(({ dataset_name }) => dataset_name)).toEqual(['other', 'weather'])
  expect((await checkCatalog(path)).damage).toEqual([])
  expect(readFileSync(`${path}.quarantine`, 'utf8')).toContain('{"no": "entry"}\n')
})

test('a compaction has a line an entry, by id, and is undone by nobody who appends', async () => {
  writeFileSync(path, `${JSON.stringify(legacyLine({ dataset_name: 'old', storage_path: 'old.csv' }))}\n`)
  for (const name of ['c', 'a', 'b']) {
    await register(weather({ name, dataset: dataset(name) }), { path })
    await register(weather({ name, dataset: dataset(name), description: 'again' }), { path })
  }
  const before = await jsonlStore(path).list()
  const { linesBefore, linesAfter } = await compactCatalog(path)
  expect([linesBefore, linesAfter]).toEqual([7, 4])
  const ids = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { unique_id: string }).unique_id)
  expect(ids).toEqual(ids.toSorted())
  expect(await jsonlStore(path).list()).toEqual(before)
  await register(weather({ name: 'a', dataset: dataset('a'), description: 'after' }), { path })
  const history = await jsonlStore(path).history({ namespace: 's3://lake', name: 'a', dataset_name: 'a' })
  expect(history.map(({ revision, description }) => [revision, description])).toEqual([
    [1, 'Hourly weather'],
    [2, 'again'],
    [3, 'after'],
  ])
  expect(readdirSync(folder)).toHaveLength(2)
})

test('a large catalog opens by a snapshot, which sees every kind of change', async () => {
  const filler = 'x'.repeat(1000)
  const lines = Array.from({ length: 1500 }, (_, at) =>
    JSON.stringify(
      legacyLine({ unique_id: `id-${at}`, dataset_name: `name-${at}`, storage_path: `${at}.csv`, description: filler }),
    ),
  )
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  const names = async (query: string): Promise<string[]> =>
    ((await jsonlStore(path).search?.(query))?.hits ?? []).map(({ entry }) => entry.dataset_name)
  expect(await jsonlStore(path).list()).toHaveLength(1500)
  expect(readdirSync(join(folder, '.dayshift', 'index'))).toHaveLength(2)
  expect(await names('name 77')).toContain('name-77')
  await register(weather({ dataset: dataset('new'), name: 'fresh' }), { path })
  expect(await names('fresh')).toEqual(['fresh'])
  const store = jsonlStore(path)
  expect(await store.list()).toHaveLength(1501)
  await register(weather({ dataset: dataset('new'), name: 'renamed' }), { path })
  expect((await store.list()).map(({ dataset_name }) => dataset_name)).toContain('renamed')
  writeFileSync(path, readFileSync(path, 'utf8').replace('"name-77"', '"edited7"'))
  expect(await names('edited7')).toEqual(['edited7'])
  await compactCatalog(path)
  expect((await jsonlStore(path).list()).length).toBe(1501)
  rmSync(path)
  expect(await jsonlStore(path).list()).toEqual([])
})

test('a line that is no entry stops a compaction, so that a repair finds it still', async () => {
  await register(weather(), { path })
  appendFileSync(path, '{"no": "entry"}\n')
  const before = readFileSync(path, 'utf8')
  await expect(compactCatalog(path)).rejects.toMatchObject({ code: 'DS_JOURNAL_DAMAGED' })
  expect(readFileSync(path, 'utf8')).toBe(before)
  await repairCatalog(path)
  await compactCatalog(path)
  expect((await checkCatalog(path)).damage).toEqual([])
})

test('a catalog that is a link has the paths, the lock and the lines of what it leads to', async () => {
  mkdirSync(join(folder, 'project'))
  const link = join(folder, 'project', 'data_catalog.jsonl')
  symlinkSync(path, link)
  const inside = fileDataset('data/weather.csv', folder, 'csv')
  await register(weather({ dataset: inside }), { path: link })
  await register(weather({ dataset: inside, description: 'again' }), { path })
  await compactCatalog(link)
  expect(await jsonlStore(link).list()).toEqual(await jsonlStore(path).list())
  expect(await jsonlStore(link).list()).toMatchObject([{ name: inside.name, revision: 2 }])
  expect((await jsonlStore(link).history(inside)).map(({ revision }) => revision)).toEqual([1, 2])
  expect(readFileSync(path, 'utf8')).toContain('"storage_path":"data/weather.csv"')
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
})
