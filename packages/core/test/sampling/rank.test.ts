import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import { highestRank, rankingOf, rankOf, withRank } from '../../src/sampling/rank.ts'
import { raw } from '../../src/sql.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

/** Computed by Python 3 from the definition: hashlib.md5, and whole-number arithmetic modulo 2^32. */
const GOLDEN = [
  [1, 763_473_211],
  [2, 2_861_933_588],
  [4_294_967_295, 2_307_496_405],
  [4_294_967_296, 63_867_115],
  [4_294_967_297, 1_197_898_255],
  [9_007_199_254_740_991, 3_298_136_260],
] as const

test('ranks are these for ever', () => {
  expect(GOLDEN.map(([row]) => rankOf(rankingOf(42), row))).toEqual(GOLDEN.map(([, rank]) => rank))
})

test('SQL computes the same ranks as JavaScript', async () => {
  const rows = [...GOLDEN.map(([row]) => row), ...Array.from({ length: 2000 }, (_, at) => at * 999_983 + 1)]
  for (const seed of [0, 1, -1, 42, Number.MAX_SAFE_INTEGER]) {
    const values = rows.map((row) => `(${row})`).join(', ')
    const numbers = { from: raw(`(SELECT n FROM (VALUES ${values}) AS t(n))`), names: ['n'] }
    const ranked = withRank(numbers, rankingOf(seed), 'n', 'rank')
    const found = await engine.query(`SELECT n, rank FROM ${ranked.from.text}`)
    expect(found.map(({ rank }) => rank)).toEqual(rows.map((row) => rankOf(rankingOf(seed), row)))
  }
})

test('no two of many rows have the same rank', () => {
  const ranking = rankingOf(7)
  const ranks = Uint32Array.from({ length: 300_000 }, (_, at) => rankOf(ranking, at + 1)).sort()
  expect(ranks.every((rank, at) => at === 0 || rank !== ranks[at - 1])).toBe(true)
})

test.each([
  [1, 1],
  [2, 1],
  [1000, 1],
  [1000, 999],
  [100_000, 1234],
  [300_000, 299_999],
])('of %i rows, %i have a rank up to the highest of the sample', async (rows, size) => {
  const ranking = rankingOf(3)
  const highest = await highestRank(ranking, rows, size)
  let count = 0
  for (let row = 1; row <= rows; row++) if (rankOf(ranking, row) <= highest) count++
  expect(count).toBe(size)
})

test('a search that is stopped stops', async () => {
  await expect(highestRank(rankingOf(3), 1e12, 5, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
    code: 'DS_ABORTED',
  })
})

/** The rows of the lowest ranks. */
function drawn(seed: number, rows: number, size: number): number[] {
  const ranking = rankingOf(seed)
  return Array.from({ length: rows }, (_, at) => [rankOf(ranking, at + 1), at + 1] as const)
    .sort(([a], [b]) => a - b)
    .slice(0, size)
    .map(([, row]) => row)
}

/**
 * Over seeds, every row must be drawn as often as every other, and the mean position be the middle. The bounds are those
 * that fair draws pass but for one in 10 000 each; seeds are fixed, so the outcome is the same on every run.
 */
describe.each([
  [20, 1, 4000],
  [20, 5, 4000],
  [100, 1, 4000],
  [1000, 1, 4000],
  [1000, 20, 1000],
  [1000, 500, 400],
  [20_000, 1000, 60],
])('of %i rows, %i are drawn with %i seeds', (rows, size, seeds) => {
  const counts = new Float64Array(rows)
  let positions = 0
  for (let seed = 0; seed < seeds; seed++) {
    for (const row of drawn(seed, rows, size)) {
      counts[row - 1] = (counts[row - 1] as number) + 1
      positions += row
    }
  }

  test('each as often as any other (chi-square)', () => {
    const share = size / rows
    const variance = seeds * share * (1 - share)
    // Drawing without replacement ties the rows together, which the factor (rows − 1) / rows undoes.
    const statistic =
      counts.reduce((sum, count) => sum + (count - seeds * share) ** 2 / variance, 0) * ((rows - 1) / rows)
    expect(Math.abs(normal(statistic, rows - 1))).toBeLessThan(3.9)
  })

  test('around the middle', () => {
    const deviation = Math.sqrt((((rows * rows - 1) / 12) * (rows - size)) / (rows - 1) / (seeds * size))
    expect(Math.abs(positions / (seeds * size) - (rows + 1) / 2) / deviation).toBeLessThan(3.9)
  })
})

test('one sample of 100 000 out of a million rows is even, and its rows are not tied to their neighbours', async () => {
  const rows = 1_000_000
  const ranking = rankingOf(42)
  const highest = await highestRank(ranking, rows, 100_000)
  const parts = new Float64Array(1000)
  let sum = 0
  let neighbours = 0
  let before = false
  for (let row = 1; row <= rows; row++) {
    const kept = rankOf(ranking, row) <= highest
    if (kept) {
      const part = Math.floor((row - 1) / 1000)
      parts[part] = (parts[part] as number) + 1
      sum += row
      if (before) neighbours++
    }
    before = kept
  }
  const statistic = parts.reduce((total, count) => total + (count - 100) ** 2 / 90, 0)
  expect(Math.abs(normal(statistic, 999))).toBeLessThan(3.9)
  expect(Math.abs(sum / 100_000 - 500_000.5) / (Math.sqrt((rows * rows) / 12 / 100_000) * Math.sqrt(0.9))).toBeLessThan(
    3.9,
  )
  expect(Math.abs(neighbours - 10_000) / 90).toBeLessThan(3.9)
})

/** A chi-square statistic as a standard normal one (Wilson and Hilferty, 1931). */
function normal(statistic: number, freedom: number): number {
  const mean = 1 - 2 / (9 * freedom)
  return (Math.cbrt(statistic / freedom) - mean) / Math.sqrt(2 / (9 * freedom))
}
