import { open, type Report } from '@dayshift/core'
import { expect, test } from 'vitest'
import { drift, type DriftOptions } from '../../src/drift.ts'
import type { PastComparison } from '../../src/over-time/learned.ts'
import { normal } from '../drift/frames.ts'

async function compared(shift: number, learn: DriftOptions['learn'], seed = 5): Promise<Report<'drift'>> {
  const next = normal(seed)
  const rows = (by: number): { temp: number }[] => Array.from({ length: 400 }, () => ({ temp: next() + by }))
  const options = { detectors: ['ks'], ...(learn ? { learn } : {}) }
  return drift(await open(rows(0)), await open(rows(shift)), options)
}

function past(effects: readonly number[], alarmed = 0): PastComparison[] {
  return effects.map((effect, at) => ({
    columns: [{ column: 'temp', detector: 'ks', statistic: effect, effect, alarmed: at >= effects.length - alarmed }],
  }))
}

const small = Array.from({ length: 19 }, (_, at) => 0.03 + at / 1000)

test('what drifted more than ever before alarms; what is usual does not, and is told', async () => {
  const loud = await compared(0.5, { past: past(small) })
  expect(loud.status).toBe('fail')
  expect(loud.facts.columns[0]?.learned).toEqual({ alpha: 0.05, past: 19, needed: 19, pValue: 0.05 })
  const usual = await compared(0.5, { past: past([...small, 0.5, 0.4]) })
  expect(usual).toMatchObject({ status: 'pass', facts: { driftedColumns: [], share: 0 } })
  expect(usual.facts.columns[0]).toMatchObject({ significant: true, drifted: false, learned: { past: 21, held: true } })
  expect(usual.findings).toMatchObject([{ severity: 'info', code: 'drift.usual', column: 'temp' }])
  expect(usual.findings[0]?.message).toMatch(/as large as usual: p by its own history = 0.136 of 21 past comparisons/)
})

test('before there are enough past comparisons nothing alarms, and it says how many there are', async () => {
  const early = await compared(3, { past: past(small.slice(0, 7)) })
  expect(early).toMatchObject({ status: 'pass', facts: { driftedColumns: [] } })
  expect(early.findings).toMatchObject([{ severity: 'info', code: 'drift.calibrating' }])
  expect(early.findings[0]?.message).toContain('calibrating: 7 of 19 past comparisons are known')
  const lax = await compared(3, { past: past(small.slice(0, 4)), alpha: 0.2 })
  expect(lax.status).toBe('fail')
})

test('an alarm that lasts does not become usual by having lasted; one that is over does', async () => {
  const lasting = await compared(0.5, { past: past([...small, 0.9, 0.9, 0.9], 3) })
  expect(lasting.facts.columns[0]?.learned).toMatchObject({ past: 19, pValue: 0.05 })
  expect(lasting.status).toBe('fail')
  const over = await compared(0.5, { past: [...past([...small, 0.9, 0.9, 0.9], 3), ...past([0.03])] })
  expect(over.facts.columns[0]?.learned).toMatchObject({ past: 23, held: true })
})

test('a detector that was not told of found nothing; a column that was not there was not compared', async () => {
  const others: PastComparison[] = Array.from({ length: 19 }, () => ({
    columns: [{ column: 'temp', detector: 'range', statistic: 9 }],
  }))
  expect((await compared(0.5, { past: others })).facts.columns[0]?.learned).toMatchObject({ past: 19, pValue: 0.05 })
  const elsewhere: PastComparison[] = [{ columns: [{ column: 'wind', detector: 'ks', statistic: 9 }] }]
  expect((await compared(0.5, { past: elsewhere })).facts.columns[0]?.learned).toMatchObject({ past: 0 })
})

function scaled(factor: number): { x: number }[] {
  return Array.from({ length: 300 }, (_, at) => ({ x: (20 + (at % 37)) * factor }))
}

test('what breaks those who read the data alarms from the first day on', async () => {
  const report = await drift(await open(scaled(1)), await open(scaled(1000)), { learn: { past: [] } })
  expect(report.status).toBe('fail')
  expect(report.findings.find(({ severity }) => severity === 'error')?.code).toMatch(/^drift\.(break|dataset)$/)
})

test('an alpha that is none is refused before anything is read', async () => {
  await expect(compared(0, { past: [], alpha: 2 })).rejects.toMatchObject({ code: 'DS_DRIFT_OPTION' })
})
