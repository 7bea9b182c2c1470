import { expect, test } from 'vitest'
import { deprecateEntry, removeEntry, renameEntry, restoreEntry } from '../src/edit.ts'
import { namedEntry } from '../src/find.ts'
import { diffEntries } from '../src/diff.ts'
import { exportCatalog } from '../src/export.ts'
import { changesOfRevisions } from '../src/history.ts'
import { impactOf } from '../src/impact.ts'
import { register } from '../src/register.ts'
import type { CatalogStore } from '../src/store.ts'
import type { EntrySummary } from '../src/summary.ts'
import { memoryStore } from '../src/stores/memory.ts'
import { legacyLine, weather } from './sample.ts'

const key = { namespace: 'file', name: '/srv/data/weather.csv', dataset_name: 'weather' }
const now = new Date('2026-11-25T08:00:00Z')

async function withWeather(): Promise<{ store: CatalogStore; entry: EntrySummary }> {
  const store = memoryStore()
  await register(weather(), { store })
  return { store, entry: (await store.list())[0] as EntrySummary }
}

test('a deprecation keeps its reason and replacement, and its first time', async () => {
  const { store, entry } = await withWeather()
  const { entry: edited, changed } = await deprecateEntry(
    store,
    entry,
    { reason: 'the feed ended', replacement: 'weather_v2' },
    { now },
  )
  expect(changed).toEqual(['deprecated'])
  expect(edited).toMatchObject({
    revision: 2,
    deprecated: { at: now.toISOString(), reason: 'the feed ended', replacement: 'weather_v2' },
  })
  const again = await deprecateEntry(store, entry, { reason: 'the feed ended', replacement: 'weather_v2' })
  expect(again).toMatchObject({ changed: [], entry: { revision: 2 } })
})

test('what is removed can be restored, and its history stays', async () => {
  const { store, entry } = await withWeather()
  await removeEntry(store, entry, { now })
  expect(await store.get(key)).toMatchObject({ deleted_at: now.toISOString(), revision: 2 })
  expect((await exportCatalog(store)).entries).toEqual([])
  expect((await exportCatalog(store, { deleted: true })).entries).toHaveLength(1)
  await restoreEntry(store, entry)
  expect(await store.get(key)).not.toHaveProperty('deleted_at')
  expect(
    changesOfRevisions(await store.history(key))
      .map(({ changed }) => changed)
      .slice(1),
  ).toEqual([['deleted_at'], ['deleted_at']])
})

test('registering what was removed brings it back under its id', async () => {
  const { store, entry } = await withWeather()
  await removeEntry(store, entry)
  const { facts } = await register(weather(), { store })
  expect(facts).toMatchObject({ id: entry.unique_id, revision: 3, changed: ['deleted_at'] })
})

test('a renamed entry is found by both names, and keeps the new one when it is registered by the old', async () => {
  const { store, entry } = await withWeather()
  await renameEntry(store, entry, 'weather_hourly')
  const { facts } = await register(weather(), { store })
  expect(facts).toMatchObject({ changed: [], revision: 2 })
  const entries = await store.list()
  expect(namedEntry(entries, 'weather', '/').dataset_name).toBe('weather_hourly')
  await renameEntry(store, entries[0] as EntrySummary, 'weather')
  expect(await store.get(key)).toMatchObject({ dataset_name: 'weather', aliases: ['weather_hourly'] })
})

test('a name that another dataset has or had is refused', async () => {
  const { store, entry } = await withWeather()
  const dataset = { namespace: 's3://lake', name: 'f.csv', uri: 's3://lake/f.csv' }
  await register(weather({ name: 'flights', dataset }), { store })
  await expect(renameEntry(store, entry, 'flights')).rejects.toMatchObject({ code: 'DS_CATALOG_INPUT' })
  await expect(renameEntry(store, entry, ' ')).rejects.toMatchObject({ code: 'DS_CATALOG_INPUT' })
})

test('names and replacements lose secrets, as all that is registered does', async () => {
  const { store, entry } = await withWeather()
  await renameEntry(store, entry, 'https://me:hunter2@host/weather')
  await deprecateEntry(store, entry, { replacement: 'https://me:hunter2@host/other' })
  expect(await store.list()).toMatchObject([
    { dataset_name: 'https://host/weather', deprecated: { replacement: 'https://host/other' } },
  ])
  expect(JSON.stringify(await store.history(key))).not.toContain('hunter2')
})

test('a dry run tells and writes nothing', async () => {
  const { store, entry } = await withWeather()
  expect(await removeEntry(store, entry, { dryRun: true })).toMatchObject({ changed: ['deleted_at'] })
  expect(await store.history(key)).toHaveLength(1)
})

