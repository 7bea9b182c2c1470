import { resolve } from 'node:path'
import { datasetOf, nearest } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { lifecycleOf, type EntrySummary } from './summary.ts'

/** Letters of an id that are enough to name an entry. */
const SHORTEST_ID = 8

/**
 * The entry that a person means: by its name, a name that it had before, its id or the beginning of it, its identity
 * (`namespace/name`), or the path or address of the data.
 *
 * @param cwd absolute; where relative paths start
 * @throws DS_CATALOG_UNKNOWN, with the nearest name; DS_CATALOG_AMBIGUOUS, with what each of the several is called by
 * @example namedEntry(await store.list(), 'weather', process.cwd()).unique_id
 */
export function namedEntry(entries: readonly EntrySummary[], text: string, cwd: string): EntrySummary {
  const { namespace, name } = datasetOf(text, cwd)
  const ways: ((entry: EntrySummary) => boolean)[] = [
    (entry) => entry.dataset_name === text,
    (entry) => entry.aliases?.includes(text) ?? false,
    (entry) => entry.unique_id === text || (text.length >= SHORTEST_ID && entry.unique_id.startsWith(text)),
    (entry) => `${entry.namespace}/${entry.name}` === text || entry.uri === text || entry.storage_path === text,
    (entry) => (entry.namespace === namespace && entry.name === name) || entry.storage_path === resolve(cwd, text),
    (entry) => entry.dataset_name.toLowerCase() === text.toLowerCase(),
  ]
  for (const isMeant of ways) {
    const all = entries.filter(isMeant)
    const there = all.filter((entry) => lifecycleOf(entry) !== 'deleted')
    const found = there.length > 0 ? there : all
    if (found.length > 1) {
      throw failure('DS_CATALOG_AMBIGUOUS', `the catalog has ${found.length} entries called ${text}`, {
        hint: `Name one by its path or id: ${found.map((one) => `${one.storage_path} (${one.unique_id.slice(0, SHORTEST_ID)})`).join(', ')}.`,
      })
    }
    if (found[0]) return found[0]
  }
  const near = nearest(
    text,
    entries.filter((entry) => lifecycleOf(entry) !== 'deleted').map((entry) => entry.dataset_name),
  )
  const hint = near === undefined ? {} : { hint: `Did you mean ${near}?` }
  throw failure('DS_CATALOG_UNKNOWN', `the catalog has no entry called ${text}`, hint)
}
