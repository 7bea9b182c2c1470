import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { changePoints, changePointsOfMany } from '../../src/statistics/change-points.ts'
import { cheapestParts, costOf, sumsOf } from '../../src/statistics/cheapest-parts.ts'
import { normal, random } from '../drift/frames.ts'

/** The cheapest of all parts there are, by trying all. */
function triedAll(values: readonly number[], penalty: number, minSize: number): number {
  const sums = sumsOf(values)
  const least = (from: number): number => {
    if (values.length - from < minSize) return Infinity
    let best = costOf(sums, from, values.length)
    for (let to = from + minSize; to <= values.length - minSize; to++) {
      best = Math.min(best, costOf(sums, from, to) + penalty + least(to))
    }
    return best
  }
  return least(0)
}

test('no parts are cheaper than those found: all are tried', () => {
  const values = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 14 })
  fc.assert(
    fc.property(
      values,
      fc.double({ min: 0, max: 60, noNaN: true }),
      fc.integer({ min: 1, max: 4 }),
      (all, penalty, size) => {
        fc.pre(all.length >= size)
        const { at, cost } = cheapestParts(sumsOf(all), penalty, size)
        expect(cost + penalty * at.length).toBeCloseTo(triedAll(all, penalty, size), 8)
        const ends = [0, ...at, all.length]
        expect(ends.slice(1).every((end, order) => end - (ends[order] as number) >= Math.min(size, all.length))).toBe(
          true,
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('a level that changes is found where it does, whatever the scale of the values', () => {
  const next = normal(3)
  const values = Array.from({ length: 60 }, (_, at) => next() / 2 + (at >= 25 ? 3 : 0) + (at >= 45 ? -5 : 0))
  const { at, pValue } = changePoints(values)
  expect(at).toEqual([25, 45])
  expect(pValue).toBe(1 / 400)
  // How many, and whether at all, is by ranks; where, among neighbours, by values.
  expect(changePoints(values.map((value) => Math.exp(value)))).toMatchObject({ pValue, at: { length: 2 } })
  const moved = changePoints(values.map((value) => 1e6 - 40 * value))
  expect(moved).toEqual(changePoints(values))
  // One that strays, however far, is no change.
  expect(changePoints(values.slice(0, 25).map((value, place) => (place === 12 ? 1e9 : value))).at).toEqual([])
})

test.each([
  ['no two alike', 8],
  ['no two alike', 12],
  ['no two alike', 30],
  ['of five values', 25],
  ['nearly all 0', 25],
] as const)('without a change it finds one in at most 5 of 100 cases: %s, %i values', (kind, n) => {
  const next = random(n + kind.length)
  const draw = {
    'no two alike': next,
    'of five values': () => Math.floor(next() * 5),
    'nearly all 0': () => Math.max(0, Math.floor(next() * 10) - 8),
  }[kind]
  let found = 0
  for (let round = 0; round < 300; round++) {
    if (changePoints(Array.from({ length: n }, draw), { orders: 99 }).at.length > 0) found++
  }
  // 15 are expected at most, with a standard deviation of 3.8; and some there must be where ranks are fine enough.
  expect(found).toBeLessThan(15 + 4 * 3.8)
  expect(kind !== 'no two alike' || n < 12 || found > 3).toBe(true)
})

test('a change is where values jump, not a little later or earlier, though ranks cannot tell', () => {
  expect(changePoints([0.03, 0.04, 0.02, 0.05, 0.06, 0.4, 0.42, 0.39, 0.41]).at).toEqual([5])
  expect(changePoints([0.4, 0.42, 0.39, 0.41, 0.06, 0.03, 0.04, 0.02, 0.05]).at).toEqual([4])
  expect(changePoints([0, 1, 0, 1, 0, 1, Infinity, Infinity, Infinity, Infinity, Infinity]).at).toEqual([6])
})

test('too few values show nothing, and options are checked', () => {
  expect(changePoints([1, 1, 1, 9, 9, 9]).at).toEqual([])
  expect(changePoints([]).at).toEqual([])
  expect(changePoints([4, 4, 4, 4, 4, 4, 4, 4, 4, 4])).toEqual({ at: [], pValue: 1 })
  expect(changePoints([1, 2, 1, 2, 1, 8, 9, 8, 9, 8]).at).toEqual([5])
  for (const options of [{ alpha: 0 }, { minSize: 0 }, { orders: 0.5 }]) {
    expect(() => changePoints([1, 2], options)).toThrow(expect.objectContaining({ code: 'DS_STATISTIC_OPTION' }))
  }
})

/** The chance that so many of n cases of chance p are no more than k is at least 0.9999 from this k on. */
function mostByChance(n: number, p: number): number {
  let [term, sum, k] = [(1 - p) ** n, 0, 0]
  while (sum + term < 0.9999) {
    sum += term
    k++
    term *= ((n - k + 1) * p) / (k * (1 - p))
  }
  return k
}

test('of forty columns that do not change, any is said to in no more cases than alpha; by itself each is', () => {
  const next = random(17)
  const runs = 60
  const alarms = { bh: 0, none: 0 }
  for (let run = 0; run < runs; run++) {
    // Two of them are tied, as distances that are mostly 0.
    const all = Array.from({ length: 40 }, (_, column) =>
      Array.from({ length: 16 }, () => (column < 2 ? Math.max(0, Math.round(9 * next()) - 3) : next())),
    )
    for (const correction of ['bh', 'none'] as const) {
      if (changePointsOfMany(all, { correction }).some(({ at }) => at.length > 0)) alarms[correction]++
    }
  }
  const most = mostByChance(runs, 0.05)
  expect(most).toBeLessThan(runs * 0.2)
  expect(alarms.bh).toBeLessThanOrEqual(most)
  expect(alarms.none).toBeGreaterThan(runs / 2)
}, 300_000)

test('one column of many that changes is found, where it does, and others that do are no more than chance adds', () => {
  const next = normal(23)
  let [seen, wrong, said] = [0, 0, 0]
  const share: number[] = []
  for (let run = 0; run < 30; run++) {
    const all = Array.from({ length: 30 }, (_, column) =>
      Array.from({ length: 24 }, (__, day) => next() + (column < 3 && day >= 14 ? 3 : 0)),
    )
    const found = changePointsOfMany(all)
    const changed = found.flatMap(({ at }, column) => (at.length > 0 ? [column] : []))
    seen += changed.filter((column) => column < 3).length
    wrong = changed.filter((column) => column >= 3).length
    said = changed.length
    share.push(said === 0 ? 0 : wrong / said)
    expect(found.every(({ at, adjustedPValue }) => at.length > 0 === adjustedPValue <= 0.05)).toBe(true)
  }
  expect(seen).toBe(90)
  // The share of wrong ones is at most alpha on average; its deviation over 30 runs is some 0.02.
  expect(share.reduce((sum, one) => sum + one, 0) / share.length).toBeLessThan(0.12)
}, 300_000)

test('long series: parts begin at some places only, and are then put where the values say', () => {
  const next = normal(5)
  const values = Array.from({ length: 500 }, (_, at) => next() + (at >= 233 ? 4 : 0))
  expect(changePoints(values, { orders: 39 }).at).toEqual([233])
  expect(
    changePoints(
      values.map((_, at) => (at < 233 ? next() : next())),
      { orders: 39 },
    ).at,
  ).toEqual([])
})
