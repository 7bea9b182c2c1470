import type { CatalogEntry, EntryColumn } from './entry.ts'
import type { EntryKey } from './fold.ts'

/** What lists and searches need of an entry: all but its profile, links, properties, and what else a schema tells. */
export interface EntrySummary extends Pick<
  CatalogEntry,
  | 'unique_id'
  | 'dataset_name'
  | 'description'
  | 'storage_path'
  | 'namespace'
  | 'name'
  | 'uri'
  | 'format'
  | 'rows'
  | 'bytes'
  | 'version'
  | 'contract'
  | 'owners'
  | 'tags'
  | 'aliases'
  | 'deprecated'
  | 'deleted_at'
  | 'created_at'
  | 'updated_at'
  | 'revision'
> {
  readonly columns: readonly Pick<EntryColumn, 'name' | 'type'>[]
}

const KEYS = [
  'unique_id',
  'dataset_name',
  'description',
  'storage_path',
  'namespace',
  'name',
  'uri',
  'format',
  'rows',
  'bytes',
  'version',
  'contract',
  'owners',
  'tags',
  'aliases',
  'deprecated',
  'deleted_at',
  'created_at',
  'updated_at',
  'revision',
] as const

/** The summary of an entry. */
export function summaryOf(entry: CatalogEntry): EntrySummary {
  const summary: Record<string, unknown> = {}
  for (const key of KEYS) if (entry[key] !== undefined) summary[key] = entry[key]
  summary['columns'] = (entry.schema ?? []).map(({ name, type }) => ({ name, type }))
  return summary as unknown as EntrySummary
}

/** What finds the entry of a summary in its store. */
export function keyOf({ namespace = '', name, storage_path, dataset_name }: EntrySummary): EntryKey {
  return { namespace, name: name ?? storage_path, dataset_name }
}

/** Where an entry stands in its life. */
export type Lifecycle = 'active' | 'deprecated' | 'deleted'

/** Where an entry stands in its life. */
export function lifecycleOf({ deleted_at, deprecated }: Pick<EntrySummary, 'deleted_at' | 'deprecated'>): Lifecycle {
  if (deleted_at !== undefined) return 'deleted'
  return deprecated === undefined ? 'active' : 'deprecated'
}
