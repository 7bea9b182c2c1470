import type { CheckResult, DatasetRef, Profile, Report, TableSchema } from '@dayshift/core'
import { messageOf, withoutSecrets } from '@dayshift/core/ground'
import { PRODUCER, VERSION } from './producer.ts'
import { uriOf } from './uri.ts'

/** A part of an event that says one thing about a dataset, run or job, and which schema it follows. */
export interface Facet {
  readonly _producer: string
  readonly _schemaURL: string
  readonly [key: string]: unknown
}

/** The job that a run belongs to. */
export interface JobRef {
  /** The scheduler or project in which the name is unique. */
  readonly namespace: string
  readonly name: string
}

/** A facet that follows a schema of the specification; `file` names the schema and its definition. */
export function facet(version: string, file: string, content: object): Facet {
  return {
    _producer: PRODUCER,
    _schemaURL: `https://openlineage.io/spec/facets/${version}/${file}.json#/$defs/${file}`,
    ...content,
  }
}

/** Dataset facet `schema` (SchemaDatasetFacet 1-2-0): names and the engine's types of columns, positions from 1. */
export function schemaFacet(schema: TableSchema): Facet {
  const fields = schema.columns.map(({ name, nativeType }, at) => ({
    name,
    ...(nativeType === '' ? {} : { type: nativeType }),
    ordinal_position: at + 1,
  }))
  return facet('1-2-0', 'SchemaDatasetFacet', { fields })
}

/** Dataset facet `dataSource` (DatasourceDatasetFacet 1-0-1): the namespace and, where it is one, the URI. */
export function dataSourceFacet({ namespace, uri: address }: DatasetRef): Facet {
  const uri = uriOf(address)
  return facet('1-0-1', 'DatasourceDatasetFacet', { name: namespace, ...(uri === undefined ? {} : { uri }) })
}

/** Dataset facet `version` (DatasetVersionDatasetFacet 1-0-1): the content hash, as `md5:…`. */
export function versionFacet(version: string): Facet {
  return facet('1-0-1', 'DatasetVersionDatasetFacet', { datasetVersion: version })
}

/** Dataset facet `storage` (StorageDatasetFacet 1-0-1): the scheme of the namespace and the format of the files. */
export function storageFacet({ namespace, format }: DatasetRef): Facet {
  const storageLayer = namespace.split('://', 1)[0] as string
  return facet('1-0-1', 'StorageDatasetFacet', {
    storageLayer,
    ...(format === undefined ? {} : { fileFormat: format }),
  })
}

/** Dataset facet `documentation` (DocumentationDatasetFacet 1-1-0): plain text. */
export function documentationFacet(description: string): Facet {
  const content = { description: withoutSecrets(description), contentType: 'text/plain' }
  return facet('1-1-0', 'DocumentationDatasetFacet', content)
}

/** Dataset facet `ownership` (OwnershipDatasetFacet 1-0-1). */
export function ownershipFacet(owners: readonly string[]): Facet {
  return facet('1-0-1', 'OwnershipDatasetFacet', { owners: owners.map((name) => ({ name: withoutSecrets(name) })) })
}

/**
 * Facet `dataQualityMetrics`, of a dataset (DataQualityMetricsDatasetFacet 1-0-0) or of an input
 * (DataQualityMetricsInputDatasetFacet 1-0-3). `min` and `max` are numbers in it, so those of text, dates and integers
 * over 2^53 are left out: no value of a text column reaches an event.
 *
 * @param bytes size of the data
 */
export function dataQualityMetricsFacet(of: 'dataset' | 'input', profile: Profile, bytes?: number): Facet {
  const columns = profile.columns.map((column): [string, object] => {
    const { name, nulls, distinct, min, max, quartiles } = column
    const [low, middle, high] = quartiles ?? []
    const quantiles = quartiles?.every(Number.isFinite) ? { '0.25': low, '0.5': middle, '0.75': high } : undefined
    const extremes = { ...(Number.isFinite(min) ? { min } : {}), ...(Number.isFinite(max) ? { max } : {}) }
    const counts = { nullCount: nulls, distinctCount: distinct, count: profile.rows - nulls }
    return [name, { ...counts, ...extremes, ...(quantiles === undefined ? {} : { quantiles }) }]
  })
  const size = bytes === undefined ? {} : { bytes }
  const content = { rowCount: profile.rows, ...size, columnMetrics: Object.fromEntries(columns) }
  return of === 'dataset'
    ? facet('1-0-0', 'DataQualityMetricsDatasetFacet', content)
    : facet('1-0-3', 'DataQualityMetricsInputDatasetFacet', content)
}

