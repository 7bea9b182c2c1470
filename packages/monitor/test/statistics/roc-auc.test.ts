import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rocAuc } from '../../src/statistics/roc-auc.ts'

test('the share of pairs that are in order, equal ones by half', () => {
  // scikit-learn's own example: y = [0, 0, 1, 1], scores [0.1, 0.4, 0.35, 0.8].
  expect(rocAuc([0.1, 0.4], [0.35, 0.8])).toBe(0.75)
  expect(rocAuc([1, 1], [1])).toBe(0.5)
  expect(rocAuc([-Infinity], [Infinity])).toBe(1)
  const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(scores, scores, (low, high) => {
      const won = low.flatMap((one) => high.map((other): number => (other > one ? 1 : other === one ? 0.5 : 0)))
      expect(rocAuc(low, high)).toBeCloseTo(won.reduce((sum, one) => sum + one, 0) / won.length, 12)
      expect(rocAuc(low, high) + rocAuc(high, low)).toBeCloseTo(1, 12)
    }),
  )
})

test('an empty sample is none', () => {
  expect(() => rocAuc([], [1])).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
})
