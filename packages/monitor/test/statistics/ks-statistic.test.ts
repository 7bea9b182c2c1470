import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ksStatistic } from '../../src/statistics/ks-statistic.ts'

type Shown = number | 'Infinity' | '-Infinity'

const { samples } = JSON.parse(readFileSync(new URL('../fixtures/ks.json', import.meta.url), 'utf8')) as {
  samples: { name: string; a: Shown[]; b: Shown[]; d: number }[]
}

const odd = [-Infinity, Infinity, 0, -0, 1, -1, 5e-324, Number.MAX_VALUE]
const few = fc.integer({ min: -6, max: 6 })
const sample = fc
  .array(fc.oneof(fc.constantFrom(...odd), few, fc.double({ noNaN: true })), { minLength: 1, maxLength: 30 })
  .map((values) => Float64Array.from(values))

function shareUpTo(at: number, values: Float64Array): number {
  return values.filter((x) => x <= at).length / values.length
}

/** D by its definition: the gap at every value of either side, with no sorting and no merging. */
function definition(a: Float64Array, b: Float64Array): number {
  return Math.max(...[...a, ...b].map((at) => Math.abs(shareUpTo(at, a) - shareUpTo(at, b))))
}

test('D is what scipy says, in every sample of the fixture', () => {
  const wrong = samples.filter(({ a, b, d }) => {
    const { statistic } = ksStatistic(Float64Array.from(a, Number), Float64Array.from(b, Number))
    return !(Math.abs(statistic - d) <= 1e-15)
  })
  expect(samples.length).toBeGreaterThan(200)
  expect(wrong).toEqual([])
})

test('D is its definition, and lies at the location named', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const { statistic, location, sign } = ksStatistic(a, b)
      expect(Math.abs(statistic - definition(a, b))).toBeLessThanOrEqual(2e-16)
      expect(Math.abs(sign * (shareUpTo(location, a) - shareUpTo(location, b)) - statistic)).toBeLessThanOrEqual(2e-16)
      expect([...a, ...b].some((x) => x === location)).toBe(true)
    }),
    { seed: 1 },
  )
})

test('D is symmetric and lies in 0–1; equal samples have D = 0', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const { statistic } = ksStatistic(a, b)
      expect(ksStatistic(b, a).statistic).toBe(statistic)
      expect(statistic).toBeGreaterThanOrEqual(0)
      expect(statistic).toBeLessThanOrEqual(1)
      expect(ksStatistic(a, a).statistic).toBe(0)
    }),
    { seed: 2 },
  )
})

test('D does not change where values are moved by a rising function', () => {
  const whole = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(whole, whole, (a, b) => {
      const d = ksStatistic(Float64Array.from(a), Float64Array.from(b)).statistic
      for (const rising of [(x: number) => 3 * x + 7, Math.exp, Math.cbrt, Math.atan]) {
        expect(ksStatistic(Float64Array.from(a, rising), Float64Array.from(b, rising)).statistic).toBe(d)
      }
    }),
    { seed: 3 },
  )
})

test('samples stay as they were, and their order does not matter', () => {
  const a = Float64Array.of(3, 1, 2)
  const b = Float64Array.of(9, 0)
  const { statistic } = ksStatistic(a, b)
  expect([...a, ...b]).toEqual([3, 1, 2, 9, 0])
  expect(ksStatistic(Float64Array.of(1, 2, 3), Float64Array.of(0, 9)).statistic).toBe(statistic)
})

test('zeros of both signs are one value, and the location is never -0', () => {
  expect(ksStatistic(Float64Array.of(-0), Float64Array.of(0)).statistic).toBe(0)
  expect(Object.is(ksStatistic(Float64Array.of(-0, -0), Float64Array.of(1)).location, 0)).toBe(true)
})

test('an empty sample and NaN are refused', () => {
  expect(() => ksStatistic(new Float64Array(), Float64Array.of(1))).toThrow(
    expect.objectContaining({ code: 'DS_SAMPLE_INVALID', message: 'the reference sample has no values' }),
  )
  expect(() => ksStatistic(Float64Array.of(1), Float64Array.of(2, Number.NaN, 1))).toThrow(
    expect.objectContaining({ code: 'DS_SAMPLE_INVALID', message: 'the current sample holds NaN' }),
  )
})
