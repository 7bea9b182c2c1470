import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { kolmogorovTail } from '../../src/statistics/kolmogorov-tail.ts'
import { ksPValue } from '../../src/statistics/ks-p-value.ts'
import { ksStatistic } from '../../src/statistics/ks-statistic.ts'

type Shown = number | 'Infinity' | '-Infinity'

const { samples, pValues } = JSON.parse(readFileSync(new URL('../fixtures/ks.json', import.meta.url), 'utf8')) as {
  samples: { name: string; a: Shown[]; b: Shown[]; p: number }[]
  pValues: { n1: number; n2: number; d: number; p: number }[]
}

function relativeError(p: number, expected: number): number {
  return p === expected ? 0 : Math.abs(p - expected) / expected
}

/** p by trying every order of the pooled values that two samples without ties can have. */
function byCounting(d: number, n1: number, n2: number): number {
  let [all, asFar] = [0, 0]
  for (let taken = 0; taken < 1 << (n1 + n2); taken++) {
    const ranks = Array.from({ length: n1 + n2 }, (_, at) => at)
    const a = ranks.filter((at) => (taken >> at) & 1)
    if (a.length !== n1) continue
    const b = ranks.filter((at) => !((taken >> at) & 1))
    all++
    if (ksStatistic(Float64Array.from(a), Float64Array.from(b)).statistic >= d - 1e-12) asFar++
  }
  return asFar / all
}

test('p of two samples is what scipy counts, in every sample of the fixture', () => {
  const wrong = samples.filter(({ a, b, p }) => {
    const { statistic } = ksStatistic(Float64Array.from(a, Number), Float64Array.from(b, Number))
    const { pValue, method } = ksPValue(statistic, a.length, b.length)
    return method !== 'exact' || !(relativeError(pValue, p) < 1e-12)
  })
  expect(samples.length).toBeGreaterThan(200)
  expect(wrong).toEqual([])
})

test('p of sizes up to 10 000 and of D from the least to 1 is what scipy counts, down to 1e-290', () => {
  const wrong = pValues.filter(({ d, n1, n2, p }) =>
    [ksPValue(d, n1, n2), ksPValue(d, n2, n1)].some(({ pValue }) => !(relativeError(pValue, p) < 1e-12)),
  )
  expect(pValues.length).toBeGreaterThan(150)
  expect(wrong).toEqual([])
})

test.each([
  [1, 1],
  [2, 5],
  [3, 3],
  [3, 6],
  [4, 5],
  [4, 6],
  [5, 5],
])('p is the share of orders with that D or more: %i against %i', (n1, n2) => {
  const ds = new Set<number>()
  for (let i = 0; i <= n1; i++) for (let j = 0; j <= n2; j++) ds.add(Math.abs(i / n1 - j / n2))
  for (const d of ds) expect(ksPValue(d, n1, n2).pValue).toBeCloseTo(byCounting(d, n1, n2), 13)
})

test('p lies in 0–1 and never rises with D', () => {
  const size = fc.integer({ min: 1, max: 60 })
  fc.assert(
    fc.property(size, size, (n1, n2) => {
      let last = 1
      for (let step = 0; step <= n1 * n2; step += Math.max(1, Math.floor((n1 * n2) / 50))) {
        const { pValue } = ksPValue(step / (n1 * n2), n1, n2)
        expect(pValue).toBeGreaterThanOrEqual(0)
        expect(pValue).toBeLessThanOrEqual(last * (1 + 1e-13))
        last = pValue
      }
    }),
    { seed: 4, numRuns: 60 },
  )
})

test('3 against 3 can reach 0.1 and no less; D = 1/3 says nothing', () => {
  expect(ksPValue(1, 3, 3)).toEqual({ pValue: expect.closeTo(0.1, 15) as number, method: 'exact' })
  expect(ksPValue(1 / 3, 3, 3)).toEqual({ pValue: 1, method: 'exact' })
  expect(ksPValue(0, 10, 7)).toEqual({ pValue: 1, method: 'exact' })
})

test('equal sizes are exact at any size', () => {
  const n = 1_000_000
  const d = Math.round(1.3580986393225505 * Math.sqrt(2 * n)) / n
  const { pValue, method } = ksPValue(d, n, n)
  expect(method).toBe('exact')
  // The limit is off by a few parts in ten million at this size.
  expect(relativeError(pValue, kolmogorovTail(d * Math.sqrt(n / 2)))).toBeLessThan(1e-6)
})

test('beyond what can be counted, the asymptotic value is near the exact one of about the same sizes', () => {
  const z = 1.3580986393225505
  const scale = (n1: number, n2: number): number => z * Math.sqrt(1 / n1 + 1 / n2)
  const { pValue, method } = ksPValue(scale(5_000_001, 4_000_003), 5_000_001, 4_000_003)
  expect(method).toBe('asymptotic')
  expect(Math.abs(pValue / 0.05 - 1)).toBeLessThan(0.002)
})

test('p-values below the smallest double are 0, and never negative or NaN', () => {
  expect(ksPValue(1, 5000, 5000).pValue).toBe(0)
  expect(ksPValue(1, 5000, 4999).pValue).toBe(0)
  expect(ksPValue(1, 50_000_000, 40_000_001)).toEqual({ pValue: 0, method: 'asymptotic' })
})

test.each([
  [1.1, 3, 3],
  [-0.1, 3, 3],
  [Number.NaN, 3, 3],
  [0.5, 0, 3],
  [0.5, 3, 2.5],
])('D = %d with %d and %d values is refused', (d, n1, n2) => {
  expect(() => ksPValue(d, n1, n2)).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
})
