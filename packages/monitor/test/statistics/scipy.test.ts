import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { broken, type ScipyCase } from './scipy-case.ts'
import { missed, type SpecialValue } from './special-value.ts'

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'))
}

test('every statistic and p-value of the fixture is what scipy says', () => {
  const { wrong, counts } = broken((fixture('statistics.json') as { cases: ScipyCase[] }).cases)
  expect(wrong).toEqual([])
  expect(counts.size).toBeGreaterThan(30)
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(2500)
})

test('special functions, limit laws and distances are what 60 digits say', () => {
  const { values } = fixture('special.json') as { values: SpecialValue[] }
  expect(values.map(missed).filter(({ error, allowed }) => !(error <= allowed))).toEqual([])
  expect(new Set(values.map(({ f }) => f)).size).toBe(19)
})
