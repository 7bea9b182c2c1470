import type { DatasetRef } from '@dayshift/core'
import { readJournalLines } from '@dayshift/core/ground'

/** A dataset as lineage names it. */
export type GraphDataset = Pick<DatasetRef, 'namespace' | 'name'>

/** Which datasets are made from which, by all events of a lineage log. */
export interface LineageGraph {
  /** By the key of a dataset, the keys of those that it is made from. */
  readonly upstream: ReadonlyMap<string, ReadonlySet<string>>
  /** By the key of a dataset, the keys of those that are made from it. */
  readonly downstream: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * Reads which datasets are made from which. Lines that are no events are passed over.
 *
 * @param path of the lineage log; a missing one is empty
 * @throws DS_SOURCE_UNREADABLE, DS_ABORTED
 * @example neighboursOf(await readGraph('metadata_log.jsonl'), { namespace: 'file', name: '/srv/a.csv' }, 'downstream')
 */
export async function readGraph(path: string, signal?: AbortSignal): Promise<LineageGraph> {
  const upstream = new Map<string, Set<string>>()
  const downstream = new Map<string, Set<string>>()
  await readJournalLines(
    path,
    ({ record }) => {
      const inputs = keysOf(record['inputs'])
      const outputs = keysOf(record['outputs'])
      for (const input of inputs) {
        for (const output of outputs) {
          // A run that changes a dataset in place has it on both sides.
          if (input === output) continue
          connect(upstream, output, input)
          connect(downstream, input, output)
        }
      }
    },
    { signal },
  )
  return { upstream, downstream }
}

/** A dataset that others are made from, or that is made from them. */
export interface Neighbour {
  readonly dataset: GraphDataset
  /** 1 for those next to it, 2 for those next to these … */
  readonly distance: number
}

/** All datasets that are made from one, or that it is made from, however far; the nearest first. */
export function neighboursOf(
  graph: LineageGraph,
  { namespace, name }: GraphDataset,
  direction: 'upstream' | 'downstream',
): Neighbour[] {
  const seen = new Set([keyOf(namespace, name)])
  const found: Neighbour[] = []
  let border = [...seen]
  for (let distance = 1; border.length > 0; distance++) {
    const next: string[] = []
    for (const key of border) {
      for (const neighbour of graph[direction].get(key) ?? []) {
        if (seen.has(neighbour)) continue
        seen.add(neighbour)
        next.push(neighbour)
      }
    }
    for (const key of next.sort()) found.push({ dataset: datasetOfKey(key), distance })
    border = next
  }
  return found
}

function connect(edges: Map<string, Set<string>>, from: string, to: string): void {
  const found = edges.get(from)
  if (found) found.add(to)
  else edges.set(from, new Set([to]))
}

function keysOf(datasets: unknown): string[] {
  if (!Array.isArray(datasets)) return []
  return datasets.flatMap((dataset: unknown) => {
    const { namespace, name } = (dataset ?? {}) as Record<string, unknown>
    return typeof namespace === 'string' && typeof name === 'string' ? [keyOf(namespace, name)] : []
  })
}

function keyOf(namespace: string, name: string): string {
  return JSON.stringify([namespace, name])
}

function datasetOfKey(key: string): GraphDataset {
  const [namespace, name] = JSON.parse(key) as [string, string]
  return { namespace, name }
}
