import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { energyDistance } from '../../src/statistics/energy-distance.ts'
import { wassersteinDistance } from '../../src/statistics/wasserstein-distance.ts'

const few = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 20 })
const distances = [wassersteinDistance, energyDistance] as const

/** The mean gap of all pairs. */
function mean(x: number[], y: number[]): number {
  const gaps = x.flatMap((one) => y.map((other) => Math.abs(one - other)))
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
}

function moved(values: number[]): number[] {
  return values.map((x) => 4 * x + 3)
}

test('scipy’s own examples', () => {
  expect(wassersteinDistance([0, 1, 3], [5, 6, 8])).toBe(5)
  expect(wassersteinDistance([0, 1], [0, 1], { weightsA: [3, 1], weightsB: [2, 2] })).toBe(0.25)
  expect(energyDistance([0], [2])).toBe(2)
  expect(energyDistance([0, 8], [0, 8], { weightsA: [3, 1], weightsB: [2, 2] })).toBe(1)
})

test('Wasserstein of as many values is the mean of the gaps in order; energy is Székely’s three means', () => {
  fc.assert(
    fc.property(few, few, (a, b) => {
      const squared = 2 * mean(a, b) - mean(a, a) - mean(b, b)
      expect(energyDistance(a, b) ** 2).toBeCloseTo(squared, 10)
      const [x, y] = [a, b.slice(0, a.length)].map((values) => values.slice(0, b.length).sort((l, r) => l - r)) as [
        number[],
        number[],
      ]
      const gaps = x.map((value, at) => Math.abs(value - (y[at] as number)))
      expect(wassersteinDistance(x, y)).toBeCloseTo(gaps.reduce((sum, gap) => sum + gap, 0) / x.length, 12)
    }),
    { seed: 81 },
  )
})

test('both are metrics, do not move with the values, and grow with their unit', () => {
  fc.assert(
    fc.property(few, few, few, (a, b, c) => {
      for (const distance of distances) {
        const d = distance(a, b)
        expect(d).toBeGreaterThanOrEqual(0)
        expect(distance(b, a)).toBe(d)
        expect(distance(a, a)).toBe(0)
        expect(d).toBeLessThanOrEqual(distance(a, c) + distance(c, b) + 1e-12)
        expect(distance(moved(a), moved(b))).toBeCloseTo(d * (distance === energyDistance ? 2 : 4), 10)
      }
    }),
    { seed: 82 },
  )
})

test('a weight of 2 is a value twice', () => {
  fc.assert(
    fc.property(few, few, (a, b) => {
      for (const distance of distances) {
        const twice = a.flatMap((x, at) => (at % 2 === 0 ? [x, x] : [x]))
        const weightsA = a.map((_, at) => (at % 2 === 0 ? 2 : 1))
        expect(distance(a, b, { weightsA })).toBeCloseTo(distance(twice, b), 12)
      }
    }),
    { seed: 83 },
  )
})

test('infinities: unlike shares there are infinitely far, like ones no distance', () => {
  for (const distance of distances) {
    expect(distance([1, Infinity], [2, 3])).toBe(Infinity)
    expect(distance([-Infinity, 1], [-Infinity, 2])).toBeCloseTo(distance([0, 1], [0, 2]), 15)
  }
})

test('NaN propagate, are left out with their weights, or refused', () => {
  for (const distance of distances) {
    expect(distance([1, NaN], [2])).toBe(NaN)
    const options = { nanPolicy: 'omit', weightsA: [1, 5, 2] } as const
    expect(distance([1, NaN, 4], [2], options)).toBe(distance([1, 4], [2], { weightsA: [1, 2] }))
    expect(() => distance([1, NaN], [2], { nanPolicy: 'raise' })).toThrow(
      expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }),
    )
  }
})

test('bad weights are refused', () => {
  for (const weightsA of [[1], [1, -1], [0, 0], [1, Infinity]]) {
    expect(() => wassersteinDistance([1, 2], [3], { weightsA })).toThrow(
      expect.objectContaining({ code: 'DS_COUNTS_INVALID' }),
    )
  }
  expect(() => energyDistance([], [3])).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
})
