import { withoutSecrets } from '@dayshift/core/ground'
import type { GraphDataset } from './graph.ts'
import { counted, facet, type Facet } from './facets.ts'
import { PRODUCER } from './producer.ts'
import { uriOf } from './uri.ts'

/** How a column is made from another. */
export interface ColumnTransformation {
  /** `DIRECT` where its value comes from it, `INDIRECT` where it only decides. */
  readonly type: 'DIRECT' | 'INDIRECT'
  /** `IDENTITY`, `TRANSFORMATION`, `AGGREGATION`; `JOIN`, `GROUP_BY`, `FILTER`, `SORT`, `WINDOW`, `CONDITIONAL`. */
  readonly subtype?: string
  readonly description?: string
  /** Whether it hides the value, as a hash does. */
  readonly masking?: boolean
}

/** A column that another is made from. */
export interface InputField extends GraphDataset {
  readonly field: string
  readonly transformations?: readonly ColumnTransformation[]
}

/** What the columns of a dataset are made from. */
export interface ColumnLineage {
  /** By column. */
  readonly fields: Readonly<Record<string, readonly InputField[]>>
  /** Columns that decide about whole rows (a filter, a join, a sort), so about every column. */
  readonly dataset?: readonly InputField[]
}

/**
 * Dataset facet `columnLineage` (ColumnLineageDatasetFacet 1-2-0). Each column also has the older `transformationType` and
 * `transformationDescription`, which are all that Marquez 0.51 reads.
 */
export function columnLineageFacet({ fields, dataset }: ColumnLineage): Facet {
  const entries = Object.entries(fields).map(([column, inputs]): [string, object] => {
    const [first] = inputs.flatMap(({ transformations = [] }) => transformations)
    const older =
      first === undefined
        ? {}
        : {
            ...(first.description === undefined ? {} : { transformationDescription: first.description }),
            transformationType: first.subtype === 'IDENTITY' ? 'IDENTITY' : (first.subtype ?? first.type),
          }
    return [column, { inputFields: inputs.map(inputField), ...older }]
  })
  return facet('1-2-0', 'ColumnLineageDatasetFacet', {
    fields: Object.fromEntries(entries),
    ...(dataset === undefined ? {} : { dataset: dataset.map(inputField) }),
  })
}

function inputField({ namespace, name, field, transformations }: InputField): object {
  return { ...cleanName({ namespace, name }), field, ...(transformations === undefined ? {} : { transformations }) }
}

/** A dataset's name as events have it, without what may be secret. */
function cleanName({ namespace, name }: GraphDataset): GraphDataset {
  return { namespace: withoutSecrets(namespace), name: withoutSecrets(name) }
}

/** What happened to a dataset as a whole. */
export type LifecycleChange = 'ALTER' | 'CREATE' | 'DROP' | 'OVERWRITE' | 'RENAME' | 'TRUNCATE'

/**
 * Dataset facet `lifecycleStateChange` (LifecycleStateChangeDatasetFacet 1-0-1).
 *
 * @param previous where it was before it was renamed
 */
export function lifecycleFacet(change: LifecycleChange, previous?: GraphDataset): Facet {
  return facet('1-0-1', 'LifecycleStateChangeDatasetFacet', {
    lifecycleStateChange: change,
    ...(previous === undefined ? {} : { previousIdentifier: cleanName(previous) }),
  })
}

/** Another name of the same dataset. */
export interface Symlink extends GraphDataset {
  /** `TABLE`, `LOCATION` … */
  readonly type: string
}

/** Dataset facet `symlinks` (SymlinksDatasetFacet 1-0-1): other names of the same dataset. */
export function symlinksFacet(identifiers: readonly Symlink[]): Facet {
  return facet('1-0-1', 'SymlinksDatasetFacet', {
    identifiers: identifiers.map(({ type, ...dataset }) => ({ ...cleanName(dataset), type })),
  })
}

/** A tag of a dataset, job or run. */
export interface Tag {
  readonly key: string
  readonly value: string
  /** Who says so. */
  readonly source?: string
}

/** A tag of a dataset, or of one of its columns. */
export interface DatasetTag extends Tag {
  readonly field?: string
}

