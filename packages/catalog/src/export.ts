import type { CatalogEntry } from './entry.ts'
import type { CatalogStore } from './store.ts'
import { keyOf, lifecycleOf } from './summary.ts'

/** A whole catalog as one JSON document: what other catalogs are filled from. */
export interface ExportedCatalog {
  readonly format: 'dayshift-catalog'
  /** Of this form; fields may be added without a new number. */
  readonly version: 1
  /** In the order of names. */
  readonly entries: readonly CatalogEntry[]
}

/** What is exported. */
export interface ExportOptions {
  /** Deleted entries too; default false. */
  readonly deleted?: boolean
}

/**
 * All current entries of a catalog, as one document.
 *
 * @example JSON.stringify(await exportCatalog(jsonlStore('data_catalog.jsonl')))
 */
export async function exportCatalog(
  store: CatalogStore,
  { deleted = false }: ExportOptions = {},
): Promise<ExportedCatalog> {
  const entries = [...(await allEntries(store))].filter((entry) => deleted || lifecycleOf(entry) !== 'deleted')
  return { format: 'dayshift-catalog', version: 1, entries }
}

async function allEntries(store: CatalogStore): Promise<Iterable<CatalogEntry>> {
  if (store.entries) return store.entries()
  const entries = await Promise.all((await store.list()).map((summary) => store.get(keyOf(summary))))
  return entries.filter((entry) => entry !== undefined)
}
