import { datasetOf, fileDataset } from '@dayshift/core'
import { expect, test } from 'vitest'
import { isLegacy } from '../src/entry.ts'
import { changedFields, entryFrom } from '../src/input.ts'
import { entryOf, lineOf } from '../src/line.ts'
import { legacyLine, stamp, weather } from './sample.ts'

const later = { id: '22222222-2222-4222-8222-222222222222', at: '2026-11-24T08:00:00.000Z' }
const profile = {
  rows: 3,
  columns: [
    { name: 'time', type: 'timestamp' as const, nulls: 0, distinct: 3, min: '2026-01-01', max: '2026-01-03' },
    { name: 'temp', type: 'float' as const, nulls: 1, distinct: 2, min: -1.5, max: 'Infinity', mean: 1, sd: 2 },
  ],
}

test('the four keys of the first catalogs stand first, in their order', () => {
  const entry = entryFrom(weather({ rows: 3, owners: ['me'] }), stamp)
  expect(Object.keys(entry).slice(0, 4)).toEqual(['unique_id', 'dataset_name', 'description', 'storage_path'])
  expect(entry).toEqual({
    unique_id: stamp.id,
    dataset_name: 'weather',
    description: 'Hourly weather',
    storage_path: '/srv/data/weather.csv',
    namespace: 'file',
    name: '/srv/data/weather.csv',
    uri: 'file:///srv/data/weather.csv',
    format: 'csv',
    schema: [
      { name: 'time', type: 'timestamp', nativeType: 'TIMESTAMP' },
      { name: 'temp', type: 'float', nativeType: 'DOUBLE' },
    ],
    rows: 3,
    owners: ['me'],
    tags: {},
    created_at: stamp.at,
    updated_at: stamp.at,
    revision: 1,
  })
  expect(isLegacy(entry)).toBe(false)
})

test('what entryFrom makes is read again as it is', () => {
  const entry = entryFrom(weather({ rows: 3, profile, contract: { id: 'weather', status: 'pass' } }), stamp)
  for (const folder of ['/srv', '/srv/data', '/elsewhere', '/']) {
    const line = JSON.parse(JSON.stringify(lineOf(entry, folder))) as Record<string, unknown>
    expect(entryOf(line, folder)).toEqual(entry)
  }
})

test('a profile gives rows and a summary a column', () => {
  const entry = entryFrom(weather({ profile }), stamp)
  expect(entry.rows).toBe(3)
  expect(entry.profile?.[1]).toEqual({
    name: 'temp',
    nulls: 1,
    distinct: 2,
    min: -1.5,
    max: 'Infinity',
    mean: 1,
    sd: 2,
  })
})

test('a revision keeps id and creation, and keys that are not known here', () => {
  const first = { ...entryFrom(weather(), stamp), glossary: ['temperature'] }
  const second = entryFrom(weather({ description: 'Weather by the hour' }), later, first)
  expect(second).toMatchObject({ unique_id: stamp.id, created_at: stamp.at, updated_at: later.at, revision: 2 })
  expect(second['glossary']).toEqual(['temperature'])
  expect(changedFields(first, second)).toEqual(['description'])
})

test('what people declared stays until it is named anew', () => {
  const declared = { contract: { id: 'weather', status: 'pass' as const }, owners: ['me'], tags: { tier: 'gold' } }
  const first = entryFrom(weather(declared), stamp)
  expect(entryFrom(weather(), later, first)).toMatchObject(declared)
  expect(entryFrom(weather({ owners: [], tags: {} }), later, first)).toMatchObject({ owners: [], tags: {} })
})

test('what was measured stays only for the same content', () => {
  const first = entryFrom(weather({ version: 'md5:a', rows: 3, bytes: 40, profile }), stamp)
  const same = entryFrom(weather({ version: 'md5:a' }), later, first)
  expect(changedFields(first, same)).toEqual([])
  const other = entryFrom(weather({ version: 'md5:b' }), later, first)
  expect(changedFields(first, other)).toEqual(['version', 'rows', 'bytes', 'profile'])
  expect(other.rows).toBeUndefined()
  expect(entryFrom(weather(), later, first).rows).toBeUndefined()
})

test('a mean that differs by the order of summation is no change; one that differs is', () => {
  const [time, temp] = profile.columns
  const of = (mean: number, sd = 2): ReturnType<typeof weather> =>
    weather({ profile: { rows: 3, columns: [time, { ...temp, mean, sd }] as typeof profile.columns } })
  const first = entryFrom(of(1), stamp)
  expect(changedFields(first, entryFrom(of(1 + 1e-15, 2 - 1e-15), later, first))).toEqual([])
  expect(changedFields(first, entryFrom(of(1.0001), later, first))).toEqual(['profile'])
})

test('the order of tags is no change', () => {
  const first = entryFrom(weather({ tags: { a: '1', b: '2' } }), stamp)
  expect(changedFields(first, entryFrom(weather({ tags: { b: '2', a: '1' } }), later, first))).toEqual([])
})

test('a legacy entry becomes revision 2 of the same id', () => {
  const entry = entryFrom(weather(), stamp, legacyLine())
  expect(entry).toMatchObject({ unique_id: legacyLine().unique_id, revision: 2, created_at: stamp.at })
  expect(changedFields(legacyLine(), entry)).toEqual(['storage_path', 'namespace', 'name', 'uri', 'format', 'schema'])
})

test('no password reaches an entry', () => {
  const dataset = {
    ...datasetOf('postgres://db/shop.public.t', '/srv'),
    uri: 'postgres://me:hunter2@db/shop.public.t',
  }
  const entry = entryFrom(weather({ dataset, description: 'from https://me:hunter2@host/?token=hunter2' }), stamp)
  expect(JSON.stringify(entry)).not.toContain('hunter2')
  expect(entry.storage_path).toBe('postgres://db/shop.public.t')
})

test('what looks like a secret in the name of a local file is a part of the name', () => {
  const dataset = fileDataset('data/a?token=abc.csv', '/srv', 'csv')
  expect(entryFrom(weather({ dataset }), stamp)).toMatchObject({ name: '/srv/data/a?token=abc.csv', uri: dataset.uri })
})
