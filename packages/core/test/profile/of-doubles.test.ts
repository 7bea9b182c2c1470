import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import { open } from '../../src/open.ts'
import type { ColumnProfile } from '../../src/profile.ts'
import { countDoubles } from '../../src/profile/count-doubles.ts'
import { doublesProfiler, profileOfDoubles, type CountedSide } from '../../src/profile/of-doubles.ts'
import { fewRuns } from '../../src/profile/runs.ts'

fc.configureGlobal({ seed: 20_130_101 })

const engine = await createDuckdb()
afterAll(() => engine.close())

/** What the engine finds of the same values. */
async function byGrouping(values: readonly (number | null)[]): Promise<ColumnProfile> {
  const frame = await open(
    values.map((x) => ({ x })),
    { engine },
  )
  return (await frame.cast({ x: 'DOUBLE' }).profile()).columns[0] as ColumnProfile
}

function fromMemory(values: readonly (number | null)[]): ColumnProfile {
  const there = values.filter((value) => value !== null)
  const numbers = there.filter((value) => !Number.isNaN(value))
  return profileOfDoubles({
    name: 'x',
    values: Float64Array.from(numbers),
    nulls: values.length - there.length,
    nans: there.length - numbers.length,
  })
}

/** All but the moments is the same to the last digit; sums are taken in another order. */
function alike(found: ColumnProfile, expected: ColumnProfile): void {
  const { mean, sd, ...rest } = found
  const { mean: expectedMean, sd: expectedSd, ...expectedRest } = expected
  expect(rest).toEqual(expectedRest)
  for (const [one, other] of [
    [mean, expectedMean],
    [sd, expectedSd],
  ] as const) {
    expect(typeof one).toBe(typeof other)
    expect(Math.abs((one ?? 0) - (other ?? 0))).toBeLessThanOrEqual(1e-13 * Math.abs(other ?? 0))
  }
}

test('doubles in memory have the profile that grouping them has', async () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.integer({ min: -5, max: 5 }),
    fc.integer({ min: -5000, max: 5000 }).map((whole) => whole / 7),
    fc.constantFrom(NaN, Infinity, -Infinity, -0, 0.1),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 60 }), async (values) => {
      const found = fromMemory(values)
      alike(found, await byGrouping(values))
      expect(found).not.toHaveProperty('distinctAtMost')
    }),
    { numRuns: 40 },
  )
})

test('values beyond ±1e150 have no standard deviation, and a sum beyond a double no mean', async () => {
  const odd = [[1e200, 3e200], [1.7e308, 1.7e308], [NaN], [null], [Infinity, -Infinity, 2]]
  for (const values of odd) alike(fromMemory(values), await byGrouping(values))
  expect(odd.slice(0, 2).map((values) => fromMemory(values).sd)).toEqual([null, null])
})

const MANY = 300_000
/** More different values than are counted by value. */
const waves = Float64Array.from({ length: MANY }, (_, at) => Math.sin(at * at) * Math.exp((at % 100) / 10))

test('of many different values only how many are different is left open', () => {
  const found = profileOfDoubles({ name: 'x', values: waves, nulls: 3, nans: 2 })
  const sorted = waves.toSorted()
  const mean = waves.reduce((sum, value) => sum + value, 0) / MANY
  expect(found.distinct).toBeGreaterThan(10_000)
  expect(found.distinctAtMost).toBe(MANY + 1)
  expect(found).not.toHaveProperty('top')
  expect(found.min).toBe(sorted[0])
  expect(found.max).toBe(sorted.at(-1))
  expect(found.mean).toBeCloseTo(mean, 9)
  expect(found.sd).toBeCloseTo(Math.sqrt(waves.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (MANY - 1)), 6)
  // R's type 7: the median of an even number lies between the two in the middle.
  expect(found.quartiles?.[1]).toBe(
    (sorted[MANY / 2 - 1] as number) + ((sorted[MANY / 2] as number) - (sorted[MANY / 2 - 1] as number)) / 2,
  )
  const { edges = [], counts = [] } = found.histogram ?? {}
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(MANY)
  expect(counts[10]).toBe(
    waves.filter((value) => value >= (edges[10] as number) && value < (edges[11] as number)).length,
  )
})

