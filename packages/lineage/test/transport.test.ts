import { DayshiftError } from '@dayshift/core'
import { expect, test } from 'vitest'
import { runEvent, type RunEvent } from '../src/event.ts'
import { deliver } from '../src/transport.ts'
import { job, memory, now, runId } from './sample.ts'

const event = (over: Partial<RunEvent> = {}): RunEvent => ({
  ...runEvent({ runId, job }, { eventType: 'START', eventTime: now, inputs: [], outputs: [] }),
  ...over,
})
const broken = new Error('cannot reach https://me:hunter2@host/')

test('a transport that fails keeps no other from the events', async () => {
  const [first, last] = [memory('first'), memory('last')]
  const delivery = await deliver([event()], [first, memory('broken', broken), last])
  expect(delivery).toEqual({
    delivered: ['first', 'last'],
    undelivered: [{ transport: 'broken', message: 'cannot reach https://host/' }],
    spooled: 0,
  })
  expect(first.events).toEqual([event()])
  expect(last.events).toEqual([event()])
})

test('where none takes the events, that is an error', async () => {
  await expect(deliver([event()], [memory('a', broken), memory('b', broken)])).rejects.toMatchObject({
    code: 'DS_LINEAGE_UNDELIVERED',
    message: 'no transport took the events: a: cannot reach https://host/; b: cannot reach https://host/',
  })
  const full = new DayshiftError('DS_WRITE', 'failed', 'disk full', { hint: 'Free some.' })
  await expect(deliver([event()], [memory('a', full)])).rejects.toBe(full)
})

test('an invalid event goes nowhere, with all its problems named', async () => {
  const transport = memory()
  await expect(deliver([event(), event({ eventTime: 'now', producer: '' })], [transport])).rejects.toMatchObject({
    code: 'DS_LINEAGE_EVENT',
    message: 'the event is not valid: /eventTime is not a time in ISO 8601 with its zone; /producer is not a URI',
  })
  expect(transport.events).toEqual([])
})
