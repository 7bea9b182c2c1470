import { expect, test } from 'vitest'
import { fileDataset } from '../src/dataset.ts'
import type { ReportKind } from '../src/facts.ts'
import type { AnyReport, Status } from '../src/report.ts'
import {
  planWorkflow,
  runWorkflow,
  STEPS,
  type StepReadiness,
  type StepRunner,
  type StepSkip,
  type WorkflowDataset,
} from '../src/workflow.ts'

const ready: StepReadiness = { ready: true }
const missing: StepReadiness = { ready: false, reason: 'no contract', hint: 'Write one.' }
const all: Record<ReportKind, StepReadiness> = {
  prototype: ready,
  validate: ready,
  version: ready,
  register: ready,
  log: ready,
  freshness: ready,
  drift: ready,
}
const weather: WorkflowDataset = { name: 'weather', steps: { ...all, validate: missing } }
const planes: WorkflowDataset = { name: 'planes', steps: all }

test('a plan has every step of every dataset, and why one is left out', () => {
  const plan = planWorkflow([weather, planes])
  expect(plan.map(({ dataset, step }) => [dataset, step])).toEqual([
    ...STEPS.map((step) => ['weather', step]),
    ...STEPS.map((step) => ['planes', step]),
  ])
  expect(plan.filter(({ skip }) => skip)).toEqual([
    { dataset: 'weather', step: 'validate', skip: { reason: 'no contract', hint: 'Write one.' } },
  ])
  expect(planWorkflow([])).toEqual([])
})

test.each<[string, Parameters<typeof planWorkflow>[1], string[]]>([
  ['only', { only: ['drift', 'prototype'] }, ['prototype', 'drift']],
  ['from', { from: 'log' }, ['log', 'freshness', 'drift']],
  ['from and only', { from: 'version', only: ['validate', 'drift', 'log'] }, ['log', 'drift']],
  ['only none', { only: [] }, []],
])('%s cuts the plan, in the order of the steps', (_, options, steps) => {
  expect(planWorkflow([planes], options).map(({ step }) => step)).toEqual(steps)
})

test.each([{ only: ['validate', 'vlidate'] }, { from: 'start' }])('%j names a step that is none', (options) => {
  expect(() => planWorkflow([planes], options)).toThrow(expect.objectContaining({ code: 'DS_STEP', kind: 'usage' }))
})

function report(kind: ReportKind, status: Status = 'pass'): AnyReport {
  const dataset = fileDataset('/a.csv', '/')
  return { kind, dataset, status, at: '', durationMs: 0, findings: [], facts: {} } as unknown as AnyReport
}

/** A runner that notes what was asked of it. */
function runner(results: Partial<Record<ReportKind, Status | Error | StepSkip>> = {}, endError?: Error) {
  const ran: [ReportKind, ReportKind[]][] = []
  const ends: object[] = []
  const made: StepRunner = {
    run: async (step, earlier) => {
      ran.push([step, earlier.map(({ kind }) => kind)])
      const result = await Promise.resolve(results[step] ?? 'pass')
      if (result instanceof Error) throw result
      return typeof result === 'string' ? report(step, result) : result
    },
    end: async (outcome) => {
      ends.push(outcome)
      await Promise.resolve()
      if (endError) throw endError
    },
  }
  return { made, ran, ends }
}

test('steps run in order, each with the reports of those before it', async () => {
  const { made, ran, ends } = runner()
  const result = await runWorkflow(
    'planes',
    planWorkflow([weather, planes], { only: ['validate', 'log', 'drift'] }),
    made,
  )
  expect(ran).toEqual([
    ['validate', []],
    ['log', ['validate']],
    ['drift', ['validate', 'log']],
  ])
  expect(result.reports.map(({ kind }) => kind)).toEqual(['validate', 'log', 'drift'])
  expect([result.dataset, result.skipped, result.stoppedAt, ends]).toEqual(['planes', [], undefined, [{}]])
})

test('steps that are not ready, or turn out not to be, are left out and listed', async () => {
  const skip = { reason: 'no reference yet', hint: 'Run again.' }
  const { made, ran, ends } = runner({ drift: { skip } })
  const result = await runWorkflow('weather', planWorkflow([weather], { only: ['validate', 'log', 'drift'] }), made)
  expect(ran.map(([step]) => step)).toEqual(['log', 'drift'])
  expect(result.skipped).toEqual([
    { dataset: 'weather', step: 'validate', skip: { reason: 'no contract', hint: 'Write one.' } },
    { dataset: 'weather', step: 'drift', skip },
  ])
  expect(ends).toEqual([{}])
})

test.each(STEPS)('a fail of %s stops the rest where it is a gate', async (step) => {
  const gate = step === 'prototype' || step === 'validate'
  const { made, ran, ends } = runner({ [step]: 'fail' })
  const result = await runWorkflow('planes', planWorkflow([planes]), made)
  expect(ran).toHaveLength(gate ? STEPS.indexOf(step) + 1 : STEPS.length)
  expect(result.stoppedAt).toBe(gate ? step : undefined)
  expect(result.reports.at(STEPS.indexOf(step))?.status).toBe('fail')
  expect(ends).toEqual([gate ? { stoppedAt: step } : {}])
})

test('a warn of a gate stops nothing', async () => {
  const { made, ran } = runner({ validate: 'warn', prototype: 'warn' })
  await runWorkflow('planes', planWorkflow([planes]), made)
  expect(ran).toHaveLength(7)
})

test('an error stops the rest, and is thrown once the runner was told', async () => {
  const error = new Error('boom')
  const { made, ran, ends } = runner({ version: error })
  await expect(runWorkflow('planes', planWorkflow([planes]), made)).rejects.toBe(error)
  expect(ran.map(([step]) => step)).toEqual(['prototype', 'validate', 'version'])
  expect(ends).toEqual([{ error }])
})

test('the first error is the one thrown, though the end fails as well', async () => {
  const error = new Error('boom')
  const { made, ends } = runner({ version: error }, new Error('end'))
  await expect(runWorkflow('planes', planWorkflow([planes]), made)).rejects.toBe(error)
  expect(ends).toHaveLength(1)
})

test('an end that fails is an error, and is not called again', async () => {
  const { made, ends } = runner({}, new Error('end'))
  await expect(runWorkflow('planes', planWorkflow([planes]), made)).rejects.toThrow('end')
  expect(ends).toEqual([{}])
})
