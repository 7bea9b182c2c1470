import { nearest } from '@dayshift/core/ground'
import type { MergedRun } from '@dayshift/lineage'
import { failure } from '../codes.ts'
import { count } from '../render/words.ts'

/** Letters of a run's id that are enough to name it. */
const SHORTEST_ID = 6

/**
 * The run that a word names: its id, the beginning or the end of it, or `last`.
 *
 * @returns its id
 * @throws DS_LINEAGE_UNKNOWN, with the nearest one
 */
export function runNamed(runs: readonly MergedRun[], word: string): string {
  const [last] = runs
  if (word === 'last' && last) return last.runId
  const found = runs.filter(
    ({ runId }) => runId === word || (word.length >= SHORTEST_ID && (runId.startsWith(word) || runId.endsWith(word))),
  )
  const [only, other] = found
  if (only && !other) return only.runId
  if (other)
    throw failure('DS_USAGE', `${count(found.length, 'run')} have an id like ${word}`, { hint: 'Give more of it.' })
  const near = nearest(
    word,
    runs.map(({ runId }) => runId),
  )
  const hint = near === undefined ? {} : { hint: `Did you mean ${near}?` }
  throw failure('DS_LINEAGE_UNKNOWN', `the log has no run ${word}`, hint)
}
