import type { DatasetRef, Profile, TableSchema } from '@dayshift/core'
import { canonicalJson, withoutSecrets, withoutSecretsWithin } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { CatalogEntry, EntryColumn, EntryColumnProfile, EntryContract, EntryLink } from './entry.ts'

/** What people declare of a column, beside what the data tells. */
export interface DeclaredColumn {
  readonly name: string
  readonly description?: string
  /** Whether rows may lack a value. */
  readonly nullable?: boolean
}

/** What is known of a dataset that is to be registered. */
export interface RegisterInput {
  readonly dataset: DatasetRef
  /** The name that people use. Where the entry was renamed, one of its earlier names does not change that. */
  readonly name: string
  readonly description: string
  readonly schema: TableSchema
  /** Default, for each column: what the entry says already. */
  readonly columns?: readonly DeclaredColumn[]
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
  /** Replaces all links; default: what the entry says already. */
  readonly links?: readonly EntryLink[]
  /** Replaces all properties; default: what the entry says already. */
  readonly properties?: Readonly<Record<string, string>>
}

/** The keys that are about the entry itself, not about the dataset. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['unique_id', 'created_at', 'updated_at', 'revision'])

/** @throws DS_CATALOG_INPUT, with all problems of the input */
export function refuseProblems({
  dataset,
  name,
  description,
  schema,
  rows,
  bytes,
  columns,
  links,
}: RegisterInput): void {
  const problems: string[] = []
  if (name.trim() === '') problems.push('name is empty')
  if (typeof description !== 'string') problems.push('description is not text')
  if (dataset.namespace === '') problems.push('dataset.namespace is empty')
  if (dataset.name === '') problems.push('dataset.name is empty')
  for (const [key, count] of Object.entries({ rows, bytes })) {
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 0))
      problems.push(`${key} is not a count: ${count}`)
  }
  const seen = new Set<string>()
  for (const column of schema.columns) {
    for (const key of ['name', 'type', 'nativeType'] as const)
      if (typeof column[key] !== 'string') problems.push(`schema has a column whose ${key} is not text`)
    if (seen.has(column.name)) problems.push(`schema has the column ${JSON.stringify(column.name)} twice`)
    seen.add(column.name)
  }
  for (const column of columns ?? []) {
    if (!seen.has(column.name)) problems.push(`columns names ${JSON.stringify(column.name)}, which schema has not`)
  }
  for (const { url } of links ?? []) if (!URL.canParse(url)) problems.push(`links has what is no address: ${url}`)
  if (problems.length > 0)
    throw failure('DS_CATALOG_INPUT', `cannot register ${name || 'a dataset'}: ${problems.join('; ')}`)
}

/** The dataset of an input, without secrets. */
export function datasetToRegister({ dataset, version = dataset.version }: RegisterInput): DatasetRef {
  return {
    namespace: withoutSecrets(dataset.namespace),
    // A local path is no address: what looks like a query is part of the file's name.
    name: dataset.namespace === 'file' ? dataset.name : withoutSecrets(dataset.name),
    uri: dataset.namespace === 'file' ? dataset.uri : withoutSecrets(dataset.uri),
    ...(dataset.format === undefined ? {} : { format: dataset.format }),
    ...(version === undefined ? {} : { version }),
  }
}

