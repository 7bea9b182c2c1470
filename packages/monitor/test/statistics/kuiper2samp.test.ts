import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ks2samp } from '../../src/statistics/ks2samp.ts'
import { latticeOf } from '../../src/statistics/ks-true-p-value.ts'
import { kuiper2samp } from '../../src/statistics/kuiper2samp.ts'
import { kuiperShare } from '../../src/statistics/kuiper-lattice.ts'
import { fromCounting, ranks } from './orders.ts'

const few = fc.array(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 25 })

test.each([
  [1, 1],
  [1, 5],
  [3, 3],
  [4, 6],
  [6, 4],
  [5, 7],
  [6, 6],
  [3, 9],
])('p is the share of orders that are as far: %i against %i', (n1, n2) => {
  expect(fromCounting(ranks(n1 + n2), n1, kuiper2samp)).toBeLessThan(1e-14)
})

test('it does not matter where a circle is cut open, nor which sample is first', () => {
  fc.assert(
    fc.property(few, few, fc.integer({ min: 1, max: 23 }), (a, b, hours) => {
      const turned = (values: number[]): number[] => values.map((hour) => (hour + hours) % 24)
      const result = kuiper2samp(a, b)
      expect(kuiper2samp(turned(a), turned(b))).toEqual(result)
      expect(kuiper2samp(b, a)).toEqual(result)
    }),
    { seed: 21 },
  )
})

test('V is D⁺ and D⁻ together, so it lies between D and 2·D', () => {
  fc.assert(
    fc.property(few, few, (a, b) => {
      const { statistic, pValue } = kuiper2samp(a, b)
      const [below, above] = (['less', 'greater'] as const).map(
        (alternative) => ks2samp(a, b, { alternative }).statistic,
      )
      expect(statistic).toBeCloseTo((below as number) + (above as number), 14)
      expect(pValue).toBeGreaterThan(0)
      expect(pValue).toBeLessThanOrEqual(1)
    }),
    { seed: 22 },
  )
})

test('of samples that do not overlap p is (n₁ + n₂) / C(n₁ + n₂, n₁), however small', () => {
  // Of all orders those count that are turned so on a circle.
  let orders = 1
  for (let k = 1; k <= 490; k++) orders *= (520 + k) / k
  const { statistic, pValue } = kuiper2samp(
    ranks(520),
    ranks(490).map((x) => x + 1000),
  )
  expect(statistic).toBe(1)
  expect(Math.abs((pValue * orders) / 1010 - 1)).toBeLessThan(1e-11)
  expect(pValue).toBeLessThan(1e-290)
})

test('p never rises with V, and starts at 1', () => {
  for (const [m, n] of [
    [30, 30],
    [30, 20],
    [31, 17],
  ] as const) {
    let last = 1
    const step = latticeOf(m, n, 1).common
    for (let gap = 0; gap <= m * n; gap += step) {
      const p = kuiperShare(latticeOf(m, n, gap))
      expect(p).toBeLessThanOrEqual(last * (1 + 1e-12))
      last = p
    }
  }
})

test('the limit is near what is counted, and taken where counting takes long', () => {
  const [a, b] = [Float64Array.from(ranks(2000)), Float64Array.from(ranks(1501), (x) => x * 1.3325 + 41.7)]
  const exact = kuiper2samp(a, b)
  const limit = kuiper2samp(a, b, { method: 'asymptotic' })
  expect([exact.method, limit.method]).toEqual(['exact', 'asymptotic'])
  expect(Math.abs(limit.pValue / exact.pValue - 1)).toBeLessThan(0.02)
  const many = Float64Array.from(ranks(15_000))
  expect(kuiper2samp(many, many, { method: 'exact' })).toMatchObject({
    method: 'asymptotic',
    switched: true,
    pValue: 1,
  })
})

test('NaN and bad input are as with ks2samp', () => {
  expect(kuiper2samp([1, NaN], [2])).toEqual({ statistic: NaN, pValue: NaN, method: 'exact', switched: false })
  expect(kuiper2samp([1, NaN], [2], { nanPolicy: 'omit' }).statistic).toBe(1)
  expect(() => kuiper2samp([], [2])).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
})
