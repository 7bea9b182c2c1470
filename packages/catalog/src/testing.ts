import assert from 'node:assert/strict'
import type { ConformanceTest } from '@dayshift/core/testing'
import type { CatalogEntry } from './entry.ts'
import type { CatalogStore } from './store.ts'
import { summaryOf } from './summary.ts'

export type { ConformanceTest }

const FIRST: CatalogEntry = {
  unique_id: '11111111-1111-4111-8111-111111111111',
  dataset_name: 'weather',
  description: 'Hourly weather – Zürich, “as measured”\nline two',
  storage_path: 's3://lake/raw/weather.csv',
  namespace: 's3://lake',
  name: 'raw/weather.csv',
  uri: 's3://lake/raw/weather.csv',
  format: 'csv',
  schema: [
    { name: 'time', type: 'timestamp', nativeType: 'TIMESTAMP', nullable: false },
    { name: 'temp °C', type: 'float', nativeType: 'DOUBLE', description: 'at 2 m' },
  ],
  rows: 26_115,
  bytes: 1_500_000,
  version: 'md5:0123456789abcdef0123456789abcdef',
  profile: [{ name: 'temp °C', nulls: 1, distinct: 2, min: -1.5, max: 1e21 }],
  contract: { id: 'weather', status: 'pass' },
  owners: ['ada', 'grace@example.org'],
  tags: { tier: 'gold', '__proto__ ': 'odd' },
  links: [{ url: 'https://example.org/runbook', title: 'Runbook' }],
  properties: { cost: '12' },
  created_at: '2026-11-23T08:00:00.000Z',
  updated_at: '2026-11-23T08:00:00.000Z',
  revision: 1,
  x_unknown: { kept: [1, null, 'as it is'] },
}

const KEY = { namespace: 's3://lake', name: 'raw/weather.csv', dataset_name: 'weather' }

function revision(number: number, over: Partial<CatalogEntry> = {}): CatalogEntry {
  return { ...FIRST, description: `revision ${number}`, revision: number, ...over }
}

/**
 * What every {@link CatalogStore} must do, as tests for any test runner.
 *
 * @param make gives a store on an empty place of its own
 * @example for (const { name, run } of storeConformance(() => memoryStore())) test(name, run)
 */
export function storeConformance(make: () => Promise<CatalogStore> | CatalogStore): readonly ConformanceTest[] {
  const tests: Record<string, (store: CatalogStore) => Promise<void>> = {
    'an empty store has nothing': async (store) => {
      assert.deepEqual(await store.list(), [])
      assert.equal(await store.get(KEY), undefined)
      assert.deepEqual(await store.history(KEY), [])
      assert.deepEqual((await store.check?.()) ?? [], [])
      assert.notEqual(store.place, '')
    },

    'what is put comes back, unknown keys and odd texts too': async (store) => {
      await store.put(FIRST)
      assert.deepEqual(await store.get(KEY), FIRST)
      assert.deepEqual(await store.history(KEY), [FIRST])
    },

    'a list has the summary of each current entry': async (store) => {
      await store.put(FIRST)
      await store.put(revision(2))
      assert.deepEqual(await store.list(), [summaryOf(revision(2))])
      if (store.entries) assert.deepEqual([...(await store.entries())], [revision(2)])
    },

    'entries are listed in the order of names, then of their places': async (store) => {
      for (const [name, place] of [
        ['b', 'y'],
        ['a', 'z'],
        ['b', 'x'],
      ] as const) {
        await store.put({ ...FIRST, dataset_name: name, name: place })
      }
      const listed = (await store.list()).map((entry) => [entry.dataset_name, entry.name])
      assert.deepEqual(listed, [
        ['a', 'z'],
        ['b', 'x'],
        ['b', 'y'],
      ])
    },

    'a revision that does not follow the current one is refused, and changes nothing': async (store) => {
      const conflict = { code: 'DS_CATALOG_CONFLICT' }
      await assert.rejects(store.put(revision(2)), conflict)
      await store.put(FIRST)
      await assert.rejects(store.put(FIRST), conflict)
      await assert.rejects(store.put(revision(3)), conflict)
      assert.deepEqual(await store.history(KEY), [FIRST])
    },

    'of many who put the same revision at once, one wins': async (store) => {
      const tries = Array.from({ length: 10 }, async (_, at) => store.put(revision(1, { description: `by ${at}` })))
      const results = await Promise.allSettled(tries)
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
      assert.equal((await store.history(KEY)).length, 1)
    },

    'history has all revisions, the oldest first, and only those of the dataset': async (store) => {
      const other = { ...FIRST, unique_id: 'other', dataset_name: 'flights', name: 'raw/flights.csv' }
      await store.put(FIRST)
      await store.put(other)
      await store.put(revision(2))
      await store.put(revision(3, { dataset_name: 'renamed' }))
      assert.deepEqual(await store.history(KEY), [FIRST, revision(2), revision(3, { dataset_name: 'renamed' })])
      assert.deepEqual(await store.history({ namespace: other.namespace as string, name: other.name }), [other])
    },

    'a deleted entry is still listed and got, as deleted': async (store) => {
      await store.put(FIRST)
      const deleted = revision(2, { deleted_at: '2026-11-24T08:00:00.000Z' })
      await store.put(deleted)
      assert.deepEqual(await store.list(), [summaryOf(deleted)])
      assert.deepEqual(await store.get(KEY), deleted)
    },

    'what is given cannot be changed by whoever got it': async (store) => {
      const given = structuredClone(FIRST)
      await store.put(given)
      const got = (await store.get(KEY)) as { tags: Record<string, string> }
      got.tags['tier'] = 'changed'
      assert.deepEqual(await store.get(KEY), FIRST)
      assert.deepEqual(given, FIRST)
    },
  }
  return Object.entries(tests).map(([name, run]) => ({ name, run: async () => run(await make()) }))
}