/**
 * The entry that an input makes, on top of the one before. What people declared (contract, owners, tags, links, properties,
 * of columns too) stays until the input names it anew; what was measured (rows, bytes, profile) stays only where the
 * content hash is the same. A deleted entry is there again. Addresses lose user and password.
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
  const called = withoutSecrets(input.name)
  const known: Record<string, unknown> = {
    unique_id: previous?.unique_id ?? stamp.id,
    dataset_name: previous?.aliases?.includes(called) ? previous.dataset_name : called,
    description: withoutSecrets(input.description),
    storage_path: namespace === 'file' ? name : uri,
    namespace,
    name,
    uri,
    format,
    schema: columnsOf(input, previous),
    rows: input.rows ?? input.profile?.rows ?? measured?.rows,
    bytes: input.bytes ?? measured?.bytes,
    version,
    profile: input.profile === undefined ? measured?.profile : steady(profilesOf(input.profile), previous?.profile),
    contract: input.contract ?? previous?.contract,
    owners: withoutSecretsWithin(input.owners) ?? previous?.owners ?? [],
    tags: withoutSecretsWithin(input.tags) ?? previous?.tags ?? {},
    links: withoutSecretsWithin(input.links) ?? previous?.links,
    properties: withoutSecretsWithin(input.properties) ?? previous?.properties,
    aliases: previous?.aliases,
    deprecated: previous?.deprecated,
    deleted_at: undefined,
    created_at: previous?.created_at ?? stamp.at,
    updated_at: stamp.at,
    revision: (previous?.revision ?? 0) + 1,
  }
  const unknown = Object.entries(previous ?? {}).filter(([key]) => !Object.hasOwn(known, key))
  const entry = [...Object.entries(known).filter(([, value]) => value !== undefined), ...unknown]
  return Object.fromEntries(entry) as CatalogEntry
}

function columnsOf({ schema, columns = [] }: RegisterInput, previous?: CatalogEntry): EntryColumn[] {
  const declared = new Map(columns.map((column) => [column.name, column]))
  const before = new Map((previous?.schema ?? []).map((column) => [column.name, column]))
  return schema.columns.map(({ name, type, nativeType }) => {
    const nullable = declared.get(name)?.nullable ?? before.get(name)?.nullable
    const description = withoutSecretsWithin(declared.get(name)?.description) ?? before.get(name)?.description
    return {
      name,
      type,
      nativeType,
      ...(nullable === undefined ? {} : { nullable }),
      ...(description === undefined ? {} : { description }),
    }
  })
}

function profilesOf({ columns }: Profile): EntryColumnProfile[] {
  return columns.map(({ name, nulls, distinct, min, max, mean, sd, quartiles }) => ({
    name,
    nulls,
    distinct,
    min,
    max,
    ...(mean === undefined ? {} : { mean }),
    ...(sd === undefined ? {} : { sd }),
    ...(quartiles === undefined ? {} : { quartiles }),
  }))
}

/** How far sums of the same numbers may differ, by the order in which threads add them up: of the largest number. */
const SUMMATION = 1e-9

/** A profile with the figures of the one before, where they differ by no more than the order of summation. */
function steady(
  profiles: readonly EntryColumnProfile[],
  before: readonly EntryColumnProfile[] = [],
): readonly EntryColumnProfile[] {
  const known = new Map(before.map((profile) => [profile.name, profile]))
  return profiles.map((profile) => {
    const old = known.get(profile.name)
    return old && isSame(old, profile) ? old : profile
  })
}

function isSame(a: EntryColumnProfile, b: EntryColumnProfile): boolean {
  const { mean: meanA, sd: sdA, ...restA } = a
  const { mean: meanB, sd: sdB, ...restB } = b
  const ends = [meanA, meanB, sdA, sdB, a.min, a.max].filter((end) => typeof end === 'number')
  const most = SUMMATION * Math.max(...ends.map(Math.abs))
  const isNear = (x: number | null | undefined, y: number | null | undefined): boolean =>
    x === y || (typeof x === 'number' && typeof y === 'number' && Math.abs(x - y) <= most)
  return canonicalJson(restA) === canonicalJson(restB) && isNear(meanA, meanB) && isNear(sdA, sdB)
}

/** The keys in which two revisions differ, in the order of the line; id, times and revision number apart. */
export function changedFields(previous: CatalogEntry | undefined, next: CatalogEntry): string[] {
  const keys = new Set([...Object.keys(next), ...Object.keys(previous ?? {})])
  return [...keys].filter(
    (key) => !BOOKKEEPING.has(key) && canonicalJson(previous?.[key] ?? null) !== canonicalJson(next[key] ?? null),
  )
}
