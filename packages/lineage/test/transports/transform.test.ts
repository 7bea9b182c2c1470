import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/event.ts'
import { transportConformance } from '../../src/testing.ts'
import { transformTransport } from '../../src/transports/transform.ts'
import { eventOf, memory } from '../sample.ts'

const conformance = transportConformance(() => {
  const inner = memory()
  return { transport: transformTransport(inner, (event) => event), received: () => inner.events }
})
test.each(conformance)('$name', ({ run }) => expect(run()).resolves.toBeUndefined())

test('what the function makes of a copy is sent, and null is not', async () => {
  const inner = memory()
  const transport = transformTransport(inner, (event) => {
    if (!('run' in event) || event.eventType === 'START') return null
    const own = event as { job: { name: string } } & RunEvent
    own.job.name = 'other'
    return own
  })
  const complete = eventOf('COMPLETE')
  await transport.emit([eventOf('START'), complete])
  expect(inner.events.map(({ job }) => job.name)).toEqual(['other'])
  expect(complete.job.name).toBe('weather.clean')
})

test('a function that throws says so, and nothing is sent', async () => {
  const inner = memory()
  const transport = transformTransport(inner, () => {
    throw new Error('no')
  })
  await expect(transport.emit([eventOf('START')])).rejects.toMatchObject({ code: 'DS_LINEAGE_EVENT' })
  expect(inner.events).toEqual([])
})
