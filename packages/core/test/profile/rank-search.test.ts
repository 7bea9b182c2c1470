import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rankSearch, valuesAtRanks } from '../../src/profile/rank-search.ts'

fc.configureGlobal({ seed: 20_130_101 })

/** Values with ties, both zeros, infinities and denormals. */
const value = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity, 5e-324, -5e-324, 1e308),
)

test('the values at ranks are those of the sorted sample, whatever sample they are looked for with', () => {
  const cases = fc.record({
    values: fc.array(value, { minLength: 1, maxLength: 300 }),
    sample: fc.array(value, { maxLength: 30 }),
    shares: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 8 }),
  })
  fc.assert(
    fc.property(cases, ({ values, sample, shares }) => {
      const all = Float64Array.from(values)
      const ranks = shares.map((share) => Math.floor(share * values.length))
      const search = rankSearch(ranks, values.length, Float64Array.from(sample))
      do {
        search.take(all.subarray(0, all.length >> 1))
        search.take(all.subarray(all.length >> 1))
      } while (search.endPass())
      const sorted = all.toSorted()
      expect(search.result()).toEqual(ranks.map((rank) => (sorted[rank] as number) + 0))
    }),
    { numRuns: 300 },
  )
})

test('a fair sample of many values finds them in one pass', () => {
  const n = 200_000
  const values = Float64Array.from({ length: n }, (_, at) => Math.sin(at * at + 0.5 * at))
  const ranks = [0, 1, n / 100, n / 4, n / 2, n - 1]
  const search = rankSearch(ranks, n, values.slice(0, 20_000))
  search.take(values)
  expect(search.endPass()).toBe(false)
  const sorted = values.toSorted()
  expect(search.result()).toEqual(ranks.map((rank) => sorted[rank]))
  expect(valuesAtRanks(values, ranks)).toEqual(search.result())
})
