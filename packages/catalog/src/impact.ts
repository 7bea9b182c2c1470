import type { DatasetRef } from '@dayshift/core'
import { lifecycleOf, type EntrySummary } from './summary.ts'

/** A dataset that is made from one that changes. */
export interface Touched {
  readonly dataset: Pick<DatasetRef, 'namespace' | 'name'>
  /** What the catalog calls it; left out where it has no entry. */
  readonly name?: string
  /** Who is to be asked, as the catalog knows it. */
  readonly owners: readonly string[]
}

/**
 * The datasets that a change of another touches, with their owners.
 *
 * @param downstream what is made from it, as lineage knows it
 * @example impactOf(downstream, await store.list()) // [{ dataset, name: 'daily_sales', owners: ['ada'] }]
 */
export function impactOf(
  downstream: readonly Pick<DatasetRef, 'namespace' | 'name'>[],
  entries: readonly EntrySummary[],
): Touched[] {
  const known = new Map(entries.map((entry) => [JSON.stringify([entry.namespace, entry.name]), entry]))
  return downstream.map(({ namespace, name }) => {
    const entry = known.get(JSON.stringify([namespace, name]))
    const isThere = entry !== undefined && lifecycleOf(entry) !== 'deleted'
    return {
      dataset: { namespace, name },
      ...(isThere ? { name: entry.dataset_name } : {}),
      owners: isThere ? entry.owners : [],
    }
  })
}
