import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ecdfGaps } from '../../src/statistics/ecdf-gaps.ts'
import { ks2samp } from '../../src/statistics/ks2samp.ts'
import { fromCounting, ranks } from './orders.ts'

const few = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 1, maxLength: 25 })
const invalid = (code: string): unknown => expect.objectContaining({ code })

test('its own example', () => {
  expect(ks2samp([1, 2, 3], [4, 5, 6])).toEqual({
    statistic: 1,
    pValue: expect.closeTo(0.1, 15) as number,
    location: 3,
    sign: 1,
    method: 'exact',
    switched: false,
  })
})

test.each(['two-sided', 'less', 'greater'] as const)('p is the share of orders that are as far, %s', (alternative) => {
  for (const [n1, n2] of [
    [3, 3],
    [4, 6],
    [5, 4],
    [6, 3],
  ] as const) {
    for (const method of ['exact', 'accurate'] as const) {
      const error = fromCounting(ranks(n1 + n2), n1, (a, b) => ks2samp(a, b, { alternative, method }))
      expect(error).toBeLessThan(1e-13)
    }
  }
})

test.each(['two-sided', 'less', 'greater'] as const)('with ties, accurate p is still that share, %s', (alternative) => {
  for (const pooled of [
    [1, 1, 1, 2, 2, 3, 3, 3, 4],
    [0, 0, 0, 0, 0, 0, 0, 1],
    [1, 2, 2, 3, 4, 4, 4, 5, 6, 6],
    [5, 5, 5, 5, 5, 5],
  ]) {
    for (const n1 of [2, 3, 4]) {
      const error = fromCounting(pooled, n1, (a, b) => ks2samp(a, b, { alternative, method: 'accurate' }))
      expect(error).toBeLessThan(1e-13)
    }
  }
})

test('accurate p is never above the exact one that takes no regard to ties, and all else is alike', () => {
  fc.assert(
    fc.property(few, few, (a, b) => {
      const accurate = ks2samp(a, b, { method: 'accurate' })
      const exact = ks2samp(a, b, { method: 'exact' })
      fc.pre(!exact.switched)
      expect(accurate.pValue).toBeLessThanOrEqual(exact.pValue * (1 + 1e-12))
      expect(accurate.pValue).toBeGreaterThan(0)
      expect({ ...accurate, pValue: 0 }).toEqual({ ...exact, pValue: 0 })
    }),
    { seed: 11 },
  )
})

test('swapping the samples swaps less and greater, and nothing of two-sided but the sign', () => {
  fc.assert(
    fc.property(few, few, (a, b) => {
      for (const method of ['auto', 'asymptotic', 'accurate'] as const) {
        const forth = ks2samp(a, b, { alternative: 'less', method })
        const back = ks2samp(b, a, { alternative: 'greater', method })
        expect([back.statistic, back.pValue]).toEqual([forth.statistic, forth.pValue])
        const both = ks2samp(a, b, { method })
        expect(ks2samp(b, a, { method })).toMatchObject({ statistic: both.statistic, pValue: both.pValue })
      }
    }),
    { seed: 12 },
  )
})

test('a rising function of the values changes nothing but the location', () => {
  fc.assert(
    fc.property(few, few, (a, b) => {
      const before = ks2samp(a, b, { method: 'accurate' })
      for (const rising of [(x: number) => 3 * x + 7, Math.exp, Math.cbrt]) {
        const after = ks2samp(a.map(rising), b.map(rising), { method: 'accurate' })
        expect(after).toEqual({ ...before, location: rising(before.location) })
      }
    }),
    { seed: 13 },
  )
})

test('p falls as D grows, by every method and alternative', () => {
  const a = ranks(40)
  for (const alternative of ['two-sided', 'less'] as const) {
    for (const method of ['exact', 'asymptotic', 'accurate'] as const) {
      const results = ranks(45).map((shift) => {
        const [x, y] = [a.map((value) => value + shift), a.slice(5).map((value) => value + 0.5)]
        return ks2samp(x, y, { alternative, method })
      })
      const byStatistic = results.toSorted((l, r) => l.statistic - r.statistic || r.pValue - l.pValue)
      expect(byStatistic.map(({ pValue }) => pValue)).toEqual(results.map(({ pValue }) => pValue).sort((l, r) => r - l))
      expect(byStatistic.at(-1)?.pValue).toBeLessThan(1e-15)
    }
  }
})

test('auto goes over to the asymptotic formula above 10 000 values; accurate goes on counting', () => {
  const a = Float64Array.from(ranks(10_001))
  const b = a.map((x) => x + 150.5)
  expect(ks2samp(a.subarray(1), b.subarray(1))).toMatchObject({ method: 'exact', switched: false })
  const asymptotic = ks2samp(a, b)
  const accurate = ks2samp(a, b, { method: 'accurate' })
  expect(asymptotic).toMatchObject({ method: 'asymptotic', switched: false })
  expect(accurate).toMatchObject({ method: 'exact', switched: false, statistic: asymptotic.statistic })
  // What scipy's formula costs here: about a percent and more, the further out.
  expect(asymptotic.pValue / accurate.pValue).toBeGreaterThan(0.97)
  expect(asymptotic.pValue / accurate.pValue).toBeLessThan(0.995)
})

