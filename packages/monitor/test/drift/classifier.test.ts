import { expect, test } from 'vitest'
import { drift } from '../../src/drift.ts'
import { frameOf, normal, random } from './frames.ts'

const next = normal(3)
const chance = random(4)

function table(n: number, follows: number): Record<string, unknown[]> {
  const a = Array.from({ length: n }, () => next())
  return {
    a,
    b: a.map((value) => follows * value + Math.sqrt(1 - follows ** 2) * next()),
    kind: a.map(() => (chance() < 0.5 ? 'x' : 'y')),
    note: a.map((_, at) => (at % 9 === 0 ? null : `note ${chance()}`)),
    done: a.map(() => chance() < 0.5),
    day: a.map((_, at) => `2026-01-${String(1 + (at % 28)).padStart(2, '0')}`),
  }
}

test('rows are told apart by what goes together otherwise, though no column drifted', async () => {
  const types = { day: 'DATE' }
  const [before, after] = [await frameOf(table(300, 0.9), types), await frameOf(table(250, -0.9), types)]
  const { facts, findings, status } = await drift(before, after, { classifier: true })
  expect(facts.driftedColumns).toEqual([])
  expect(facts.classifier).toMatchObject({
    toldApart: true,
    pValue: 1 / 2000,
    threshold: 0.05,
    minEffect: 0.1,
    referenceRows: 300,
    currentRows: 250,
    columns: 5,
    leftOut: ['day'],
  })
  expect(
    facts.classifier?.features
      .slice(0, 2)
      .map(({ column }) => column)
      .toSorted((x, y) => (x < y ? -1 : 1)),
  ).toEqual(['a', 'b'])
  const told = findings.filter(({ code }) => code === 'drift.classifier')
  expect(told).toEqual([expect.objectContaining({ severity: 'warn' })])
  expect(told[0]?.message).toMatch(
    /AUC 0\.\d+, by chance 0\.4\d? – 0\.5\d? \(p = 0\.0005\), most by [ab] \(0\.\d+\), [ab] \(0\.\d+\)$/,
  )
  expect(status).toBe('warn')
})

test('nothing is told where nothing changed, where too little did, and where nobody asked', async () => {
  const [before, after] = [await frameOf(table(120, 0.5)), await frameOf(table(120, 0.5))]
  const same = await drift(before, after, { classifier: true })
  expect(same.facts.classifier).toMatchObject({ toldApart: false })
  expect(same.facts.classifier?.pValue).toBeGreaterThan(0.05)
  expect(same.facts.classifier?.features).toEqual([])
  expect(same.findings.filter(({ code }) => code === 'drift.classifier')).toEqual([])
  const moved = await frameOf(table(120, -0.5))
  const much = await drift(before, moved, { classifier: true, minEffect: 0.9 })
  expect(much.facts.classifier).toMatchObject({ toldApart: false, minEffect: 0.9 })
  expect((await drift(before, moved)).facts).not.toHaveProperty('classifier')
})

test('too few rows, and nothing to go by, are said', async () => {
  const few = await frameOf({ a: Array.from({ length: 19 }, (_, at) => at) })
  const many = await frameOf({ a: Array.from({ length: 40 }, (_, at) => at) })
  const { facts, findings } = await drift(few, many, { classifier: true })
  expect(facts).not.toHaveProperty('classifier')
  expect(findings.find(({ code }) => code === 'drift.classifier_blind')?.message).toContain('20 on each side')
  const days = await frameOf({ day: Array.from({ length: 40 }, () => '2026-01-01') }, { day: 'DATE' })
  const blind = await drift(days, days, { classifier: true })
  expect(blind.findings.find(({ code }) => code === 'drift.classifier_blind')?.message).toContain('no column')
})

test('of more rows than are looked at some are drawn', async () => {
  const rows = Array.from({ length: 5500 }, (_, at) => at)
  const [before, after] = [
    await frameOf({ a: rows }),
    await frameOf({ a: rows.slice(0, 60).map((value) => value + 9000) }),
  ]
  const { facts } = await drift(before, after, { classifier: true })
  expect(facts.classifier).toMatchObject({ referenceRows: 5000, currentRows: 60, toldApart: true })
  expect(facts.classifier?.auc).toBeGreaterThan(0.95)
})
