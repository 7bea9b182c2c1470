import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readJournal } from '@dayshift/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { symlinksFacet } from '../src/dataset-facets.ts'
import { log } from '../src/log.ts'
import { dataset, job, memory, now, runId, weather } from './sample.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-log-'))
  path = join(folder, 'metadata_log.jsonl')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('a standalone log is a whole run: START and COMPLETE in one append', async () => {
  const transport = memory()
  const report = await log(weather(), { path, transports: [transport], now })
  expect(report).toMatchObject({ kind: 'log', status: 'pass', findings: [] })
  expect(report.dataset).toEqual({ ...dataset, version: 'md5:d41d8cd98f00b204e9800998ecf8427e' })
  expect(report.facts).toEqual({
    runId: report.facts.runId,
    eventType: 'COMPLETE',
    job,
    numRows: 3,
    columnNames: ['city', 'temp'],
    delivered: ['file', 'memory'],
    spooled: 0,
  })
  const { lines, damage } = await readJournal(path)
  expect(damage).toEqual([])
  expect(lines.map(({ record }) => [record['eventType'], record['num_rows']])).toEqual([
    ['START', null],
    ['COMPLETE', 3],
  ])
  expect(transport.events.map(({ run }) => run.runId)).toEqual([report.facts.runId, report.facts.runId])
})

test('the origin is the input, the dataset is the output, in both events', async () => {
  const transport = memory()
  await log(weather(), { transports: [transport] })
  for (const { inputs, outputs } of transport.events) {
    expect(inputs).toMatchObject([{ namespace: 's3://lake', name: 'raw/weather.csv' }])
    expect(outputs).toMatchObject([{ namespace: 'file', name: '/srv/data/weather.csv' }])
  }
})

test('inputs and outputs may be given; only the dataset gets what is known of it', async () => {
  const transport = memory()
  const other = { namespace: 'file', name: '/srv/other.csv', uri: 'file:///srv/other.csv' }
  await log(weather({ origin: 'by hand', inputs: [other], outputs: [dataset, other] }), { transports: [transport] })
  const event = transport.events[1]
  expect(event?.inputs).toMatchObject([{ name: '/srv/other.csv' }])
  expect(event?.run.facets['dayshift_origin']).toMatchObject({ origin: 'by hand' })
  expect(event?.outputs.map(({ facets }) => 'schema' in facets)).toEqual([true, false])
})

test('with the id of a run that was started, only its end is logged', async () => {
  const transport = memory()
  const report = await log(weather({ runId }), { transports: [transport] })
  expect(report.facts.runId).toBe(runId)
  expect(transport.events.map(({ eventType }) => eventType)).toEqual(['COMPLETE'])
})

test('a START alone can be logged, and a FAIL says why', async () => {
  const transport = memory()
  const start = await log(weather({ eventType: 'START' }), { transports: [transport] })
  const error = new Error('too cold')
  await log(weather({ eventType: 'FAIL', runId: start.facts.runId, error }), { transports: [transport] })
  expect(transport.events.map(({ eventType }) => eventType)).toEqual(['START', 'FAIL'])
  expect(transport.events[1]?.run.facets['errorMessage']).toMatchObject({ message: 'too cold' })
})

test('a run has its own begin', async () => {
  const transport = memory()
  await log(weather({ startedAt: new Date('2026-11-23T07:00:00Z') }), { transports: [transport], now })
  expect(transport.events.map(({ eventTime }) => eventTime)).toEqual([
    '2026-11-23T07:00:00.000Z',
    '2026-11-23T08:00:00.000Z',
  ])
})

test.each([
  'https://me:hunter2@host/a.csv?key=hunter2',
  's3://me:hunter2@lake/a.csv?sig=hunter2',
  'jdbc:postgresql://db/shop?password=hunter2',
  'fetched from https://me:hunter2@host/a?token=hunter2 by hand',
])('the secrets of %s never reach the file', async (origin) => {
  await log(weather({ origin, error: new Error(`cannot read ${origin}`) }), { path, cwd: '/srv' })
  const text = readFileSync(path, 'utf8')
  expect(text).not.toContain('hunter2')
})

test('a transport that fails is warned of, and loses nothing for the others', async () => {
  const report = await log(weather(), { path, transports: [memory('http', new Error('refused'))] })
  expect(report.status).toBe('warn')
  expect(report.facts.delivered).toEqual(['file'])
  expect(report.findings).toMatchObject([
    { severity: 'warn', code: 'log.undelivered', message: 'http did not take the event: refused' },
  ])
})

test('a dry run sends nothing', async () => {
  const report = await log(weather(), { path, dryRun: true })
  expect(report.facts.delivered).toEqual([])
  expect(report.findings).toMatchObject([{ severity: 'info', code: 'log.dry-run' }])
  expect(existsSync(path)).toBe(false)
})

test.each([
  [{ origin: ' ' }, 'origin is empty'],
  [{ rows: -1, bytes: 1.5 }, 'rows is not a count: -1; bytes is not a count: 1.5'],
  [{ runId: '7' }, '/run/runId is not a UUID'],
  [{ job: { namespace: '', name: '' } }, '/job/namespace is missing or empty; /job/name is missing or empty'],
  [{ dataset: { namespace: 'file', name: '', uri: '' } }, 'the dataset has no namespace or no name'],
])('%j is refused before anything is written', async (over, problem) => {
  const failing = log(weather(over), { path })
  await expect(failing).rejects.toMatchObject({ code: 'DS_LINEAGE_EVENT', kind: 'usage' })
  await expect(failing).rejects.toThrow(problem)
  expect(existsSync(path)).toBe(false)
})

test('a signal stops it before anything is sent', async () => {
  await expect(log(weather(), { path, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  expect(existsSync(path)).toBe(false)
})

test('what is not known is not made up', async () => {
  const report = await log({ dataset, origin: 'a.csv', job }, { path })
  expect(report.facts).toMatchObject({ numRows: null, columnNames: [] })
})

test('an input without a name and a facet that cannot be are left out, and told; the rest is sent', async () => {
  const transport = memory()
  const nameless = { ...dataset, name: '' }
  const facets = {
    outputStatistics: {
      ...symlinksFacet([]),
      _schemaURL: `${SPEC}#/$defs/OutputStatisticsOutputDatasetFacet`,
      rowCount: 1.5,
    },
  }
  const report = await log(weather({ inputs: [nameless, dataset], facets }), { transports: [transport] })
  expect(transport.events.map(({ eventType, inputs }) => [eventType, inputs.length])).toEqual([
    ['START', 1],
    ['COMPLETE', 1],
  ])
  expect(report.status).toBe('warn')
  expect(report.findings.map(({ code, message }) => [code, message])).toEqual([
    ['log.left_out', expect.stringContaining('a dataset of file without a name is left out') as string],
    ['log.left_out', expect.stringContaining('outputStatistics is left out: rowCount is no whole number') as string],
  ])
  await expect(log(weather({ dataset: nameless }), { transports: [transport] })).rejects.toMatchObject({
    code: 'DS_LINEAGE_EVENT',
    message: 'cannot log: the dataset has no namespace or no name',
  })
})

const SPEC = 'https://openlineage.io/spec/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json'
