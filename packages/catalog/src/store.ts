import type { Finding } from '@dayshift/core'
import type { CatalogEntry } from './entry.ts'
import type { EntryKey } from './fold.ts'

/** Where a catalog is kept. A store adds revisions and never takes one away. */
export interface CatalogStore {
  /** Where that is, for people: a path, or an address without password. */
  readonly place: string
  /** All current entries, in the order of names. */
  list(): Promise<readonly CatalogEntry[]>
  /** The current entry of a dataset; where there is none, the legacy entry that a registration would update. */
  get(key: EntryKey): Promise<CatalogEntry | undefined>
  /**
   * Adds a revision, in one step with the check that it follows the current one.
   *
   * @throws DS_CATALOG_CONFLICT where the current revision is not the one before the entry's
   */
  put(entry: CatalogEntry): Promise<void>
  /** All revisions of a dataset, the oldest first. */
  history?(key: EntryKey): Promise<readonly CatalogEntry[]>
  /** What is wrong with what is stored: lines that cannot be read. */
  check?(): Promise<readonly Finding[]>
}
