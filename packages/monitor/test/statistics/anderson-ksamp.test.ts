import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { andersonDarlingTail } from '../../src/statistics/anderson-darling-tail.ts'
import { andersonKsamp } from '../../src/statistics/anderson-ksamp.ts'
import { orders, ranks } from './orders.ts'

const few = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 3, maxLength: 18 })

/** Four laboratories' smoothness of paper, of Scholz and Stephens (1987), section 5, by their table 5. */
const LABORATORIES = [
  [38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0],
  [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8],
  [34.0, 35.0, 39.0, 40.0, 43.0, 43.0, 44.0, 45.0],
  [34.0, 34.8, 34.8, 35.4, 37.2, 37.8, 41.2, 42.8],
]

test('Scholz and Stephens’ own example', () => {
  // They give 4.449 and 4.480, and a significance of 0.0023 by interpolation.
  const midrank = andersonKsamp(LABORATORIES)
  expect(midrank.statistic).toBeCloseTo(4.48, 3)
  expect(midrank.pValue).toBeCloseTo(0.0022, 3)
  expect(andersonKsamp(LABORATORIES, { variant: 'right' }).statistic).toBeCloseTo(4.449, 3)
  expect(andersonKsamp(LABORATORIES, { method: 'accurate' }).pValue).toBeCloseTo(0.0022, 3)
})

test('the limit of three samples in closed form: Σ (−1)^(j+1)·(2j + 1)·exp(−j(j + 1)x/2)', () => {
  // Residues of its moment generating function, whose singularities are simple poles for m = 2.
  for (const x of [0.5, 1, 2, 10, 100, 600]) {
    let sum = 0
    for (let j = 40; j >= 1; j--) sum += (j % 2 === 1 ? 1 : -1) * (2 * j + 1) * Math.exp((-j * (j + 1) * x) / 2)
    expect(Math.abs(andersonDarlingTail(x, 2) / sum - 1)).toBeLessThan(1e-13)
  }
})

test('accurate p is near the share of orders: within 15 % at 0.05 of 8 against 8', () => {
  const results = [...orders(ranks(16), 8)].map((samples) => andersonKsamp(samples, { method: 'accurate' }))
  results.sort((x, y) => y.statistic - x.statistic)
  const at = Math.floor(results.length / 20)
  const { statistic, pValue } = results.at(at) as (typeof results)[number]
  const share = results.filter((other) => other.statistic >= statistic - 1e-9).length / results.length
  expect(Math.abs(pValue / share - 1)).toBeLessThan(0.15)
})

test('beyond the ends of the table p is limited, and accurate goes on', () => {
  const apart = [ranks(30), ranks(30).map((x) => x + 60)]
  expect(andersonKsamp(apart)).toMatchObject({ pValue: 0.001, limited: true })
  expect(andersonKsamp(apart, { method: 'accurate' }).pValue).toBeLessThan(1e-10)
  const alike = [ranks(30), ranks(30).map((x) => x + 0.5)]
  expect(andersonKsamp(alike)).toMatchObject({ pValue: 0.25, limited: true })
  expect(andersonKsamp(alike, { method: 'accurate' }).pValue).toBeGreaterThan(0.99)
})

test('nothing changes where samples change places or are moved by a rising function', () => {
  fc.assert(
    fc.property(few, few, few, (a, b, c) => {
      fc.pre(new Set([...a, ...b, ...c]).size > 1)
      for (const method of ['interpolated', 'accurate'] as const) {
        const { statistic, pValue } = andersonKsamp([a, b, c], { method })
        const other = andersonKsamp(
          [c, a, b].map((sample) => sample.map(Math.cbrt)),
          { method },
        )
        expect(Math.abs(other.statistic - statistic)).toBeLessThan(1e-12)
        expect(other.pValue).toBeCloseTo(pValue, 12)
        expect(pValue).toBeGreaterThanOrEqual(0)
        expect(pValue).toBeLessThanOrEqual(1)
      }
    }),
    { seed: 41 },
  )
})

test.each([
  ['one sample', [[1, 2, 3, 4]]],
  ['an empty sample', [[1, 2, 3, 4], []]],
  [
    'equal values only',
    [
      [1, 1],
      [1, 1, 1],
    ],
  ],
  ['three values together', [[1, 2], [3]]],
  ['one value in each sample', [[1], [2], [3], [4]]],
])('%s is refused', (_what, samples) => {
  expect(() => andersonKsamp(samples)).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
})
