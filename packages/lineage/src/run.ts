import { failure } from './codes.ts'
import { runEvent, type EventType, type RunContext } from './event.ts'
import { inputOf, outputOf, type KnownDataset } from './event-dataset.ts'
import { deliver, type Delivery, type Transport } from './transport.ts'
import { uuidv7 } from './uuid.ts'

/** What a run reads and writes. */
export interface RunDatasets {
  readonly inputs?: readonly KnownDataset[]
  readonly outputs?: readonly KnownDataset[]
}

/** A run that is to be started. */
export interface StartOptions extends RunDatasets, Omit<RunContext, 'runId'> {
  /** Default: a new UUID of version 7. */
  readonly runId?: string
  /** Whether it is a run whose START was sent by a process that is gone: RUNNING is sent in its place. Default: false. */
  readonly goesOn?: boolean
  readonly transports: readonly Transport[]
  /** The clock; default: the system's. */
  readonly now?: () => Date
}

/**
 * A run that was started. One of the three methods ends it, once; each sends an event of the same run id, with the
 * inputs and outputs of the start where none are given.
 *
 * Each throws DS_LINEAGE_RUN_ENDED where the run has ended, and what {@link deliver} throws; the run then goes on.
 */
export interface Run {
  readonly runId: string
  /** Whether it was completed, failed or aborted. */
  readonly ended: boolean
  complete(datasets?: RunDatasets): Promise<Delivery>
  fail(error: unknown, datasets?: RunDatasets): Promise<Delivery>
  abort(): Promise<Delivery>
}

/**
 * Starts a run: sends its START event. The transports stay open; whoever made them closes them.
 *
 * @throws what {@link deliver} throws
 * @example
 * const run = await startRun({ job: { namespace: 'airports', name: 'weather' }, outputs: [{ dataset }],
 *   transports: [fileTransport('metadata_log.jsonl')] })
 * try { await work(); await run.complete() } catch (error) { await run.fail(error); throw error }
 */
export async function startRun(options: StartOptions): Promise<Run> {
  const {
    transports,
    now = () => new Date(),
    inputs = [],
    outputs = [],
    runId = uuidv7(),
    goesOn = false,
    ...context
  } = options
  let ended = false

  const send = async (eventType: EventType, datasets: RunDatasets = {}, error?: unknown): Promise<Delivery> => {
    const moment = {
      eventType,
      eventTime: now(),
      inputs: (datasets.inputs ?? inputs).map(inputOf),
      outputs: (datasets.outputs ?? outputs).map(outputOf),
      error,
    }
    return deliver([runEvent({ ...context, runId }, moment)], transports)
  }
  const end = async (eventType: EventType, datasets?: RunDatasets, error?: unknown): Promise<Delivery> => {
    if (ended) throw failure('DS_LINEAGE_RUN_ENDED', `run ${runId} has ended; it cannot ${eventType} again`)
    // Set before waiting, so that two calls at once cannot both end it.
    ended = true
    try {
      return await send(eventType, datasets, error)
    } catch (problem) {
      ended = false
      throw problem
    }
  }

  await send(goesOn ? 'RUNNING' : 'START')
  return {
    runId,
    get ended() {
      return ended
    },
    complete: async (datasets) => end('COMPLETE', datasets),
    fail: async (error, datasets) => end('FAIL', datasets, error ?? 'unknown'),
    abort: async () => end('ABORT'),
  }
}
