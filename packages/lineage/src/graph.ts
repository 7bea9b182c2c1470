import type { RunDataset, MergedRun } from './runs.ts'
import type { LoggedFacet } from './run-log.ts'
import { aliasesOf } from './symlinks.ts'

/** A dataset as lineage names it. */
export interface GraphDataset {
  readonly namespace: string
  readonly name: string
}

/** A node of a lineage graph. */
export interface GraphNode extends GraphDataset {
  readonly kind: 'dataset' | 'job'
  /** Of a dataset: its last known content hash. */
  readonly version?: string
  /** Of a dataset: its other names, where events tell of them. */
  readonly aliases?: readonly GraphDataset[]
  /** Of a job: its last run. */
  readonly lastRun?: Pick<MergedRun, 'runId' | 'state' | 'startedAt' | 'endedAt'>
}

/** A column of a dataset that another is made from. */
export interface ColumnEdge {
  readonly from: GraphDataset & { readonly field: string }
  readonly to: GraphDataset & { readonly field: string }
  /** `DIRECT` where values come from values, `INDIRECT` where they only decide (a filter, a sort, a condition). */
  readonly type: 'DIRECT' | 'INDIRECT'
  /** `IDENTITY`, `TRANSFORMATION`, `AGGREGATION`, `JOIN`, `FILTER` …; left out where the event does not say. */
  readonly subtype?: string
}

/** Which jobs read and write which datasets. Edges go from a dataset to the job that reads it, and from a job to what it writes. */
export interface LineageGraph {
  /** By {@link nodeKey}. */
  readonly nodes: ReadonlyMap<string, GraphNode>
  readonly downstream: ReadonlyMap<string, ReadonlySet<string>>
  readonly upstream: ReadonlyMap<string, ReadonlySet<string>>
  readonly columns: readonly ColumnEdge[]
  /** The key of a dataset by the key of another name of it. */
  readonly aliases: ReadonlyMap<string, string>
}

/** A job that was described without a run. */
export interface DescribedJob {
  readonly job: GraphDataset
  readonly inputs: readonly RunDataset[]
  readonly outputs: readonly RunDataset[]
}

/** Which runs a graph is made of. */
export interface GraphOptions {
  /** All runs of a job, rather than the last that read or wrote anything; default false. */
  readonly history?: boolean
  /** Jobs that were described without a run. */
  readonly jobs?: readonly DescribedJob[]
}

/** What names a node: its kind, namespace and name. */
export function nodeKey(kind: GraphNode['kind'], { namespace, name }: GraphDataset): string {
  return JSON.stringify([kind, namespace, name])
}

/**
 * The graph of runs. Of each job counts the last run that read or wrote anything, as the job may read other data today than it
 * did; with `history` all of them do. Datasets that events give two names by the facet `symlinks` are one node.
 *
 * @param runs as {@link mergeRuns} gives them, in any order
 * @example walk(graphOf(mergeRuns(events)), nodeKey('dataset', { namespace: 'file', name: '/srv/a.csv' }))
 */
