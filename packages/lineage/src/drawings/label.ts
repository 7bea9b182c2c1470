import type { GraphNode } from '../graph.ts'

/** How a node is written in drawings: a dataset by its name and, where it is no local file, its namespace. */
export function labelOf({ kind, namespace, name }: GraphNode): string {
  if (kind === 'job') return name
  return namespace === 'file' ? name : `${namespace}/${name.replace(/^\/+/, '')}`
}