test('exact one-sided p of unequal sizes is switched where scipy’s binomials overflow, and accurate is not', () => {
  // 600 against 445: C(1045, 445) is the last to be a double.
  const [a, b] = [ranks(600), ranks(446).map((x) => x * 1.35 + 30)]
  const options = { alternative: 'greater', method: 'exact' } as const
  expect(ks2samp(a, b.slice(1), options)).toMatchObject({ method: 'exact', switched: false })
  expect(ks2samp(a, b, options)).toMatchObject({ method: 'asymptotic', switched: true })
  expect(ks2samp(a, b, { ...options, method: 'accurate' })).toMatchObject({ method: 'exact', switched: false })
})

test('exact is switched where the lattice has 2^31 points', () => {
  const a = Float64Array.from(ranks(46_400))
  expect(ks2samp(a, a.subarray(1), { method: 'exact' })).toMatchObject({ method: 'asymptotic', switched: true })
})

test('5 against 5 with D = 1/5: rounding puts scipy’s p above 1, so it goes over', () => {
  const result = ks2samp([1, 3, 5, 7, 9], [2, 4, 6, 8, 10], { method: 'exact' })
  expect(result).toMatchObject({ pValue: 1, method: 'asymptotic', switched: true })
})

test('two nearly equal samples of 130 000: scipy’s asymptotic p is 0 there, and should be 1', () => {
  // scipy 1.17.1: ks_2samp(np.arange(130000.), np.arange(130000.) + 10).pvalue == 0.0, by an overflow in its matrix power.
  const a = Float64Array.from(ranks(130_000))
  const b = a.map((x) => x + 10)
  expect(ks2samp(a, b)).toMatchObject({ method: 'asymptotic', pValue: 1 })
  expect(ks2samp(a, b, { method: 'accurate' }).pValue).toBeCloseTo(1, 12)
})

test('infinities are values like others, zeros of both signs one', () => {
  expect(ks2samp([-Infinity, 0, Infinity], [-Infinity, 0, Infinity]).statistic).toBe(0)
  expect(ks2samp([Infinity, Infinity], [1, 2]).location).toBe(2)
  expect(ks2samp([-Infinity, 1], [2, 3])).toMatchObject({ statistic: 1, location: 1, sign: 1 })
  expect(ks2samp([-0], [0]).statistic).toBe(0)
})

test('NaN propagate by default, or are left out, or refused', () => {
  const nothing = { statistic: NaN, pValue: NaN, location: NaN, sign: NaN, method: 'exact', switched: false }
  expect(ks2samp([1, NaN, 2], [3, 4])).toEqual(nothing)
  expect(ks2samp([1, NaN, 2], [3, 4], { nanPolicy: 'omit' })).toEqual(ks2samp([1, 2], [3, 4]))
  expect(() => ks2samp([1, NaN, 2], [3, 4], { nanPolicy: 'raise' })).toThrow(invalid('DS_SAMPLE_INVALID'))
  expect(() => ks2samp([NaN], [3], { nanPolicy: 'omit' })).toThrow(invalid('DS_SAMPLE_INVALID'))
})

test('one against one has no asymptotic p: its law is that of no value', () => {
  expect(ks2samp([1], [2], { method: 'asymptotic' }).pValue).toBe(NaN)
  expect(ks2samp([1], [2]).pValue).toBe(1)
})

test('an empty sample and options that there are not are refused; samples stay as they were', () => {
  expect(() => ks2samp([], [1])).toThrow(invalid('DS_SAMPLE_INVALID'))
  expect(() => ks2samp([1], [2], { alternative: 't' as 'less' })).toThrow(invalid('DS_STATISTIC_OPTION'))
  expect(() => ks2samp([1], [2], { method: 'asymp' as 'exact' })).toThrow(invalid('DS_STATISTIC_OPTION'))
  expect(() => ks2samp([1], [2], { nanPolicy: 'drop' as 'omit' })).toThrow(invalid('DS_STATISTIC_OPTION'))
  const a = Object.freeze([3, 1, 2])
  const b = Float64Array.of(9, 0)
  ks2samp(a, b)
  expect([...a, ...b]).toEqual([3, 1, 2, 9, 0])
})

function wave(n: number, step: number): Float64Array {
  return Float64Array.from({ length: n }, (_, at) => Math.sin(at * step))
}

test('large samples are searched, not sorted, with the same result; NaN does what the policy says', () => {
  const [a, b] = [wave(150_000, 1.1), wave(140_000, 1.3)]
  const { above, below } = ecdfGaps(a.toSorted(), b.toSorted())
  const { height, location } = below.height > above.height ? below : above
  const plain = ks2samp(a, b, { method: 'accurate' })
  expect(plain).toMatchObject({
    statistic: height / (a.length * b.length),
    location,
    method: 'asymptotic',
    switched: false,
  })
  expect(ks2samp([...a, NaN], [...b], { method: 'accurate', nanPolicy: 'omit' })).toEqual(plain)
  expect(
    ks2samp(Float64Array.of(...a.subarray(0, 50_000), NaN, ...a.subarray(50_000, 100_000)), wave(200_000, 1)).statistic,
  ).toBeNaN()
  expect(() => ks2samp(Float64Array.from(a).fill(NaN, 7, 8), b, { nanPolicy: 'raise' })).toThrow('holds NaN')
})
