import { messageOf, withoutSecrets } from '@dayshift/core/ground'
import { runEvent, type EventType, type RunContext } from './event.ts'
import { inputOf, namelessness, outputOf, type KnownDataset } from './event-dataset.ts'
import type { JobRef } from './facets.ts'
import { mendEvent } from './mend-event.ts'
import { envOfParent } from './parent.ts'
import { deliver, type Transport } from './transport.ts'
import { uuidv7 } from './uuid.ts'

/** How a run is tracked. */
export interface TrackOptions extends Omit<RunContext, 'runId' | 'job'> {
  /** Where the events go; they stay open. */
  readonly transports: readonly Transport[]
  /** What is known beforehand of what the run reads and writes; what it tells itself is added. */
  readonly inputs?: readonly KnownDataset[]
  readonly outputs?: readonly KnownDataset[]
  /** Default: a new UUID of version 7. */
  readonly runId?: string
  /** Where it is aborted, a failure of the work is an ABORT, not a FAIL. */
  readonly signal?: AbortSignal
  /** Signals that end the process: ABORT is sent first, for `patience` at most. Default: none is heeded. */
  readonly signals?: readonly NodeJS.Signals[]
  /** Seconds that the work's result waits for its last event; default 5. */
  readonly patience?: number
  /** Gets why an event was not delivered, and what was left out of one to send it, without secrets. Default: nobody is told. */
  readonly onProblem?: (message: string) => void
  /** The clock; default: the system's. */
  readonly now?: () => Date
}

/** A run that is under way, for the work within it. */
export interface TrackedRun {
  readonly runId: string
  /** Variables by which a process knows that this run is its parent. */
  readonly env: Readonly<Record<string, string>>
  /** Tells of a dataset that the run reads; one of the same name is replaced, one without a name is left out. */
  reads(dataset: KnownDataset): void
  /** Tells of a dataset that the run writes; one of the same name is replaced, one without a name is left out. */
  writes(dataset: KnownDataset): void
}

/**
 * Does work as a run of a job: sends START, and at its end COMPLETE, FAIL with the message, or ABORT. The work begins at once
 * and does not wait for START. Its result and its error are what the caller gets, whatever becomes of the events.
 *
 * @throws what the work throws, nothing else
 * @example
 * const rows = await trackRun({ namespace: 'airports', name: 'weather' }, async (run) => {
 *   run.writes({ dataset: fileDataset('weather.csv', process.cwd()), rows: 3 })
 *   return 3
 * }, { transports: [spooled(httpTransport({ url }), { folder: '.dayshift/spool' })] })
 */
export async function trackRun<Result>(
  job: JobRef,
  work: (run: TrackedRun) => Promise<Result> | Result,
  options: TrackOptions,
): Promise<Result> {
  const { transports, signal, signals = [], patience = 5, onProblem, now = () => new Date() } = options
  const { parent, nominalTime, origin, runFacets, jobFacets, runId = uuidv7() } = options
  const context: RunContext = {
    runId,
    job,
    ...(parent === undefined ? {} : { parent }),
    ...(nominalTime === undefined ? {} : { nominalTime }),
    ...(origin === undefined ? {} : { origin }),
    ...(runFacets === undefined ? {} : { runFacets }),
    ...(jobFacets === undefined ? {} : { jobFacets }),
  }
  const inputs = new Map<string, KnownDataset>()
  const outputs = new Map<string, KnownDataset>()
  const told = new Set<string>()
  let sent: Promise<void> | undefined
  let isEnded = false

  const tell = (problem: unknown): void => {
    try {
      onProblem?.(withoutSecrets(messageOf(problem)))
    } catch {
      // Who is told of trouble must not make more of it.
    }
  }
  // What is left out is left out of START and of the end.
  const tellOnce = (problem: string): void => {
    if (told.has(problem)) return
    told.add(problem)
    tell(problem)
  }
  const keep = (datasets: Map<string, KnownDataset>, known: KnownDataset): void => {
    const problem = namelessness(known)
    if (problem === undefined) datasets.set(JSON.stringify([known.dataset.namespace, known.dataset.name]), known)
    else tellOnce(problem)
  }
  const deliverNow = async (eventType: EventType, error: unknown): Promise<void> => {
    const datasets = { inputs: [...inputs.values()].map(inputOf), outputs: [...outputs.values()].map(outputOf) }
    const { event, leftOut } = mendEvent(runEvent(context, { eventType, eventTime: now(), ...datasets, error }))
    for (const one of leftOut) tellOnce(one)
    // An end does not overtake its start.
    await sent
    const { undelivered } = await deliver([event], transports)
    for (const { transport, message } of undelivered) tell(`${transport}: ${message}`)
  }
  const send = (eventType: EventType, error?: unknown): Promise<void> => {
    sent = deliverNow(eventType, error).catch(tell)
    return sent
  }
  const end = async (eventType: EventType, error?: unknown): Promise<void> => {
    if (isEnded) return
    isEnded = true
    await within(patience, send(eventType, error), () => tell(`${eventType} was not sent within ${patience} s`))
  }

  for (const one of options.inputs ?? []) keep(inputs, one)
  for (const one of options.outputs ?? []) keep(outputs, one)
  void send('START')
  const stopHeeding = heed(signals, () => end('ABORT'))
  try {
    const result = await work({
      runId,
      env: envOfParent({ runId, job, parent }),
      reads: (dataset) => keep(inputs, dataset),
      writes: (dataset) => keep(outputs, dataset),
    })
    await end('COMPLETE')
    return result
  } catch (error) {
    await (signal?.aborted ? end('ABORT') : end('FAIL', error ?? 'unknown'))
    throw error
  } finally {
    stopHeeding()
  }
}

/** Has signals end the process only after some last work. */
function heed(signals: readonly NodeJS.Signals[], last: () => Promise<void>): () => void {
  const stop = (): void => {
    for (const name of signals) process.off(name, handle)
  }
  const handle = (name: NodeJS.Signals): void => {
    // A second signal means now.
    stop()
    // Whoever heeds the signal too has had it, and ends the process or does not.
    void last().finally(() => process.listenerCount(name) === 0 && process.kill(process.pid, name))
  }
  for (const name of signals) process.on(name, handle)
  return stop
}

async function within(seconds: number, work: Promise<void>, late: () => void): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      late()
      resolve()
    }, seconds * 1000)
  })
  await Promise.race([work, over])
  clearTimeout(timer)
}
