import type { GraphDataset } from '../graph.ts'

/** What a column has to do with another that it is made from: the words of the facet `columnLineage`. */
export type SourceKind =
  | 'IDENTITY'
  | 'TRANSFORMATION'
  | 'AGGREGATION'
  | 'JOIN'
  | 'GROUP_BY'
  | 'FILTER'
  | 'SORT'
  | 'WINDOW'
  | 'CONDITIONAL'

/** A column that something is made from. */
interface ColumnSource {
  readonly dataset: GraphDataset
  readonly field: string
  readonly type: 'DIRECT' | 'INDIRECT'
  readonly subtype: SourceKind
  /** Whether the value cannot be read any more: a hash, a count. */
  readonly masking: boolean
  /** Whether it is only possible: a function may look at it. */
  readonly maybe?: true
}

/** Columns that something is made from, each once for each way. */
export type Sources = ReadonlyMap<string, ColumnSource>

/** Made from no column. */
export const NONE: Sources = new Map()

/** A column as it stands. */
export function sourceOf(dataset: GraphDataset, field: string): Sources {
  return gathered([{ dataset, field, type: 'DIRECT', subtype: 'IDENTITY', masking: false }])
}

/** All of several. */
export function together(lists: readonly Sources[]): Sources {
  const telling = lists.filter(({ size }) => size > 0)
  if (telling.length < 2) return telling[0] ?? NONE
  return new Map(telling.flatMap((list) => [...list]))
}

/** What a value is made from that is computed of these. */
export function transformed(sources: Sources): Sources {
  return changed(sources, (one) =>
    one.type === 'DIRECT' && one.subtype === 'IDENTITY' ? { ...one, subtype: 'TRANSFORMATION' } : one,
  )
}

/** What a value is made from that is computed of many of these. */
export function aggregated(sources: Sources): Sources {
  return changed(sources, (one) => (one.type === 'DIRECT' ? { ...one, subtype: 'AGGREGATION' } : one))
}

/** What is decided by these, where their values go nowhere. */
export function deciding(sources: Sources, subtype: SourceKind): Sources {
  return changed(sources, (one) => (one.type === 'DIRECT' ? { ...one, type: 'INDIRECT', subtype } : one))
}

/** What a value is made from that does not let these be read. */
export function masked(sources: Sources): Sources {
  return changed(sources, (one) => (one.type === 'DIRECT' ? { ...one, masking: true } : one))
}

/** What may be made from these, by a function that cannot be looked into. */
export function possible(sources: Sources): Sources {
  return changed(sources, (one) => ({ ...one, maybe: true }))
}

/** Whether it is certain that something is made from these. */
export function isCertain(sources: Sources): boolean {
  return [...sources.values()].every(({ maybe }) => maybe !== true)
}

function changed(sources: Sources, change: (source: ColumnSource) => ColumnSource): Sources {
  return sources.size === 0 ? NONE : gathered([...sources.values()].map(change))
}

function gathered(sources: readonly ColumnSource[]): Sources {
  return new Map(sources.map((source) => [keyOf(source), source]))
}

function keyOf({ dataset, field, type, subtype, masking, maybe }: ColumnSource): string {
  return JSON.stringify([dataset.namespace, dataset.name, field, type, subtype, masking, maybe === true])
}
