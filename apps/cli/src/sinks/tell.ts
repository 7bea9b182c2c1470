import { join } from 'node:path'
import type { AnyReport, Observation, Sink, SinkOutcome } from '@dayshift/core'
import { deliver, notify, observationOf } from '@dayshift/core/alerts'
import type { Finding } from '@dayshift/core/ground'
import type { Context, Outcome } from '../command.ts'
import { engineFlags } from '../engine-flags.ts'
import { commonFlags, type FlagValues } from '../flags.ts'
import { ALERTS_FILE, alertsElsewhere } from '../places.ts'
import { reportOfStdin } from '../piped.ts'
import type { Project } from '../project.ts'
import { count, printableLines } from '../render/words.ts'
import { datasetAsked, pathFrom } from './dataset-asked.ts'
import { observedUnlooked } from './observed-error.ts'
import { projectSinks } from './project-sinks.ts'
import { sinkFlags } from './sink-flags.ts'

type TellContext = Pick<Context, 'cwd' | 'env' | 'signal' | 'terminal' | 'positionals' | 'behind'> & {
  readonly flags: Readonly<Record<string, unknown>>
}

/** Flags that change nothing of what is found out. */
const NEUTRAL: ReadonlySet<string> = new Set([
  ...Object.keys(commonFlags),
  ...Object.keys(engineFlags),
  ...Object.keys(sinkFlags),
  'watch',
  'every',
])

/**
 * Tells all sinks what a run of a habit, or of the workflow, found out. What goes wrong is told on stderr, and changes
 * nothing of what was found.
 *
 * The project's own sinks hear of its datasets, looked at as the project says: a habit with flags of its own, or with another
 * reference, tries something out. Sinks of flags hear of what this run looked at.
 *
 * @param name of the command
 * @param flagged sinks that flags name
 * @returns what is told of it, and whether that is to make the run fail
 */
export async function tell(
  name: string,
  outcome: Outcome,
  flagged: readonly Sink[],
  project: Project | undefined,
  context: TellContext,
): Promise<Pick<Outcome, 'sinks' | 'isUndelivered'>> {
  const flags = context.flags as FlagValues<typeof sinkFlags>
  if (context.signal.aborted) return {}
  const isOfProject = project !== undefined && isAsDefined(name, context)
  const own = isOfProject ? projectSinks(project, context.env) : { sinks: [], unready: [] }
  const isWatched = isOfProject && (project.sinks !== undefined || project.alerts !== undefined)
  if (flagged.length === 0 && !isWatched) return {}

  const root = project?.root ?? context.cwd
  const observations =
    outcome.observations ?? observedIn(name, outcome, isOfProject ? project : undefined, context, root)
  const known = flagged.length > 0 ? observations : observations.filter((one) => one.project !== undefined)
  const sinks = [...own.sinks, ...flagged.map((sink) => concerned(sink, known))]
  context.terminal.progress('alerts')
  const [written, told] = await Promise.all([
    deliver(outcome.reports, own.sinks, { signal: context.signal }),
    notify(known, sinks, {
      path: join(root, ALERTS_FILE),
      fallback: alertsElsewhere(root, context.env),
      rules: project?.alerts,
      signal: context.signal,
      isGone: (alert) =>
        isOfProject && alert.project === project.name && !Object.hasOwn(project.datasets, alert.dataset),
    }),
  ])
  context.terminal.idle()
  const outcomes = [...own.unready, ...written, ...told.sinks]
  tellOf([...own.unready, ...told.sinks, ...written.filter(({ error }) => error)], told.findings, context)
  const isUndelivered = flags['strict-sinks'] === true && outcomes.some(({ error }) => error)
  return { sinks: outcomes, isUndelivered }
}

function isAsDefined(name: string, context: TellContext): boolean {
  if (name === 'run') return true
  const { flags } = context
  const words = sourcesIn(context)
  if (name === 'drift' || words.includes('-') || words.some((word) => word.includes('@'))) return false
  return Object.keys(flags).every((flag) => NEUTRAL.has(flag) || flags[flag] === undefined)
}

/** The words that name sources: those behind -- are a program's. */
function sourcesIn({ positionals, behind }: TellContext): readonly string[] {
  return positionals.slice(0, positionals.length - behind.length)
}

function observedIn(
  name: string,
  { reports, unlooked = [] }: Outcome,
  project: Project | undefined,
  context: TellContext,
  root: string,
): Observation[] {
  return [
    ...observed(reports.map(reportOfStdin), project, context, root),
    ...observedUnlooked(name as AnyReport['kind'], unlooked, project, root),
  ]
}

function observed(
  reports: readonly AnyReport[],
  project: Project | undefined,
  context: TellContext,
  root: string,
): Observation[] {
  return reports.map((report) => {
    const dataset = project && datasetAsked(report.dataset.name, project, { positionals: sourcesIn(context) })
    const { namespace, name } = report.dataset
    return dataset === undefined
      ? observationOf(report, { dataset: namespace === 'file' ? pathFrom(root, name) : name })
      : observationOf(report, { dataset, project: project?.name })
  })
}

/** A sink that hears of what was looked at only. */
function concerned(sink: Sink, observations: readonly Observation[]): Sink {
  const of = new Set(observations.map(keyOf))
  return { ...sink, wants: (alert) => of.has(keyOf(alert)) }
}

function keyOf({ project, dataset, kind }: Pick<Observation, 'project' | 'dataset' | 'kind'>): string {
  return JSON.stringify([project, dataset, kind])
}

function tellOf(outcomes: readonly SinkOutcome[], findings: readonly Finding[], { terminal }: TellContext): void {
  for (const { message } of findings)
    terminal.alert(`${terminal.paint('yellow', 'warn')} alerts: ${printableLines(message)}`)
  for (const { sink, taken, error } of outcomes) {
    if (taken > 0 && !error) terminal.note(`sink ${sink}: told of ${count(taken, 'alert')}`)
    if (!error) continue
    const told = printableLines(error.message)
    const named = told.startsWith(`${sink}: `) ? told : `${sink}: ${told}`
    terminal.alert(`${terminal.paint('yellow', 'warn')} sink ${named}\n  ${printableLines(error.hint)}`)
  }
}
