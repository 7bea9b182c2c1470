import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { chi2Contingency } from '../../src/statistics/chi2-contingency.ts'

const cell = fc.integer({ min: 1, max: 200 })
const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 2, maxLength: 5 })
const lambdas = ['pearson', 'log-likelihood', 'freeman-tukey', 'mod-log-likelihood', 'neyman', 'cressie-read'] as const

test('scipy’s own example', () => {
  const table = [
    [10, 10, 20],
    [20, 20, 20],
  ]
  expect(chi2Contingency(table)).toEqual({
    statistic: expect.closeTo(2.7777777777777777, 15) as number,
    pValue: expect.closeTo(0.24935220877729619, 15) as number,
    dof: 2,
    expected: [
      [12, 12, 16],
      [18, 18, 24],
    ],
  })
  expect(chi2Contingency(table, { lambda: 'log-likelihood' }).statistic).toBeCloseTo(2.7688587616781319, 13)
})

test('Yates’ correction counts in tables of 2×2 only, and takes no more than there is', () => {
  const table = [
    [12, 3],
    [17, 16],
  ]
  expect(chi2Contingency(table).statistic).toBeLessThan(chi2Contingency(table, { correction: false }).statistic)
  const near = [
    [10, 10],
    [10, 11],
  ]
  expect(chi2Contingency(near)).toMatchObject({ statistic: 0, pValue: 1 })
})

test('rows and columns in another order, or turned over, give the same; a row twice gives no more drift', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(...lambdas), (table, lambda) => {
      const { statistic, pValue } = chi2Contingency(table, { lambda })
      const turned = [0, 1, 2].map((at) => table.map((row) => row[at] as number))
      for (const other of [table.toReversed(), turned]) {
        const again = chi2Contingency(other, { lambda })
        expect(Math.abs(again.statistic - statistic)).toBeLessThan(1e-10 * (1 + statistic))
        expect(again.pValue).toBeCloseTo(pValue, 10)
      }
      expect(statistic).toBeGreaterThanOrEqual(0)
      expect(pValue).toBeGreaterThanOrEqual(0)
      expect(pValue).toBeLessThanOrEqual(1)
    }),
    { seed: 61 },
  )
})

test('every statistic of the family is 0 of proportional rows', () => {
  for (const lambda of [...lambdas, 0.3, -1.7]) {
    const table = [
      [300_000, 500_000, 700_000],
      [900_000, 1_500_000, 2_100_000],
    ]
    expect(chi2Contingency(table, { lambda })).toMatchObject({ statistic: 0, pValue: 1 })
  }
})

test('one row has nothing to be compared with; an empty cell makes Neyman’s statistic infinite', () => {
  expect(chi2Contingency([[3, 4, 5]])).toMatchObject({ statistic: 0, pValue: 1, dof: 0 })
  const table = [
    [0, 4, 9],
    [3, 2, 1],
  ]
  expect(chi2Contingency(table, { lambda: 'neyman' })).toMatchObject({ statistic: Infinity, pValue: 0 })
})

test.each<[string, number[][], string]>([
  ['no rows', [], 'the table has no rows'],
  ['no columns', [[], []], 'row 0 has no values'],
  ['unequal rows', [[1, 2], [1]], 'row 1 has 1 cells, row 0 has 2'],
  [
    'a negative count',
    [
      [1, 2],
      [1, -1],
    ],
    'row 1 has -1 at place 1',
  ],
  [
    'NaN',
    [
      [1, NaN],
      [1, 1],
    ],
    'row 0 has NaN at place 1',
  ],
  [
    'a column of zeros',
    [
      [1, 0],
      [1, 0],
    ],
    'column 1 has only zeros: leave it out',
  ],
])('%s is refused', (_what, table, message) => {
  expect(() => chi2Contingency(table)).toThrow(expect.objectContaining({ code: 'DS_COUNTS_INVALID', message }))
})

test('a lambda that there is not is refused', () => {
  const lambda = 'poisson' as 'neyman'
  expect(() =>
    chi2Contingency(
      [
        [1, 2],
        [2, 1],
      ],
      { lambda },
    ),
  ).toThrow(expect.objectContaining({ code: 'DS_STATISTIC_OPTION' }))
})
