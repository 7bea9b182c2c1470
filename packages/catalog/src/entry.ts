import type { ColumnType, FactValue, Status } from '@dayshift/core'

/** A column of the data, as an entry describes it. */
export interface EntryColumn {
  readonly name: string
  readonly type: ColumnType
  /** The engine's own name of the type: `DECIMAL(18,3)`, `BIGINT`. */
  readonly nativeType: string
  /** Whether rows may lack a value; left out where nobody has said. */
  readonly nullable?: boolean
  readonly description?: string
}

/** What an entry tells of the values of a column. */
export interface EntryColumnProfile {
  readonly name: string
  /** Rows without a value. */
  readonly nulls: number
  /** Different values, nulls apart. */
  readonly distinct: number
  readonly min: FactValue
  readonly max: FactValue
  /** Numbers only, as a column's profile has them. */
  readonly mean?: number | null
  readonly sd?: number | null
  readonly quartiles?: readonly [number, number, number] | null
}

/** The contract that the dataset was last validated against, and how it came out. */
export interface EntryContract {
  readonly id: string
  readonly status: Status
}

/** A page about the dataset: a dashboard, a runbook, a ticket. */
export interface EntryLink {
  readonly url: string
  readonly title?: string
}

/** Why a dataset is not to be used any more, and what instead. */
export interface Deprecation {
  /** When it was said: UTC, ISO 8601. */
  readonly at: string
  readonly reason?: string
  /** Name of the dataset to use instead. */
  readonly replacement?: string
}

/**
 * A revision of what a catalog knows of a dataset. On disk the first four keys are those of the first catalogs, which had
 * no others; a line without `namespace` and `name` is such a legacy line. Keys that this version does not know are kept
 * when an entry is updated.
 */
export interface CatalogEntry {
  /** UUID, the same for all revisions. */
  readonly unique_id: string
  /** The name that people use. */
  readonly dataset_name: string
  readonly description: string
  /** A local path, or the address. */
  readonly storage_path: string
  /** Namespace and name are the dataset's identity, by OpenLineage's naming rules. */
  readonly namespace?: string
  readonly name?: string
  readonly uri?: string
  readonly format?: string
  readonly schema?: readonly EntryColumn[]
  readonly rows?: number
  readonly bytes?: number
  /** The content hash, as `md5:…`. */
  readonly version?: string
  readonly profile?: readonly EntryColumnProfile[]
  readonly contract?: EntryContract
  readonly owners: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  readonly links?: readonly EntryLink[]
  /** Whatever else people want to keep, by names of their own. */
  readonly properties?: Readonly<Record<string, string>>
  /** Names that it had before; it is found by them still. */
  readonly aliases?: readonly string[]
  readonly deprecated?: Deprecation
  /** When it was removed from the catalog: UTC, ISO 8601. Its history stays. */
  readonly deleted_at?: string
  /** When the first full line was written: UTC, ISO 8601. */
  readonly created_at?: string
  /** When this revision was written: UTC, ISO 8601. */
  readonly updated_at?: string
  /** 1 when created (legacy lines count as that); grows by one with each change. */
  readonly revision: number
  readonly [key: string]: unknown
}

/** Whether an entry is a line of four keys, as the first catalogs had. */
export function isLegacy(entry: Pick<CatalogEntry, 'namespace' | 'name'>): boolean {
  return entry.namespace === undefined || entry.name === undefined
}
