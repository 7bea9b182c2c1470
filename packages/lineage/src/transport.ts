import { isDayshiftError, messageOf, withoutSecrets } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { checkEvent } from './conform.ts'
import type { RunEvent } from './event.ts'

/** Where lineage events are sent. */
export interface Transport {
  /** Names it in reports: `file`, `console` … */
  readonly name: string
  /** Sends events, in their order. Those of one call arrive together or not at all, where the other side allows that. */
  emit(events: readonly RunEvent[]): Promise<void>
  /** Ends it: what is under way is sent, connections are closed. */
  close(): Promise<void>
}

/** A transport that did not take the events. */
export interface Undelivered {
  readonly transport: string
  /** Why, without secrets. */
  readonly message: string
}

/** Which transports took the events, and which did not. */
export interface Delivery {
  readonly delivered: readonly string[]
  readonly undelivered: readonly Undelivered[]
}

/**
 * Sends events to all transports. One that fails keeps no other from getting them.
 *
 * @throws DS_LINEAGE_EVENT where an event breaks the rules: none is sent then; the transport's own error, where it was
 * the only one; DS_LINEAGE_UNDELIVERED where there were more and all failed
 * @example const { delivered } = await deliver([event], [fileTransport('metadata_log.jsonl')]) // ['file']
 */
export async function deliver(events: readonly RunEvent[], transports: readonly Transport[]): Promise<Delivery> {
  refuseInvalid(events)
  const results = await Promise.allSettled(transports.map(async (transport) => transport.emit(events)))
  const delivered: string[] = []
  const undelivered: Undelivered[] = []
  const errors: unknown[] = []
  for (const [at, result] of results.entries()) {
    const { name } = transports[at] as Transport
    if (result.status === 'fulfilled') delivered.push(name)
    else {
      errors.push(result.reason)
      undelivered.push({ transport: name, message: withoutSecrets(messageOf(result.reason)) })
    }
  }
  if (errors.length > 0 && delivered.length === 0) {
    if (errors.length === 1 && isDayshiftError(errors[0])) throw errors[0]
    const reasons = undelivered.map(({ transport, message }) => `${transport}: ${message}`).join('; ')
    throw failure('DS_LINEAGE_UNDELIVERED', `no transport took the events: ${reasons}`, { cause: errors[0] })
  }
  return { delivered, undelivered }
}

/** @throws DS_LINEAGE_EVENT, with all problems of all events */
export function refuseInvalid(events: readonly RunEvent[]): void {
  const problems = events.flatMap(checkEvent).map(({ pointer, message }) => `${pointer} ${message}`)
  if (problems.length === 0) return
  throw failure('DS_LINEAGE_EVENT', `the event is not valid: ${[...new Set(problems)].join('; ')}`)
}
