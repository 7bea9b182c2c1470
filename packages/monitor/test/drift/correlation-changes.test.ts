import { expect, test } from 'vitest'
import { drift } from '../../src/drift.ts'
import { frameOf, normal } from './frames.ts'

const next = normal(3)

/** Three columns; `b` follows `a` by so much, `c` by nothing. */
function columns(n: number, follows: number): Record<string, (number | null)[]> {
  const a = Array.from({ length: n }, () => next())
  return {
    a,
    b: a.map((value) => follows * value + Math.sqrt(1 - follows ** 2) * next()),
    c: a.map((_, at) => (at % 10 === 0 ? null : next())),
  }
}

test('a pair whose columns go together no more is told, though no column drifted', async () => {
  const [before, after] = [await frameOf(columns(800, 0.8)), await frameOf(columns(600, 0.1))]
  const { facts, findings } = await drift(before, after, { correlations: true })
  expect(facts.driftedColumns).toEqual([])
  expect(facts.correlations).toMatchObject({ pairs: 3, changedPairs: 1, referenceRows: 800, currentRows: 600 })
  const [first] = facts.correlations?.changes ?? []
  expect(first).toMatchObject({ columns: ['a', 'b'], changed: true })
  expect(first?.reference).toBeCloseTo(0.79, 1)
  const told = findings.filter(({ code }) => code === 'drift.correlation')
  expect(told).toEqual([expect.objectContaining({ severity: 'warn' })])
  expect(told[0]?.message).toMatch(/^1 of 3 pairs .*: a and b \(0\.\d+ → 0?\.?\d*\)$/)
})

test('nothing is told where nothing changed, where too little did, and where nobody asked', async () => {
  const [before, after] = [await frameOf(columns(800, 0.5)), await frameOf(columns(600, 0.5))]
  const same = await drift(before, after, { correlations: true })
  expect(same.facts.correlations?.changedPairs).toBe(0)
  expect(same.findings.filter(({ code }) => code === 'drift.correlation')).toEqual([])
  const moved = await frameOf(columns(600, -0.5))
  const much = await drift(before, moved, { correlations: true, minEffect: 1.5 })
  expect(much.facts.correlations).toMatchObject({ changedPairs: 0, minEffect: 1.5 })
  expect((await drift(before, moved)).facts).not.toHaveProperty('correlations')
})

test('few rows, constant columns and texts leave nothing to compare', async () => {
  const few = await frameOf({ a: [1, 2, 3], b: [3, 1, 2] })
  const constant = await frameOf({ a: [1, 1, 1], b: ['x', 'y', 'z'] })
  expect((await drift(few, few, { correlations: true })).facts).not.toHaveProperty('correlations')
  expect((await drift(constant, constant, { correlations: true })).facts).not.toHaveProperty('correlations')
})
