import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cells, Outcome } from '../../src/detector.ts'
import { categories } from '../../src/detectors/categories.ts'
import { chiSquare } from '../../src/detectors/chi-square.ts'
import { constant } from '../../src/detectors/constant.ts'
import { duplicateRate } from '../../src/detectors/duplicate-rate.ts'
import { jensenShannon } from '../../src/detectors/jensen-shannon.ts'
import { ks } from '../../src/detectors/ks.ts'
import { detectorNamed, detectorNames } from '../../src/detectors/named.ts'
import { nullRate } from '../../src/detectors/null-rate.ts'
import { psi } from '../../src/detectors/psi.ts'
import { range } from '../../src/detectors/range.ts'
import { totalVariation } from '../../src/detectors/total-variation.ts'
import { vocabulary } from '../../src/detectors/vocabulary.ts'
import { wasserstein } from '../../src/detectors/wasserstein.ts'
import { cellsOfNumbers } from '../../src/drift/cells-of-numbers.ts'
import { detectableGap, detectableShare } from '../../src/drift/detectable.ts'
import { massMoved } from '../../src/drift/moved.ts'
import { fisherExact } from '../../src/statistics/fisher-exact.ts'
import { ksPValue } from '../../src/statistics/ks-p-value.ts'
import { normal, random } from './frames.ts'

/** Any detector, asked without the compiler knowing what it needs. */
function ask(
  detector: { readonly test: (...sides: never[]) => Outcome },
  reference: unknown,
  current: unknown,
): Outcome {
  return (detector.test as unknown as (sides: unknown) => Outcome)({ reference, current, scale: 'value' })
}

function p(outcome: Outcome): number {
  return outcome && 'pValue' in outcome ? outcome.pValue : 1
}

const numbers = fc
  .array(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ noNaN: true, min: -1e6, max: 1e6 })), {
    minLength: 2,
    maxLength: 60,
  })
  .map((values) => Float64Array.from(values))
const counts = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), { minLength: 2, maxLength: 12 })
  .filter((pairs) => pairs.some(([a]) => a > 0) && pairs.some(([, b]) => b > 0))

function cells(
  all: readonly (readonly [number, number])[],
  name: (at: number) => string = (at) => `v${at}`,
): [Cells, Cells] {
  const names = all.map((_, at) => name(at))
  const side = (which: 0 | 1): Cells => {
    const own = all.map((pair) => pair[which])
    return { names, counts: own, rest: 0, rows: own.reduce((sum, count) => sum + count, 0) }
  }
  return [side(0), side(1)]
}

const ofNumbers = [ks(), wasserstein(), range()]
const ofCells = [chiSquare(), totalVariation(), jensenShannon(), psi(), categories(), vocabulary()]

describe('what is compared with itself has not drifted', () => {
  test.each(ofNumbers.map((detector) => [detector.name, detector] as const))('%s', (_name, detector) => {
    expect(fc.check(fc.property(numbers, (values) => p(ask(detector, values, values)) === 1))).toMatchObject({
      failed: false,
    })
  })
  test.each(ofCells.map((detector) => [detector.name, detector] as const))('%s', (_name, detector) => {
    const isQuiet = fc.property(counts, (all) => {
      const [side] = cells(all.map(([a, b]) => [a + b, a + b]))
      return p(ask(detector, side, side)) > 0.99
    })
    expect(fc.check(isQuiet)).toMatchObject({ failed: false })
  })
})

describe('the order of rows and the names of values make no difference', () => {
  test.each(ofNumbers.map((detector) => [detector.name, detector] as const))('%s: order', (_name, detector) => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [forward, backward] = [ask(detector, a, b), ask(detector, a.toReversed(), b.toReversed())]
        expect(p(backward)).toBeCloseTo(p(forward), 12)
      }),
    )
  })
  test.each(ofCells.map((detector) => [detector.name, detector] as const))('%s: names', (_name, detector) => {
    fc.assert(
      fc.property(counts, (all) => {
        const plain = ask(detector, ...cells(all))
        const renamed = ask(detector, ...cells(all.toReversed(), (at) => `renamed ${at * 7}`))
        expect(p(renamed)).toBeCloseTo(p(plain), 12)
        expect(renamed?.effect ?? 0).toBeCloseTo(plain?.effect ?? 0, 6)
      }),
    )
  })
})

