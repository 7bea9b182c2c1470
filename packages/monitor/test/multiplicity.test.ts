import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { adjustPValues } from '../src/multiplicity.ts'

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 })

test('Benjamini and Hochberg’s own example: 15 p-values, 4 below 0.05 once adjusted', () => {
  // Benjamini and Hochberg (1995), section 3.3: thrombolysis trial.
  const p = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ]
  expect(adjustPValues(p, 'bh').filter((q) => q <= 0.05)).toHaveLength(4)
  expect(adjustPValues(p, 'bonferroni').filter((q) => q <= 0.05)).toHaveLength(3)
})

test('values keep their places', () => {
  expect(adjustPValues([0.01, 0.04, 0.03], 'bh')).toEqual([0.03, 0.04, 0.04])
  expect(adjustPValues([0.5, 0.01], 'bonferroni')).toEqual([1, 0.02])
  expect(adjustPValues([0.5, 0.01], 'none')).toEqual([0.5, 0.01])
  expect(adjustPValues([], 'bh')).toEqual([])
})

test('adjusting keeps the order, stays in p–1, and bh is never stricter than bonferroni', () => {
  fc.assert(
    fc.property(pValues, (p) => {
      const ascending = p.toSorted((a, b) => a - b)
      const bh = adjustPValues(ascending, 'bh')
      const bonferroni = adjustPValues(ascending, 'bonferroni')
      expect(bh).toEqual(bh.toSorted((a, b) => a - b))
      for (const [at, value] of ascending.entries()) {
        expect(bh.at(at)).toBeGreaterThanOrEqual(value * (1 - 1e-15))
        expect(bh.at(at)).toBeLessThanOrEqual((bonferroni.at(at) as number) * (1 + 1e-15))
        expect(bonferroni.at(at)).toBeLessThanOrEqual(1)
      }
    }),
    { seed: 5 },
  )
})

test('bh rejects what the step-up rule rejects', () => {
  fc.assert(
    fc.property(pValues, (p) => {
      const alpha = 0.05
      const sorted = p.toSorted((a, b) => a - b)
      const rejected = sorted.findLastIndex((value, at) => value * p.length <= alpha * (at + 1)) + 1
      expect(adjustPValues(p, 'bh').filter((q) => q <= alpha)).toHaveLength(rejected)
    }),
    { seed: 6 },
  )
})

test('holm: the step-down rule by its definition, between none and bonferroni', () => {
  expect(adjustPValues([0.01, 0.04, 0.03, 0.005], 'holm')).toEqual([0.03, 0.06, 0.06, 0.02])
  fc.assert(
    fc.property(pValues, (p) => {
      const [alpha, sorted] = [0.05, p.toSorted((a, b) => a - b)]
      const stop = sorted.findIndex((value, at) => value * (p.length - at) > alpha)
      const rejected = stop < 0 ? p.length : stop
      expect(adjustPValues(p, 'holm').filter((q) => q <= alpha)).toHaveLength(rejected)
      const bonferroni = adjustPValues(p, 'bonferroni')
      adjustPValues(p, 'holm').forEach((q, at) => {
        expect(q).toBeGreaterThanOrEqual(p[at] as number)
        expect(q).toBeLessThanOrEqual(bonferroni[at] as number)
      })
    }),
    { seed: 7 },
  )
})

test('by is bh times 1 + 1/2 + … + 1/k, at most 1', () => {
  // scipy 1.17.1: false_discovery_control([0.01, 0.04, 0.03], method='by')
  expect(adjustPValues([0.01, 0.04, 0.03], 'by')).toEqual(
    [0.055, 0.07333333333333333, 0.07333333333333333].map((p): unknown => expect.closeTo(p, 15)),
  )
  expect(adjustPValues([0.9, 0.8], 'by')).toEqual([1, 1])
})

test('what is no p-value, and a correction that there is not, are refused', () => {
  for (const wrong of [-0.1, 1.1, NaN]) {
    expect(() => adjustPValues([0.5, wrong], 'bh')).toThrow(expect.objectContaining({ code: 'DS_PVALUES_INVALID' }))
  }
  expect(() => adjustPValues([0.5], 'sidak' as 'bh')).toThrow(expect.objectContaining({ code: 'DS_STATISTIC_OPTION' }))
})
