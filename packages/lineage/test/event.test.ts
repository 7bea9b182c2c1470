import { expect, test } from 'vitest'
import { runEvent } from '../src/event.ts'
import { PRODUCER } from '../src/producer.ts'
import { job, now, runId } from './sample.ts'

const moment = { eventType: 'START', eventTime: now, inputs: [], outputs: [] } as const

test('an event has all that OpenLineage wants, and the facets that consumers want', () => {
  const event = runEvent({ runId, job }, moment)
  expect(event).toMatchObject({
    eventType: 'START',
    eventTime: '2026-11-23T08:00:00.000Z',
    run: { runId, facets: { processing_engine: { name: 'node', version: process.versions.node } } },
    job: { ...job, facets: { jobType: { jobType: 'JOB' } } },
    inputs: [],
    outputs: [],
    producer: PRODUCER,
    schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
  })
  expect(Object.keys(event.run.facets)).toEqual(['processing_engine'])
})

test('parent, nominal time, origin and error are run facets', () => {
  const parent = { runId, job: { namespace: 'airports', name: 'daily' } }
  const context = { runId, job, parent, nominalTime: { start: now, end: now }, origin: 'by hand' }
  expect(runEvent(context, { ...moment, eventType: 'FAIL', error: 'no' }).run.facets).toMatchObject({
    parent: { run: { runId }, job: parent.job },
    nominalTime: { nominalStartTime: now.toISOString(), nominalEndTime: now.toISOString() },
    dayshift_origin: { origin: 'by hand' },
    errorMessage: { message: 'no' },
  })
})
