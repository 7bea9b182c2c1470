import { isDayshiftError, messageOf, withoutSecrets } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { checkEvent } from './check-event.ts'
import type { LineageEvent } from './lineage-event.ts'

/** How events are sent. */
export interface EmitOptions {
  /** Stops the sending. What was not sent by then is not taken; of what was under way nobody knows. */
  readonly signal?: AbortSignal | undefined
  /** Whether each event is tried once only: whoever asks keeps for later what fails. Default false. */
  readonly once?: boolean | undefined
  /** Gets how many events were put by, to be sent later, and why. */
  readonly onSpooled?: ((events: number, reason: string) => void) | undefined
}

/** What became of one event. */
export interface Receipt {
  /**
   * `taken`; `later`: the other side failed over it, sent again it may be taken; `down`: the other side takes nothing now, it
   * may not have been sent at all; `rejected`: the other side will never take it.
   */
  readonly fate: 'taken' | 'later' | 'down' | 'rejected'
  /** Why it was not taken, without secrets. */
  readonly error?: unknown
}

/** Where lineage events are sent. */
export interface Transport {
  /** Names it in reports: `file`, `console` … */
  readonly name: string
  /** Sends events, in their order. Those of one call arrive together or not at all, where the other side allows that. */
  emit(events: readonly LineageEvent[], options?: EmitOptions): Promise<void>
  /** How many events go out in one request, where it is more than one. */
  readonly together?: number
  /** The same, and tells of each event what became of it, in their order. Where it is missing, `emit` is asked one by one. */
  offer?(events: readonly LineageEvent[], options?: EmitOptions): Promise<readonly Receipt[]>
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
  /** Events that were put by, to be sent later. */
  readonly spooled: number
  /** Why they were, without secrets: each reason once. Missing where none were. */
  readonly reasons?: readonly string[]
}

/**
 * Sends events to all transports. One that fails keeps no other from getting them.
 *
 * @throws DS_LINEAGE_EVENT where an event breaks the rules: none is sent then; the transport's own error, where it was
 * the only one; DS_LINEAGE_UNDELIVERED where there were more and all failed
 * @example const { delivered } = await deliver([event], [fileTransport('metadata_log.jsonl')]) // ['file']
 */
export async function deliver(
  events: readonly LineageEvent[],
  transports: readonly Transport[],
  options: Pick<EmitOptions, 'signal'> = {},
): Promise<Delivery> {
  refuseInvalid(events)
  const spooled = transports.map(() => 0)
  const reasons = new Set<string>()
  const results = await Promise.allSettled(
    transports.map(async (transport, at) => {
      const onSpooled = (count: number, reason: string): void => {
        spooled[at] = (spooled[at] as number) + count
        reasons.add(reason)
      }
      await transport.emit(events, { ...options, onSpooled })
    }),
  )
  const delivered: string[] = []
  const undelivered: Undelivered[] = []
  const errors: unknown[] = []
  for (const [at, result] of results.entries()) {
    const { name } = transports[at] as Transport
    if (result.status === 'fulfilled') {
      if (spooled[at] === 0) delivered.push(name)
    } else {
      errors.push(result.reason)
      undelivered.push({ transport: name, message: withoutSecrets(messageOf(result.reason)) })
    }
  }
  const waiting = spooled.reduce((sum, count) => sum + count, 0)
  if (errors.length > 0 && delivered.length === 0 && waiting === 0) {
    if (errors.length === 1 && isDayshiftError(errors[0])) throw errors[0]
    const told = undelivered.map(({ transport, message }) => `${transport}: ${message}`).join('; ')
    throw failure('DS_LINEAGE_UNDELIVERED', `no transport took the events: ${told}`, { cause: errors[0] })
  }
  return { delivered, undelivered, spooled: waiting, ...(reasons.size > 0 ? { reasons: [...reasons] } : {}) }
}

/** @throws DS_LINEAGE_EVENT, with all problems of all events */
export function refuseInvalid(events: readonly LineageEvent[]): void {
  const problems = events.flatMap(checkEvent).map(({ pointer, message }) => `${pointer} ${message}`)
  if (problems.length === 0) return
  throw failure('DS_LINEAGE_EVENT', `the event is not valid: ${[...new Set(problems)].join('; ')}`)
}