test('values that come in passes have the same profile, and infinite ones stay apart', () => {
  const values = Float64Array.of(...waves.subarray(0, 5000), Infinity, -Infinity)
  const finite = values.subarray(0, 5000)
  const sum = finite.reduce((one, other) => one + other, 0)
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  const spread = { min: -Infinity, max: Infinity, infinite: 2, finite: 5000, low, high, sum }
  const profiler = doublesProfiler(spread, finite.slice(0, 500))
  do for (let at = 0; at < values.length; at += 999) profiler.take(values.subarray(at, at + 999))
  while (profiler.endPass())
  const expected = profileOfDoubles({ name: 'x', values, nulls: 1, nans: 0 })
  const found = profiler.profile({ name: 'x', nulls: 1, nans: 0 })
  expect(found.distinct).toBeLessThanOrEqual(expected.distinct)
  expect(found.distinctAtMost).toBeGreaterThanOrEqual(expected.distinct)
  expect(found.quantiles).toEqual(expected.quantiles)
  expect(found.histogram).toEqual(expected.histogram)
  expect(found.sd).toBeCloseTo(expected.sd as number, 9)
  expect([found.min, found.max, found.infinite]).toEqual(['-Infinity', 'Infinity', 2])
})

test('few values are counted, many and NaN are not', () => {
  expect(fewRuns(Float64Array.of(2, -0, 2, 0, -1))).toEqual({
    values: Float64Array.of(-1, 0, 2),
    counts: Float64Array.of(1, 2, 2),
  })
  expect(fewRuns(Float64Array.of(1, NaN))).toBeUndefined()
  expect(fewRuns(waves)).toBeUndefined()
})

/** How a sample was counted beside another. */
function countedBeside(values: Float64Array, other: Float64Array): CountedSide {
  const counted = countDoubles(other, values)
  return 'runs' in counted ? { runs: counted.runs[1] } : { cut: counted.cut, side: 1 }
}

test.each<readonly [string, (at: number) => number]>([
  ['waves', (at) => waves[at] as number],
  ['one value mostly', (at) => (at % 7 === 0 ? (waves[at] as number) : 0.5)],
  ['noise far from 0', (at) => 1e9 + (waves[at] as number) * 1e-5],
  ['noise in one bucket', (at) => 1e9 + (waves[at] as number) * 1e-11],
  ['with infinite ones', (at) => [Infinity, -Infinity][at % 1000] ?? (waves[at] as number)],
  ['infinite ones alone', (at) => (at % 3 === 0 ? Infinity : -Infinity)],
  [
    'both zeros, and of all magnitudes',
    (at) => [0, -0][at % 5] ?? Math.exp(700 * Math.sin(at * 1.7)) * Math.sign(waves[at] as number),
  ],
  ['ascending', (at) => at / 7],
])('counted in buckets beside another sample, the profile is the same: %s', (_, value) => {
  const values = Float64Array.from({ length: MANY }, (_one, at) => value(at))
  const counted = countedBeside(values, waves)
  expect(counted).toHaveProperty('cut')
  const column = { name: 'x', values, nulls: 3, nans: 2 }
  const { mean, sd, distinct, distinctAtMost, top: _top, ...found } = profileOfDoubles(column, counted)
  const { mean: plainMean, sd: plainSd, distinct: different, top: _plain, ...expected } = profileOfDoubles(column)
  delete (expected as { distinctAtMost?: number }).distinctAtMost
  expect(found).toEqual(expected)
  expect(mean).toBeOneOf([plainMean, expect.closeTo(plainMean ?? NaN, 9)])
  expect(sd).toBeOneOf([plainSd, expect.closeTo(plainSd ?? NaN, 5)])
  expect(distinct).toBeLessThanOrEqual(different)
  expect(distinctAtMost ?? distinct).toBeGreaterThanOrEqual(different)
})
