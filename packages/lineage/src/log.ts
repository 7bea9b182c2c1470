import type { DatasetRef, Finding, LogFacts, Report } from '@dayshift/core'
import { datasetOf, makeReport, throwIfAborted, withoutSecrets } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { runEvent, type EventType, type Moment, type RunContext, type RunEvent } from './event.ts'
import { cleanRef, inputOf, namelessness, outputOf, type InputDataset, type KnownDataset } from './event-dataset.ts'
import { mendEvent } from './mend-event.ts'
import { deliver, refuseInvalid, type Delivery, type Transport } from './transport.ts'
import { fileTransport } from './transports/file.ts'
import { uuidv7 } from './uuid.ts'

/** What is known of a run and of the dataset that it wrote. */
export interface LogInput extends KnownDataset, Omit<RunContext, 'runId' | 'origin'> {
  /** Where the data came from: an address, a path, or words. It is the run's input, unless `inputs` are given. */
  readonly origin: string
  readonly inputs?: readonly DatasetRef[]
  /** Default: the dataset. */
  readonly outputs?: readonly DatasetRef[]
  /** Of a run whose START was logged before; default: a new run. */
  readonly runId?: string
  /** What became of the run; default `COMPLETE`. */
  readonly eventType?: EventType
  /** When the run began; default: when it ended. */
  readonly startedAt?: Date
  /** Why the run failed. */
  readonly error?: unknown
}

/** How an event is logged. */
export interface LogOptions {
  /** Where the events are sent, besides the file. They stay open. */
  readonly transports?: readonly Transport[]
  /** The lineage log; default `metadata_log.jsonl` in the working directory where no transports are given, else none. */
  readonly path?: string
  /** The folder where relative paths in `origin` start; default: the working directory. */
  readonly cwd?: string
  /** Build and check the events, and send them nowhere; default false. */
  readonly dryRun?: boolean
  /** The time of the event; default: now. */
  readonly now?: Date
  readonly signal?: AbortSignal
  /** What reading the data told (`frame.notes`); stands in the report. */
  readonly notes?: readonly Finding[]
}

const ENDS: ReadonlySet<EventType> = new Set(['COMPLETE', 'FAIL', 'ABORT'])

/**
 * Logs what a run did to a dataset, as OpenLineage events. An input or output without a name, and a facet that breaks its schema,
 * are left out, and the report tells it. Without `runId` it is a whole run: START and its end go out
 * together. With the `runId` of a run whose START was logged, only the event itself does.
 *
 * @throws DS_LINEAGE_EVENT, with all problems of the input; what {@link deliver} throws; DS_ABORTED
 * @example
 * const report = await log({ dataset: fileDataset('data/weather.csv', process.cwd()), origin: 'https://example.org/w.csv',
 *   schema: { columns: [] }, rows: 0, job: { namespace: 'airports', name: 'weather' } })
 * report.facts.delivered // ['file']
 */
export async function log(input: LogInput, options: LogOptions = {}): Promise<Report<'log'>> {
  const started = new Date()
  const { cwd = process.cwd(), dryRun = false, now = started, signal } = options
  refuseProblems(input)
  const { kept, nameless } = named(input)
  const mended = eventsOf(kept, cwd, now).map(mendEvent)
  const events = mended.map(({ event }) => event)
  const leftOut = [...new Set([...nameless, ...mended.flatMap((one) => one.leftOut)])]
  refuseInvalid(events)
  throwIfAborted(signal)
  const delivery = dryRun
    ? { delivered: [], undelivered: [], spooled: 0 }
    : await deliver(events, transportsOf(options), { signal })

  const { run, eventType, job } = events.at(-1) as RunEvent
  const facts: LogFacts = {
    runId: run.runId,
    eventType,
    job: { namespace: job.namespace, name: job.name },
    numRows: input.rows ?? input.profile?.rows ?? null,
    columnNames: input.schema?.columns.map(({ name }) => name) ?? [],
    delivered: delivery.delivered,
    spooled: delivery.spooled,
  }
  return makeReport('log', datasetOfInput(input), started, facts, [
    ...(options.notes ?? []),
    ...leftOut.map(leftOutFinding),
    ...findingsOf(delivery, dryRun),
  ])
}

/**
 * The events that a log consists of, oldest first.
 *
 * @param cwd absolute; where relative paths in `origin` start
 */
