import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { correlationDifference } from '../../src/statistics/correlation-difference.ts'
import { midranksOf } from '../../src/statistics/midranks-of.ts'
import { pearsonCorrelation } from '../../src/statistics/pearson-correlation.ts'
import { spearmanCorrelation } from '../../src/statistics/spearman-correlation.ts'
import { normal } from '../drift/frames.ts'

const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
  minLength: 4,
  maxLength: 60,
})

test('midranks sum up to those of different values, keep the order, and equal values share one', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(Infinity, -Infinity))), (values) => {
      const ranks = midranksOf(values)
      expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBe((values.length * (values.length + 1)) / 2)
      for (const [at, value] of values.entries()) {
        const below = values.filter((other) => other < value).length
        const equal = values.filter((other) => other === value).length
        expect(ranks[at]).toBe(below + (equal + 1) / 2)
      }
    }),
  )
})

test('correlations lie in −1 to 1, are symmetric, and the opposite of one side is the opposite', () => {
  fc.assert(
    fc.property(pairs, (list) => {
      const [x, y] = [list.map(([one]) => one), list.map(([, other]) => other)]
      for (const correlation of [pearsonCorrelation, spearmanCorrelation]) {
        const r = correlation(x, y)
        const isConstant = new Set(x).size === 1 || new Set(y).size === 1
        expect(Number.isNaN(r)).toBe(isConstant)
        if (isConstant) continue
        expect(Math.abs(r)).toBeLessThanOrEqual(1)
        expect(correlation(y, x)).toBeCloseTo(r, 12)
        expect(
          correlation(
            x,
            y.map((value) => -value),
          ),
        ).toBeCloseTo(-r, 12)
      }
      // Spearman's asks for order only.
      expect(
        spearmanCorrelation(
          x.map((value) => Math.exp(value / 9)),
          y,
        ),
      ).toEqual(spearmanCorrelation(x, y))
    }),
  )
})

test('the difference of two correlations: nothing where they are equal, the opposite where sides change places', () => {
  const [a, b] = [
    { correlation: 0.8, pairs: 100 },
    { correlation: 0.5, pairs: 80 },
  ]
  expect(correlationDifference(a, { ...a, pairs: 7 })).toEqual({ statistic: 0, pValue: 1 })
  const found = correlationDifference(a, b)
  const turned = correlationDifference(b, a)
  expect(turned.statistic).toBe(-found.statistic)
  expect(turned.pValue).toBe(found.pValue)
  // (artanh 0.8 − artanh 0.5) / √(1/97 + 1/77) = 0.549306… / 0.152622…
  expect(correlationDifference(a, b, { method: 'pearson' }).statistic).toBeCloseTo(3.5992, 3)
  expect(correlationDifference({ correlation: 1, pairs: 20 }, { correlation: -1, pairs: 20 }).pValue).toBeLessThan(1e-9)
  const whole = { correlation: 1, pairs: 20 }
  expect(correlationDifference(whole, { ...whole, pairs: 9 }, { method: 'pearson' })).toEqual({
    statistic: 0,
    pValue: 1,
  })
  expect(correlationDifference(whole, b, { method: 'pearson' }).pValue).toBe(0)
  expect(() => correlationDifference({ correlation: 1.1, pairs: 20 }, b)).toThrow(/cannot be compared/)
  expect(() => correlationDifference(a, b, { method: 'kendall' as never })).toThrow(/kendall/)
})

test('samples of one law are called different in 5 % of all cases, also where they are skewed', () => {
  const next = normal(11)
  const sample = (n: number): number => {
    const x = Array.from({ length: n }, () => Math.exp(2 * next()))
    return spearmanCorrelation(
      x,
      x.map((value) => Math.exp(Math.log(value) + 3 * next())),
    )
  }
  const draws = 1000
  const alarms = Array.from({ length: draws }, () => {
    const [before, after] = [sample(60), sample(30)]
    return correlationDifference({ correlation: before, pairs: 60 }, { correlation: after, pairs: 30 }).pValue <= 0.05
  }).filter(Boolean).length
  // 50 are to be expected; 29 to 75 in 999 of 1000 runs.
  expect(alarms).toBeGreaterThanOrEqual(29)
  expect(alarms).toBeLessThanOrEqual(75)
})
