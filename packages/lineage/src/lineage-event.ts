import type { RunEvent } from './event.ts'
import type { DatasetEvent, JobEvent } from './static-event.ts'

/** Any event of OpenLineage: of a run, or of a job or dataset by itself. */
export type LineageEvent = RunEvent | JobEvent | DatasetEvent

/** The run whose events are kept in order; undefined where an event is of none. */
export function runIdOf(event: LineageEvent): string | undefined {
  return 'run' in event ? event.run.runId : undefined
}