export function graphOf(runs: Iterable<MergedRun>, { history = false, jobs = [] }: GraphOptions = {}): LineageGraph {
  const nodes = new Map<string, GraphNode>()
  const downstream = new Map<string, Set<string>>()
  const upstream = new Map<string, Set<string>>()
  const columns = new Map<string, ColumnEdge>()
  const versions = new Map<string, string>()
  const byJob = new Map<string, MergedRun[]>()
  const all = [...runs]
  const described = jobs.map((job) => ({ ...job, startedAt: '' }))
  const aliases = aliasesOf([...all, ...described], (dataset) => nodeKey('dataset', dataset))
  const keyOf = (dataset: GraphDataset): string => {
    const key = nodeKey('dataset', dataset)
    return aliases.get(key) ?? key
  }
  for (const run of all) {
    const key = nodeKey('job', run.job)
    const found = byJob.get(key)
    if (found) found.push(run)
    else byJob.set(key, [run])
  }
  const connect = (from: string, to: string): void => {
    setOf(downstream, from).add(to)
    setOf(upstream, to).add(from)
  }
  const addDataset = (dataset: RunDataset, at: string): string => {
    const key = keyOf(dataset)
    const version = textOf(dataset.facets['version']?.['datasetVersion'])
    // Of two runs that began at one time the greater version holds, so that their order does not matter.
    const mark = `${at} ${version}`
    const isLater = version !== undefined && mark > (versions.get(key) ?? '')
    if (isLater) versions.set(key, mark)
    if (isLater || !nodes.has(key))
      nodes.set(key, { kind: 'dataset', ...datasetOfKey(key), ...(version === undefined ? {} : { version }) })
    return key
  }
  const addJob = (job: string, { inputs, outputs }: Pick<MergedRun, 'inputs' | 'outputs'>, at: string): void => {
    for (const input of inputs) connect(addDataset(input, at), job)
    for (const output of outputs) {
      connect(job, addDataset(output, at))
      for (const told of columnEdges(output)) {
        const edge = { ...told, from: columnAt(keyOf, told.from), to: columnAt(keyOf, told.to) }
        columns.set(JSON.stringify(edge), edge)
      }
    }
  }
  for (const { job, inputs, outputs } of described) {
    const key = nodeKey('job', job)
    nodes.set(key, { kind: 'job', namespace: job.namespace, name: job.name })
    addJob(key, { inputs, outputs }, '')
  }
  for (const [key, ofJob] of byJob) {
    ofJob.sort((a, b) => (a.startedAt < b.startedAt || (a.startedAt === b.startedAt && a.runId < b.runId) ? 1 : -1))
    const [last] = ofJob as [MergedRun]
    const { runId, state, startedAt, endedAt } = last
    const lastRun = { runId, state, startedAt, ...(endedAt === undefined ? {} : { endedAt }) }
    nodes.set(key, { kind: 'job', namespace: last.job.namespace, name: last.job.name, lastRun })
    const telling = ofJob.filter(({ inputs, outputs }) => inputs.length + outputs.length > 0)
    for (const run of history ? telling : telling.slice(0, 1)) addJob(key, run, run.startedAt)
  }
  for (const [alias, key] of [...aliases].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const node = nodes.get(key)
    if (node) nodes.set(key, { ...node, aliases: [...(node.aliases ?? []), datasetOfKey(alias)] })
  }
  return { nodes, downstream, upstream, columns: [...columns.values()], aliases }
}

function datasetOfKey(key: string): GraphDataset {
  const [, namespace, name] = JSON.parse(key) as [string, string, string]
  return { namespace, name }
}

function columnAt(
  keyOf: (dataset: GraphDataset) => string,
  { field, ...dataset }: ColumnEdge['from'],
): ColumnEdge['from'] {
  return { ...datasetOfKey(keyOf(dataset)), field }
}

function setOf(edges: Map<string, Set<string>>, key: string): Set<string> {
  const found = edges.get(key)
  if (found) return found
  const made = new Set<string>()
  edges.set(key, made)
  return made
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The columns that an output's columns are made from, by its facet `columnLineage`, old form and new. */
function columnEdges({ namespace, name, facets }: RunDataset): ColumnEdge[] {
  const facet = facets['columnLineage']
  const fields = facet?.['fields']
  if (typeof fields !== 'object' || fields === null) return []
  return Object.entries(fields as Record<string, LoggedFacet | null>).flatMap(([field, told]) => {
    const to = { namespace, name, field }
    const inputs = told?.['inputFields']
    return (Array.isArray(inputs) ? inputs : []).flatMap((input: unknown) => edgesOf(input, to, told ?? {}))
  })
}

function edgesOf(input: unknown, to: ColumnEdge['to'], told: LoggedFacet): ColumnEdge[] {
  const { namespace, name, field, transformations } = (input ?? {}) as Record<string, unknown>
  if (typeof namespace !== 'string' || typeof name !== 'string' || typeof field !== 'string') return []
  const from = { namespace, name, field }
  const list = Array.isArray(transformations) ? (transformations as Record<string, unknown>[]) : []
  if (list.length === 0) {
    const subtype = textOf(told['transformationType'])
    return [{ from, to, type: 'DIRECT', ...(subtype === undefined ? {} : { subtype }) }]
  }
  return list.map((one) => {
    const subtype = textOf(one['subtype'])
    const type = one['type'] === 'INDIRECT' ? 'INDIRECT' : 'DIRECT'
    return { from, to, type, ...(subtype === undefined ? {} : { subtype }) }
  })
}
