import { join } from 'node:path'
import { makeFolders, messageOf, withLock, withoutSecrets } from '@dayshift/core/ground'
import { runIdOf, type LineageEvent } from './lineage-event.ts'
import { offerTo } from './offer.ts'
import { spoolFolder, STALE, type SpoolFolder, type Waiting } from './spool/spool-folder.ts'
import type { EmitOptions, Receipt, Transport } from './transport.ts'

/** How events are spooled. */
export interface SpoolOptions {
  /** Where events wait; one folder a transport. It is made where it is missing, with a `.gitignore`. */
  readonly folder: string
  /** Where the events are to go, without secrets; stands in the folder for whoever finds it. */
  readonly destination?: string | undefined
  /** Seconds after which an emit gives up waiting for the transport; default 2. */
  readonly patience?: number | undefined
  /** Seconds after a failure during which events go to the spool at once; default 30. */
  readonly pause?: number | undefined
}

/** What became of events that waited. */
export interface Sending {
  readonly sent: number
  /** Events that will never be taken; they stand in `rejected.jsonl`. */
  readonly rejected: number
  /** Events that still wait. */
  readonly left: number
  /** Why they do, without secrets. */
  readonly reason?: string
}

/** How events that wait are sent. */
export interface SendOptions extends Pick<EmitOptions, 'signal' | 'once'> {
  /** Seconds to wait for another process that sends them; default 10. */
  readonly wait?: number | undefined
  /** Gets how many are done of how many. */
  readonly onProgress?: ((done: number, all: number) => void) | undefined
}

/** A transport whose events wait in a spool where it does not take them. */
export interface SpooledTransport extends Transport {
  readonly folder: string
  /** How many events wait. */
  waiting(): Promise<number>
  /** Sends those that wait, as {@link sendSpool}. */
  send(options?: SendOptions): Promise<Sending>
}

/** Events that are read and sent before it is written down what became of them. */
const AT_ONCE = 50

/** How often what was put by meanwhile is sent too. */
const PASSES = 5

/**
 * Keeps a pipeline from waiting for a lineage server: an event that the transport does not take within `patience` is put by,
 * on the disk, and for a while those behind it are so at once. Of one run, no event passes one that waits. `close` sends what
 * waits, where that is quick; {@link sendSpool} does at any time.
 *
 * @throws emitting: DS_LINEAGE_REJECTED where the other side will never take an event, which stands in `rejected.jsonl`
 * then; DS_WRITE, DS_LOCKED where the spool cannot be written
 * @example const transport = spooled(httpTransport({ url }), { folder: '.dayshift/spool/marquez' })
 */
export function spooled(transport: Transport, options: SpoolOptions): SpooledTransport {
  const { folder, patience = 2, pause = 30, destination } = options
  const spool = spoolFolder(folder, destination)
  let pausedUntil = 0
  let isSlow = false
  let reason = 'events before it wait'
  let last: Promise<unknown> = Promise.resolve()

  async function emit(events: readonly LineageEvent[], emitting: EmitOptions): Promise<void> {
    const isPaused = Date.now() < pausedUntil
    const behind = isPaused ? undefined : await spool.runs()
    const now = events.filter((event) => behind?.has(runIdOf(event) ?? '') === false)
    const receipts = now.length === 0 ? [] : await offerInTime(now, emitting)
    const fates = new Map(receipts.map((receipt, at) => [now[at] as LineageEvent, receipt]))
    const later = events.filter((event) => isLeft(fates.get(event)?.fate))
    const failed = receipts.find(({ fate }) => isLeft(fate))
    if (failed) reason = reasonOf(failed)
    if (failed?.fate === 'down') pausedUntil = Date.now() + pause * 1000
    if (later.length > 0) {
      await spool.put(later)
      emitting.onSpooled?.(later.length, reason)
    }
    const rejected = now.filter((event) => fates.get(event)?.fate === 'rejected')
    for (const event of rejected) spool.reject([event], reasonOf(fates.get(event) as Receipt))
    if (rejected.length > 0) throw receipts.find(({ fate }) => fate === 'rejected')?.error
  }

  /** Offers events to the transport once, for as long as there is patience, whether it heeds the signal or not. */
  async function offerInTime(events: readonly LineageEvent[], { signal }: EmitOptions): Promise<readonly Receipt[]> {
    const began = Date.now()
    const { receipts, isOver } = await inTime(patience, signal, (until) =>
      offerTo(transport, events, { signal: until, once: true }),
    )
    isSlow = isOver || Date.now() - began > (patience * 1000) / 2
    const error = new Error(`no answer within ${patience} s`)
    return receipts ?? events.map(() => ({ fate: 'down', error }))
  }

  return {
    name: transport.name,
    folder,
    emit(events, emitting = {}) {
      const work = last.then(async () => emit(events, emitting))
      last = work.catch(() => undefined)
      return work
    },
    waiting: () => waitingIn(folder),
    send: (sending) => sendSpool(transport, folder, sending),
    async close() {
      await last
      // A server that was slow would be slow again.
      if (!isSlow && (await spool.runs()).size > 0) {
        await inTime(patience, undefined, async (signal) =>
          sendSpool(transport, folder, { signal, once: true, wait: 0 }).then(() => [] as Receipt[]),
        ).catch(() => undefined)
      }
      await transport.close()
    },
  }
}

