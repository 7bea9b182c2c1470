import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  compactCatalog,
  jsonlStore,
  register,
  renameEntry,
  type EntrySummary,
} from '../../packages/catalog/src/index.ts'
import { fileDataset } from '../../packages/core/src/index.ts'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS } from '../peers.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-catalog-python-'))
const path = join(folder, 'data_catalog.jsonl')
let python = ''

beforeAll(async () => {
  if (canInstall) python = join(await installPeer(PYTHON_PEERS.pandas), 'python')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the first scripts do: a line of four keys, appended by Python. */
const APPEND = `
import json, sys, uuid
with open(sys.argv[1], 'a') as catalog:
    entry = {'unique_id': str(uuid.uuid4()), 'dataset_name': sys.argv[2], 'description': sys.argv[3], 'storage_path': sys.argv[4]}
    catalog.write(json.dumps(entry) + '\\n')
`

/** How readers of the first catalogs read them. */
const READ = `
import json, sys
import pandas as pd
frame = pd.read_json(sys.argv[1], lines=True)
print(json.dumps({'columns': list(frame.columns)[:4], 'rows': frame[['dataset_name', 'storage_path']].values.tolist()}))
`

const ask = (script: string, ...words: string[]): string =>
  execFileSync(python, ['-c', script, path, ...words], { encoding: 'utf8' })

const enter = (name: string, description: string): ReturnType<typeof register> =>
  register(
    { dataset: fileDataset(`data/${name}.csv`, folder, 'csv'), name, description, schema: { columns: [] } },
    { path },
  )

describe.skipIf(!canInstall)('a catalog that Python appends to and reads', () => {
  test('its lines are read, listed, searched and updated; ours are read by pandas, the four keys first', async () => {
    ask(APPEND, 'météo', 'Hourly “weather”', 'data/météo.csv')
    await enter('flights', 'Flights')
    ask(APPEND, 'sales', 'By day', 's3://lake/sales.csv')
    const store = jsonlStore(path)
    expect((await store.list()).map(({ dataset_name }) => dataset_name)).toEqual(['flights', 'météo', 'sales'])
    expect((await store.search?.('meteo'))?.total).toBe(1)

    const [, weather] = (await store.list()) as [EntrySummary, EntrySummary]
    expect((await enter('météo', 'Hourly weather')).facts).toMatchObject({
      id: weather.unique_id,
      revision: 2,
      created: false,
    })
    const sales = (await store.list()).find(({ dataset_name }) => dataset_name === 'sales') as EntrySummary
    await renameEntry(store, sales, 'sales_daily', { folder })
    // The script goes on as it did, and its line is the same dataset.
    ask(APPEND, 'sales', 'By day', 's3://lake/sales.csv')
    expect((await store.list()).map(({ dataset_name, revision }) => [dataset_name, revision])).toEqual([
      ['flights', 1],
      ['météo', 2],
      ['sales_daily', 2],
    ])
    expect(await store.check?.()).toEqual([])

    await compactCatalog(path)
    const read = JSON.parse(ask(READ)) as { columns: string[]; rows: string[][] }
    expect(read.columns).toEqual(['unique_id', 'dataset_name', 'description', 'storage_path'])
    expect(read.rows.toSorted((a, b) => String(a).localeCompare(String(b), 'en'))).toEqual([
      ['flights', 'data/flights.csv'],
      ['météo', 'data/météo.csv'],
      ['sales_daily', 's3://lake/sales.csv'],
    ])
  })
})
