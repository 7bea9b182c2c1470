import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { binsOf, mergeHistograms, type Histogram } from '../../src/profile/histogram.ts'

fc.configureGlobal({ seed: 20_130_101 })

test('edges between two values', () => {
  expect(binsOf(0, 1, 4)).toEqual({ edges: [0, 0.25, 0.5, 0.75, 1], width: 0.25 })
  expect(binsOf(1, 3, 20, 1)).toEqual({ edges: [1, 2, 3, 4], width: 1 })
  expect(binsOf(1, 21, 20, 1)?.edges).toHaveLength(21)
  expect(binsOf(5, 5, 20)).toEqual({ edges: [5, 5], width: 0 })
  expect(binsOf(1, 1 + Number.EPSILON, 20)).toEqual({ edges: [1, 1 + Number.EPSILON], width: 0 })
  expect(binsOf(2 ** 60, 2 ** 60 + 256, 20, 1)).toEqual({ edges: [2 ** 60, 2 ** 60 + 256], width: 0 })
  expect(binsOf(-1.7e308, 1.7e308, 20)).toBeUndefined()
})

test('laws: edges grow, and span the values', () => {
  // So that no two lie further apart than a double can say.
  const value = fc.double({ min: -8e307, max: 8e307, noNaN: true }).map((number) => number + 0)
  fc.assert(
    fc.property(value, value, fc.integer({ min: 1, max: 50 }), (a, b, bins) => {
      const edges = binsOf(Math.min(a, b), Math.max(a, b), bins)?.edges as readonly number[]
      expect([edges[0], edges.at(-1)]).toEqual([Math.min(a, b), Math.max(a, b)])
      expect(edges.length === 2 || new Set(edges).size === bins + 1).toBe(true)
      expect(edges).toEqual(edges.toSorted((one, other) => one - other))
    }),
  )
})

test('parts of the same edges add up; others are spread over new ones', () => {
  const edges = [0, 1, 2]
  expect(mergeHistograms({ edges, counts: [1, 2] }, { edges, counts: [3, 4] })).toEqual({ edges, counts: [4, 6] })
  const wide = mergeHistograms({ edges: [0, 10], counts: [10] }, { edges: [10, 20], counts: [30] })
  expect(wide?.edges).toEqual(Array.from({ length: 21 }, (_, at) => at))
  expect(wide?.counts).toEqual([...Array<number>(10).fill(1), ...Array<number>(10).fill(3)])
  // A bin a value stays so while they fit.
  expect(mergeHistograms({ edges: [1, 2], counts: [5] }, { edges: [3, 4, 5], counts: [1, 2] }, 1)).toEqual({
    edges: [1, 2, 3, 4, 5],
    counts: [5, 0, 1, 2],
  })
  const one = { edges: [7, 7], counts: [2] }
  expect(mergeHistograms(one, { edges: [0, 10], counts: [20] })?.counts).toEqual([
    ...Array<number>(14).fill(1),
    3,
    ...Array<number>(5).fill(1),
  ])
  expect(mergeHistograms({ edges: [-1.7e308, 0], counts: [1] }, { edges: [0, 1.7e308], counts: [1] })).toBeNull()
})

const histogram = fc
  .tuple(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: 0, max: 1e6, noNaN: true }),
    fc.integer({ min: 1, max: 30 }),
  )
  .chain(([low, span, bins]) => {
    const { edges } = binsOf(low, low + span, bins) ?? { edges: [] }
    const counts = fc.array(fc.nat({ max: 1000 }), { minLength: edges.length - 1, maxLength: edges.length - 1 })
    return counts.map((list): Histogram => ({ edges, counts: list }))
  })

function sum({ counts }: Histogram): number {
  return counts.reduce((total, count) => total + count, 0)
}

test('laws: merging keeps the sum, whole counts and the range, in either order', () => {
  fc.assert(
    fc.property(histogram, histogram, (a, b) => {
      const merged = mergeHistograms(a, b) as Histogram
      expect(mergeHistograms(b, a)).toEqual(merged)
      expect(sum(merged)).toBe(sum(a) + sum(b))
      expect(merged.counts.every((count) => Number.isInteger(count) && count >= 0)).toBe(true)
      expect(merged.edges[0]).toBe(Math.min(a.edges[0] as number, b.edges[0] as number))
      expect(merged.edges.at(-1)).toBe(Math.max(a.edges.at(-1) as number, b.edges.at(-1) as number))
      expect(mergeHistograms(a, a)).toEqual({ edges: a.edges, counts: a.counts.map((count) => 2 * count) })
    }),
  )
})
