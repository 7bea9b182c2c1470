import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mannWhitneyU } from '../../src/statistics/mann-whitney-u.ts'
import { fromCounting, ranks } from './orders.ts'

const few = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 1, maxLength: 20 })

function accurate(a: number[], b: number[]): ReturnType<typeof mannWhitneyU> {
  return mannWhitneyU(a, b, { alternative: 'greater', method: 'accurate' })
}

test('Shier’s example: ages at which men and women were told of diabetes', () => {
  // Rosie Shier (2004), Mathematics Learning Support Centre: U = 3 of the women, p = 0.11.
  expect(mannWhitneyU([19, 22, 16, 29, 24], [20, 11, 17, 12])).toEqual({
    statistic: 17,
    pValue: expect.closeTo(1 / 9, 15) as number,
    method: 'exact',
    switched: false,
  })
})

test('U is the number of pairs won, ties counting half', () => {
  fc.assert(
    fc.property(few, few, (a, b) => {
      const won = a
        .flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)))
        .reduce<number>((sum, one) => sum + one, 0)
      expect(mannWhitneyU(a, b).statistic).toBe(won)
      expect(mannWhitneyU(b, a).statistic).toBe(a.length * b.length - won)
    }),
    { seed: 51 },
  )
})

test.each(['exact', 'accurate'] as const)('one-sided p is the share of orders, %s', (method) => {
  for (const [n1, n2] of [
    [1, 4],
    [3, 5],
    [5, 5],
    [6, 3],
  ] as const) {
    expect(
      fromCounting(ranks(n1 + n2), n1, (a, b) => mannWhitneyU(a, b, { alternative: 'greater', method })),
    ).toBeLessThan(1e-14)
  }
})

test('with ties, accurate p is still that share', () => {
  for (const pooled of [
    [1, 1, 1, 2, 2, 3, 3, 3, 4],
    [0, 0, 0, 0, 0, 0, 0, 1],
    [1, 2, 2, 3, 4, 4, 4, 5, 6, 6],
    [5, 5, 5, 5],
  ]) {
    for (const n1 of [1, 2, 3]) {
      expect(fromCounting(pooled, n1, accurate)).toBeLessThan(1e-13)
    }
  }
})

test('swapping the samples swaps less and greater, and changes nothing of two-sided p', () => {
  fc.assert(
    fc.property(few, few, (a, b) => {
      for (const method of ['auto', 'asymptotic', 'accurate'] as const) {
        const forth = mannWhitneyU(a, b, { alternative: 'less', method }).pValue
        expect(mannWhitneyU(b, a, { alternative: 'greater', method }).pValue).toBeCloseTo(forth, 13)
        const both = mannWhitneyU(a, b, { method }).pValue
        expect(mannWhitneyU(b, a, { method }).pValue).toBeCloseTo(both, 13)
        expect(both).toBeGreaterThan(0)
        expect(both).toBeLessThanOrEqual(1)
      }
    }),
    { seed: 52 },
  )
})

test('counting goes far, with whole numbers of any size, and says where it stops', () => {
  const [a, b] = [ranks(150), ranks(140).map((x) => x + 20.5)]
  const exact = mannWhitneyU(a, b, { method: 'exact' })
  const normal = mannWhitneyU(a, b)
  expect([exact.method, normal.method]).toEqual(['exact', 'asymptotic'])
  expect(Math.abs(exact.pValue / normal.pValue - 1)).toBeLessThan(0.05)
  const many = mannWhitneyU(
    ranks(3000),
    ranks(3000).map((x) => x + 0.5),
    { method: 'exact' },
  )
  expect(many).toMatchObject({ method: 'asymptotic', switched: true })
})

test('small samples beside long ones: p of no overlap is 2 / C(n₁ + n₂, n₁)', () => {
  const { pValue, method } = mannWhitneyU([-3, -2, -1], Float64Array.from(ranks(20_000)))
  expect(method).toBe('exact')
  expect(Math.abs((pValue * ((20_003 * 20_002 * 20_001) / 6)) / 2 - 1)).toBeLessThan(1e-14)
})

test('equal values only give p = 1, with and without continuity correction', () => {
  expect(mannWhitneyU([1, 1], [1, 1, 1], { continuity: false }).pValue).toBe(1)
  expect(mannWhitneyU([1, 1], [1, 1, 1]).pValue).toBe(1)
})

test('NaN and bad input are as with ks2samp', () => {
  expect(mannWhitneyU([1, NaN], [2]).pValue).toBe(NaN)
  expect(mannWhitneyU([1, NaN], [2], { nanPolicy: 'omit' }).statistic).toBe(0)
  expect(() => mannWhitneyU([1], [])).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
})