export function eventsOf(input: LogInput, cwd: string, now: Date): RunEvent[] {
  const { eventType = 'COMPLETE', runId, startedAt = now, job, outputs = [input.dataset] } = input
  const { parent, nominalTime, runFacets, jobFacets } = input
  const origin = originOf(input.origin, cwd)
  const context: RunContext = {
    runId: runId ?? uuidv7(now.getTime()),
    job,
    origin: origin.words,
    ...(parent === undefined ? {} : { parent }),
    ...(nominalTime === undefined ? {} : { nominalTime }),
    ...(runFacets === undefined ? {} : { runFacets }),
    ...(jobFacets === undefined ? {} : { jobFacets }),
  }
  const inputs = (input.inputs ?? [origin.dataset]).map((dataset): InputDataset => inputOf({ dataset }))
  const bare = outputs.map((dataset) => outputOf({ dataset }))
  const known = outputs.map((dataset) => outputOf(isSame(dataset, input.dataset) ? { ...input, dataset } : { dataset }))

  const start: Moment = { eventType: 'START', eventTime: startedAt, inputs, outputs: bare }
  if (eventType === 'START') return [runEvent(context, start)]
  const event = runEvent(context, { eventType, eventTime: now, inputs, outputs: known, error: input.error })
  return runId === undefined && ENDS.has(eventType) ? [runEvent(context, start), event] : [event]
}

function datasetOfInput({ dataset, version = dataset.version }: LogInput): DatasetRef {
  return { ...cleanRef(dataset), ...(version === undefined ? {} : { version }) }
}

/** An address loses its query, which may hold secrets; other words stay as they are. */
function originOf(text: string, cwd: string): { dataset: DatasetRef; words: string } {
  const clean = withoutSecrets(text)
  const dataset = datasetOf(clean, cwd)
  return { dataset, words: /^[\w:+.-]+:\/\//.test(clean) ? dataset.uri : clean }
}

function isSame(a: DatasetRef, b: DatasetRef): boolean {
  return a.namespace === b.namespace && a.name === b.name
}

function transportsOf({ transports = [], path }: LogOptions): Transport[] {
  if (path === undefined && transports.length > 0) return [...transports]
  return [fileTransport(path ?? 'metadata_log.jsonl'), ...transports]
}

/** What is logged, without inputs and outputs that have no name, and why those are left out. */
function named(input: LogInput): { readonly kept: LogInput; readonly nameless: readonly string[] } {
  const nameless: string[] = []
  const rightOf = (refs: readonly DatasetRef[]): DatasetRef[] =>
    refs.filter((dataset) => {
      const problem = namelessness({ dataset })
      if (problem !== undefined) nameless.push(problem)
      return problem === undefined
    })
  const { inputs, outputs } = input
  const kept = {
    ...input,
    ...(inputs ? { inputs: rightOf(inputs) } : {}),
    ...(outputs ? { outputs: rightOf(outputs) } : {}),
  }
  return { kept, nameless }
}

function leftOutFinding(words: string): Finding {
  return {
    severity: 'warn',
    code: 'log.left_out',
    message: `The event is sent without a part that no event may have: ${words}.`,
    hint: 'Give datasets a namespace and a name, and facets the numbers that their schemas want.',
  }
}

function refuseProblems({ dataset, origin, rows, bytes }: LogInput): void {
  const problems: string[] = []
  if (namelessness({ dataset }) !== undefined) problems.push('the dataset has no namespace or no name')
  if (origin.trim() === '') problems.push('origin is empty')
  for (const [key, count] of Object.entries({ rows, bytes })) {
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 0))
      problems.push(`${key} is not a count: ${count}`)
  }
  if (problems.length > 0) throw failure('DS_LINEAGE_EVENT', `cannot log: ${problems.join('; ')}`)
}

function findingsOf({ undelivered, spooled, reasons = [] }: Delivery, dryRun: boolean): Finding[] {
  const findings = undelivered.map(({ transport, message }): Finding => ({
    severity: 'warn',
    code: 'log.undelivered',
    message: `${transport} did not take the event: ${message}`,
    hint: 'The event is where the other transports put it; send it again from there.',
  }))
  if (spooled > 0) {
    findings.push({
      severity: 'info',
      code: 'log.spooled',
      message: `${spooled === 1 ? 'one event waits' : `${spooled} events wait`} to be sent: ${reasons.join('; ') || 'a server did not take events'}`,
      hint: 'They are sent with dayshift lineage send, or when the next is logged.',
    })
  }
  if (dryRun) findings.push({ severity: 'info', code: 'log.dry-run', message: 'the event was sent nowhere, as asked' })
  return findings
}
