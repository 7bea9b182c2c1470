import {
  withoutSecrets,
  withoutSecretsWithin,
  type ColumnType,
  type DatasetRef,
  type FactValue,
  type Profile,
  type Status,
  type TableSchema,
} from '@dayshift/core'
import { canonicalJson } from './canonical.ts'

/** A column of the data, as an entry describes it. */
export interface EntryColumn {
  readonly name: string
  readonly type: ColumnType
  /** The engine's own name of the type: `DECIMAL(18,3)`, `BIGINT`. */
  readonly nativeType: string
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
}

/** The contract that the dataset was last validated against, and how it came out. */
export interface EntryContract {
  readonly id: string
  readonly status: Status
}

/**
 * A line of `data_catalog.jsonl`. The first four keys are those of the first catalogs, which had no others; a line
 * without `namespace` and `name` is such a legacy line. Keys that this version does not know are kept when an entry is
 * updated.
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
  /** When the first full line was written: UTC, ISO 8601. */
  readonly created_at?: string
  /** When this revision was written: UTC, ISO 8601. */
  readonly updated_at?: string
  /** 1 when created (legacy lines count as that); grows by one with each change. */
  readonly revision: number
  readonly [key: string]: unknown
}

/** What is known of a dataset that is to be registered. */
export interface RegisterInput {
  readonly dataset: DatasetRef
  /** The name that people use. */
  readonly name: string
  readonly description: string
  readonly schema: TableSchema
  readonly rows?: number
  readonly bytes?: number
  /** The content hash; default: the dataset's own. */
  readonly version?: string
  readonly profile?: Profile
  /** Default: what the entry says already. */
  readonly contract?: EntryContract
  /** Replaces the owners; default: what the entry says already. */
  readonly owners?: readonly string[]
  /** Replaces all tags; default: what the entry says already. */
  readonly tags?: Readonly<Record<string, string>>
}

/** The keys that are about the entry itself, not about the dataset. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['unique_id', 'created_at', 'updated_at', 'revision'])

/** Whether an entry is a line of four keys, as the first catalogs had. */
export function isLegacy(entry: CatalogEntry): boolean {
  return entry.namespace === undefined || entry.name === undefined
}

/** The dataset of an input, without secrets. */
export function datasetToRegister({ dataset, version = dataset.version }: RegisterInput): DatasetRef {
  return {
    namespace: withoutSecrets(dataset.namespace),
    name: withoutSecrets(dataset.name),
    uri: withoutSecrets(dataset.uri),
    ...(dataset.format === undefined ? {} : { format: dataset.format }),
    ...(version === undefined ? {} : { version }),
  }
}

/**
 * The entry that an input makes, on top of the one before. What people declared (contract, owners, tags) stays until
 * the input names it anew; what was measured (rows, bytes, profile) stays only where the content hash is the same.
 * Addresses lose user and password.
 *
 * @param stamp `id` is taken where there is no entry before; `at` is the time of writing: UTC, ISO 8601
 * @example entryFrom(input, { id: randomUUID(), at: new Date().toISOString() }).revision // 1
 */
export function entryFrom(
  input: RegisterInput,
  stamp: { readonly id: string; readonly at: string },
  previous?: CatalogEntry,
): CatalogEntry {
  const { namespace, name, uri, format, version } = datasetToRegister(input)
  const measured = version !== undefined && version === previous?.version ? previous : undefined
  const known: Record<string, unknown> = {
    unique_id: previous?.unique_id ?? stamp.id,
    dataset_name: withoutSecrets(input.name),
    description: withoutSecrets(input.description),
    storage_path: namespace === 'file' ? name : uri,
    namespace,
    name,
    uri,
    format,
    schema: input.schema.columns.map((column) => ({
      name: column.name,
      type: column.type,
      nativeType: column.nativeType,
    })),
    rows: input.rows ?? input.profile?.rows ?? measured?.rows,
    bytes: input.bytes ?? measured?.bytes,
    version,
    profile: input.profile === undefined ? measured?.profile : summaryOf(input.profile),
    contract: input.contract ?? previous?.contract,
    owners: withoutSecretsWithin(input.owners) ?? previous?.owners ?? [],
    tags: withoutSecretsWithin(input.tags) ?? previous?.tags ?? {},
    created_at: previous?.created_at ?? stamp.at,
    updated_at: stamp.at,
    revision: (previous?.revision ?? 0) + 1,
  }
  const unknown = Object.entries(previous ?? {}).filter(([key]) => !Object.hasOwn(known, key))
  const entry = [...Object.entries(known).filter(([, value]) => value !== undefined), ...unknown]
  return Object.fromEntries(entry) as CatalogEntry
}

function summaryOf(profile: Profile): EntryColumnProfile[] {
  return profile.columns.map(({ name, nulls, distinct, min, max }) => ({ name, nulls, distinct, min, max }))
}

/** The keys in which two revisions differ, in the order of the line; id, times and revision number apart. */
export function changedFields(previous: CatalogEntry | undefined, next: CatalogEntry): string[] {
  const keys = new Set([...Object.keys(next), ...Object.keys(previous ?? {})])
  return [...keys].filter(
    (key) => !BOOKKEEPING.has(key) && canonicalJson(previous?.[key] ?? null) !== canonicalJson(next[key] ?? null),
  )
}
