import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { symlinksFacet } from '../src/dataset-facets.ts'
import type { KnownDataset } from '../src/event-dataset.ts'
import { outputStatisticsFacet } from '../src/facets.ts'
import { sqlFacet, runTagsFacet } from '../src/job-facets.ts'
import { trackRun } from '../src/track-run.ts'
import { newFolder } from './folder.ts'
import { dataset, job, memory, runId } from './sample.ts'
import { lineageServer } from './server.ts'

const source = { namespace: 's3://lake', name: 'raw.csv', uri: 's3://lake/raw.csv' }

test('work that ends well is START and COMPLETE of one run, with what it told', async () => {
  const transport = memory()
  const result = await trackRun(
    job,
    (run) => {
      run.reads({ dataset: source })
      run.writes({ dataset, rows: 3 })
      return run
    },
    {
      transports: [transport],
      outputs: [{ dataset }],
      runId,
      origin: 'by hand',
      jobFacets: { sql: sqlFacet('select 1') },
      runFacets: { tags: runTagsFacet([{ key: 'nightly', value: 'yes' }]) },
    },
  )
  expect(result.runId).toBe(runId)
  expect(result.env['OPENLINEAGE_PARENT_ID']).toBe(`airports/weather.clean/${runId}`)
  const [start, complete] = transport.events
  expect([start?.eventType, complete?.eventType]).toEqual(['START', 'COMPLETE'])
  expect(start?.inputs).toEqual([])
  expect(complete?.inputs.map(({ name }) => name)).toEqual(['raw.csv'])
  expect(complete?.outputs).toHaveLength(1)
  expect(complete?.outputs[0]?.outputFacets).toMatchObject({ outputStatistics: { rowCount: 3 } })
  expect(complete?.run.facets).toMatchObject({
    dayshift_origin: { origin: 'by hand' },
    tags: { tags: [{ key: 'nightly' }] },
  })
  expect(complete?.job.facets).toMatchObject({ sql: { query: 'select 1' } })
})

test.each([new Error('too cold'), 'a text', undefined, null])(
  'work that throws %o is FAIL, and throws it on',
  async (thrown) => {
    const transport = memory()
    const tracked = trackRun(job, () => Promise.reject(thrown as Error), { transports: [transport] })
    await expect(tracked.catch((error: unknown) => ({ error }))).resolves.toEqual({ error: thrown })
    const [, fail] = transport.events
    expect(fail?.eventType).toBe('FAIL')
    expect(fail?.run.facets['errorMessage']).toBeDefined()
  },
)

test('work that was stopped is ABORT; work that ends in spite of it is COMPLETE', async () => {
  const transport = memory()
  const stop = new AbortController()
  const options = { transports: [transport], signal: stop.signal }
  const stopped = trackRun(
    job,
    async () => {
      stop.abort()
      stop.signal.throwIfAborted()
    },
    options,
  )
  await expect(stopped).rejects.toThrow('aborted')
  await trackRun(job, () => 1, options)
  expect(transport.events.map(({ eventType }) => eventType)).toEqual(['START', 'ABORT', 'START', 'COMPLETE'])
})

const onProblem = (): never => {
  throw new Error('told')
}

describe('a transport changes neither result nor error', () => {
  const failing = memory('broken', new Error('cannot reach https://me:hunter2@host/'))

  test('whatever it does', async () => {
    const told: string[] = []
    const options = { transports: [failing], onProblem: (message: string) => told.push(message) }
    expect(await trackRun(job, () => 7, options)).toBe(7)
    await expect(trackRun(job, () => Promise.reject(new Error('own')), options)).rejects.toThrow('own')
    expect(told).toHaveLength(4)
    expect(told.join()).not.toContain('hunter2')
  })

  test('nor does an event that cannot be, or one who is told and throws', async () => {
    expect(await trackRun({ namespace: '', name: '' }, () => 7, { transports: [failing], onProblem })).toBe(7)
  })

  test('one that never answers is waited for no longer than is said, and the work not at all', async () => {
    const hanging = { ...memory(), emit: () => new Promise<void>(() => undefined) }
    const began = Date.now()
    let started = Infinity
    const told: string[] = []
    await trackRun(job, () => (started = Date.now()), {
      transports: [hanging],
      patience: 0.2,
      onProblem: (one) => told.push(one),
    })
    expect(started - began).toBeLessThan(100)
    expect(Date.now() - began).toBeLessThan(2000)
    expect(told).toEqual(['COMPLETE was not sent within 0.2 s'])
  })
})

test('a dataset without a name, or with a facet that cannot be, is left out and told; the end is sent', async () => {
  const transport = memory()
  const told: string[] = []
  const nameless = { dataset: { namespace: 's3://lake', uri: 's3://lake' } } as unknown as KnownDataset
  const facet = { ...symlinksFacet([]), _schemaURL: 'none' }
  const stats = { ...outputStatisticsFacet(1, 1), rowCount: null }
  const result = await trackRun(
    job,
    (run) => {
      run.reads(undefined as unknown as KnownDataset)
      run.reads({ dataset: source })
      run.writes({ dataset: { ...dataset, name: '' } })
      run.writes({ dataset, facets: { odd: facet, outputStatistics: stats, kept: symlinksFacet([]) } })
      return 7
    },
    { transports: [transport], inputs: [nameless], onProblem: (one) => told.push(one) },
  )
  expect(result).toBe(7)
  const [start, complete] = transport.events
  expect([start?.eventType, complete?.eventType]).toEqual(['START', 'COMPLETE'])
  expect(complete?.inputs.map(({ name }) => name)).toEqual(['raw.csv'])
  expect(Object.keys(complete?.outputs[0]?.facets ?? {})).toEqual(['dataSource', 'storage', 'kept'])
  expect(told).toEqual([
    'a dataset of s3://lake without a name is left out',
    'a dataset without a name is left out',
    'a dataset of file without a name is left out',
    'outputs/0/facets/odd is left out: _schemaURL is not a URI',
    'outputs/0/facets/outputStatistics is left out: rowCount is no whole number',
  ])
})

test('an end does not overtake its start', async () => {
  const transport = memory()
  const slow = {
    ...transport,
    emit: async (events: Parameters<typeof transport.emit>[0]) => {
      if (!transport.events.length) await sleep(50)
      await transport.emit(events)
    },
  }
  await trackRun(job, () => 1, { transports: [slow] })
  expect(transport.events.map(({ eventType }) => eventType)).toEqual(['START', 'COMPLETE'])
})

test('signals that are heeded send ABORT, then end the process as they would have', async () => {
  const server = await lineageServer()
  const folder = newFolder()
  const built = JSON.stringify(new URL('../dist/index.js', import.meta.url).href)
  const script = join(folder, 'work.mjs')
  writeFileSync(
    script,
    `
    import { httpTransport, trackRun } from ${built}
    const options = { transports: [httpTransport({ url: process.argv[2] })], signals: ['SIGTERM', 'SIGINT'] }
    await trackRun({ namespace: 'n', name: 'j' }, () => new Promise((done) => setTimeout(done, 60_000)), options)
  `,
  )
  const child = spawn(process.execPath, [script, server.url], { stdio: 'inherit' })
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
  while (server.events.length === 0) await sleep(10)
  child.kill('SIGTERM')
  expect(await ended).toBe('SIGTERM')
  expect(server.events.map(({ eventType }) => eventType)).toEqual(['START', 'ABORT'])
})