/** How many events wait in a spool; none where there is no such folder. */
export async function waitingIn(folder: string): Promise<number> {
  return (await spoolFolder(folder).waiting()).length
}

/**
 * Sends events that wait in a spool, those of one run in their order: START before COMPLETE. Each is sent at least once, and
 * twice only where the process is killed after the other side took it and before that was written down. Events that the other
 * side will never take are put aside with its reason, and keep no other from being sent. One process sends at a time.
 *
 * @returns what became of them; where some are left, why
 * @throws DS_LOCKED where another process sends them; DS_WRITE, DS_SOURCE_UNREADABLE
 * @example const { sent, left } = await sendSpool(httpTransport({ url }), '.dayshift/spool/marquez')
 */
export async function sendSpool(transport: Transport, folder: string, options: SendOptions = {}): Promise<Sending> {
  const spool = spoolFolder(folder)
  if ((await spool.waiting()).length === 0) {
    await spool.tidy()
    return { sent: 0, rejected: 0, left: 0 }
  }
  makeFolders(folder)
  return withLock(join(folder, 'send.lock'), async () => sendAll(transport, spool, options), {
    timeout: options.wait ?? 10,
    staleAfter: STALE,
    signal: options.signal,
  })
}

async function sendAll(transport: Transport, spool: SpoolFolder, options: SendOptions): Promise<Sending> {
  const { signal, once, onProgress } = options
  // Runs with an event that the other side fails over; what comes behind it waits with it.
  const stuck = new Set<string>()
  let sent = 0
  let rejected = 0
  let reason: string | undefined
  let isDown = false
  try {
    // While some are sent, others may be put by behind them: for ever, where they are put by as fast as they are sent.
    for (let pass = 0; pass < PASSES && !isDown; pass++) {
      const waiting = (await spool.waiting()).filter(({ runId }) => !stuck.has(runId))
      if (waiting.length === 0) break
      const all = sent + rejected + waiting.length
      for (let at = 0; at < waiting.length && !isDown; at += AT_ONCE) {
        const some = waiting.slice(at, at + AT_ONCE).filter(({ runId }) => !stuck.has(runId))
        const events = some.map((one) => spool.event(one))
        const receipts = await offerTo(transport, events, { signal, once })
        const done: string[] = []
        for (const [turn, receipt] of receipts.entries()) {
          const { hash, runId } = some[turn] as Waiting
          if (isLeft(receipt.fate)) {
            reason ??= reasonOf(receipt)
            stuck.add(runId)
            isDown ||= receipt.fate === 'down'
            continue
          }
          done.push(hash)
          if (receipt.fate === 'taken') sent++
          else {
            spool.reject([events[turn] as LineageEvent], reasonOf(receipt))
            rejected++
          }
        }
        if (done.length > 0) spool.taken(done)
        onProgress?.(sent + rejected, all)
      }
      await spool.tidy()
    }
  } finally {
    await spool.tidy()
  }
  const left = (await spool.waiting()).length
  if (left > 0) reason ??= 'others were put by meanwhile'
  return { sent, rejected, left, ...(left === 0 || reason === undefined ? {} : { reason }) }
}

/** Whether an event is not done with. */
function isLeft(fate: Receipt['fate'] = 'down'): boolean {
  return fate === 'later' || fate === 'down'
}

function reasonOf({ error }: Receipt): string {
  return withoutSecrets(messageOf(error))
}

/** Does work for some seconds, then stops it and waits no longer. */
async function inTime(
  seconds: number,
  signal: AbortSignal | undefined,
  work: (until: AbortSignal) => Promise<readonly Receipt[]>,
): Promise<{ readonly receipts?: readonly Receipt[]; readonly isOver: boolean }> {
  const over = new AbortController()
  const until = signal ? AbortSignal.any([signal, over.signal]) : over.signal
  let timer: ReturnType<typeof setTimeout> | undefined
  let grace: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      over.abort()
      // What heeds the signal may still say which events were taken.
      grace = setTimeout(() => resolve(undefined), 100)
    }, seconds * 1000)
  })
  try {
    const receipts = await Promise.race([work(until), end])
    return { ...(receipts === undefined ? {} : { receipts }), isOver: over.signal.aborted }
  } finally {
    clearTimeout(timer)
    clearTimeout(grace)
  }
}
