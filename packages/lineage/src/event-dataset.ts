import type { DatasetRef, Profile, Report, TableSchema } from '@dayshift/core'
import { withoutSecrets } from '@dayshift/core/ground'
import {
  dataQualityAssertionsFacet,
  dataQualityMetricsFacet,
  dataSourceFacet,
  documentationFacet,
  outputStatisticsFacet,
  ownershipFacet,
  schemaFacet,
  storageFacet,
  versionFacet,
  type Facet,
} from './facets.ts'

/** A dataset and what is known of it; each thing known becomes a facet. */
export interface KnownDataset {
  readonly dataset: DatasetRef
  readonly schema?: TableSchema
  readonly rows?: number
  readonly bytes?: number
  /** The content hash; default: the dataset's own. */
  readonly version?: string
  readonly profile?: Profile
  /** What a contract said of the dataset. */
  readonly validation?: Report<'validate'>
  readonly description?: string
  readonly owners?: readonly string[]
  /** More of the dataset, by names of the specification: `tags`, `columnLineage`, `symlinks` … */
  readonly facets?: Readonly<Record<string, Facet>>
}

type Facets = Readonly<Record<string, Facet>>

/** A dataset that a run reads, as an event holds it. */
export interface InputDataset {
  readonly namespace: string
  readonly name: string
  readonly facets: Facets
  /** What holds of the dataset as this run found it. */
  readonly inputFacets?: Facets
}

/** A dataset that a run writes, as an event holds it. */
export interface OutputDataset {
  readonly namespace: string
  readonly name: string
  readonly facets: Facets
  /** What this run wrote. */
  readonly outputFacets?: Facets
}

/** A dataset reference without user and password. */
export function cleanRef(dataset: DatasetRef): DatasetRef {
  return {
    ...dataset,
    namespace: withoutSecrets(dataset.namespace),
    name: withoutSecrets(dataset.name),
    uri: withoutSecrets(dataset.uri),
  }
}

/**
 * Why a dataset cannot stand in an event, in words: it has no namespace or no name.
 *
 * @returns undefined where it can
 */
export function namelessness(known: KnownDataset): string | undefined {
  const { namespace, name } = (known as { readonly dataset?: Partial<DatasetRef> } | undefined)?.dataset ?? {}
  const [which, other] = [namespace, name].map((one) => typeof one === 'string' && one !== '')
  if (which && other) return undefined
  if (!which && !other) return 'a dataset without a name is left out'
  return which
    ? `a dataset of ${namespace} without a name is left out`
    : `the dataset ${name} without a namespace is left out`
}

/** A dataset as an input of an event. */
export function inputOf(known: KnownDataset): InputDataset {
  const { namespace, name } = cleanRef(known.dataset)
  const inputFacets = qualityFacets('input', known)
  const facets = datasetFacets(known)
  return { namespace, name, facets, ...(Object.keys(inputFacets).length === 0 ? {} : { inputFacets }) }
}

/** A dataset as an output of an event. */
export function outputOf(known: KnownDataset): OutputDataset {
  const { namespace, name } = cleanRef(known.dataset)
  const { rows = known.profile?.rows, bytes } = known
  const facets = { ...datasetFacets(known), ...qualityFacets('dataset', known) }
  if (rows === undefined && bytes === undefined) return { namespace, name, facets }
  return { namespace, name, facets, outputFacets: { outputStatistics: outputStatisticsFacet(rows, bytes) } }
}

function datasetFacets(known: KnownDataset): Facets {
  const dataset = cleanRef(known.dataset)
  const { version = dataset.version, schema, description, owners, facets } = known
  return {
    dataSource: dataSourceFacet(dataset),
    ...(dataset.format === undefined ? {} : { storage: storageFacet(dataset) }),
    ...(version === undefined ? {} : { version: versionFacet(version) }),
    ...(schema === undefined ? {} : { schema: schemaFacet(schema) }),
    ...(description === undefined ? {} : { documentation: documentationFacet(description) }),
    ...(owners === undefined || owners.length === 0 ? {} : { ownership: ownershipFacet(owners) }),
    ...facets,
  }
}

function qualityFacets(of: 'dataset' | 'input', { profile, bytes, validation }: KnownDataset): Facets {
  return {
    ...(profile === undefined ? {} : { dataQualityMetrics: dataQualityMetricsFacet(of, profile, bytes) }),
    ...(validation === undefined ? {} : { dataQualityAssertions: dataQualityAssertionsFacet(validation) }),
  }
}