/**
 * Facet `dataQualityAssertions` (DataQualityAssertionsDatasetFacet 1-1-0): one assertion a check of a validation. It has
 * the counts, never the values that failed. The specification makes it an input facet; outputs, which have no place for
 * such, carry it as a dataset facet.
 */
export function dataQualityAssertionsFacet(validation: Report<'validate'>): Facet {
  return facet('1-1-0', 'DataQualityAssertionsDatasetFacet', { assertions: validation.facts.checks.map(assertionOf) })
}

function assertionOf(result: CheckResult): object {
  const { id, column, check, severity, evaluated, failed, passed, mostly, observed, expected } = result
  const rule = mostly === undefined ? 'no row fails' : `${mostly * 100} % of the rows pass`
  return {
    assertion: check,
    success: passed,
    ...(column === undefined ? {} : { column }),
    severity,
    name: id,
    expected: expected ?? rule,
    actual: expected === undefined ? `${failed} of ${evaluated} rows fail` : String(observed),
  }
}

/** Output facet `outputStatistics` (OutputStatisticsOutputDatasetFacet 1-0-2): rows and bytes written. */
export function outputStatisticsFacet(rows: number | undefined, bytes: number | undefined): Facet {
  return facet('1-0-2', 'OutputStatisticsOutputDatasetFacet', {
    ...counted('rowCount', rows),
    ...counted('size', bytes),
  })
}

/** A count by its name; what is none is left out, for a number that is wrong would be worse than no number. */
export function counted(name: string, count: number | bigint | undefined): Record<string, number> {
  const whole = typeof count === 'bigint' ? Number(count) : count
  return typeof whole === 'number' && Number.isSafeInteger(whole) && whole >= 0 ? { [name]: whole } : {}
}

/** Run facet `errorMessage` (ErrorMessageRunFacet 1-0-1): the message and stack of any thrown value, without secrets. */
export function errorMessageFacet(error: unknown): Facet {
  const stack = error instanceof Error ? error.stack : undefined
  return facet('1-0-1', 'ErrorMessageRunFacet', {
    message: withoutSecrets(messageOf(error)),
    programmingLanguage: 'javascript',
    ...(stack === undefined ? {} : { stackTrace: withoutSecrets(stack) }),
  })
}

/** Run facet `processing_engine` (ProcessingEngineRunFacet 1-1-1): Node.js and the version of this package. */
export function processingEngineFacet(): Facet {
  const content = { version: process.versions.node, name: 'node', openlineageAdapterVersion: VERSION }
  return facet('1-1-1', 'ProcessingEngineRunFacet', content)
}

/** Run facet `nominalTime` (NominalTimeRunFacet 1-0-1): the time that a scheduled run stands for. */
export function nominalTimeFacet({ start, end }: { readonly start: Date; readonly end?: Date }): Facet {
  const content = { nominalStartTime: start.toISOString(), ...(end ? { nominalEndTime: end.toISOString() } : {}) }
  return facet('1-0-1', 'NominalTimeRunFacet', content)
}

/** A run of a job. */
export interface RunRef {
  /** UUID. */
  readonly runId: string
  readonly job: JobRef
}

/** The run that started another. */
export interface ParentRun extends RunRef {
  /** The run at the top, of which the parent is a part. */
  readonly root?: RunRef
}

/** Run facet `parent` (ParentRunFacet 1-2-0): the run that started this one, and the one at the top. */
export function parentFacet({ root, ...parent }: ParentRun): Facet {
  const above = root === undefined ? {} : { root: runContent(root) }
  return facet('1-2-0', 'ParentRunFacet', { ...runContent(parent), ...above })
}

function runContent({ runId, job }: RunRef): object {
  return { run: { runId }, job: { namespace: withoutSecrets(job.namespace), name: withoutSecrets(job.name) } }
}

/** Run facet `dayshift_origin`, ours: where the data came from, in the caller's words. */
export function originFacet(origin: string): Facet {
  const schema = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunFacet'
  return { _producer: PRODUCER, _schemaURL: schema, origin: withoutSecrets(origin) }
}

/** Job facet `jobType` (JobTypeJobFacet 2-0-4). `jobType` is optional there, but Marquez 0.51 refuses an event without. */
export function jobTypeFacet(): Facet {
  return facet('2-0-4', 'JobTypeJobFacet', { processingType: 'BATCH', integration: 'DAYSHIFT', jobType: 'JOB' })
}