test('a line of the first catalogs is edited too, and is one entry after', async () => {
  const store = memoryStore([legacyLine()])
  const [entry] = (await store.list()) as [EntrySummary]
  await renameEntry(store, entry, 'weather_hourly', { folder: '/' })
  expect(await store.list()).toMatchObject([
    { dataset_name: 'weather_hourly', unique_id: entry.unique_id, name: '/data/weather.csv', revision: 2 },
  ])
})

test('an entry is named by name, former name, id, identity, address or path', async () => {
  const { store, entry } = await withWeather()
  const entries = await store.list()
  for (const text of [
    'weather',
    'Weather',
    entry.unique_id,
    entry.unique_id.slice(0, 8),
    'file//srv/data/weather.csv',
    '/srv/data/weather.csv',
    'file:///srv/data/weather.csv',
    'data/weather.csv',
    'weather.csv',
  ])
    expect(namedEntry(entries, text, text === 'weather.csv' ? '/srv/data' : '/srv').unique_id).toBe(entry.unique_id)
})

test('a name that nothing has is an error with the nearest one; one that two have names both', async () => {
  const { store } = await withWeather()
  const entries = await store.list()
  expect(() => namedEntry(entries, 'wether', '/')).toThrow(
    expect.objectContaining({ code: 'DS_CATALOG_UNKNOWN', hint: 'Did you mean weather?' }),
  )
  const twin = {
    ...(entries[0] as EntrySummary),
    unique_id: '99999999-x',
    storage_path: '/srv/b.csv',
    name: '/srv/b.csv',
  }
  expect(() => namedEntry([...entries, twin], 'weather', '/')).toThrow(
    expect.objectContaining({ code: 'DS_CATALOG_AMBIGUOUS', hint: expect.stringContaining('/srv/b.csv (99999999)') }),
  )
})

test('a difference of two revisions has fields and columns apart', async () => {
  const { store } = await withWeather()
  const schema = { columns: [{ name: 'temp', type: 'integer' as const, nativeType: 'BIGINT' }] }
  await register(weather({ schema, rows: 9, description: 'Weather' }), { store })
  const [before, after] = await store.history(key)
  expect(before && after && diffEntries(before, after)).toMatchObject({
    before: 1,
    after: 2,
    class: 'breaking',
    fields: [
      { field: 'description', before: 'Hourly weather', after: 'Weather' },
      { field: 'rows', after: 9 },
    ],
    schema: [
      { kind: 'dropped', column: 'time' },
      { kind: 'retyped', column: 'temp' },
    ],
  })
})

test('a registration tells what its schema breaks', async () => {
  const { store } = await withWeather()
  const schema = { columns: [{ name: 'temp', type: 'float' as const, nativeType: 'DOUBLE' }] }
  const { status, findings, facts } = await register(weather({ schema }), { store })
  expect([status, facts.schemaChanges?.[0]?.class]).toEqual(['warn', 'breaking'])
  expect(findings).toContainEqual({
    severity: 'warn',
    code: 'register.schema-breaking',
    message: 'time (timestamp) is gone',
    column: 'time',
    hint: 'dayshift catalog diff weather tells whom that touches.',
  })
})

test('the command that a registration names is one that a shell takes', async () => {
  const store = memoryStore()
  const named = weather({
    name: 'my table; x',
    schema: { columns: [{ name: 'a', type: 'integer', nativeType: 'BIGINT' }] },
  })
  const { facts } = await register(named, { store })
  const { findings } = await register({ ...named, schema: { columns: [] } }, { store })
  expect(findings.map(({ hint }) => hint)).toContain(`dayshift catalog diff ${facts.id} tells whom that touches.`)
})

test('what a change touches has the owners that the catalog knows', async () => {
  const { store, entry } = await withWeather()
  await register(weather({ owners: ['ada'] }), { store })
  const downstream = [
    { namespace: 'file', name: entry.name as string },
    { namespace: 's3://lake', name: 'unknown.csv' },
  ]
  expect(impactOf(downstream, await store.list())).toEqual([
    { dataset: downstream[0], name: 'weather', owners: ['ada'] },
    { dataset: downstream[1], owners: [] },
  ])
})

test('what people declare of columns stays until it is declared anew, and follows a column that moves', async () => {
  const { store } = await withWeather()
  await register(
    weather({
      columns: [{ name: 'temp', description: 'at 2 m', nullable: true }],
      links: [{ url: 'https://me:pw@example.org/x' }],
      properties: { cost: '12' },
    }),
    { store },
  )
  await register(weather({ schema: { columns: weather().schema.columns.toReversed() } }), { store })
  expect(await store.get(key)).toMatchObject({
    schema: [{ name: 'temp', nullable: true, description: 'at 2 m' }, { name: 'time' }],
    links: [{ url: 'https://example.org/x' }],
    properties: { cost: '12' },
  })
  await expect(register(weather({ columns: [{ name: 'x' }], links: [{ url: 'no' }] }), { store })).rejects.toThrow(
    'columns names "x", which schema has not; links has what is no address: no',
  )
})