test('scaling both sides alike changes neither p nor effect', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.constantFrom(2, -0.5, 1024), (a, b, factor) => {
      const scaled = (values: Float64Array): Float64Array => values.map((value) => value * factor)
      for (const detector of [ks(), wasserstein()]) {
        const [plain, other] = [ask(detector, a, b), ask(detector, scaled(a), scaled(b))]
        expect(p(other)).toBeCloseTo(p(plain), 9)
        expect(other?.effect).toBeCloseTo(plain?.effect ?? 0, 6)
      }
    }),
  )
})

test('a value that one side lacks is always named, and one that both have never', () => {
  fc.assert(
    fc.property(counts, (all) => {
      const [before, after] = cells(all.filter(([a, b]) => a + b > 0))
      fc.pre(before.names.length > 1)
      const outcome = ask(categories(), before, after)
      expect((outcome?.newValues ?? []).map(({ cell }) => cell).sort(byText)).toEqual(named(before, after).sort(byText))
      expect((outcome?.lostValues ?? []).map(({ cell }) => cell).sort(byText)).toEqual(
        named(after, before).sort(byText),
      )
    }),
  )
})

/** Values that a side lacks and the other has. */
function named(side: Cells, other: Cells): string[] {
  return side.names.filter((_, at) => side.counts[at] === 0 && (other.counts[at] as number) > 0)
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function profiled(rows: number, nulls: number, more: object = {}): object {
  return { rows, profile: { name: 'x', type: 'integer', nulls, distinct: rows - nulls, min: 0, max: 9, ...more } }
}

test('the p of a null rate is Fisher’s of the 2×2 table, and its effect the change of the share', () => {
  fc.assert(
    fc.property(
      fc
        .tuple(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50))
        .filter(([a, b, c, d]) => a + b > 0 && c + d > 0 && a + c > 0 && b + d > 0),
      ([a, b, c, d]) => {
        const outcome = ask(nullRate(), profiled(a + b, a), profiled(c + d, c))
        expect(p(outcome)).toBeCloseTo(
          fisherExact([
            [a, b],
            [c, d],
          ]).pValue,
          12,
        )
        expect(outcome?.effect).toBeCloseTo(Math.abs(c / (c + d) - a / (a + b)), 12)
      },
    ),
  )
})

test('NaN count as missing, and where nothing is missing, nothing is said', () => {
  expect(ask(nullRate(), profiled(100, 0), profiled(100, 10, { nans: 20 }))?.effect).toBeCloseTo(0.3, 12)
  expect(ask(nullRate(), profiled(100, 0), profiled(50, 0))).toBeUndefined()
})

test('the p of a range is the chance that the outermost values are all on one side', () => {
  // 3 of 7 values, the largest three: 2 · 1 / C(7, 3).
  const outcome = ask(range(), Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7))
  expect(outcome).toMatchObject({ effect: 1, detail: 'range 1 – 4 before, 5 – 7 now' })
  expect(p(outcome)).toBeCloseTo(2 / 35, 15)
})

test('a column that became constant is told, and p is the chance of it', () => {
  const before = profiled(10, 0, {
    distinct: 2,
    top: [
      { value: 1, count: 6 },
      { value: 2, count: 4 },
    ],
  })
  const outcome = ask(constant(), before, profiled(5, 0, { distinct: 1, min: 1, max: 1 }))
  // All of 5 rows among the 11 of 15 with the value: C(11, 5)/C(15, 5), for each of two values.
  expect(p(outcome)).toBeCloseTo((2 * 462) / 3003, 12)
  expect(outcome).toMatchObject({ detail: 'always 1 now, had 2 values', effect: 0.4 })
  expect(ask(constant(), before, before)).toBeUndefined()
})

