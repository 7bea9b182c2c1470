import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cramerVonMises2samp } from '../../src/statistics/cramer-von-mises-2samp.ts'
import { fromCounting, ranks } from './orders.ts'

const few = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 2, maxLength: 18 })

function share(values: number[], at: number): number {
  return values.filter((x) => x <= at).length / values.length
}

test('Anderson’s definition: T is the squared gap of the distribution functions over all values', () => {
  const [a, b] = [
    [1.5, 3, 4, 9],
    [2, 3.5, 5, 6, 7],
  ]
  const sum = [...a, ...b].reduce((total, at) => total + (share(a, at) - share(b, at)) ** 2, 0)
  expect(cramerVonMises2samp(a, b).statistic).toBeCloseTo((sum * 4 * 5) / 81, 15)
})

test.each([
  [2, 2],
  [3, 4],
  [5, 5],
  [4, 6],
  [7, 4],
])('p is the share of orders that are as far: %i against %i', (n1, n2) => {
  expect(fromCounting(ranks(n1 + n2), n1, (a, b) => cramerVonMises2samp(a, b))).toBeLessThan(1e-13)
})

test('nothing changes where samples are swapped or moved by a rising function; p lies in 0–1', () => {
  fc.assert(
    fc.property(few, few, (a, b) => {
      for (const method of ['auto', 'asymptotic', 'accurate'] as const) {
        const result = cramerVonMises2samp(a, b, { method })
        expect(result.pValue).toBeGreaterThanOrEqual(0)
        expect(result.pValue).toBeLessThanOrEqual(1)
        expect(cramerVonMises2samp(b, a, { method })).toEqual({
          ...result,
          pValue: expect.closeTo(result.pValue, 13) as number,
        })
        expect(cramerVonMises2samp(a.map(Math.exp), b.map(Math.exp), { method })).toEqual(result)
      }
    }),
    { seed: 31 },
  )
})

test('far apart, scipy’s series leaves 0 or noise, and accurate the tail of the limit', () => {
  const [a, b] = [ranks(200), ranks(190).map((x) => x + 150)]
  const asymptotic = cramerVonMises2samp(a, b)
  const accurate = cramerVonMises2samp(a, b, { method: 'accurate' })
  expect(asymptotic.pValue < 1e-12 || asymptotic.pValue < 1e-7).toBe(true)
  expect(accurate.pValue).toBeGreaterThan(1e-100)
  expect(accurate.pValue).toBeLessThan(1e-40)
  expect(accurate).toMatchObject({ method: 'asymptotic', switched: false })
})

test('counting reaches beyond scipy’s 20 values, and says where it does not', () => {
  const [a, b] = [ranks(40), ranks(40).map((x) => x + 9.5)]
  const exact = cramerVonMises2samp(a, b, { method: 'exact' })
  expect(exact).toMatchObject({ method: 'exact', switched: false })
  expect(cramerVonMises2samp(a, b).method).toBe('asymptotic')
  expect(Math.abs(exact.pValue / cramerVonMises2samp(a, b).pValue - 1)).toBeLessThan(0.05)
  const many = cramerVonMises2samp(
    ranks(200),
    ranks(199).map((x) => x + 0.5),
    { method: 'exact' },
  )
  expect(many).toMatchObject({ method: 'asymptotic', switched: true })
})

test('samples of one value, NaN and options that there are not', () => {
  expect(() => cramerVonMises2samp([1], [2, 3])).toThrow(
    expect.objectContaining({ code: 'DS_SAMPLE_INVALID', message: 'the first sample has fewer than 2 values' }),
  )
  expect(cramerVonMises2samp([1, NaN], [2, 3]).pValue).toBe(NaN)
  expect(() => cramerVonMises2samp([1, 2], [2, 3], { method: 'asymp' as 'exact' })).toThrow(
    expect.objectContaining({ code: 'DS_STATISTIC_OPTION' }),
  )
})
