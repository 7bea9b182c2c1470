import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileDataset, type TableSchema } from '@dayshift/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { register } from '../src/register.ts'
import type { CatalogStore } from '../src/store.ts'
import { jsonlStore } from '../src/stores/jsonl.ts'
import { weather } from './sample.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-register-'))
  path = join(folder, 'data_catalog.jsonl')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const codes = ({ findings }: { findings: readonly { code: string }[] }): string[] => findings.map(({ code }) => code)

test('the first registration creates an entry', async () => {
  const report = await register(weather(), { path })
  expect(report).toMatchObject({ kind: 'register', status: 'pass', findings: [] })
  expect(report.dataset).toEqual(fileDataset('data/weather.csv', '/srv', 'csv'))
  expect(report.facts).toMatchObject({ revision: 1, created: true, catalog: path })
  expect(report.facts.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(report.facts.changed).toContain('schema')
  expect(readFileSync(path, 'utf8')).toMatch(/^\{"unique_id":"[^"]+","dataset_name":"weather","description":[^\n]+\n$/)
})

test('unchanged content writes nothing and says so', async () => {
  const first = await register(weather({ tags: { tier: 'gold' } }), { path })
  const before = readFileSync(path)
  const again = await register(weather(), { path })
  expect(readFileSync(path)).toEqual(before)
  expect(again.facts).toEqual({ id: first.facts.id, revision: 1, created: false, changed: [], catalog: path })
  expect(codes(again)).toEqual(['register.unchanged'])
  expect(again.status).toBe('pass')
})

test('a change is a revision of the same id', async () => {
  const first = await register(weather(), { path })
  const second = await register(weather({ description: 'Weather', owners: ['me'] }), { path })
  expect(second.facts).toMatchObject({
    id: first.facts.id,
    revision: 2,
    created: false,
    changed: ['description', 'owners'],
  })
})

test('a dry run writes nothing and tells what would change', async () => {
  const report = await register(weather(), { path, dryRun: true })
  expect(report.facts).toMatchObject({ revision: 1, created: true })
  expect(codes(report)).toEqual(['register.dry-run'])
  expect(existsSync(path)).toBe(false)
})

test('a legacy line is updated under its id, and stays in the file as it was', async () => {
  const legacy = fileURLToPath(new URL('fixtures/legacy.jsonl', import.meta.url))
  cpSync(legacy, path)
  const byPath = weather({ dataset: fileDataset('data/weather.csv', folder), name: 'climate' })
  const report = await register(byPath, { path })
  expect(report.facts).toMatchObject({ id: '0d9b7a52-1f43-4c58-8a3e-2f1f6f6f7c22', revision: 2, created: false })
  expect(readFileSync(path, 'utf8').startsWith(readFileSync(legacy, 'utf8'))).toBe(true)
  const byName = await register(weather({ name: 'flights', dataset: fileDataset('flights.csv', '/new') }), { path })
  expect(byName.facts).toMatchObject({ id: 'c3b1e9a4-7f8d-4b6e-a1c2-9e8d7c6b5a33', revision: 2 })
  expect((await jsonlStore(path).list()).map(({ dataset_name }) => dataset_name)).toEqual(['climate', 'flights'])
})

test('two branches that registered one new dataset fold into one entry after a union merge', async () => {
  const ours = join(folder, 'ours.jsonl')
  const theirs = join(folder, 'theirs.jsonl')
  const first = await register(weather(), { path: ours, now: new Date('2026-01-01T00:00:00Z') })
  await register(weather({ description: 'x' }), { path: theirs, now: new Date('2026-01-02T00:00:00Z') })
  const lines = [ours, theirs].map((file) => readFileSync(file, 'utf8'))
  const found = []
  for (const order of [lines, lines.toReversed()]) {
    writeFileSync(path, order.join(''))
    found.push(await jsonlStore(path).list())
  }
  expect(found[0]).toEqual(found[1])
  expect(found[0]).toHaveLength(1)
  expect(found[0]?.[0]).toMatchObject({ unique_id: first.facts.id, description: 'x' })
  const next = await register(weather({ description: 'y' }), { path })
  expect(next.facts).toMatchObject({ id: first.facts.id, revision: 2 })
})

test('damaged lines are warned of, and the registration is done', async () => {
  writeFileSync(path, '{"torn":')
  const report = await register(weather(), { path })
  expect(codes(report)).toEqual(['catalog.damaged-line'])
  expect(report.status).toBe('warn')
  expect(await jsonlStore(path).list()).toHaveLength(1)
})

test('an empty description and a namesake elsewhere are told', async () => {
  await register(weather(), { path })
  const report = await register(weather({ dataset: fileDataset('moved.csv', '/srv'), description: ' ' }), { path })
  expect(codes(report)).toEqual(['register.undescribed', 'register.same-name'])
})

test('a column that the catalog’s own reader would not take is refused', async () => {
  const columns = [{ name: 'a', type: 'string' }] as unknown as TableSchema['columns']
  await expect(register(weather({ schema: { columns } }), { path })).rejects.toMatchObject({
    code: 'DS_CATALOG_INPUT',
    message: expect.stringContaining('a column whose nativeType is not text'),
  })
  expect(existsSync(path)).toBe(false)
})

test('all problems of an input are told together', async () => {
  const column = { name: 'a', type: 'string', nativeType: 'VARCHAR' } as const
  const dataset = { namespace: '', name: '', uri: '' }
  const bad = weather({ name: ' ', dataset, rows: 1.5, bytes: -1, schema: { columns: [column, column] } })
  await expect(register(bad, { path })).rejects.toMatchObject({
    code: 'DS_CATALOG_INPUT',
    kind: 'usage',
    message: expect.stringMatching(
      /name is empty; dataset\.namespace .*; dataset\.name .*; rows .*; bytes .*"a" twice/,
    ),
  })
  expect(existsSync(path)).toBe(false)
})

test('a signal stops it before anything is written', async () => {
  await expect(register(weather(), { path, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  expect(existsSync(path)).toBe(false)
})

test('a lost race starts from the entry as it is then', async () => {
  const file = jsonlStore(path)
  let raced = false
  const store: CatalogStore = {
    ...file,
    put: async (entry) => {
      if (!raced) {
        raced = true
        await register(weather({ owners: ['other'] }), { path })
      }
      await file.put(entry)
    },
  }
  const report = await register(weather({ tags: { mine: 'yes' } }), { store })
  expect(report.facts).toMatchObject({ revision: 2, created: false, changed: ['tags'] })
  expect(await file.list()).toMatchObject([{ owners: ['other'], tags: { mine: 'yes' } }])
})

test('processes registering one dataset at once give it one id and lose no revision', async () => {
  // Node 20 runs no TypeScript: processes of their own run the last build.
  const built = fileURLToPath(new URL('../dist/index.js', import.meta.url))
  const processes = 6
  const each = 5
  const script = join(folder, 'registrar.mjs')
  writeFileSync(
    script,
    `import { register } from ${JSON.stringify(built)}
     const input = ${JSON.stringify(weather())}
     const description = 'by ' + process.argv[2]
     process.stdout.write('ready')
     process.stdin.once('data', async () => {
       for (let at = 0; at < ${each}; at++)
         await register({ ...input, description: description + ' ' + at }, { path: ${JSON.stringify(path)} })
       process.exit()
     })`,
  )
  const children = Array.from({ length: processes }, (_, at) =>
    spawn(process.execPath, [script, String(at)], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const ended = children.map((child) => new Promise((resolve) => child.once('exit', resolve)))
  await Promise.all(children.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))))
  for (const child of children) child.stdin.write('go')
  expect(await Promise.all(ended)).toEqual(Array.from({ length: processes }, () => 0))

  const store = jsonlStore(path)
  const history = (await store.history?.({ namespace: 'file', name: '/srv/data/weather.csv' })) ?? []
  expect(new Set(history.map(({ unique_id }) => unique_id)).size).toBe(1)
  expect(history.map(({ revision }) => revision)).toEqual(Array.from({ length: processes * each }, (_, at) => at + 1))
  expect(await store.check?.()).toEqual([])
})
