import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fisherExact } from '../../src/statistics/fisher-exact.ts'

const invalid = (code: string): unknown => expect.objectContaining({ code })
const small = fc.integer({ min: 0, max: 12 })
const twoByTwo = fc.tuple(fc.tuple(small, small), fc.tuple(small, small))

/** C(n, k) of small numbers. */
function choose(n: number, k: number): number {
  let product = 1
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i
  return Math.round(product)
}

test('the lady tasting tea: 3 of 4 cups right is a chance of 17/70, all 4 of 1/70', () => {
  // Fisher (1935), The Design of Experiments.
  const [three, four] = [
    [
      [3, 1],
      [1, 3],
    ],
    [
      [4, 0],
      [0, 4],
    ],
  ] as const
  expect(fisherExact(three, { alternative: 'greater' }).pValue).toBeCloseTo(17 / 70, 15)
  expect(fisherExact(four, { alternative: 'greater' })).toEqual({
    statistic: Infinity,
    pValue: expect.closeTo(1 / 70, 16) as number,
  })
})

test('p of 2×2 is the sum over all tables with its margins, in whole numbers', () => {
  fc.assert(
    fc.property(twoByTwo, ([[a, b], [c, d]]) => {
      const [first, second, taken] = [a + b, c + d, a + c]
      fc.pre(first > 0 && second > 0 && taken > 0 && b + d > 0)
      const ways = (k: number): number =>
        k < 0 || k > first || taken - k > second ? 0 : choose(first, k) * choose(second, taken - k)
      const all = choose(first + second, taken)
      let [less, greater, both] = [0, 0, 0]
      for (let k = 0; k <= taken; k++) {
        if (k <= a) less += ways(k)
        if (k >= a) greater += ways(k)
        if (ways(k) <= ways(a)) both += ways(k)
      }
      const p = (alternative: 'less' | 'greater' | 'two-sided'): number =>
        fisherExact(
          [
            [a, b],
            [c, d],
          ],
          { alternative },
        ).pValue
      expect(Math.abs((p('less') * all) / less - 1)).toBeLessThan(1e-12)
      expect(Math.abs((p('greater') * all) / greater - 1)).toBeLessThan(1e-12)
      expect(Math.abs((p('two-sided') * all) / both - 1)).toBeLessThan(1e-12)
    }),
    { seed: 71, numRuns: 300 },
  )
})

test('large counts: 1e-6 of 200 000 to 15 digits, where scipy is off by 3e-11', () => {
  // mpmath 1.4.1 at 40 digits; scipy 1.17.1 gives 7.1153891522296045e-06.
  const { pValue } = fisherExact([
    [50_000, 49_000],
    [49_000, 50_000],
  ])
  expect(Math.abs(pValue / 7.115389152006856e-6 - 1)).toBeLessThan(2e-14)
})

test('tables that are no 2×2: R’s example of job satisfaction', () => {
  // R 4's documentation of fisher.test: Job, Agresti (2002), p. 57; p = 0.7827.
  const job = [
    [1, 2, 1, 0],
    [3, 3, 6, 1],
    [10, 10, 14, 9],
    [6, 7, 12, 11],
  ]
  expect(() => fisherExact(job)).toThrow(invalid('DS_TABLE_TOO_LARGE'))
  // The same sum in R for its first three rows and columns would do; a table of 2×3 by hand: margins (3, 2) and (2, 2, 1).
  const tables = [
    [
      [2, 1, 0],
      [0, 1, 1],
    ],
    [
      [2, 0, 1],
      [0, 2, 0],
    ],
    [
      [1, 2, 0],
      [1, 0, 1],
    ],
    [
      [1, 1, 1],
      [1, 1, 0],
    ],
    [
      [0, 2, 1],
      [2, 0, 0],
    ],
  ]
  // Chances 2, 1, 2, 4 and 1 of 10.
  expect(tables.map((table) => fisherExact(table).statistic)).toEqual(
    [0.2, 0.1, 0.2, 0.4, 0.1].map((chance): unknown => expect.closeTo(chance, 14)),
  )
  expect(tables.map((table) => fisherExact(table).pValue)).toEqual(
    [0.6, 0.2, 0.6, 1, 0.2].map((p): unknown => expect.closeTo(p, 14)),
  )
})

test('a column of zeros makes a table of 2×3 one of 2×2, and turning it over changes nothing', () => {
  fc.assert(
    fc.property(twoByTwo, ([[a, b], [c, d]]) => {
      fc.pre(a + b > 0 && c + d > 0 && a + c > 0 && b + d > 0)
      const { pValue } = fisherExact([
        [a, b],
        [c, d],
      ])
      expect(
        fisherExact([
          [a, 0, b],
          [c, 0, d],
        ]).pValue,
      ).toBeCloseTo(pValue, 12)
      expect(
        fisherExact([
          [a, c],
          [0, 0],
          [b, d],
        ]).pValue,
      ).toBeCloseTo(pValue, 12)
    }),
    { seed: 72 },
  )
})

test('a row of zeros leaves nothing to test', () => {
  expect(
    fisherExact([
      [0, 0],
      [3, 4],
    ]),
  ).toEqual({ statistic: NaN, pValue: 1 })
  expect(fisherExact([[3, 4, 5]])).toEqual({ statistic: 1, pValue: 1 })
})

test('bad input is refused', () => {
  expect(() =>
    fisherExact([
      [1.5, 2],
      [3, 4],
    ]),
  ).toThrow(invalid('DS_COUNTS_INVALID'))
  expect(() =>
    fisherExact([
      [-1, 2],
      [3, 4],
    ]),
  ).toThrow(invalid('DS_COUNTS_INVALID'))
  expect(() =>
    fisherExact(
      [
        [1, 2, 3],
        [3, 4, 5],
      ],
      { alternative: 'less' },
    ),
  ).toThrow(invalid('DS_STATISTIC_OPTION'))
})
