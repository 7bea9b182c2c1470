import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { chi2Contingency } from '../../src/statistics/chi2-contingency.ts'
import { hellingerDistance } from '../../src/statistics/hellinger-distance.ts'
import { jensenShannonDistance } from '../../src/statistics/jensen-shannon-distance.ts'
import { klDivergence } from '../../src/statistics/kl-divergence.ts'
import { populationStabilityIndex } from '../../src/statistics/population-stability-index.ts'
import { totalVariationDistance } from '../../src/statistics/total-variation-distance.ts'

const counts = fc
  .array(fc.integer({ min: 0, max: 500 }), { minLength: 4, maxLength: 4 })
  .filter((all) => all.some((one) => one > 0))
const psi = (p: number[], q: number[]): number => populationStabilityIndex(p, q).statistic
const symmetric = [
  ['jensenShannonDistance', (p: number[], q: number[]) => jensenShannonDistance(p, q)],
  ['hellingerDistance', hellingerDistance],
  ['totalVariationDistance', totalVariationDistance],
  ['populationStabilityIndex', psi],
] as const

test('scipy’s examples of Jensen–Shannon', () => {
  expect(jensenShannonDistance([1, 0, 0], [0, 1, 0], { base: 2 })).toBe(1)
  expect(jensenShannonDistance([1, 0], [0.5, 0.5])).toBeCloseTo(0.46450140402245893, 15)
  expect(jensenShannonDistance([1, 0, 0], [1, 0, 0])).toBe(0)
})

test.each(symmetric)('%s: symmetric, 0 of proportional counts, no change by order or scale', (_name, distance) => {
  fc.assert(
    fc.property(counts, counts, (p, q) => {
      const d = distance(p, q)
      expect(d).toBeGreaterThanOrEqual(0)
      expect(distance(q, p)).toBeCloseTo(d, 13)
      expect(
        distance(
          p,
          p.map((one) => 3 * one),
        ),
      ).toBe(0)
      expect(distance(p.toReversed(), q.toReversed())).toBeCloseTo(d, 13)
      expect(
        distance(
          p.map((one) => one / 1000),
          q,
        ),
      ).toBeCloseTo(d, 12)
    }),
    { seed: 91 },
  )
})

test('bounds: the metrics lie in 0–1, and H² ≤ TV ≤ √2·H; KL ≥ 2·TV² (Pinsker)', () => {
  fc.assert(
    fc.property(counts, counts, (p, q) => {
      const [h, tv, js] = [
        hellingerDistance(p, q),
        totalVariationDistance(p, q),
        jensenShannonDistance(p, q, { base: 2 }),
      ]
      for (const distance of [h, tv, js]) expect(distance).toBeLessThanOrEqual(1)
      expect(h * h).toBeLessThanOrEqual(tv + 1e-14)
      expect(tv).toBeLessThanOrEqual(Math.SQRT2 * h + 1e-14)
      expect(klDivergence(p, q)).toBeGreaterThanOrEqual(2 * tv * tv - 1e-14)
    }),
    { seed: 92 },
  )
})

test('the Jensen–Shannon divergence of equal sums is G over 4n', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 3 }), (p, by) => {
      const q = [...p.slice(by), ...p.slice(0, by)]
      const table = [p, q].map((row) => row.filter((_, at) => (p[at] as number) + (q[at] as number) > 0))
      fc.pre((table[0] as number[]).length > 2)
      const n = p.reduce((sum, one) => sum + one, 0)
      const { statistic } = chi2Contingency(table, { lambda: 'log-likelihood' })
      expect(jensenShannonDistance(p, q) ** 2).toBeCloseTo(statistic / (4 * n), 12)
    }),
    { seed: 93 },
  )
})

test('near 0 a distance keeps its digits, where a difference of logarithms has none', () => {
  // To first order JS = √(Σ (p − q)²/(8·m)), here with p − q = ±1e-9.
  const [p, q] = [
    [500_000_001, 499_999_999],
    [500_000_000, 500_000_000],
  ]
  expect(Math.abs(jensenShannonDistance(p, q) / (1e-9 / Math.SQRT2) - 1)).toBeLessThan(1e-9)
  expect(Math.abs(klDivergence(p, q) / 2e-18 - 1)).toBeLessThan(1e-8)
  expect(Math.abs(hellingerDistance(p, q) / (1e-9 / Math.SQRT2) - 1)).toBeLessThan(1e-8)
})

test('cells that only one side has make KL and the index infinite, or as large as the floor lets them', () => {
  expect(klDivergence([1, 1], [1, 0])).toBe(Infinity)
  expect(klDivergence([1, 0], [1, 1])).toBeCloseTo(Math.LN2, 15)
  expect(populationStabilityIndex([1, 1], [1, 0])).toMatchObject({ statistic: Infinity, pValue: 0 })
  const floored = populationStabilityIndex([1, 1], [1, 0], { floor: 1e-4 })
  expect(floored.statistic).toBeCloseTo(0.5 * Math.LN2 + (0.5 - 1e-4) * Math.log(0.5 / 1e-4), 12)
})

test('the index of no drift is a chi-square over the rows: p follows chi-square’s', () => {
  const [p, q] = [
    [1000, 2000, 3000, 4000],
    [1040, 1950, 3060, 3950],
  ]
  const { pValue, dof } = populationStabilityIndex(p, q)
  expect(dof).toBe(3)
  expect(pValue).toBeCloseTo(chi2Contingency([p, q]).pValue, 3)
  expect(populationStabilityIndex([5, 0], [7, 0])).toEqual({ statistic: 0, pValue: 1, dof: 0 })
})

test('bad input is refused by all', () => {
  for (const distance of [...symmetric.map(([, one]) => one), klDivergence]) {
    for (const [p, q] of [
      [[], []],
      [[1, 2], [1]],
      [
        [0, 0],
        [1, 1],
      ],
      [
        [1, -1],
        [1, 1],
      ],
      [
        [1, NaN],
        [1, 1],
      ],
      [
        [1, Infinity],
        [1, 1],
      ],
    ] as [number[], number[]][]) {
      expect(() => distance(p, q)).toThrow(expect.objectContaining({ code: 'DS_COUNTS_INVALID' }))
    }
  }
  for (const base of [0, 1, -2, NaN]) {
    expect(() => jensenShannonDistance([1], [1], { base })).toThrow(
      expect.objectContaining({ code: 'DS_STATISTIC_OPTION' }),
    )
  }
  expect(() => populationStabilityIndex([1], [1], { floor: 1 })).toThrow(
    expect.objectContaining({ code: 'DS_STATISTIC_OPTION' }),
  )
})
