import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkLineageLog, readLineageLog, readRun, repairLineageLog } from '../src/lineage-log.ts'
import { log } from '../src/log.ts'
import { graphOf } from '../src/graph.ts'
import { neighboursOf } from '../src/walk.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-lineage-log-'))
  path = join(folder, 'metadata_log.jsonl')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const dataset = { namespace: 's3://lake', name: 'b.csv', uri: 's3://lake/b.csv' }

test('a missing log is empty', async () => {
  expect(await readLineageLog(path)).toEqual({ runs: [], jobs: [], damage: [] })
  expect(await readRun(path, 'x')).toBeUndefined()
})

test('what is logged is read as one run, of which show has all facets', async () => {
  const schema = { columns: [{ name: 'a', type: 'integer' as const, nativeType: 'BIGINT' }] }
  const { facts } = await log(
    { dataset, origin: 's3://lake/a.csv', schema, rows: 3, job: { namespace: 'n', name: 'j' } },
    { path },
  )
  const { runs } = await readLineageLog(path)
  expect(runs).toMatchObject([{ runId: facts.runId, state: 'COMPLETE', events: 2, outputs: [{ name: 'b.csv' }] }])
  expect(runs[0]?.outputs[0]?.facets).not.toHaveProperty('schema')
  expect((await readRun(path, facts.runId))?.outputs[0]?.facets).toHaveProperty('schema')
  expect(neighboursOf(graphOf(runs), dataset, 'upstream')).toMatchObject([{ dataset: { name: 'a.csv' } }])
})

test('lines of the first logs are runs that read their origin', async () => {
  writeFileSync(
    path,
    '{"origin": "data/raw.csv", "timestamp": "2026-11-01T08:00:00.123456+00:00", "num_rows": 3, "column_names": ["a", "b"]}\n',
  )
  const { runs, damage } = await readLineageLog(path)
  expect(damage).toEqual([])
  expect(runs).toMatchObject([
    {
      state: 'COMPLETE',
      startedAt: '2026-11-01T08:00:00.123Z',
      job: { name: 'log_data_lineage' },
      inputs: [{ namespace: 'file', name: join(folder, 'data/raw.csv'), facets: { inputStatistics: { rowCount: 3 } } }],
    },
  ])
})

test('events of others are read: of jobs and datasets without a run, and run events without a type', async () => {
  const head = {
    eventTime: '2026-11-01T08:00:00Z',
    producer: 'https://other.example',
    schemaURL: 'https://other.example/s',
  }
  const job = { namespace: 'n', name: 'nightly' }
  const lines = [
    { ...head, job, inputs: [{ namespace: 'x', name: 'in' }], outputs: [{ namespace: 'x', name: 'out' }] },
    { ...head, dataset: { namespace: 'x', name: 'in' } },
    { ...head, run: { runId: '019ab0d7-8c00-7a31-b1c2-3d4e5f607182' }, job },
  ]
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const { runs, jobs, damage } = await readLineageLog(path)
  expect([runs.length, jobs.length, damage]).toEqual([1, 1, []])
  expect(neighboursOf(graphOf(runs, { jobs }), { namespace: 'x', name: 'in' }, 'downstream')).toMatchObject([
    { dataset: { name: 'out' } },
  ])
})

test('lines that are no events are told with their byte, and taken out into a quarantine', async () => {
  await log({ dataset, origin: 's3://lake/a.csv', job: { namespace: 'n', name: 'j' } }, { path })
  const offset = readFileSync(path).length
  appendFileSync(path, '{"run": {"runId": "x"}, "job": {}}\n{"dataset": {"name": "a"}}\n{"torn')
  expect((await readLineageLog(path)).damage.map((one) => [one.offset, one.reason])).toEqual([
    [offset, 'the line is no event: /eventTime is not a time in ISO 8601 with its zone'],
    [offset + 35, 'the line is no event: /eventTime is not a time in ISO 8601 with its zone'],
    [offset + 62, 'the line is not JSON'],
  ])
  expect((await checkLineageLog(path)).damage).toHaveLength(3)
  expect((await repairLineageLog(path)).taken).toHaveLength(3)
  expect((await checkLineageLog(path)).damage).toEqual([])
  expect(existsSync(`${path}.quarantine`)).toBe(true)
})
