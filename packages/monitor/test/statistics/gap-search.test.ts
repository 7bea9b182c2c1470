import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ecdfGaps } from '../../src/statistics/ecdf-gaps.ts'
import type { LargestGap } from '../../src/statistics/first-gaps.ts'
import { gapSearch, type SearchRoom } from '../../src/statistics/gap-search.ts'

/** What sorting both gives. */
function bySorting(a: Float64Array, b: Float64Array): LargestGap {
  const { above, below } = ecdfGaps(a.toSorted(), b.toSorted())
  return below.height > above.height ? { ...below, sign: -1 } : { ...above, sign: 1 }
}

function bySearching(
  a: Float64Array,
  b: Float64Array,
  sample?: Float64Array,
  room?: SearchRoom,
  isFiltered = false,
): LargestGap & { passes: number } {
  const search = gapSearch(sample, room)
  let passes = 0
  do {
    passes++
    if (isFiltered && passes > 1) {
      const intervals = search.sought()
      const isSought = (x: number): boolean => intervals.some(([least, greatest]) => x >= least && x <= greatest)
      search.take(0, a.filter(isSought))
      search.take(1, b.filter(isSought))
      continue
    }
    // In parts, the second sample first, as a stream may give them.
    search.take(1, b.subarray(0, b.length >> 1))
    search.take(0, a)
    search.take(1, b.subarray(b.length >> 1))
  } while (search.endPass())
  const { lower, upper } = search.bounds()
  const found = search.result()
  const d = found.height / (a.length * b.length)
  expect(lower).toBeLessThanOrEqual(d)
  expect(upper).toBeGreaterThanOrEqual(d)
  return { ...found, passes }
}

const odd = [-Infinity, Infinity, 0, -0, 1, -1, 5e-324, -5e-324, Number.MAX_VALUE, 1e9, 1e9 + 1e-7]
const value = fc.oneof(fc.constantFrom(...odd), fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }))
const values = fc.array(value, { minLength: 1, maxLength: 60 }).map((list) => Float64Array.from(list))

/** Reproducible noise. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
}

const draw = (n: number, seed: number, one: (next: () => number) => number): Float64Array => {
  const next = random(seed)
  return Float64Array.from({ length: n }, () => one(next))
}

test('the largest gap is the one that sorting finds: its height, its place and its sign', () => {
  fc.assert(
    fc.property(values, values, fc.boolean(), (a, b, isTold) => {
      const { passes, ...found } = bySearching(a, b, isTold ? a : undefined, { buckets: 64 })
      expect(found).toEqual(bySorting(a, b))
      expect(bySearching(a, b, undefined, { buckets: 64, keys: 4 }, true)).toMatchObject(found)
      expect(passes).toBeLessThanOrEqual(3)
    }),
  )
})

describe('samples of thousands', () => {
  const n = 30_000
  test.each<readonly [string, Float64Array, Float64Array]>([
    ['normal, a little moved', draw(n, 1, normal), draw(n, 2, (next) => normal(next) + 0.01)],
    ['of different sizes', draw(n, 1, normal), draw(n / 3 + 7, 2, normal)],
    ['one value only', new Float64Array(n).fill(7), new Float64Array(n).fill(7)],
    ['two values', draw(n, 1, (next) => (next() < 0.5 ? 1 : 2)), draw(n, 2, (next) => (next() < 0.52 ? 1 : 2))],
    ['equal value for value', draw(n, 1, normal), draw(n, 1, normal)],
    ['noise far from 0', draw(n, 1, (next) => 1e9 + next() * 1e-5), draw(n, 2, (next) => 1e9 + next() * 1.01e-5)],
    [
      'over all magnitudes',
      draw(n, 1, (next) => Math.exp(600 * next() - 300)),
      draw(n, 2, (next) => Math.exp(601 * next() - 300)),
    ],
    [
      'rounded',
      draw(n, 1, (next) => Math.round(normal(next) * 100) / 100),
      draw(n, 2, (next) => Math.round(normal(next) * 100) / 100),
    ],
    ['apart', draw(n, 1, (next) => next()), draw(n, 2, (next) => next() + 2)],
    ['one within the other', draw(n, 1, (next) => next()), draw(n, 2, (next) => 0.4 + next() / 5)],
  ])('%s', (_, a, b) => {
    const expected = bySorting(a, b)
    expect(bySearching(a, b)).toMatchObject(expected)
    // With little room ranges are cut again and again, and looked at some at a time.
    expect(bySearching(a, b, a.subarray(0, 500), { buckets: 256, keys: 2000 })).toMatchObject(expected)
    expect(bySearching(a, b, undefined, { buckets: 256, keys: 2000 }, true)).toMatchObject(expected)
  })
})
