import { failure } from './codes.ts'
import type { ReportKind } from './facts.ts'
import type { AnyReport } from './report.ts'

/** The seven steps, in the order of a workflow. */
export const STEPS: readonly ReportKind[] = [
  'prototype',
  'validate',
  'version',
  'register',
  'log',
  'freshness',
  'drift',
]

/** What a dataset has for a step, or what to do to get it. */
export type StepReadiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string; readonly hint: string }

/** A dataset as a workflow sees it. */
export interface WorkflowDataset {
  readonly name: string
  readonly steps: Readonly<Record<ReportKind, StepReadiness>>
}

/** One step of a plan. */
export interface PlannedStep {
  readonly dataset: string
  readonly step: ReportKind
  /** Why the step is left out, where it is. */
  readonly skip?: { readonly reason: string; readonly hint: string }
}

/** Which part of the workflow to plan. */
export interface PlanOptions {
  /** Only these steps. */
  readonly only?: readonly string[] | undefined
  /** This step and those after it. */
  readonly from?: string | undefined
}

/** A step that turned out not to be possible when its turn came. */
export interface StepSkip {
  readonly skip: { readonly reason: string; readonly hint: string }
}

/** What became of one dataset. */
export interface WorkflowResult {
  readonly dataset: string
  readonly reports: readonly AnyReport[]
  readonly skipped: readonly PlannedStep[]
  /** The step whose failure stopped the rest, where one did. */
  readonly stoppedAt?: ReportKind
}

/** Who does the work of the steps of one dataset. */
export interface StepRunner {
  run(step: ReportKind, earlier: readonly AnyReport[]): Promise<AnyReport | StepSkip>
  /** Called once when the dataset's steps are over, however they ended. */
  end(outcome: { readonly stoppedAt?: ReportKind; readonly error?: unknown }): Promise<void>
}

/**
 * Plans the steps of datasets as plain data: it can be printed, compared, cut.
 *
 * @throws DS_STEP for a name that is no step
 */
export function planWorkflow(datasets: readonly WorkflowDataset[], options: PlanOptions = {}): PlannedStep[] {
  const only = options.only?.map(stepNamed)
  const from = options.from === undefined ? 0 : STEPS.indexOf(stepNamed(options.from))
  const steps = STEPS.filter((step, at) => at >= from && (only?.includes(step) ?? true))
  return datasets.flatMap(({ name, steps: readiness }) =>
    steps.map((step) => {
      const state = readiness[step]
      return state.ready
        ? { dataset: name, step }
        : { dataset: name, step, skip: { reason: state.reason, hint: state.hint } }
    }),
  )
}

function stepNamed(name: string): ReportKind {
  const step = STEPS.find((known) => known === name)
  if (!step) throw failure('DS_STEP', `'${name}' is not a step`, { hint: `The steps: ${STEPS.join(', ')}.` })
  return step
}

/** The steps whose `fail` ends a dataset's workflow: what comes after would be written on bad data. */
const GATES: ReadonlySet<ReportKind> = new Set(['prototype', 'validate'])

/**
 * Runs the planned steps of one dataset in order. Each step gets the reports of those before it. A `fail` of a gate
 * stops the rest; an error stops the rest and is thrown once the runner has been told.
 */
export async function runWorkflow(
  dataset: string,
  plan: readonly PlannedStep[],
  runner: StepRunner,
): Promise<WorkflowResult> {
  const own = plan.filter((step) => step.dataset === dataset)
  const reports: AnyReport[] = []
  const skipped: PlannedStep[] = []
  let stoppedAt: ReportKind | undefined
  try {
    for (const planned of own) {
      const result = planned.skip ? { skip: planned.skip } : await runner.run(planned.step, reports)
      if ('skip' in result) {
        skipped.push({ ...planned, skip: result.skip })
        continue
      }
      reports.push(result)
      if (GATES.has(planned.step) && result.status === 'fail') {
        stoppedAt = planned.step
        break
      }
    }
  } catch (error) {
    // The first error is the one to know; what closing makes of it comes after.
    await runner.end({ error }).catch(() => undefined)
    throw error
  }
  const stop = stoppedAt === undefined ? {} : { stoppedAt }
  await runner.end(stop)
  return { dataset, reports, skipped, ...stop }
}
