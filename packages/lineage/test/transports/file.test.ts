import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileDataset } from '@dayshift/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inputOf, outputOf } from '../../src/event-dataset.ts'
import { eventsOf } from '../../src/log.ts'
import { datasetEvent, jobEvent } from '../../src/static-event.ts'
import { transportConformance } from '../../src/testing.ts'
import { fileTransport, logLine } from '../../src/transports/file.ts'
import { dataset, job, now, weather } from '../sample.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-lineage-'))
  path = join(folder, 'metadata_log.jsonl')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** A line as `log_data_lineage.py` of tdiprima/data-engineering-habits writes it, with values made up here. */
const LEGACY =
  '{"origin": "s3://old/a.csv", "timestamp": "2025-01-01T00:00:00+00:00", "num_rows": 5, "column_names": ["a", "b"]}\n'

test('every line has the four keys of the first logs first, then the event', () => {
  const [start, complete] = eventsOf(weather(), '/srv', now).map(logLine)
  const four = ['origin', 'timestamp', 'num_rows', 'column_names']
  expect(Object.keys(complete ?? {}).slice(0, 5)).toEqual([...four, 'eventType'])
  expect(complete).toMatchObject({
    origin: 's3://lake/raw/weather.csv',
    timestamp: '2026-11-23T08:00:00.000Z',
    num_rows: 3,
    column_names: ['city', 'temp'],
    eventType: 'COMPLETE',
  })
  expect(start).toMatchObject({ origin: 's3://lake/raw/weather.csv', num_rows: null, column_names: [] })
})

test('the origin is the caller’s, else the first input, else not known', () => {
  const event = eventsOf(weather({ origin: 'by hand' }), '/srv', now)[1]
  if (event === undefined) throw new Error('no event')
  expect(logLine(event).origin).toBe('by hand')
  const unsaid = { ...event, run: { ...event.run, facets: {} } }
  expect(logLine(unsaid).origin).toBe('file:///srv/by%20hand')
  expect(logLine({ ...unsaid, inputs: [] }).origin).toBeNull()
})

test('lines of the first logs stay, and all lines are read by their four keys', async () => {
  writeFileSync(path, LEGACY)
  const transport = fileTransport(path)
  await transport.emit(eventsOf(weather(), '/srv', now))
  await transport.close()
  const text = readFileSync(path, 'utf8')
  expect(text.startsWith(LEGACY)).toBe(true)
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { num_rows: number | null }).num_rows)
  expect(rows).toEqual([5, null, 3])
})

test('events of jobs and datasets have the four keys too', async () => {
  const { schema = { columns: [] } } = weather()
  const [input, output] = [inputOf({ dataset: fileDataset('raw.csv', '/srv') }), outputOf({ dataset, schema })]
  const ofJob = jobEvent({ job, inputs: [input], outputs: [output] }, now)
  const ofDataset = datasetEvent(output, now)
  await fileTransport(path).emit([ofJob, ofDataset])
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  const four = { timestamp: '2026-11-23T08:00:00.000Z', num_rows: null, column_names: ['city', 'temp'] }
  expect(first).toEqual({ origin: 'file:///srv/raw.csv', ...four, ...ofJob })
  expect(second).toEqual({ origin: null, ...four, ...ofDataset })
})

test('a file that cannot be written is an error with a code', async () => {
  await expect(fileTransport(join(folder, 'no', 'log')).emit(eventsOf(weather(), '/srv', now))).rejects.toMatchObject({
    code: 'DS_WRITE',
  })
})

const conformance = transportConformance(() => ({
  transport: fileTransport(path),
  received: () =>
    (existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []).map(
      (line) => JSON.parse(line) as unknown,
    ),
}))
test.each(conformance)('$name', ({ run }) => expect(run()).resolves.toBeUndefined())
