import { datasetOf, withoutSecrets } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { CatalogEntry, Deprecation } from './entry.ts'
import { changedFields } from './input.ts'
import { revise } from './revise.ts'
import type { CatalogStore } from './store.ts'
import type { EntrySummary } from './summary.ts'

/** How an entry is edited. */
export interface EditOptions {
  /** Say what would change, and write nothing; default false. */
  readonly dryRun?: boolean
  /** Default: now. */
  readonly now?: Date
  /** Where relative paths of lines of the first catalogs start: the catalog's folder; default: the working directory. */
  readonly folder?: string
  readonly signal?: AbortSignal
}

/** An entry after an edit. */
export interface Edited {
  readonly entry: CatalogEntry
  /** None where it was so already, and nothing was written. */
  readonly changed: readonly string[]
}

/**
 * Says that a dataset is not to be used any more.
 *
 * @param entry as {@link CatalogStore.list} has it
 * @example await deprecateEntry(store, entry, { reason: 'the feed ended', replacement: 'weather_v2' })
 */
export function deprecateEntry(
  store: CatalogStore,
  entry: EntrySummary,
  { reason, replacement }: Omit<Deprecation, 'at'> = {},
  options: EditOptions = {},
): Promise<Edited> {
  return edit(store, entry, options, (current, at) => ({
    ...current,
    deprecated: {
      at: current.deprecated?.at ?? at,
      ...(reason === undefined ? {} : { reason: withoutSecrets(reason) }),
      ...(replacement === undefined ? {} : { replacement: withoutSecrets(replacement) }),
    },
  }))
}

/**
 * Removes a dataset from the catalog, with a line that says so. Its history stays, and registering it again brings it back.
 *
 * @example await removeEntry(store, entry)
 */
export function removeEntry(store: CatalogStore, entry: EntrySummary, options: EditOptions = {}): Promise<Edited> {
  return edit(store, entry, options, (current, at) => ({ ...current, deleted_at: current.deleted_at ?? at }))
}

/** Takes back that a dataset was removed; of one that is there, that it was deprecated. */
export function restoreEntry(store: CatalogStore, entry: EntrySummary, options: EditOptions = {}): Promise<Edited> {
  return edit(store, entry, options, (current) => {
    const { deleted_at: removed, deprecated, ...rest } = current
    return removed === undefined ? rest : { ...rest, ...(deprecated === undefined ? {} : { deprecated }) }
  })
}

/**
 * Gives a dataset another name; it is found by the old one still, and registering it under that keeps the new one.
 *
 * @throws DS_CATALOG_INPUT where the name is empty, or another dataset's
 */
export async function renameEntry(
  store: CatalogStore,
  entry: EntrySummary,
  newName: string,
  options: EditOptions = {},
): Promise<Edited> {
  const name = withoutSecrets(newName)
  if (name.trim() === '') throw failure('DS_CATALOG_INPUT', 'the new name is empty')
  const others = (await store.list()).filter((one) => one.deleted_at === undefined && one.unique_id !== entry.unique_id)
  const other = others.find((one) => one.dataset_name === name || one.aliases?.includes(name))
  if (other) throw failure('DS_CATALOG_INPUT', `${name} is the name of another dataset: ${other.storage_path}`)
  return edit(store, entry, options, (current) => {
    if (current.dataset_name === name) return current
    const aliases = [...(current.aliases ?? []), current.dataset_name].filter((one) => one !== name)
    return { ...current, dataset_name: name, aliases: [...new Set(aliases)] }
  })
}

async function edit(
  store: CatalogStore,
  summary: EntrySummary,
  { dryRun = false, now = new Date(), folder = process.cwd(), signal }: EditOptions,
  change: (current: CatalogEntry, at: string) => CatalogEntry,
): Promise<Edited> {
  const { dataset_name } = summary
  const key = { ...identityOf(summary, folder), dataset_name }
  const { previous, made } = await revise(
    store,
    key,
    (current) => {
      if (current === undefined) return { changed: [] }
      const next = change(withIdentity(current, folder), now.toISOString())
      const changed = changedFields(current, next)
      // That a line of the first catalogs gets an identity is no change by itself.
      return changed.every((field) => IDENTITY.has(field))
        ? { changed: [] }
        : { changed, entry: revisionOf(current, next, now) }
    },
    { dryRun, signal },
  )
  if (previous === undefined)
    throw failure('DS_CATALOG_UNKNOWN', `the catalog has no entry called ${dataset_name} any more`)
  return { entry: made.entry ?? previous, changed: made.changed }
}

const IDENTITY: ReadonlySet<string> = new Set(['storage_path', 'namespace', 'name', 'uri'])

function identityOf(
  entry: EntrySummary | CatalogEntry,
  folder: string,
): { readonly namespace: string; readonly name: string; readonly uri: string } {
  const { namespace, name, uri, storage_path } = entry
  if (namespace !== undefined && name !== undefined) return { namespace, name, uri: uri ?? storage_path }
  return datasetOf(storage_path, folder)
}

function withIdentity(entry: CatalogEntry, folder: string): CatalogEntry {
  const { namespace, name, uri } = identityOf(entry, folder)
  return { ...entry, storage_path: namespace === 'file' ? name : uri, namespace, name, uri }
}

/** The next revision, with its bookkeeping. A legacy line has no time of creation. */
function revisionOf(current: CatalogEntry, next: CatalogEntry, now: Date): CatalogEntry {
  const at = now.toISOString()
  return { ...next, created_at: current.created_at ?? at, updated_at: at, revision: current.revision + 1 }
}