/** Dataset facet `tags` (TagsDatasetFacet 1-0-0). */
export function datasetTagsFacet(tags: readonly DatasetTag[]): Facet {
  return facet('1-0-0', 'TagsDatasetFacet', {
    tags: tags.map(({ key, value, source, field }) => ({
      key,
      value: withoutSecrets(value),
      ...(source === undefined ? {} : { source }),
      ...(field === undefined ? {} : { field }),
    })),
  })
}

/**
 * Dataset facet `datasetType` (DatasetTypeDatasetFacet 1-0-1).
 *
 * @param type `FILE`, `TABLE`, `VIEW`, `TOPIC`, `MODEL` …
 */
export function datasetTypeFacet(type: string, subType?: string): Facet {
  return facet('1-0-1', 'DatasetTypeDatasetFacet', { datasetType: type, ...(subType === undefined ? {} : { subType }) })
}

/** Dataset facet `hierarchy` (HierarchyDatasetFacet 1-0-0): what the dataset lies in, the outermost first. */
export function hierarchyFacet(levels: readonly { readonly type: string; readonly name: string }[]): Facet {
  return facet('1-0-0', 'HierarchyDatasetFacet', {
    hierarchy: levels.map(({ type, name }) => ({ type, name: withoutSecrets(name) })),
  })
}

/** The catalog that a dataset is registered in. */
export interface DatasetCatalog {
  /** `iceberg`, `hive`, `dayshift` … */
  readonly framework: string
  /** `rest`, `jdbc`, `file` … */
  readonly type: string
  readonly name: string
  /** Address; user and password are taken out. */
  readonly metadataUri?: string
  readonly warehouseUri?: string
  readonly source?: string
}

/** Dataset facet `catalog` (CatalogDatasetFacet 1-1-0). */
export function catalogFacet({ framework, type, name, metadataUri, warehouseUri, source }: DatasetCatalog): Facet {
  return facet('1-1-0', 'CatalogDatasetFacet', {
    framework,
    type,
    name,
    ...addressOf('metadataUri', metadataUri),
    ...addressOf('warehouseUri', warehouseUri),
    ...(source === undefined ? {} : { source }),
  })
}

function addressOf(key: string, address: string | undefined): object {
  const uri = address === undefined ? undefined : uriOf(withoutSecrets(address))
  return uri === undefined ? {} : { [key]: uri }
}

/** Input facet `inputStatistics` (InputStatisticsInputDatasetFacet 1-0-0): what was read. */
export function inputStatisticsFacet({ rows, bytes, files }: Statistics): Facet {
  return facet('1-0-0', 'InputStatisticsInputDatasetFacet', {
    ...counted('rowCount', rows),
    ...counted('size', bytes),
    ...counted('fileCount', files),
  })
}

/** Counts of what was read or written. */
export interface Statistics {
  readonly rows?: number
  readonly bytes?: number
  readonly files?: number
}

/** Which part of a dataset was read or written. */
export type SubsetCondition =
  | { readonly type: 'location'; readonly locations: readonly string[] }
  | {
      readonly type: 'partition'
      readonly partitions: readonly {
        readonly identifier?: string
        readonly dimensions: Readonly<Record<string, string>>
      }[]
    }
  | {
      readonly type: 'compare'
      readonly left: CompareSide
      readonly right: CompareSide
      /** `EQUAL`, `LESS_THAN`, `GREATER_THAN` … */
      readonly comparison: string
    }
  | {
      readonly type: 'binary'
      readonly left: SubsetCondition
      readonly right: SubsetCondition
      /** `AND`, `OR`. */
      readonly operator: string
    }

/** A column or a value of a comparison. */
export type CompareSide =
  | { readonly type: 'field'; readonly field: string }
  | { readonly type: 'literal'; readonly value: string }

const SUBSET = 'https://openlineage.io/spec/facets/1-0-0/BaseSubsetDatasetFacet.json#/$defs/'

/** Input facet `subset` (BaseSubsetDatasetFacet 1-0-0): which part was read. */
export function inputSubsetFacet(condition: SubsetCondition): Facet {
  return { _producer: PRODUCER, _schemaURL: `${SUBSET}InputSubsetInputDatasetFacet`, inputCondition: condition }
}

/** Output facet `subset` (BaseSubsetDatasetFacet 1-0-0): which part was written. */
export function outputSubsetFacet(condition: SubsetCondition): Facet {
  return { _producer: PRODUCER, _schemaURL: `${SUBSET}OutputSubsetOutputDatasetFacet`, outputCondition: condition }
}
