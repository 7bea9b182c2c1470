import { expect, test } from 'vitest'
import { binned } from '../../src/statistics/binned.ts'
import { classifier2samp } from '../../src/statistics/classifier-2samp.ts'
import { normal, random } from '../drift/frames.ts'

function scaled(all: number[][]): number[][] {
  return all.map((values) => values.map((value) => Math.exp(value)))
}

/** Standard normal columns of which the first two go together so much. */
function columns(next: () => number, rows: number, count: number, together: number): number[][] {
  const all = Array.from({ length: count }, () => Array.from({ length: rows }, next))
  const [first, second] = all as [number[], number[]]
  all[1] = second.map((value, row) => together * (first[row] as number) + Math.sqrt(1 - together ** 2) * value)
  return all
}

test('columns that go together the other way round are told apart, though each is as it was', () => {
  const next = normal(1)
  const found = classifier2samp(columns(next, 600, 4, 0.8), columns(next, 400, 4, -0.8))
  expect(found.auc).toBeGreaterThan(0.8)
  expect(found.pValue).toBe(1 / 2000)
  expect(found.byChance[0]).toBeGreaterThan(0.44)
  expect(found.byChance[1]).toBeLessThan(0.56)
  const [first = 0, second = 0, ...others] = found.importance
  expect(Math.min(first, second)).toBeGreaterThan(0.2)
  expect(Math.max(...others)).toBeLessThan(0.03)
})

test('codes without an order, missing values and constants', () => {
  const next = random(4)
  // Of 30 codes every third is more frequent now: no cut of an order tells them apart.
  const drawn = (rows: number, isNow: boolean): number[] =>
    Array.from({ length: rows }, () => {
      const code = Math.floor(next() * 10) * 3
      return isNow && next() < 0.5 ? code : code + Math.floor(next() * 3)
    })
  const sides = [drawn(900, false), drawn(900, true)] as const
  const [unordered] = [classifier2samp([sides[0]], [sides[1]], { unordered: [0] })]
  expect(unordered?.auc).toBeGreaterThan(0.62)
  const missing = (rows: number, share: number): number[] =>
    Array.from({ length: rows }, () => (next() < share ? NaN : next()))
  const gone = classifier2samp([missing(400, 0.05)], [missing(400, 0.5)])
  expect(gone.auc).toBeGreaterThan(0.65)
  const same = classifier2samp([Array.from({ length: 50 }, () => 7)], [Array.from({ length: 50 }, () => 7)])
  expect(same).toMatchObject({ auc: 0.5, pValue: 1, importance: [0] })
})

test('the same rows say the same again, whatever their unit; and both ways round', () => {
  const next = normal(8)
  const [before, now] = [columns(next, 200, 3, 0.7), columns(next, 200, 3, -0.2)]
  const found = classifier2samp(before, now)
  expect(classifier2samp(before, now)).toEqual(found)
  expect(classifier2samp(scaled(before), scaled(now))).toEqual(found)
  expect(classifier2samp(now, before).auc).toBeCloseTo(found.auc, 1)
})

test('without drift it alarms in no more of all cases than alpha', () => {
  const next = normal(12)
  const runs = 60
  let alarms = 0
  const options = { permutations: 199, ranked: false }
  for (let run = 0; run < runs; run++) {
    const found = classifier2samp(columns(next, 32, 2, 0.5), columns(next, 32, 2, 0.5), options)
    if (found.pValue <= 0.05) alarms++
  }
  // The short form of bench/calibration.mjs: of 60 cases of 5 %, 10 or more are one in a thousand.
  expect(alarms).toBeLessThanOrEqual(9)
  expect(alarms).toBeGreaterThan(0)
}, 300_000)

test('what cannot be tested is said so', () => {
  const wrong = expect.objectContaining({ code: 'DS_SAMPLE_INVALID' })
  const some = Array.from({ length: 30 }, (_, at) => at)
  expect(() => classifier2samp([], [])).toThrow(wrong)
  expect(() => classifier2samp([some], [some.slice(0, 19)])).toThrow(wrong)
  expect(() => classifier2samp([some, some], [some])).toThrow(wrong)
  expect(() => classifier2samp([some, some.slice(1)], [some, some])).toThrow(wrong)
  expect(() => classifier2samp([some], [some], { permutations: 0 })).toThrow(
    expect.objectContaining({ code: 'DS_STATISTIC_OPTION' }),
  )
})

test('bins hold about as many values each; missing ones and rare codes have their own', () => {
  const next = random(2)
  const values = Array.from({ length: 3200 }, next)
  const { codes, bins } = binned([values, [NaN]], true)
  expect(bins).toBe(33)
  const counts = Array.from({ length: bins }, (_, bin) => codes.filter((code) => code === bin).length)
  expect(counts[0]).toBe(1)
  expect(counts.slice(1).every((count) => Math.abs(count - 100) <= 1)).toBe(true)
  expect(binned([[5, 5, 5], [5]], true)).toMatchObject({ bins: 2 })
  const many = Array.from({ length: 100 }, (_, at) => (at < 50 ? 1 : at))
  const coded = binned([many, [NaN]], false)
  expect(coded.bins).toBe(34)
  expect(coded.codes[0]).toBe(1)
  expect(coded.codes.at(-1)).toBe(0)
})
