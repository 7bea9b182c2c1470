import { isDayshiftError, throwIfAborted } from '@dayshift/core/ground'
import type { CatalogEntry } from './entry.ts'
import type { EntryKey } from './fold.ts'
import type { CatalogStore } from './store.ts'

/** Each lost race means that another process got its revision in, so this many are not lost for nothing. */
const ATTEMPTS = 100

/** How a revision is made. */
export interface ReviseOptions {
  readonly dryRun: boolean
  readonly signal?: AbortSignal | undefined
}

/** A revision that was made, or would be. */
export interface Revised<Made> {
  readonly previous: CatalogEntry | undefined
  readonly made: Made
}

/**
 * Makes the next revision of an entry from the current one. Where another process was quicker, it is made again from what
 * that one wrote.
 *
 * @param make gives the entry to write, in a field of what it makes; none where nothing is to be written
 */
export async function revise<Made extends { readonly entry?: CatalogEntry | undefined }>(
  store: CatalogStore,
  key: EntryKey,
  make: (previous: CatalogEntry | undefined) => Made,
  { dryRun, signal }: ReviseOptions,
): Promise<Revised<Made>> {
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(signal)
    const previous = await store.get(key)
    const made = make(previous)
    if (dryRun || made.entry === undefined) return { previous, made }
    try {
      await store.put(made.entry)
      return { previous, made }
    } catch (error) {
      if (attempt === ATTEMPTS || !isDayshiftError(error) || error.code !== 'DS_CATALOG_CONFLICT') throw error
    }
  }
}
