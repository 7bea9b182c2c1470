import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import {
  historySink,
  observationOf,
  runWorkflow,
  type AnyReport,
  type Observation,
  type PlannedStep,
} from '@dayshift/core'
import { datasetOf, fileDataset, isAddress, messageOf, withoutSecrets } from '@dayshift/core/ground'
import type { Context, Outcome, RunDataset, SkippedStep } from '../command.ts'
import { DatasetRunner, type Shared } from '../dataset-runner.ts'
import type { DatasetDefinition } from '../define-project.ts'
import type { Servers } from '../lineage/transports.ts'
import { HISTORY_FILE } from '../places.ts'
import type { Project } from '../project.ts'
import { printableLines } from '../render/words.ts'
import { placeOf } from '../sources.ts'
import { PLAIN } from '../terminal.ts'
import { keysOfRun, recallRun, rememberRun, type RememberedRun } from './memory.ts'
import { nextActions } from './next-actions.ts'
import { doInOrder, inOrder, upstreamOf } from './order.ts'
import { RunProgress } from './progress.ts'
import { RunRecord } from './run-record.ts'
import { Turns } from './turns.ts'

/** Datasets at a time, at most, where nothing else is asked for: the engine itself uses all cores. */
const AT_A_TIME = 4

/** How a project is run. */
export interface RunOptions {
  /** Datasets at a time. Default: 4, or as many as there are cores. */
  readonly jobs?: number | undefined
  /** Whether the results of an earlier run do where nothing has changed. */
  readonly mayRecall: boolean
  /** Where events go besides the log. */
  readonly servers: Servers
}

/** What became of one dataset. */
interface DatasetOutcome {
  readonly reports: AnyReport[]
  readonly skipped: SkippedStep[]
  readonly observations: Observation[]
  /** Whether none of its steps ran, for what it is made of. */
  readonly isLeftOut?: boolean
  stoppedAt?: string | undefined
  unchangedSince?: number | undefined
  resumedAt?: string | undefined
  error?: unknown
}

/**
 * Runs the planned steps of datasets, several at a time; none before those that it is made of. One that stopped stops those that
 * are made of it.
 */
export async function runProject(
  project: Project,
  names: readonly string[],
  plan: readonly PlannedStep[],
  context: Context,
  { jobs = Math.min(AT_A_TIME, availableParallelism()), mayRecall, servers }: RunOptions,
): Promise<Outcome> {
  const { terminal, signal } = context
  const shared: Shared = { progress: new RunProgress(terminal, plan.length), turns: new Turns() }
  const upstream = (name: string): string[] => upstreamOf(name, project.datasets)
  const outcomes = new Map<string, DatasetOutcome>()
  await doInOrder(names, upstream, jobs, async (name) => {
    if (signal.aborted) return
    const broken = upstream(name).find((other) => isBroken(outcomes.get(other)))
    outcomes.set(
      name,
      broken === undefined
        ? await runDataset(project, name, plan, context, { mayRecall, servers, shared })
        : leftOut(name, broken, plan),
    )
    shared.progress.end(name)
  })
  terminal.idle()
  const ordered = inOrder(names, upstream).flatMap((name) => {
    const outcome = outcomes.get(name)
    return outcome ? [[name, outcome] as const] : []
  })
  for (const [name, { stoppedAt, error }] of ordered) {
    if (stoppedAt !== undefined) terminal.note(`${name}: ${stoppedAt} failed, so the steps after it did not run`)
    if (error !== undefined && names.length > 1 && !signal.aborted) {
      terminal.note(printableLines(`${name}: ${withoutSecrets(messageOf(error))}`))
    }
  }
  const datasets = ordered.map(([name, outcome]) => runDatasetOf(name, outcome, project))
  const reports = ordered.flatMap(([, outcome]) => outcome.reports)
  const skipped = ordered.flatMap(([, outcome]) => outcome.skipped)
  const error = ordered.find(([, outcome]) => outcome.error !== undefined)?.[1].error
  return {
    reports,
    skipped,
    datasets,
    next: nextActions(
      project,
      ordered.map(([name, outcome]) => ({ name, ...outcome })),
    ),
    observations: ordered.flatMap(([, outcome]) => outcome.observations),
    ...(error === undefined ? {} : { error }),
  }
}

function runDatasetOf(
  name: string,
  { stoppedAt, unchangedSince, resumedAt }: DatasetOutcome,
  project: Project,
): RunDataset {
  const { root, datasets } = project
  const place = placeOf(datasets[name] as DatasetDefinition, root)
  return {
    name,
    dataset: (isAddress(place) ? datasetOf(place, root) : fileDataset(place, root)).name,
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(unchangedSince === undefined ? {} : { unchangedSince: new Date(unchangedSince).toISOString() }),
    ...(resumedAt === undefined ? {} : { resumedAt }),
  }
}

function isBroken(outcome: DatasetOutcome | undefined): boolean {
  if (outcome === undefined) return false
  return outcome.isLeftOut === true || outcome.error !== undefined || outcome.stoppedAt !== undefined
}

