import { join } from 'node:path'
import {
  historySink,
  observationOf,
  planWorkflow,
  runWorkflow,
  type AnyReport,
  type Observation,
  type PlannedStep,
  type ReportKind,
  type StepReadiness,
} from '@dayshift/core'
import { messageOf, STEPS, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { defineCommand, type SkippedStep } from '../command.ts'
import { DatasetRunner } from '../dataset-runner.ts'
import type { DatasetDefinition } from '../define-project.ts'
import { engineFlags } from '../engine-flags.ts'
import { listFlag } from '../flags.ts'
import { configuredTransports } from '../lineage/transports.ts'
import { asksFor } from '../output-format.ts'
import { backgroundOf } from '../page/past.ts'
import { HISTORY_FILE } from '../places.ts'
import type { Project } from '../project.ts'
import { printableLines } from '../render/words.ts'

export const command = defineCommand({
  name: 'run',
  summary: 'run the whole workflow of a project',
  usage: '[dataset…]',
  description: [
    'Runs the seven steps of every dataset of the project, or of those named. A failing prototype or validate step stops',
    'the dataset, so that nothing is recorded of bad data. Every report is kept in .dayshift/reports.jsonl.',
  ],
  flags: {
    only: { type: 'string', multiple: true, value: 'STEP,STEP', help: 'run these steps only' },
    from: { type: 'string', value: 'STEP', help: 'run this step and those after it' },
    'dry-run': { type: 'boolean', help: 'say which steps would run; run none' },
    ...engineFlags,
  },
  examples: ['dayshift run', 'dayshift run weather --only validate,drift', 'dayshift run --dry-run'],
  run: async (context) => {
    const { flags, positionals } = context
    const project = await context.project()
    if (!project) throw failure('DS_PROJECT_NOT_FOUND', `there is no dayshift.config.ts in ${context.cwd} or above`)
    const unknown = positionals.filter((name) => !Object.hasOwn(project.datasets, name))
    if (unknown.length > 0) {
      throw failure('DS_USAGE', `the project has no dataset ${unknown.map((name) => `'${name}'`).join(', ')}`, {
        hint: `Its datasets: ${Object.keys(project.datasets).join(', ')}.`,
      })
    }
    if (Object.keys(project.datasets).length === 0) {
      throw failure('DS_PROJECT_INVALID', `${project.file} names no dataset`, {
        where: project.file,
        hint: "Add one: datasets: { readings: { source: 'data/readings.csv' } }.",
      })
    }
    const names = positionals.length > 0 ? positionals : Object.keys(project.datasets)
    const plan = planWorkflow(
      names.map((name) => ({ name, steps: readinessOf(project.datasets[name] as DatasetDefinition) })),
      { only: listFlag(flags.only), from: flags.from },
    )
    if (flags['dry-run']) {
      const lines = plan.map(lineOf)
      return { reports: [], plan: lines, text: lines }
    }

    const logs = plan.some(({ step, skip }) => step === 'log' && !skip)
    const servers = logs ? await configuredTransports(context, project.root) : { transports: [], notes: [] }
    const history = historySink(join(project.root, HISTORY_FILE))
    const reports: AnyReport[] = []
    const skipped: SkippedStep[] = []
    const observations: Observation[] = plan.filter(({ skip }) => skip).map((step) => observedSkip(step, project))
    const stopped: string[] = []
    const keep = async (name: string, report: AnyReport): Promise<void> => {
      reports.push(report)
      observations.push(observationOf(report, { dataset: name, project: project.name }))
      await history.write(report)
    }
    let error: unknown
    for (const name of names) {
      const runner = new DatasetRunner(project, name, plan, context, (report) => keep(name, report), servers)
      try {
        const result = await runWorkflow(name, plan, runner)
        skipped.push(...result.skipped.flatMap(skippedOf))
        if (result.stoppedAt) stopped.push(`${name}: ${result.stoppedAt} failed, so the steps after it did not run`)
      } catch (problem) {
        // One dataset's trouble is no reason to leave the others unlooked at, unless it is the person who stopped it.
        error ??= problem
        if (context.signal.aborted) break
        observations.push(...runner.observedError(problem))
        if (names.length > 1) context.terminal.note(printableLines(`${name}: ${withoutSecrets(messageOf(problem))}`))
      }
    }
    for (const line of stopped) context.terminal.note(line)
    const background = asksFor(context.flags, 'html')
      ? await backgroundOf(project.root, reports, context.signal)
      : undefined
    return {
      reports,
      skipped,
      observations,
      ...(background ? { background } : {}),
      ...(error === undefined ? {} : { error }),
    }
  },
})

function skippedOf({ dataset, step, skip }: PlannedStep): SkippedStep[] {
  return skip ? [{ dataset, step, ...skip }] : []
}

/** Nobody looks at what a step that is turned off once found. */
function observedSkip({ dataset, step }: PlannedStep, { name, datasets }: Project): Observation {
  return { project: name, dataset, kind: step, uri: (datasets[dataset] as DatasetDefinition).source, findings: [] }
}

function lineOf({ dataset, step, skip }: PlannedStep): string {
  return `${dataset} ${STEPS.indexOf(step) + 1} ${step}${skip ? `: skipped, ${skip.reason}. ${skip.hint}` : ''}`
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
