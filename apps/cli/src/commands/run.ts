import { planWorkflow, type PlannedStep, type ReportKind, type StepReadiness } from '@dayshift/core'
import { STEPS } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { defineCommand, type Context, type Outcome } from '../command.ts'
import type { DatasetDefinition } from '../define-project.ts'
import { engineFlags } from '../engine-flags.ts'
import { listFlag, numberFlag } from '../flags.ts'
import { configuredTransports } from '../lineage/transports.ts'
import { asksFor } from '../output-format.ts'
import { backgroundOf } from '../page/past.ts'
import type { Project } from '../project.ts'
import { printable } from '../render/words.ts'
import { inOrder, upstreamOf } from '../run/order.ts'
import { runProject } from '../run/run-project.ts'
import { needVariables } from '../variables.ts'
import { watchProject } from '../run/watch-project.ts'

const runFlags = {
  only: { type: 'string', multiple: true, value: 'STEP,STEP', help: 'run these steps only' },
  from: { type: 'string', value: 'STEP', help: 'run this step and those after it' },
  'dry-run': { type: 'boolean', help: 'say which steps would run; run none' },
  force: { type: 'boolean', help: 'run the steps also where nothing has changed since they ran' },
  watch: { type: 'boolean', help: 'run again whenever data or code changes; Ctrl-C ends' },
  jobs: { type: 'string', value: 'N', help: 'datasets at a time (default: 4, or as many as cores)' },
  ...engineFlags,
} as const

export const command = defineCommand({
  name: 'run',
  summary: 'run the whole workflow of a project',
  usage: '[dataset…]',
  description: [
    'Runs the seven steps of every dataset of the project, or of those named. A failing prototype or validate step stops',
    'the dataset, so that nothing is recorded of bad data, and those that are made of it. Every report is kept in',
    '.dayshift/reports.jsonl. Where nothing has changed since the last run, its results are told again.',
  ],
  flags: runFlags,
  examples: [
    'dayshift run',
    'dayshift run weather --only validate,drift',
    'dayshift run --dry-run',
    'dayshift run --watch',
  ],
  run: async (context) => {
    const { flags } = context
    const jobs = jobsOf(flags.jobs)
    const project = await context.project()
    if (!project) throw failure('DS_PROJECT_NOT_FOUND', `there is no dayshift.config.ts in ${context.cwd} or above`)
    if (flags['dry-run']) {
      const lines = planOf(project, context).plan.map(lineOf)
      return { reports: [], plan: lines, text: lines }
    }
    const run = async (loaded: Project): Promise<Outcome> => {
      const { names, plan } = planOf(loaded, context)
      const logs = plan.some(({ step, skip }) => step === 'log' && !skip)
      const servers = logs ? await configuredTransports(context, loaded.root) : { transports: [], notes: [] }
      const isWhole = flags.only === undefined && flags.from === undefined
      const mayRecall = isWhole && flags.force !== true
      const outcome = await runProject(loaded, names, plan, context, { jobs, servers, mayRecall })
      if (!asksFor(flags, 'html')) return outcome
      return { ...outcome, background: await backgroundOf(loaded.root, outcome.reports, context.signal) }
    }
    return flags.watch ? watchProject(project.file, context, run) : run(project)
  },
})

/** The plan of the datasets that are asked for, in the order of what is made of what. */
function planOf(
  project: Project,
  { positionals, flags }: Context<typeof runFlags>,
): { readonly names: readonly string[]; readonly plan: readonly PlannedStep[] } {
  const { datasets } = project
  const unknown = positionals.filter((name) => !Object.hasOwn(datasets, name))
  if (unknown.length > 0) {
    throw failure('DS_USAGE', `the project has no dataset ${unknown.map((name) => `'${name}'`).join(', ')}`, {
      hint: `Its datasets: ${Object.keys(datasets).join(', ')}.`,
    })
  }
  if (Object.keys(datasets).length === 0) {
    throw failure('DS_PROJECT_INVALID', `${project.file} names no dataset`, {
      where: project.file,
      hint: "Add one: datasets: { readings: { source: 'data/readings.csv' } }.",
    })
  }
  const asked = positionals.length > 0 ? [...new Set(positionals)] : Object.keys(datasets)
  for (const name of asked) needVariables(name, datasets[name] as DatasetDefinition, project.file)
  const names = inOrder(asked, (name) => upstreamOf(name, datasets))
  const plan = planWorkflow(
    names.map((name) => ({ name, steps: readinessOf(datasets[name] as DatasetDefinition) })),
    { only: listFlag(flags.only), from: flags.from },
  )
  return { names, plan }
}

function jobsOf(flag: string | undefined): number | undefined {
  const jobs = numberFlag('jobs', flag)
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1)) {
    throw failure('DS_USAGE', `--jobs takes a whole number from 1 on, not '${flag}'`)
  }
  return jobs
}

function lineOf({ dataset, step, skip }: PlannedStep): string {
  return `${printable(dataset)} ${STEPS.indexOf(step) + 1} ${step}${skip ? `: skipped, ${skip.reason}. ${skip.hint}` : ''}`
}

/** Which steps a dataset's definition has what is needed for. */
function readinessOf(definition: DatasetDefinition): Record<ReportKind, StepReadiness> {
  const step = (kind: ReportKind): StepReadiness => {
    if (definition[kind as keyof DatasetDefinition] === false) {
      return { ready: false, reason: 'the project file turns it off', hint: `Remove ${kind}: false.` }
    }
    if (kind === 'validate' && definition.contract === undefined) {
      return { ready: false, reason: 'no contract', hint: 'Add contract: z.object({ … }) to the dataset.' }
    }
    if (kind === 'drift' && !definition.drift) {
      return { ready: false, reason: 'no reference', hint: "Add drift: { reference: 'previous' } to the dataset." }
    }
    return { ready: true }
  }
  return Object.fromEntries(STEPS.map((kind) => [kind, step(kind)])) as Record<ReportKind, StepReadiness>
}