/** Data made of bad data is as bad. */
function leftOut(name: string, broken: string, plan: readonly PlannedStep[]): DatasetOutcome {
  const skipped = plan
    .filter(({ dataset }) => dataset === name)
    .map(({ step }) => ({
      dataset: name,
      step,
      reason: `${broken}, which it is made of, did not hold`,
      hint: `Mend ${broken} first, or run ${name} alone.`,
    }))
  return { reports: [], skipped, observations: [], isLeftOut: true }
}

interface DatasetOptions extends Pick<RunOptions, 'mayRecall' | 'servers'> {
  readonly shared: Shared
}

async function runDataset(
  project: Project,
  name: string,
  plan: readonly PlannedStep[],
  context: Context,
  { mayRecall, servers, shared }: DatasetOptions,
): Promise<DatasetOutcome> {
  const own = plan.filter(({ dataset }) => dataset === name)
  const steps = own.filter(({ skip }) => !skip).map(({ step }) => step)
  const before = mayRecall ? await keysOfRun(project, name, steps) : undefined
  const known = before?.all === undefined ? undefined : recallRun(project.root, name, before.all, Date.now())
  const record = RunRecord.of(project.root, name, known ? undefined : before)
  const history = historySink(join(project.root, HISTORY_FILE))
  const outcome: DatasetOutcome = {
    reports: [],
    skipped: [],
    observations: own.filter(({ skip }) => skip).map((step) => observedSkip(step, project)),
  }
  const observe = (report: AnyReport): void => {
    outcome.reports.push(report)
    outcome.observations.push(observationOf(report, { dataset: name, project: project.name }))
  }
  // Where nothing has changed, there is nothing new to log.
  const planned = known ? own.filter(({ step }) => step !== 'log') : own
  const runner = new DatasetRunner(
    project,
    name,
    planned,
    context,
    async (report) => {
      if (known) return
      observe(report)
      await history.write(report)
      await record.add(report, async () => (await keysOfRun(project, name, steps))?.versions)
    },
    servers,
    // An age that is looked at again is no step that is done.
    known ? { ...shared, progress: new RunProgress(PLAIN, 0) } : shared,
    record,
  )
  try {
    if (known) {
      outcome.unchangedSince = known.at
      outcome.stoppedAt = known.stoppedAt
      outcome.skipped.push(...known.skipped)
      for (const report of known.reports) {
        const now = report.kind === 'freshness' ? await freshNow(report, runner) : report
        if (now.status !== report.status) await history.write(now)
        observe(now)
      }
      shared.progress.done(own.length)
      return outcome
    }
    if (record.recalled.size > 0) outcome.resumedAt = steps.find((step) => !record.recalled.has(step))
    const result = await runWorkflow(name, own, {
      run: async (step, earlier) => {
        const told = record.recalled.get(step)
        if (!told) return runner.run(step, earlier)
        shared.progress.done()
        observe(told)
        // The history knows it as a report of a run that has ended.
        if (!record.goesOn) await history.write(told)
        return told
      },
      end: (ended) => runner.end(ended),
    })
    outcome.stoppedAt = result.stoppedAt
    outcome.skipped.push(...result.skipped.flatMap(skippedOf))
    if (mayRecall && !context.signal.aborted) await remember(project, name, steps, before?.read, outcome)
    record.forget()
  } catch (error) {
    // One dataset's trouble is no reason to leave the others unlooked at.
    outcome.error = error
    if (!context.signal.aborted) outcome.observations.push(...runner.observedError(error))
  }
  return outcome
}

/** Age goes on while all else stands still. */
async function freshNow(report: AnyReport, runner: DatasetRunner): Promise<AnyReport> {
  const now = await runner.run('freshness', [])
  return 'skip' in now ? report : { ...now, dataset: report.dataset, ...(report.run ? { run: report.run } : {}) }
}

/** Keeps what was found, unless the data changed while it was looked at. */
async function remember(
  project: Project,
  name: string,
  steps: readonly string[],
  read: string | undefined,
  { reports, skipped, stoppedAt }: DatasetOutcome,
): Promise<void> {
  const keys = await keysOfRun(project, name, steps)
  if (keys?.all === undefined || keys.read !== read) return
  const run: RememberedRun = { key: keys.all, at: Date.now(), reports, skipped, stoppedAt }
  // A folder that cannot be written to costs time in the next run, and nothing else.
  await rememberRun(project.root, name, run).catch(() => undefined)
}

function skippedOf({ dataset, step, skip }: PlannedStep): SkippedStep[] {
  return skip ? [{ dataset, step, ...skip }] : []
}

/** Nobody looks at what a step that is turned off once found. */
function observedSkip({ dataset, step }: PlannedStep, { name, datasets }: Project): Observation {
  return { project: name, dataset, kind: step, uri: (datasets[dataset] as DatasetDefinition).source, findings: [] }
}
