import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CatalogEntry } from '../../src/entry.ts'
import { entryFrom } from '../../src/input.ts'
import { lineOf } from '../../src/line.ts'
import { jsonlStore } from '../../src/stores/jsonl.ts'
import { summaryOf } from '../../src/summary.ts'
import { storeConformance } from '../../src/testing.ts'
import { stamp, weather } from '../sample.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-catalog-'))
  path = join(folder, 'data_catalog.jsonl')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const first = entryFrom(weather(), stamp)
const second = entryFrom(weather({ description: 'Weather' }), { ...stamp, at: '2026-11-24T08:00:00.000Z' }, first)
const key = { namespace: 'file', name: '/srv/data/weather.csv', dataset_name: 'weather' }

test.each(storeConformance(() => jsonlStore(path)))('$name', ({ run }) => expect(run()).resolves.toBeUndefined())

test('a missing file is an empty catalog', async () => {
  const store = jsonlStore(path)
  expect(await store.list()).toEqual([])
  expect(await store.get(key)).toBeUndefined()
  expect(await store.history(key)).toEqual([])
  expect(await store.check?.()).toEqual([])
})

test('revisions are appended, the current one is got, all are history', async () => {
  const store = jsonlStore(path)
  await store.put(first)
  await store.put(second)
  expect(readFileSync(path, 'utf8')).toBe(
    `${JSON.stringify(lineOf(first, folder))}\n${JSON.stringify(lineOf(second, folder))}\n`,
  )
  expect(await store.get(key)).toEqual(second)
  expect(await store.list()).toEqual([summaryOf(second)])
  expect(await store.history(key)).toEqual([first, second])
})

test('a revision that does not follow the current one is refused', async () => {
  const store = jsonlStore(path)
  await expect(store.put(second)).rejects.toMatchObject({ code: 'DS_CATALOG_CONFLICT' })
  await store.put(first)
  await expect(store.put({ ...first, unique_id: 'other' })).rejects.toMatchObject({ code: 'DS_CATALOG_CONFLICT' })
  expect(await store.list()).toEqual([summaryOf(first)])
})

test('lines that are no entries are told with their place, and cost no other line', async () => {
  appendFileSync(path, '{"dataset_name":"x"}\n')
  appendFileSync(path, JSON.stringify(lineOf(first, folder)) + '\n{"torn":')
  const store = jsonlStore(path)
  expect(await store.list()).toEqual([summaryOf(first)])
  const torn = 21 + JSON.stringify(lineOf(first, folder)).length + 1
  expect(await store.check?.()).toEqual([
    {
      severity: 'warn',
      code: 'catalog.damaged-line',
      message: `${path}, byte 0: the line is no catalog entry: it has no unique_id, description, storage_path`,
      hint: 'All other lines were read. catalog fsck --repair takes it out and keeps it in a quarantine file.',
    },
    {
      severity: 'warn',
      code: 'catalog.damaged-line',
      message: `${path}, byte ${torn}: the line is not JSON`,
      hint: 'All other lines were read. catalog fsck --repair takes it out and keeps it in a quarantine file.',
    },
  ])
  await store.put(second)
  expect(await store.list()).toEqual([summaryOf(second)])
})

test('a catalog that the first scripts wrote is read', async () => {
  cpSync(fileURLToPath(new URL('../fixtures/legacy.jsonl', import.meta.url)), path)
  const store = jsonlStore(path)
  expect((await store.list()).map((entry) => [entry.dataset_name, entry.unique_id, entry.description])).toEqual([
    ['flights', 'c3b1e9a4-7f8d-4b6e-a1c2-9e8d7c6b5a33', 'Vols à New York'],
    ['weather', '0d9b7a52-1f43-4c58-8a3e-2f1f6f6f7c22', 'Hourly weather'],
  ])
  const name = join(folder, 'data/weather.csv')
  expect(await store.get({ namespace: 'file', name })).toMatchObject({ dataset_name: 'weather' })
  expect(await store.get({ namespace: 's3://lake', name: 'raw/flights.parquet' })).toMatchObject({ revision: 1 })
  expect(await store.history({ namespace: 'file', name })).toHaveLength(2)
  expect(await store.check?.()).toEqual([])
})

test('a file that is no catalog changes nothing but findings', async () => {
  writeFileSync(path, 'a,b\n1,2\n')
  expect(await jsonlStore(path).list()).toEqual([])
  expect(await jsonlStore(path).check?.()).toHaveLength(2)
})

test('what no reader would take for an entry is not written', async () => {
  const store = jsonlStore(path)
  const wrong = [{ owners: 'ada' }, { tags: { a: 1 } }, { revision: 2 ** 53 }] as unknown as Partial<CatalogEntry>[]
  for (const over of wrong)
    await expect(store.put({ ...first, ...over })).rejects.toMatchObject({ code: 'DS_CATALOG_INPUT' })
  await expect(store.put({ ...first, ...wrong[0] })).rejects.toThrow(
    'cannot write weather: owners is not a list of text',
  )
  expect(await store.list()).toEqual([])
  expect(await store.check?.()).toEqual([])
})

test.each(['raw/a/', 'raw/a b.csv', 'raw/a=1+2.csv'])(
  'history has what was called otherwise before, and was written otherwise by others: %s',
  async (name) => {
    const store = jsonlStore(path)
    const dataset = { namespace: 's3://lake', name, uri: `s3://lake/${name}` }
    const before = entryFrom(weather({ dataset }), stamp)
    await store.put(before)
    const escaped = readFileSync(path, 'utf8').replaceAll(/[=+]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`)
    writeFileSync(path, escaped)
    await store.put({ ...before, dataset_name: 'renamed', revision: 2 })
    const { namespace } = dataset
    const found = await store.history({ namespace, name, dataset_name: 'renamed' })
    expect(found.map(({ dataset_name }) => dataset_name)).toEqual(['weather', 'renamed'])
  },
)

test('of very many damaged lines the first are told, and how many there are', async () => {
  writeFileSync(path, 'no entry\n'.repeat(1000))
  const findings = (await jsonlStore(path).check?.()) ?? []
  expect(findings).toHaveLength(20)
  expect(findings[0]?.message).toBe(`${path}, byte 0: the line is not JSON`)
  expect(findings.at(-1)?.message).toMatch(/the line is not JSON; 980 more lines are damaged$/)
})
