import type { CatalogEntry } from './entry.ts'
import { changedFields } from './input.ts'
import { compareSchemas, type SchemaChange } from './schema-change.ts'

/** A revision of an entry, and what it changed. */
export interface Revision {
  readonly entry: CatalogEntry
  /** The fields that differ from the revision before; of the first, all that it has. */
  readonly changed: readonly string[]
  readonly schema: readonly SchemaChange[]
}

/**
 * What each revision changed, from the revisions of an entry, oldest first.
 *
 * @example revisionsOf(await store.history(key)).at(-1)?.changed // ['rows', 'version']
 */
export function changesOfRevisions(entries: readonly CatalogEntry[]): Revision[] {
  return entries.map((entry, at) => {
    const before = entries[at - 1]
    return { entry, changed: changedFields(before, entry), schema: before ? compareSchemas(before, entry) : [] }
  })
}
