import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { kruskalWallis } from '../../src/statistics/kruskal-wallis.ts'
import { mannKendall } from '../../src/statistics/mann-kendall.ts'
import { serialDependence } from '../../src/statistics/serial-dependence.ts'
import { medianOf, theilSen } from '../../src/statistics/theil-sen.ts'

const number = fc.integer({ min: -50, max: 50 })

/** All orders of 1 … n. */
function* orders(n: number): Generator<number[]> {
  if (n === 0) yield []
  else for (const order of orders(n - 1)) for (let at = 0; at < n; at++) yield order.toSpliced(at, 0, n)
}

test('Mann–Kendall: exact p is the share of orders with as large an S', () => {
  for (const n of [2, 3, 4, 5, 6, 7]) {
    const all = Array.from(orders(n), (order) => mannKendall(order))
    for (const { statistic, pValue, method } of all.slice(0, 60)) {
      const share = all.filter((one) => Math.abs(one.statistic) >= Math.abs(statistic)).length / all.length
      expect(pValue).toBeCloseTo(share, 13)
      expect(method).toBe('exact')
    }
  }
})

test('Mann–Kendall: backwards S changes its sign alone, and any rising function of the values changes nothing', () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 2, maxLength: 40 }), (values) => {
      const forth = mannKendall(values)
      const back = mannKendall(values.toReversed())
      expect(back.statistic + forth.statistic).toBe(0)
      expect(back.pValue).toBe(forth.pValue)
      expect(mannKendall(values.map((value) => Math.exp(value / 9)))).toEqual(forth)
      expect(Math.abs(forth.tau)).toBeLessThanOrEqual(1)
    }),
  )
})

test('Mann–Kendall: far tails keep their digits, and all alike is no trend', () => {
  const rising = Array.from({ length: 60 }, (_, at) => at)
  // 2 of 60! orders.
  expect(Math.log(mannKendall(rising).pValue)).toBeCloseTo(Math.log(2) - 188.6281734236716, 9)
  expect(mannKendall([3, 3, 3])).toEqual({ statistic: 0, tau: 0, pValue: 1, method: 'normal' })
  expect(() => mannKendall([1])).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
  expect(() => mannKendall([1, Number.NaN])).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
})

test('Theil–Sen: a line is found again, and moves with what the values do', () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 2, maxLength: 25 }), number, number, (values, a, b) => {
      const { slope } = theilSen(values)
      expect(theilSen(values.map((value, at) => value + a * at + b)).slope).toBeCloseTo(slope + a, 9)
      const line = theilSen(values.map((_, at) => a * at + b))
      expect(line.slope).toBeCloseTo(a, 12)
      expect(line.intercept).toBeCloseTo(b, 9)
    }),
  )
  expect(theilSen([1, 2, 3, 4, 100]).slope).toBe(1)
  expect(theilSen([5, 5, 9], [0, 0, 2]).slope).toBe(2)
  expect(() => theilSen([1, 2], [3, 3])).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
  expect(medianOf([4, 1, 3, 2])).toBe(2.5)
})

test('Kruskal–Wallis: the order of groups, and that within them, make no difference', () => {
  const group = fc.array(number, { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(fc.array(group, { minLength: 2, maxLength: 5 }), (groups) => {
      fc.pre(new Set(groups.flat()).size > 1)
      const { statistic, pValue } = kruskalWallis(groups)
      const turned = kruskalWallis(groups.map((one) => one.toReversed()).toReversed())
      expect(turned.statistic).toBeCloseTo(statistic, 9)
      expect(turned.pValue).toBeCloseTo(pValue, 9)
    }),
  )
  expect(() => kruskalWallis([[1, 1], [1]])).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
})

test('Bartels: mean and variance are those of all orders', () => {
  for (const n of [4, 5, 6, 7]) {
    const all = Array.from(orders(n), (order) => serialDependence(order).statistic)
    const mean = all.reduce((sum, one) => sum + one, 0) / all.length
    const variance = all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / all.length
    expect(mean).toBeCloseTo(2, 12)
    expect(variance).toBeCloseTo((4 * (n - 2) * (5 * n * n - 2 * n - 9)) / (5 * n * (n + 1) * (n - 1) ** 2), 12)
  }
  expect(serialDependence([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).pValue).toBeLessThan(0.001)
  expect(serialDependence([1, 9, 2, 8, 3, 7, 4, 6, 5, 10]).pValue).toBeGreaterThan(0.9)
})