test('repeats in a key are drift, in a column that repeats anyway they are none', () => {
  const found = ask(duplicateRate(), profiled(1000, 0), profiled(1000, 0, { distinct: 950 }))
  expect(found).toMatchObject({ effect: 0.05, detail: '50 of 1000 values repeat another, 0 of 1000 before' })
  expect(p(found)).toBeCloseTo(2 ** -50, 20)
  expect(ask(duplicateRate(), profiled(1000, 0, { distinct: 500 }), profiled(1000, 0, { distinct: 5 }))).toBeUndefined()
  // A hundred times the rows have ten thousand times the pairs: some repeats are to be expected.
  expect(p(ask(duplicateRate(), profiled(100, 0), profiled(10_000, 0, { distinct: 9995 })))).toBeGreaterThan(0.9)
})

test('numbers are counted by tenths of both sides, or by value where few differ; none is lost', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const [before, after] = cellsOfNumbers(a, b)
      expect(before.counts.reduce((sum, count) => sum + count, 0)).toBe(a.length)
      expect(after.counts.reduce((sum, count) => sum + count, 0)).toBe(b.length)
      expect(before.names).toEqual(after.names)
      const distinct = new Set([...a, ...b].map((value) => value + 0)).size
      expect(before.names.length).toBeLessThanOrEqual(distinct <= 20 ? distinct : 10)
    }),
  )
  const even = Float64Array.from({ length: 100 }, (_, at) => at)
  const [tenths] = cellsOfNumbers(even, even)
  expect(tenths.counts).toEqual(Array.from({ length: 10 }, () => 10))
  expect(cellsOfNumbers(even, even.subarray(0, 30))[0].names).toHaveLength(3)
  expect(cellsOfNumbers(even, even.subarray(0, 5))[0].names).toHaveLength(2)
})

test('where the rows went is told in words', () => {
  const reference = Float64Array.from({ length: 100 }, (_, at) => 20 + at / 10)
  const current = reference.map((value, at) => (at % 5 === 0 ? value + 30 : value))
  expect(massMoved(...cellsOfNumbers(reference, current))).toBe('20 % of the rows moved from 20 – 29.9 to 29.9 – 59.5')
  expect(massMoved(...cellsOfNumbers(reference, reference))).toBeUndefined()
})

describe('what few rows show', () => {
  test('a gap of the size told is found in 8 of 10 cases or more', () => {
    const [n, m, alpha] = [200, 60, 0.05]
    const gap = detectableGap(n, m, alpha)
    const [next, coin] = [normal(11), random(12)]
    let found = 0
    for (let draw = 0; draw < 300; draw++) {
      // The sides differ by the gap at 0, in the middle of their distributions, where chance is greatest.
      const side = (count: number, low: number): Float64Array =>
        Float64Array.from({ length: count }, () => Math.abs(next()) * (coin() < low ? -1 : 1))
      if (p(ask(ks(), side(n, 0.5 - gap / 2), side(m, 0.5 + gap / 2))) <= alpha) found++
    }
    expect(found / 300).toBeGreaterThan(0.8)
  })

  test('more rows show smaller gaps; too few show none', () => {
    expect(detectableGap(3, 3, 0.05)).toBe(Infinity)
    expect(detectableGap(4, 4, 0.05)).toBe(1)
    expect(detectableGap(1e6, 1e6, 0.05)).toBeLessThan(0.003)
    expect(detectableGap(1000, 1000, 0.05)).toBeCloseTo(0.0795, 2)
    expect(ksPValue(detectableGap(50, 40, 0.05), 50, 40).pValue).toBeLessThan(0.05)
    expect(detectableShare(1000, 1000, 1, 0.05)).toBeCloseTo(0.0626, 3)
    expect(detectableShare(3, 3, 4, 0.05)).toBe(Infinity)
  })
})

test('every detector is known by its name, with its least effect behind a colon', () => {
  for (const name of detectorNames) {
    expect(detectorNamed(name).name).toBe(name)
    expect(detectorNamed(name).minEffect).toBeGreaterThan(0)
    expect(detectorNamed(`${name}:0.4`).minEffect).toBe(0.4)
    expect(detectorNamed(`${name}:0`).minEffect).toBe(0)
  }
  for (const wrong of ['ks:', 'ks:-1', 'ks:Infinity', 'ks:1:2', 'KS', '']) {
    expect(() => detectorNamed(wrong)).toThrow(expect.objectContaining({ code: 'DS_DRIFT_OPTION' }))
  }
})
