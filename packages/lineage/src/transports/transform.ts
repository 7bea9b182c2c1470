import { messageOf } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import type { LineageEvent } from '../lineage-event.ts'
import type { Transport } from '../transport.ts'

/** Makes another event of an event, or null where it is not to be sent. */
export type EventTransform = (event: LineageEvent) => LineageEvent | null | undefined

/**
 * Sends what a function makes of events. The function gets a copy, so that other transports get the event as it was.
 *
 * @throws emitting: DS_LINEAGE_EVENT where the function throws; what the transport throws
 * @example transformTransport(http, (event) => ('job' in event && event.job.name.startsWith('test.') ? null : event))
 */
export function transformTransport(transport: Transport, transform: EventTransform): Transport {
  return {
    name: transport.name,
    async emit(events, options) {
      const changed = events.map((event) => transformed(event, transform)).filter((event) => event !== undefined)
      if (changed.length > 0) await transport.emit(changed, options)
    },
    close: () => transport.close(),
  }
}

function transformed(event: LineageEvent, transform: EventTransform): LineageEvent | undefined {
  try {
    return transform(structuredClone(event)) ?? undefined
  } catch (error) {
    throw failure('DS_LINEAGE_EVENT', `the event could not be transformed: ${messageOf(error)}`, { cause: error })
  }
}
