import type { Finding } from '@dayshift/core/ground'
import type { CatalogEntry } from './entry.ts'
import type { EntryKey } from './fold.ts'
import type { SearchResult } from './search.ts'
import type { EntrySummary } from './summary.ts'

/** Where a catalog is kept. A store adds revisions and never takes one away. */
export interface CatalogStore {
  /** Where that is, for people: a path, or an address without password. */
  readonly place: string
  /** Summaries of all current entries, in the order of names; those of deleted ones too. */
  list(): Promise<readonly EntrySummary[]>
  /** The current entry of a dataset; where there is none, the legacy entry that a registration would update. */
  get(key: EntryKey): Promise<CatalogEntry | undefined>
  /**
   * Adds a revision, in one step with the check that it follows the current one.
   *
   * @throws DS_CATALOG_CONFLICT where the current revision is not the one before the entry's
   */
  put(entry: CatalogEntry): Promise<void>
  /** All revisions of a dataset, the oldest first. */
  history(key: EntryKey): Promise<readonly CatalogEntry[]>
  /** All current entries, whole, in the order of names; those of deleted ones too. Default: each is got by itself. */
  entries?(): Promise<Iterable<CatalogEntry>>
  /** Finds entries; default: {@link searchEntries} among all that are listed. */
  search?(query: string, limit?: number): Promise<SearchResult>
  /** What is wrong with what is stored: lines that cannot be read. */
  check?(): Promise<readonly Finding[]>
}
