import { dirname, resolve } from 'node:path'
import {
  checkJournal,
  foldJournal,
  readJournalLines,
  repairJournal,
  type JournalCheck,
  type JournalFold,
  type JournalLine,
  type Repair,
} from '@dayshift/core/ground'
import type { DescribedJob } from './graph.ts'
import { readLogLine } from './run-log.ts'
import { compareRuns, runOf, takeEvent, type KeptFacets, type MergedRun, type RunFold } from './runs.ts'

/** How a lineage log is read. */
export interface ReadLogOptions {
  /** The folder for snapshots, by which a large log opens at once; default: none are kept. */
  readonly snapshots?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** A lineage log, merged. */
export interface LineageLog {
  /** The one that began last first. Of facets they have those that a graph needs; {@link readRun} has all. */
  readonly runs: readonly MergedRun[]
  /** Jobs that were described without a run. */
  readonly jobs: readonly DescribedJob[]
  /** Lines that cannot be read or are no events. */
  readonly damage: readonly { readonly file: string; readonly offset: number; readonly reason: string }[]
}

/** Facets that graphs and lists need. */
const NEEDED: KeptFacets = new Set([
  'version',
  'columnLineage',
  'symlinks',
  'outputStatistics',
  'inputStatistics',
  'parent',
  'errorMessage',
  'nominalTime',
  'dayshift_origin',
])

interface LogState {
  readonly runs: Record<string, RunFold>
  /** Job events, by the job. */
  readonly jobs: Record<string, RunFold>
  readonly broken: { readonly file: string; readonly offset: number; readonly reason: string }[]
}

/**
 * Reads a lineage log: events of dayshift and of whoever else writes OpenLineage, in any order, and lines of the first logs.
 *
 * @param path a missing log is empty
 * @throws DS_SOURCE_UNREADABLE, DS_ABORTED
 * @example graphOf((await readLineageLog('metadata_log.jsonl')).runs)
 */
export async function readLineageLog(path: string, { snapshots, signal }: ReadLogOptions = {}): Promise<LineageLog> {
  const { state, damage } = await foldJournal(path, logFold(dirname(resolve(path))), { snapshots, signal })
  return {
    runs: Object.values(state.runs).map(runOf).sort(compareRuns),
    jobs: Object.values(state.jobs).map(runOf),
    damage: [...damage, ...state.broken].sort((a, b) => a.offset - b.offset),
  }
}

function logFold(folder: string): JournalFold<LogState> {
  return {
    name: 'lineage-2',
    start: () => ({ runs: {}, jobs: {}, broken: [] }),
    add: ({ runs, jobs, broken }, { record, file, offset }) => {
      const line = readLogLine(record, folder)
      if (typeof line === 'string') broken.push({ file, offset, reason: line })
      else if (line.kind === 'run') {
        const id = line.event.run.runId
        runs[id] = takeEvent(runs[id], line.event, NEEDED)
      } else if (line.kind === 'job') {
        const key = JSON.stringify([line.event.job.namespace, line.event.job.name])
        jobs[key] = takeEvent(jobs[key], line.event, NEEDED)
      }
    },
  }
}

/**
 * All that a log says of one run, with every facet.
 *
 * @returns undefined where it says nothing of it
 * @throws DS_SOURCE_UNREADABLE, DS_ABORTED
 */
export async function readRun(
  path: string,
  runId: string,
  { signal }: Pick<ReadLogOptions, 'signal'> = {},
): Promise<MergedRun | undefined> {
  const folder = dirname(resolve(path))
  let fold: RunFold | undefined
  await readJournalLines(
    path,
    ({ record }) => {
      const line = readLogLine(record, folder)
      if (typeof line !== 'string' && line.kind === 'run' && line.event.run.runId === runId)
        fold = takeEvent(fold, line.event)
    },
    { signal },
  )
  return fold && runOf(fold)
}

/**
 * Reads all of a lineage log and tells every line that is damaged or no event, with the byte where it starts.
 *
 * @throws DS_SOURCE_UNREADABLE, DS_ABORTED
 */
export function checkLineageLog(path: string, { signal }: Pick<ReadLogOptions, 'signal'> = {}): Promise<JournalCheck> {
  return checkJournal(path, { judge: judgeIn(path), signal })
}

/**
 * Takes lines out that are damaged or no events, into a quarantine file; events that stand whole within them are kept.
 *
 * @throws DS_WRITE, DS_LOCKED, DS_SOURCE_UNREADABLE, DS_ABORTED
 */
export function repairLineageLog(path: string, { signal }: Pick<ReadLogOptions, 'signal'> = {}): Promise<Repair> {
  return repairJournal(path, { judge: judgeIn(path), signal })
}

function judgeIn(path: string): (line: JournalLine) => string | undefined {
  const folder = dirname(resolve(path))
  return ({ record }) => {
    const line = readLogLine(record, folder)
    return typeof line === 'string' ? line : undefined
  }
}
