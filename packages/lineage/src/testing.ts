import assert from 'node:assert/strict'
import type { ConformanceTest } from '@dayshift/core/testing'
import { runEvent, type EventType, type RunEvent } from './event.ts'
import { outputOf } from './event-dataset.ts'
import type { Transport } from './transport.ts'
import { uuidv7 } from './uuid.ts'

export type { ConformanceTest }

/** A transport under test, and what has arrived at its other side. */
export interface TransportUnderTest {
  readonly transport: Transport
  /** Events that have arrived, in the order in which they did. */
  readonly received: () => Promise<readonly unknown[]> | readonly unknown[]
}

/**
 * What every {@link Transport} must do, as tests for any test runner. What it has no member for is not asked of it.
 *
 * @param make gives a transport whose other side takes all, and has nothing yet
 * @example for (const { name, run } of transportConformance(() => ({ transport, received: () => lines }))) test(name, run)
 */
export function transportConformance(
  make: () => Promise<TransportUnderTest> | TransportUnderTest,
): readonly ConformanceTest[] {
  const tests: Record<string, (under: TransportUnderTest) => Promise<void>> = {
    'its name is told in reports, and holds no secrets': async ({ transport }) => {
      assert.notEqual(transport.name, '')
      assert.doesNotMatch(transport.name, /:\/\/|@/)
    },

    'events arrive once, whole and in their order': async ({ transport, received }) => {
      const runId = uuidv7()
      const events = [eventOf('START', runId), eventOf('RUNNING', runId), eventOf('COMPLETE', runId)]
      await transport.emit(events.slice(0, 1))
      await transport.emit(events.slice(1))
      assertArrived(await received(), events)
    },

    'odd texts arrive as they are': async ({ transport, received }) => {
      const event = eventOf('COMPLETE', uuidv7(), 'Zürich “01”\n\u2028\u0000 🌍 </script> %20 \\')
      await transport.emit([event])
      assertArrived(await received(), [event])
    },

    'no events are nothing': async ({ transport, received }) => {
      await transport.emit([])
      assert.deepEqual(await received(), [])
    },

    'asked to stop before it began, it sends nothing': async ({ transport, received }) => {
      await assert.rejects(async () => transport.emit([eventOf('START')], { signal: AbortSignal.abort() }))
      assert.deepEqual(await received(), [])
    },

    'many calls at once lose nothing': async ({ transport, received }) => {
      const events = Array.from({ length: 20 }, () => eventOf('START'))
      await Promise.all(events.map(async (event) => transport.emit([event])))
      assert.deepEqual(runIdsOf(await received()), runIdsOf(events))
    },

    'of events that are offered it tells that they were taken': async ({ transport, received }) => {
      if (!transport.offer) return
      const events = [eventOf('START'), eventOf('START')]
      assert.deepEqual(await transport.offer(events), [{ fate: 'taken' }, { fate: 'taken' }])
      assertArrived(await received(), events)
    },

    'it may be closed twice': async ({ transport }) => {
      await transport.emit([eventOf('START')])
      await transport.close()
      await transport.close()
    },
  }
  return Object.entries(tests).map(([name, run]) => ({
    name,
    run: async () => {
      const under = await make()
      try {
        await run(under)
      } finally {
        await under.transport.close()
      }
    },
  }))
}

function eventOf(eventType: EventType, runId: string = uuidv7(), name = 'weather'): RunEvent {
  const dataset = { namespace: 'file', name: `/srv/${name}.csv`, uri: `file:///srv/${encodeURIComponent(name)}.csv` }
  return runEvent(
    { runId, job: { namespace: 'airports', name } },
    { eventType, eventTime: new Date(), inputs: [], outputs: [outputOf({ dataset, rows: 3 })] },
  )
}

/** What arrived may have more keys than what was sent. */
function assertArrived(received: readonly unknown[], sent: readonly RunEvent[]): void {
  assert.equal(received.length, sent.length)
  for (const [at, event] of sent.entries()) {
    const arrived = received[at] as Readonly<Record<string, unknown>>
    const own = Object.fromEntries(Object.keys(event).map((key) => [key, arrived[key]]))
    assert.deepEqual(own, JSON.parse(JSON.stringify(event)))
  }
}

function runIdsOf(events: readonly unknown[]): string[] {
  return events.map((event) => (event as RunEvent).run.runId).toSorted()
}
