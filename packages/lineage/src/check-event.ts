import { checkShape, type EventProblem } from './conform.ts'
import { numberProblems } from './facet-numbers.ts'

/**
 * Checks an event of a run, a job or a dataset against the rules of OpenLineage 2-0-2: the keys that must be there, the run
 * id, the time and its zone, names, what every facet must say, and the numbers in facets of the specification: a count is whole,
 * and never null. Else it looks at no facet’s own content.
 *
 * @returns all problems; none where the event is right
 * @example checkEvent({ ...event, run: { runId: '7' } }) // [{ pointer: '/run/runId', message: 'is not a UUID' }]
 */
export function checkEvent(event: unknown): EventProblem[] {
  return [...checkShape(event), ...numberProblems(event)]
}
