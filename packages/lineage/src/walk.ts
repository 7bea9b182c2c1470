import { nodeKey, type ColumnEdge, type GraphDataset, type GraphNode, type LineageGraph } from './graph.ts'

/** How far a walk goes. */
export interface WalkOptions {
  /** Datasets that stand one after the other upstream of where it begins; default: all. Jobs between them do not count. */
  readonly upstream?: number
  /** The same downstream. */
  readonly downstream?: number
}

/** A node that a walk came to. */
export interface Walked {
  readonly node: GraphNode
  /** Datasets between: below zero upstream, 0 where it begins, above zero downstream. */
  readonly distance: number
}

/** A part of a graph. */
export interface Walk {
  /** Where it begins first, then the nearest. */
  readonly nodes: readonly Walked[]
  /** Between these nodes, by their keys. */
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

/**
 * What a node is made from and what is made from it. Circles end where they began.
 *
 * @param of key of a node, or of another name of it; undefined for the whole graph
 * @example walk(graph, nodeKey('dataset', dataset), { upstream: 2, downstream: 0 }).nodes
 */
export function walk(graph: LineageGraph, of: string | undefined, options: WalkOptions = {}): Walk {
  const { upstream = Infinity, downstream = Infinity } = options
  const start = of === undefined ? undefined : (graph.aliases.get(of) ?? of)
  const distances = new Map<string, number>()
  if (start === undefined) for (const key of graph.nodes.keys()) distances.set(key, 0)
  else {
    distances.set(start, 0)
    spread(graph, start, 'downstream', downstream, distances)
    spread(graph, start, 'upstream', upstream, distances)
  }
  const nodes = [...distances]
    .flatMap(([key, distance]) => {
      const node = graph.nodes.get(key)
      return node ? [{ key, node, distance }] : []
    })
    .sort((a, b) => Math.abs(a.distance) - Math.abs(b.distance) || a.distance - b.distance || (a.key < b.key ? -1 : 1))
  const edges = [...distances.keys()]
    .flatMap((from) =>
      [...(graph.downstream.get(from) ?? [])].filter((to) => distances.has(to)).map((to) => ({ from, to })),
    )
    .sort((a, b) => (a.from === b.from ? (a.to < b.to ? -1 : 1) : a.from < b.from ? -1 : 1))
  return { nodes: nodes.map(({ node, distance }) => ({ node, distance })), edges }
}

/** Goes one way, and notes how many datasets away each node is that was not met before. */
function spread(
  graph: LineageGraph,
  start: string,
  direction: 'upstream' | 'downstream',
  most: number,
  distances: Map<string, number>,
): void {
  const sign = direction === 'upstream' ? -1 : 1
  const isDataset = (key: string): boolean => graph.nodes.get(key)?.kind === 'dataset'
  const reached = new Map([[start, 0]])
  let border = [start]
  while (border.length > 0) {
    const next: string[] = []
    for (const key of border) {
      const far = reached.get(key) ?? 0
      for (const neighbour of graph[direction].get(key) ?? []) {
        const distance = far + (isDataset(neighbour) ? 1 : 0)
        if (reached.has(neighbour) || distance > most) continue
        // A job belongs to a walk if what lies behind it does.
        if (!isDataset(neighbour) && far + 1 > most && isDataset(start)) continue
        reached.set(neighbour, distance)
        next.push(neighbour)
      }
    }
    border = next
  }
  for (const [key, distance] of reached)
    if (!distances.has(key)) distances.set(key, distance === 0 ? 0 : sign * distance)
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
  dataset: GraphDataset,
  direction: 'upstream' | 'downstream',
): Neighbour[] {
  const other = direction === 'upstream' ? 'downstream' : 'upstream'
  return walk(graph, nodeKey('dataset', dataset), { [other]: 0 })
    .nodes.filter(({ node, distance }) => node.kind === 'dataset' && distance !== 0)
    .map(({ node: { namespace, name }, distance }) => ({ dataset: { namespace, name }, distance: Math.abs(distance) }))
}

/** The column edges that lead to a column of a dataset, or from it, however far. */
export function columnsOf(
  graph: Pick<LineageGraph, 'columns' | 'aliases'>,
  { field, ...dataset }: GraphDataset & { readonly field: string },
  direction: 'upstream' | 'downstream',
): ColumnEdge[] {
  const alias = graph.aliases.get(nodeKey('dataset', dataset))
  const [, namespace, name] = JSON.parse(alias ?? nodeKey('dataset', dataset)) as [string, string, string]
  const [near, far] = direction === 'upstream' ? (['to', 'from'] as const) : (['from', 'to'] as const)
  const byNear = new Map<string, ColumnEdge[]>()
  for (const edge of graph.columns) {
    const key = columnKey(edge[near])
    byNear.set(key, [...(byNear.get(key) ?? []), edge])
  }
  const seen = new Set([columnKey({ namespace, name, field })])
  const found: ColumnEdge[] = []
  for (let border = [...seen]; border.length > 0;) {
    const edges = border.flatMap((key) => byNear.get(key) ?? [])
    found.push(...edges)
    border = [...new Set(edges.map((edge) => columnKey(edge[far])))].filter((key) => !seen.has(key))
    for (const key of border) seen.add(key)
  }
  return found
}

function columnKey({ namespace, name, field }: GraphDataset & { readonly field: string }): string {
  return JSON.stringify([namespace, name, field])
}
