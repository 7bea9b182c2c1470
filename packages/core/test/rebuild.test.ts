import { copyFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../src/engine.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'
import { open } from '../src/open.ts'
import { rebuildSample } from '../src/rebuild.ts'
import { readManifest, type SampleManifest } from '../src/sample.ts'
import type { SampleOptions } from '../src/sampling/plan.ts'
import { newFolder } from './folder.ts'

const folder = newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

const ROWS = Array.from(
  { length: 500 },
  (_, at) => `${at},c${at % 40},2024-01-${String((at % 28) + 1).padStart(2, '0')}`,
)
const TABLE = `id,customer,day\n${ROWS.join('\n')}\n`
const path = folder.write('orders.csv', TABLE)

/** A manifest as it comes back from a file. */
async function kept(options: SampleOptions, of = path): Promise<{ manifest: SampleManifest; rows: unknown[] }> {
  const sampled = (await open(of, { engine })).sample(options)
  const text = JSON.stringify(await sampled.manifest())
  return { manifest: readManifest(JSON.parse(text)), rows: await sampled.toArray() }
}

test.each<SampleOptions>([
  { fraction: '5%', seed: 7 },
  { rows: 20 },
  { rows: 9, method: 'head' },
  { fraction: 0.1, method: 'blocks' },
  { fraction: '20%', key: 'customer' },
  { rows: 60, stratify: ['customer'], minPerStratum: 1 },
  { rows: 10, weight: 'id', seed: 3 },
  { rows: 10, window: { column: 'day', last: '7d' }, edges: true },
  { rows: 10, window: { column: 'day', from: '2024-01-03', to: new Date('2024-01-10') } },
])('%j gives the same rows again, from its manifest alone', async (options) => {
  const { manifest, rows } = await kept(options)
  const again = await rebuildSample(manifest, { engine })
  expect(rows.length).toBeGreaterThan(0)
  expect(await again.toArray()).toEqual(rows)
  const { readMs: _then, ...facts } = manifest
  expect(await again.manifest()).toMatchObject(facts)
})

test('the source may be in another place, as a path, a stream or a frame', async () => {
  const { manifest, rows } = await kept({ rows: 5 })
  const moved = folder.write('elsewhere/x.csv', '')
  copyFileSync(path, moved)
  for (const source of [moved, [TABLE], await open(moved, { engine })]) {
    expect(await (await rebuildSample(manifest, { engine, source })).toArray()).toEqual(rows)
  }
})

test('a file whose name tells no format is read as it was', async () => {
  const odd = folder.write('orders.dat', TABLE)
  const manifest = await (await open(odd, { engine, format: 'csv' })).sample({ rows: 5 }).manifest()
  expect(await (await rebuildSample(manifest, { engine })).count()).toBe(5)
})

test('a source that is another one now is refused, but for a sample by key', async () => {
  const changing = folder.write('changing.csv', TABLE)
  const rows = await kept({ rows: 5 }, changing)
  const byKey = await kept({ fraction: '20%', key: 'customer' }, changing)
  folder.write('changing.csv', `${TABLE}500,c3,2024-02-01\n`)
  const refused = { code: 'DS_SAMPLE_SOURCE', where: changing }
  await expect(rebuildSample(rows.manifest, { engine })).rejects.toMatchObject(refused)
  await expect(rebuildSample(rows.manifest, { engine, source: changing })).rejects.toMatchObject(refused)
  expect((await (await rebuildSample(byKey.manifest, { engine })).toArray()).slice(0, byKey.rows.length)).toEqual(
    byKey.rows,
  )
})

test('a source of the same size that is read in another way is refused', async () => {
  const { manifest } = await kept({ fraction: '5%' })
  await expect(rebuildSample(manifest, { engine, header: false })).rejects.toMatchObject({
    code: 'DS_SAMPLE_SOURCE',
    message: expect.stringContaining('501') as string,
  })
})

test('a source of which other rows would be drawn is refused, even at the same size', async () => {
  const changing = folder.write('same-size.csv', 'id,x\n1,2\n3,4\n5,6\n')
  const manifest = await (await open(changing, { engine })).sample({ rows: 2 }).manifest()
  await rebuildSample(manifest, { engine })
  folder.write('same-size.csv', 'id,x\n1,9\n3,9\n5,9\n')
  await expect(rebuildSample(manifest, { engine })).rejects.toMatchObject({
    code: 'DS_SAMPLE_SOURCE',
    message: expect.stringContaining('other rows') as string,
  })
})

test('files that have come to a glob are told', async () => {
  folder.write('months/1.csv', 'a\n1\n2\n')
  const manifest = await (await open(`${folder.path}/months/*.csv`, { engine })).sample({ rows: 1 }).manifest()
  folder.write('months/2.csv', 'a\n3\n')
  await expect(rebuildSample(manifest, { engine })).rejects.toMatchObject({
    code: 'DS_SAMPLE_SOURCE',
    message: expect.stringContaining('2 files, not 1') as string,
  })
})

test('what came from a stream needs the stream again', async () => {
  const sampled = (await open([TABLE], { engine })).sample({ rows: 5 })
  const manifest = await sampled.manifest()
  await expect(rebuildSample({ ...manifest, files: [] }, { engine })).rejects.toMatchObject({
    code: 'DS_SAMPLE_SOURCE',
    hint: 'Give the source again.',
  })
  expect(await (await rebuildSample(manifest, { engine, source: [TABLE] })).toArray()).toEqual(await sampled.toArray())
})

test.each<[unknown]>([
  [null],
  ['text'],
  [{}],
  [{ manifest: 2 }],
  [{ manifest: 1, plan: {}, source: {}, files: [], verbs: [], rows: 1 }],
  [{ manifest: 1, plan: { kind: 'random' }, source: { namespace: 'file', name: 'x' }, files: [1], verbs: [], rows: 1 }],
])('%j is no manifest', (value) => {
  expect(() => readManifest(value)).toThrow(expect.objectContaining({ code: 'DS_SAMPLE' }))
})

test('a manifest says how the source was read, and what is said again goes before', async () => {
  const text = ROWS.map((row) => row.replaceAll(',', ';')).join('\n')
  const odd = folder.write('odd.txt', `# orders\nno;who\n${text}\n`)
  const reading = {
    format: 'csv',
    delimiter: ';',
    names: ['no', 'who', 'on'],
    header: false,
    skip: 2,
    nulls: ['', 'c7'],
    types: { no: 'INTEGER' },
    badLines: 'skip',
  } as const
  const sampled = (
    await open(odd, { engine, ...reading, badLines: { quarantine: `${folder.path}/bad.jsonl` } })
  ).sample({ rows: 20 })
  const manifest = readManifest(JSON.parse(JSON.stringify(await sampled.manifest())))
  expect(manifest.reading).toEqual(reading)
  const again = await rebuildSample(manifest, { engine })
  expect(await again.toArray()).toEqual(await sampled.toArray())
  expect((await again.schema()).columns.map(({ nativeType }) => nativeType)).toEqual(['INTEGER', 'VARCHAR', 'DATE'])
  await expect(rebuildSample(manifest, { engine, nulls: [''] })).rejects.toMatchObject({
    code: 'DS_SAMPLE_SOURCE',
  })
})

test('a source that is read as it looks needs no reading', async () => {
  expect((await kept({ rows: 5 })).manifest).not.toHaveProperty('reading')
})

test.each<unknown>([
  { constructor: 5 },
  { format: 'xlsx' },
  { types: { a: 5 } },
  { skip: 'x' },
  { nulls: 'NA' },
  { engine: {} },
  { badLines: 'error' },
  ['a'],
])('a manifest with the reading %j is none', async (reading) => {
  const { manifest } = await kept({ rows: 5 })
  expect(() => readManifest({ ...manifest, reading })).toThrow('no manifest')
})

test('a manifest of an unknown kind is none', async () => {
  const { manifest } = await kept({ rows: 5 })
  expect(() => readManifest({ ...manifest, plan: { ...manifest.plan, kind: 'foo' } })).toThrow('no manifest')
})
