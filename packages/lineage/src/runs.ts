import { createHash } from 'node:crypto'
import { canonicalJson } from '@dayshift/core/ground'
import type { LoggedDataset, LoggedEvent, LoggedFacet } from './run-log.ts'

/** What became of a run. `RUNNING` has begun and not ended; `OTHER` has been spoken of only. */
export type RunState = 'OTHER' | 'RUNNING' | 'COMPLETE' | 'ABORT' | 'FAIL'

/** What is known of a dataset in a run. */
export interface RunDataset {
  readonly namespace: string
  readonly name: string
  /** The last word of each facet: of the dataset, and of the dataset as this run read or wrote it. */
  readonly facets: Readonly<Record<string, LoggedFacet>>
}

/** A run, from all events about it. */
export interface MergedRun {
  readonly runId: string
  readonly job: { readonly namespace: string; readonly name: string }
  readonly state: RunState
  /** Time of its START; of its first event, where it has none: UTC, ISO 8601. */
  readonly startedAt: string
  /** Time of its end; left out where it has not ended. */
  readonly endedAt?: string
  readonly facets: Readonly<Record<string, LoggedFacet>>
  readonly jobFacets: Readonly<Record<string, LoggedFacet>>
  /** In the order of names. */
  readonly inputs: readonly RunDataset[]
  readonly outputs: readonly RunDataset[]
  /** Different events. */
  readonly events: number
}

/** A value with what decides between two: the later one holds, then the greater text. */
type Last<Value> = readonly [at: string, text: string, value: Value]

type Facets = Record<string, Last<LoggedFacet>>

/** A run while its events are taken in: plain data. */
export interface RunFold {
  readonly runId: string
  job: Last<MergedRun['job']>
  end?: Last<'COMPLETE' | 'ABORT' | 'FAIL'>
  /** Of its first event, and of its first START. */
  first: string
  started?: string
  /** Whether an event says that it has begun. */
  begun: boolean
  readonly facets: Facets
  readonly jobFacets: Facets
  /** By namespace and name. */
  readonly inputs: Record<string, Facets>
  readonly outputs: Record<string, Facets>
  /** Hashes of events. */
  readonly seen: string[]
}

/** Which facets are kept; default: all. */
export type KeptFacets = ReadonlySet<string> | undefined

/**
 * Takes an event into a run. The result does not depend on the order of events, nor on events that come twice: an end outranks
 * all that is said of a run before or after it; between two ends, names or facets the later one holds, and of two at one
 * time that whose text is greater; inputs and outputs add up.
 *
 * @param before what is known of the run; undefined where this is its first event
 */
export function takeEvent(before: RunFold | undefined, event: LoggedEvent, kept?: KeptFacets): RunFold {
  const { eventType, run, job } = event
  const at = new Date(event.eventTime).toISOString()
  const { namespace, name } = job
  const named: RunFold['job'] = [at, canonicalJson([namespace, name]), { namespace, name }]
  const fold: RunFold = before ?? {
    runId: run.runId,
    job: named,
    first: at,
    begun: false,
    facets: {},
    jobFacets: {},
    inputs: {},
    outputs: {},
    seen: [],
  }
  const hash = createHash('sha256').update(canonicalJson(event)).digest('hex').slice(0, 16)
  if (fold.seen.includes(hash)) return fold
  fold.seen.push(hash)
  fold.job = later(fold.job, named)
  if (at < fold.first) fold.first = at
  if (eventType === 'START' && (fold.started === undefined || at < fold.started)) fold.started = at
  if (eventType === 'COMPLETE' || eventType === 'ABORT' || eventType === 'FAIL') {
    fold.end = later(fold.end, [at, eventType, eventType])
  } else if (eventType === 'START' || eventType === 'RUNNING') fold.begun = true
  takeFacets(fold.facets, run.facets, at, kept)
  takeFacets(fold.jobFacets, job.facets, at, kept)
  takeDatasets(fold.inputs, event.inputs, at, kept)
  takeDatasets(fold.outputs, event.outputs, at, kept)
  return fold
}

/** The run that a fold comes to. */
export function runOf(fold: RunFold): MergedRun {
  const { runId, job, end, first, started, begun, seen } = fold
  return {
    runId,
    job: job[2],
    state: end ? end[2] : begun ? 'RUNNING' : 'OTHER',
    startedAt: started ?? first,
    ...(end ? { endedAt: end[0] } : {}),
    facets: facetsOf(fold.facets),
    jobFacets: facetsOf(fold.jobFacets),
    inputs: datasetsOf(fold.inputs),
    outputs: datasetsOf(fold.outputs),
    events: seen.length,
  }
}

/**
 * Merges events into runs, in any order.
 *
 * @returns the runs, the one that began last first
 * @example mergeRuns(events)[0]?.state // 'COMPLETE'
 */
export function mergeRuns(events: Iterable<LoggedEvent>): MergedRun[] {
  const folds = new Map<string, RunFold>()
  for (const event of events) folds.set(event.run.runId, takeEvent(folds.get(event.run.runId), event))
  return [...folds.values()].map(runOf).sort(compareRuns)
}

/** The order in which runs are listed: the one that began last first. */
export function compareRuns(a: MergedRun, b: MergedRun): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? 1 : -1
  return a.runId < b.runId ? 1 : -1
}

function takeDatasets(
  known: Record<string, Facets>,
  datasets: readonly LoggedDataset[],
  at: string,
  kept: KeptFacets,
): void {
  for (const { namespace, name, facets, inputFacets, outputFacets } of datasets) {
    const found = (known[JSON.stringify([namespace, name])] ??= {})
    for (const more of [facets, inputFacets, outputFacets]) takeFacets(found, more, at, kept)
  }
}

function takeFacets(
  known: Facets,
  facets: Readonly<Record<string, LoggedFacet>> | undefined,
  at: string,
  kept: KeptFacets,
): void {
  for (const [name, facet] of Object.entries(facets ?? {})) {
    if (kept && !kept.has(name)) continue
    const before = Object.hasOwn(known, name) ? known[name] : undefined
    const value = later(before, [at, canonicalJson(facet), facet])
    // A facet may have any name, `__proto__` too.
    Object.defineProperty(known, name, { value, enumerable: true, writable: true, configurable: true })
  }
}

function later<Value>(a: Last<Value> | undefined, b: Last<Value>): Last<Value> {
  if (a === undefined || a[0] < b[0]) return b
  return a[0] === b[0] && a[1] < b[1] ? b : a
}

function facetsOf(facets: Facets): Record<string, LoggedFacet> {
  return Object.fromEntries(
    Object.entries(facets)
      .filter(([, [, , facet]]) => facet['_deleted'] !== true)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, [, , facet]]) => [name, facet]),
  )
}

function datasetsOf(known: Record<string, Facets>): RunDataset[] {
  return Object.entries(known)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, facets]) => {
      const [namespace, name] = JSON.parse(key) as [string, string]
      return { namespace, name, facets: facetsOf(facets) }
    })
}
