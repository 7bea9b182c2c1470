import { createHash } from 'node:crypto'
import { datasetOf, type JournalRecord } from '@dayshift/core/ground'
import { checkShape } from './conform.ts'
import type { RunEvent } from './event.ts'

/** A line of a lineage log, read. */
export type LoggedLine =
  | { readonly kind: 'run'; readonly event: LoggedEvent }
  | { readonly kind: 'job'; readonly event: LoggedEvent }
  | { readonly kind: 'dataset'; readonly dataset: LoggedDataset; readonly at: string }

/** A dataset as an event names it, whoever made the event. */
export interface LoggedDataset {
  readonly namespace: string
  readonly name: string
  readonly facets?: Readonly<Record<string, LoggedFacet>>
  readonly inputFacets?: Readonly<Record<string, LoggedFacet>>
  readonly outputFacets?: Readonly<Record<string, LoggedFacet>>
}

/** A facet as an event holds it, whoever made the event. */
export type LoggedFacet = Readonly<Record<string, unknown>>

/** A run or job event as a log holds it, whoever made it. */
export interface LoggedEvent {
  /** Left out of run events that say nothing of the run's state, and of job events. */
  readonly eventType?: RunEvent['eventType']
  readonly eventTime: string
  readonly run: { readonly runId: string; readonly facets?: Readonly<Record<string, LoggedFacet>> }
  readonly job: {
    readonly namespace: string
    readonly name: string
    readonly facets?: Readonly<Record<string, LoggedFacet>>
  }
  readonly inputs: readonly LoggedDataset[]
  readonly outputs: readonly LoggedDataset[]
}

/** The job of lines of the first logs, which named none. */
const LEGACY_JOB = { namespace: 'metadata_log', name: 'log_data_lineage' } as const

/**
 * Reads one line of a lineage log: an event of a run, job or dataset, or a line of the first logs, which had the four keys
 * `origin`, `timestamp`, `num_rows` and `column_names` only. Such a line is read as a run by itself, which read its origin.
 *
 * @param folder absolute; where relative paths in origins of the first logs start: the log's
 * @returns the line, or in words why it is none
 */
export function readLogLine(record: JournalRecord, folder: string): LoggedLine | string {
  if (isLegacy(record)) return { kind: 'run', event: legacyEvent(record, folder) }
  const [problem] = checkShape(record)
  if (problem) return `the line is no event: ${problem.pointer || 'it'} ${problem.message}`
  if (record['dataset'] !== undefined && record['job'] === undefined && record['run'] === undefined) {
    return { kind: 'dataset', dataset: record['dataset'] as LoggedDataset, at: record['eventTime'] as string }
  }
  const isJob = record['run'] === undefined
  const event = isJob ? { ...record, run: { runId: NO_RUN } } : record
  const {
    inputs = [],
    outputs = [],
    ...rest
  } = event as unknown as Partial<LoggedEvent> & Omit<LoggedEvent, 'inputs' | 'outputs'>
  return { kind: isJob ? 'job' : 'run', event: { ...rest, inputs, outputs } }
}

const NO_RUN = '00000000-0000-0000-0000-000000000000'

function isLegacy(record: JournalRecord): boolean {
  const { origin, timestamp, num_rows, column_names } = record
  return (
    record['run'] === undefined &&
    record['job'] === undefined &&
    typeof origin === 'string' &&
    typeof timestamp === 'string' &&
    !Number.isNaN(Date.parse(timestamp)) &&
    (num_rows === null || typeof num_rows === 'number') &&
    Array.isArray(column_names)
  )
}

function legacyEvent(record: JournalRecord, folder: string): LoggedEvent {
  const { origin, timestamp, num_rows, column_names } = record as {
    origin: string
    timestamp: string
    num_rows: number | null
    column_names: unknown[]
  }
  const { namespace, name } = datasetOf(origin, folder)
  const id = createHash('sha256')
    .update(JSON.stringify([origin, timestamp, num_rows, column_names]))
    .digest('hex')
  const fields = column_names.map((column) => ({ name: String(column) }))
  return {
    eventType: 'COMPLETE',
    eventTime: new Date(timestamp).toISOString(),
    run: { runId: id.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') },
    job: LEGACY_JOB,
    inputs: [
      {
        namespace,
        name,
        facets: { schema: { fields } },
        ...(num_rows === null ? {} : { inputFacets: { inputStatistics: { rowCount: num_rows } } }),
      },
    ],
    outputs: [],
  }
}
