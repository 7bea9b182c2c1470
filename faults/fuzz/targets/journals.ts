import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkCatalog, jsonlStore, repairCatalog } from '../../../packages/catalog/src/index.ts'
import { readAlertState, writeAlertState } from '../../../packages/core/src/alerts/state-file.ts'
import { lastReports } from '../../../packages/core/src/last-reports.ts'
import { checkEvent } from '../../../packages/lineage/src/check-event.ts'
import { graphOf } from '../../../packages/lineage/src/graph.ts'
import { checkLineageLog, readLineageLog, repairLineageLog } from '../../../packages/lineage/src/lineage-log.ts'
import { Broken, type Target } from '../target.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-fuzz-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/** A file that holds a case; the same one again and again. */
function fileOf(name: string, bytes: Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  for (const beside of ['.quarantine', '.lock']) rmSync(`${path}${beside}`, { force: true })
  return path
}

const ENTRY = {
  unique_id: 'fc910b5e-7176-4f64-933f-185fb520f763',
  dataset_name: 'a',
  description: 'words',
  storage_path: 'data.csv',
  namespace: 'file',
  name: 'data.csv',
  format: 'csv',
  schema: [{ name: 'id', type: 'integer', nativeType: 'BIGINT' }],
  rows: 3,
  profile: [{ name: 'id', nulls: 0, distinct: 3, min: 1, max: 3, quartiles: [1, 2, 3] }],
  owners: ['me'],
  tags: { tier: 'gold' },
  created_at: '2026-11-30T10:24:56.291Z',
  updated_at: '2026-11-30T10:26:32.082Z',
  revision: 2,
}
const LEGACY = { unique_id: 'x', dataset_name: 'b', description: '', storage_path: 's3://lake/b' }

const catalog: Target = {
  name: 'catalog',
  texts: [`${JSON.stringify(LEGACY)}\n${JSON.stringify(ENTRY)}\n${JSON.stringify({ ...ENTRY, revision: 3 })}\n`],
  trees: [
    ENTRY,
    LEGACY,
    { ...ENTRY, deleted_at: '2026-11-30T10:26:32.082Z', aliases: ['c'], links: [{ url: 'https://a.b' }] },
  ],
  words: ['"revision":', '"unique_id":', '"schema":', '\n{', '}\n', '"aliases":'],
  async read(bytes) {
    const path = fileOf('catalog.jsonl', bytes)
    const store = jsonlStore(path)
    const entries = []
    for (const entry of await store.list()) entries.push(entry)
    for (const { namespace, name, dataset_name } of entries.slice(0, 3)) {
      await store.history({ namespace: namespace ?? '', name: name ?? '', dataset_name })
    }
    await repairCatalog(path)
    const { damage } = await checkCatalog(path)
    if (damage.length > 0) throw new Broken(`there is damage after the repair: ${damage[0]?.reason}`)
  },
}

const EVENT = {
  origin: 's3://lake/data.csv',
  timestamp: '2026-11-30T10:26:34.966Z',
  num_rows: 3,
  column_names: ['id'],
  eventType: 'COMPLETE',
  eventTime: '2026-11-30T10:26:34.966Z',
  run: {
    runId: '01a22bfd-fb56-739b-82f5-27cc4a99d653',
    facets: {
      parent: {
        _producer: 'a:b',
        _schemaURL: 'a:b',
        run: { runId: '01a22bfd-fb56-739b-82f5-27cc4a99d654' },
        job: { namespace: 'n', name: 'p' },
      },
    },
  },
  job: { namespace: 'f', name: 'data' },
  inputs: [{ namespace: 's3://lake', name: 'data.csv' }],
  outputs: [
    {
      namespace: 'file',
      name: '/srv/data.csv',
      facets: {
        schema: { _producer: 'a:b', _schemaURL: 'a:b', fields: [{ name: 'id', type: 'BIGINT' }] },
        columnLineage: {
          _producer: 'a:b',
          _schemaURL: 'a:b',
          fields: { id: { inputFields: [{ namespace: 's3://lake', name: 'data.csv', field: 'id' }] } },
        },
      },
      outputFacets: { outputStatistics: { _producer: 'a:b', _schemaURL: 'a:b', rowCount: 3 } },
    },
  ],
  producer: 'urn:dayshift:lineage:0.0.0',
  schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
}

const lineage: Target = {
  name: 'lineage log',
  texts: [
    `${JSON.stringify(EVENT)}\n${JSON.stringify({ ...EVENT, eventType: 'START' })}\n`,
    '{"origin": "a.csv", "timestamp": "2026-11-30T10:26:34", "num_rows": 1, "column_names": ["a"]}\n',
  ],
  trees: [EVENT, { eventTime: EVENT.eventTime, dataset: EVENT.outputs[0], producer: 'a:b', schemaURL: 'a:b' }],
  words: ['"run":', '"facets":', '"inputFields":', '\n{', '"eventType":"FAIL"', '"symlinks":'],
  async read(bytes) {
    const path = fileOf('lineage.jsonl', bytes)
    graphOf((await readLineageLog(path)).runs)
    await repairLineageLog(path)
    const { damage } = await checkLineageLog(path)
    if (damage.length > 0) throw new Broken(`there is damage after the repair: ${damage[0]?.reason}`)
  },
}

const event: Target = {
  name: 'OpenLineage event',
  texts: [JSON.stringify(EVENT)],
  trees: [EVENT],
  read(bytes) {
    let content: unknown
    try {
      content = JSON.parse(String(bytes))
    } catch {
      return []
    }
    return checkEvent(content)
  },
}

const REPORT = {
  kind: 'freshness',
  dataset: { namespace: 'file', name: '/srv/a.csv', uri: 'file:///srv/a.csv' },
  status: 'pass',
  at: '2026-11-30T10:26:34.966Z',
  durationMs: 1,
  findings: [{ severity: 'info', code: 'a.b', message: 'm' }],
  facts: { newest: '2026-11-30T10:26:34.966Z', ageSeconds: 1, maxAgeSeconds: 2, basis: 'mtime' },
}

const history: Target = {
  name: 'history of reports',
  texts: [`${JSON.stringify(REPORT)}\n${JSON.stringify({ ...REPORT, kind: 'drift' })}\n`],
  trees: [REPORT],
  words: ['"dataset":', '\n{', '"at":'],
  read: (bytes) => lastReports(fileOf('reports.jsonl', bytes), REPORT.dataset),
}

const alerts: Target = {
  name: 'state of alerts',
  texts: [
    JSON.stringify({ version: 1, alerts: { k: { key: 'k', state: 'firing', since: '2026-11-30T10:26:34.966Z' } } }),
  ],
  trees: [
    { version: 1, alerts: { k: { key: 'k', state: 'firing', since: '2026-11-30T10:26:34.966Z', labels: { a: 'b' } } } },
  ],
  words: ['"version":', '"alerts":', '"muted":'],
  async read(bytes) {
    const path = fileOf('alerts.json', bytes)
    const { state } = await readAlertState(path)
    await writeAlertState(path, state)
    const again = await readAlertState(path)
    if (!again.isWhole || again.state.size !== state.size)
      throw new Broken('the state that was written reads as another')
  },
}

export const journalTargets = [catalog, lineage, event, history, alerts]
