import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LineageEvent } from '../src/lineage-event.ts'
import { startRun } from '../src/run.ts'
import { dataset, job, memory, weather } from './sample.ts'

const source = { namespace: 's3://lake', name: 'raw.csv', uri: 's3://lake/raw.csv' }
const datasets = { inputs: [{ dataset: source }], outputs: [{ dataset }] }

test('a run starts and completes under one id, with its datasets in both events', async () => {
  const transport = memory()
  const run = await startRun({ job, ...datasets, transports: [transport] })
  expect(run.ended).toBe(false)
  expect(await run.complete()).toEqual({ delivered: ['memory'], undelivered: [], spooled: 0 })
  expect(run.ended).toBe(true)
  expect(transport.events.map(({ eventType }) => eventType)).toEqual(['START', 'COMPLETE'])
  for (const event of transport.events) {
    expect(event.run.runId).toBe(run.runId)
    expect(event.inputs.map(({ name }) => name)).toEqual(['raw.csv'])
    expect(event.outputs.map(({ name }) => name)).toEqual(['/srv/data/weather.csv'])
  }
})

test('what became known is told at the end', async () => {
  const transport = memory()
  const run = await startRun({ job, ...datasets, transports: [transport] })
  await run.complete({ outputs: [weather()] })
  const [start, complete] = transport.events
  expect(start?.outputs[0]?.outputFacets).toBeUndefined()
  expect(complete?.outputs[0]?.outputFacets).toMatchObject({ outputStatistics: { rowCount: 3 } })
  expect(complete?.inputs).toEqual(start?.inputs)
})

test('a failure says why, an abort does not', async () => {
  const transport = memory()
  const failed = await startRun({ job, transports: [transport] })
  await failed.fail(new Error('too cold'))
  const aborted = await startRun({ job, transports: [transport] })
  await aborted.abort()
  const [, fail, , abort] = transport.events
  expect(fail).toMatchObject({ eventType: 'FAIL', run: { facets: { errorMessage: { message: 'too cold' } } } })
  expect(abort?.eventType).toBe('ABORT')
  expect(abort?.run.facets['errorMessage']).toBeUndefined()
})

test('however often and in whatever order a run is ended, one event ends it', async () => {
  const ends = fc.array(fc.constantFrom('complete', 'fail', 'abort'), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(ends, async (calls) => {
      const transport = memory()
      const run = await startRun({ job, transports: [transport] })
      const results = await Promise.allSettled(
        calls.map((call) => (call === 'fail' ? run.fail('no') : call === 'abort' ? run.abort() : run.complete())),
      )
      expect(results.map(({ status }) => status)).toEqual(calls.map((_, at) => (at === 0 ? 'fulfilled' : 'rejected')))
      expect(transport.events).toHaveLength(2)
      await expect(run.abort()).rejects.toMatchObject({ code: 'DS_LINEAGE_RUN_ENDED' })
    }),
  )
})

test('an end that no transport took may be tried again', async () => {
  const sent: string[] = []
  let broken = false
  const transport = {
    ...memory(),
    emit: async (events: readonly LineageEvent[]) => {
      if (broken) throw new Error('down')
      sent.push(...events.flatMap((event) => ('eventType' in event ? [event.eventType] : [])))
    },
  }
  const run = await startRun({ job, transports: [transport] })
  broken = true
  await expect(run.complete()).rejects.toMatchObject({ code: 'DS_LINEAGE_UNDELIVERED' })
  broken = false
  await run.complete()
  expect(sent).toEqual(['START', 'COMPLETE'])
})
