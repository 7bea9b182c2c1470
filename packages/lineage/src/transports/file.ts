import { appendJournal, throwIfAborted } from '@dayshift/core/ground'
import type { LineageEvent } from '../lineage-event.ts'
import type { Transport } from '../transport.ts'

/** A line of the lineage log: an event, with the four keys of the first logs before its own. */
export type LogLine = LineageEvent & {
  /** Where the data came from; null where the event does not say. */
  readonly origin: string | null
  /** The event's time. */
  readonly timestamp: string
  /** Rows of the first output; null where the event does not say. */
  readonly num_rows: number | null
  /** Columns of the first output; none where the event does not say. */
  readonly column_names: readonly string[]
}

/**
 * A lineage log in a JSON Lines file, only ever appended to; all events of one call go out in one write. Every line is a
 * whole OpenLineage event, and has the four keys `origin`, `timestamp`, `num_rows` and `column_names` first, by which
 * readers of the first logs go on.
 *
 * @param path of the file; it need not exist, its folder must
 * @example await deliver([event], [fileTransport('metadata_log.jsonl')])
 */
export function fileTransport(path: string): Transport {
  return {
    name: 'file',
    // async, so that a full disk rejects instead of throwing.
    emit: async (events, { signal } = {}) => {
      throwIfAborted(signal)
      appendJournal(
        path,
        events.map((event) => ({ ...logLine(event) })),
      )
    },
    close: () => Promise.resolve(),
  }
}

/** The line that holds an event. */
export function logLine(event: LineageEvent): LogLine {
  const [output] = 'outputs' in event ? event.outputs : []
  const [input] = 'inputs' in event ? event.inputs : []
  const rows = output?.outputFacets?.['outputStatistics']?.['rowCount']
  const facets = 'dataset' in event ? event.dataset.facets : output?.facets
  const fields = facets?.['schema']?.['fields'] as readonly { readonly name: string }[] | undefined
  const said = 'run' in event ? event.run.facets['dayshift_origin']?.['origin'] : undefined
  const origin = said ?? input?.facets['dataSource']?.['uri'] ?? input?.name
  return {
    origin: typeof origin === 'string' ? origin : null,
    timestamp: event.eventTime,
    num_rows: typeof rows === 'number' ? rows : null,
    column_names: fields?.map(({ name }) => name) ?? [],
    ...event,
  }
}
