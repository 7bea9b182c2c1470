import { fewRuns, type Runs } from '@dayshift/core/ground'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ecdfGaps } from '../../src/statistics/ecdf-gaps.ts'
import { runGap } from '../../src/statistics/run-gaps.ts'

test('counted values have the same largest gap, at the same value, as sorted ones', () => {
  const sample = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Infinity, -Infinity, 0.5)), {
    minLength: 1,
    maxLength: 30,
  })
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const [first, second] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()]
      const { above, below } = ecdfGaps(first, second)
      const expected = below.height > above.height ? { ...below, sign: -1 } : { ...above, sign: 1 }
      const runs = [fewRuns(first), fewRuns(second)] as [Runs, Runs]
      expect(runGap(...runs, [a.length, b.length])).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})
