import { describe, expect, test } from 'vitest'
import type { Cells, Detector, Sides } from '../../src/detector.ts'
import { categories } from '../../src/detectors/categories.ts'
import { chiSquare } from '../../src/detectors/chi-square.ts'
import { jensenShannon } from '../../src/detectors/jensen-shannon.ts'
import { ks } from '../../src/detectors/ks.ts'
import { psi } from '../../src/detectors/psi.ts'
import { range } from '../../src/detectors/range.ts'
import { totalVariation } from '../../src/detectors/total-variation.ts'
import { vocabulary } from '../../src/detectors/vocabulary.ts'
import { wasserstein } from '../../src/detectors/wasserstein.ts'
import { cellsOfNumbers } from '../../src/drift/cells-of-numbers.ts'
import { judge, type Tested } from '../../src/drift/judge.ts'
import { normal, random } from './frames.ts'

/** The short form of `bench/calibration.mjs`: few draws, the same on every run. */
const DRAWS = 200

const ALPHA = 0.05

/** The chance that a binomial count of `DRAWS` draws is above k. */
function above(k: number, p: number): number {
  let [term, sum] = [(1 - p) ** DRAWS, 0]
  for (let at = 0; at <= k; at++) {
    sum += term
    term *= ((DRAWS - at) * p) / ((at + 1) * (1 - p))
  }
  return 1 - sum
}

/** Alarms among the draws that a detector of size alpha exceeds in one case of 10 000. */
const MOST = Array.from({ length: DRAWS }, (_, k) => k).find((k) => above(k, ALPHA) < 1e-4) as number

interface Draw {
  readonly reference: Float64Array
  readonly current: Float64Array
}

function* draws(
  seed: number,
  n: number,
  m: number,
  of: (next: () => number) => number,
  to = (x: number): number => x,
): Generator<Draw> {
  const next = normal(seed)
  for (let at = 0; at < DRAWS; at++) {
    yield {
      reference: Float64Array.from({ length: n }, () => of(next)),
      current: Float64Array.from({ length: m }, () => to(of(next))),
    }
  }
}

/** Rows by whole number. */
function counted({ reference, current }: Draw): Sides<Cells> {
  const values = [...new Set([...reference, ...current])].sort((a, b) => a - b)
  const cells = (side: Float64Array): Cells => ({
    names: values.map(String),
    counts: values.map((value) => side.filter((one) => one === value).length),
    rest: 0,
    rows: side.length,
  })
  return { reference: cells(reference), current: cells(current) }
}

function drifted(detector: Detector, sides: unknown, minEffect = detector.minEffect ?? 0): boolean {
  const outcome = (detector.test as (input: unknown) => ReturnType<Detector['test']>)(sides)
  if (!outcome) return false
  return judge([{ detector, outcome, alpha: ALPHA, minEffect } as Tested], 'bh').some((one) => one.drifted)
}

const gaussian = (next: () => number): number => next()
const lognormal = (next: () => number): number => Math.exp(2 * next())
const skewed = (next: () => number): number => Math.min(9, Math.floor(Math.abs(next()) * 3))

function asCells({ reference, current }: Draw): Sides<Cells> {
  const [before, after] = cellsOfNumbers(reference, current)
  return { reference: before, current: after }
}

describe('without drift, by p alone, alarms are no more than alpha asks for', () => {
  test.each<[string, Detector, (draw: Draw) => unknown, (next: () => number) => number, number, number]>([
    ['ks', ks(), (draw) => draw, gaussian, 500, 30],
    ['ks, equal sizes', ks(), (draw) => draw, lognormal, 300, 300],
    ['ks with ties', ks(), (draw) => draw, skewed, 200, 60],
    ['wasserstein', wasserstein(), (draw) => draw, lognormal, 300, 50],
    ['range', range(), (draw) => draw, gaussian, 100, 100],
    ['psi of numbers', psi(), asCells, gaussian, 500, 30],
    ['jensen-shannon of numbers', jensenShannon(), asCells, gaussian, 500, 100],
    ['total-variation of numbers', totalVariation(), asCells, lognormal, 300, 300],
    ['chi-square', chiSquare(), counted, skewed, 300, 30],
    ['chi-square, current larger', chiSquare(), counted, skewed, 100, 400],
    ['psi of values', psi(), counted, skewed, 300, 100],
    ['categories', categories(), counted, skewed, 100, 30],
    ['vocabulary', vocabulary(), counted, skewed, 200, 200],
  ])('%s', (_name, detector, read, of, n, m) => {
    let alarms = 0
    for (const draw of draws(20_261_130, n, m, of)) if (drifted(detector, read(draw), 0)) alarms++
    expect(alarms).toBeLessThanOrEqual(MOST)
  })
})

test('the bound is one that a test of twice the size breaks', () => {
  expect(MOST).toBe(23)
  expect(above(MOST, 0.1)).toBeGreaterThan(0.2)
})

describe('with drift, it is seen', () => {
  test.each<
    [string, Detector, (draw: Draw) => unknown, (next: () => number) => number, (x: number) => number, number, number]
  >([
    ['ks of heavy tails times 1.5', ks(), (draw) => draw, lognormal, (x) => 1.5 * x, 4000, 4000],
    ['ks of half a standard deviation', ks(), (draw) => draw, gaussian, (x) => x + 0.5, 500, 200],
    ['wasserstein', wasserstein(), (draw) => draw, gaussian, (x) => x + 0.5, 300, 200],
    ['chi-square', chiSquare(), counted, skewed, (x) => (x < 2 ? 5 : x), 300, 100],
    ['psi', psi(), asCells, gaussian, (x) => x + 0.7, 500, 200],
    ['range', range(), (draw) => draw, gaussian, (x) => (x > 1.5 ? 99 : x), 300, 300],
  ])('%s', (_name, detector, read, of, to, n, m) => {
    let [alarms, seen] = [0, 0]
    for (const draw of draws(20_261_131, n, m, of, to)) {
      if (++seen > 40) break
      if (drifted(detector, read(draw))) alarms++
    }
    expect(alarms).toBe(40)
  })
})

function drawn(n: number, next: () => number): Float64Array {
  return Float64Array.from({ length: n }, next)
}

test('fifty columns together alarm no more often than one', () => {
  const next = random(7)
  let alarms = 0
  for (let draw = 0; draw < DRAWS; draw++) {
    const tested = Array.from({ length: 50 }, () => {
      const detector = ks()
      const outcome = (detector.test as (input: unknown) => ReturnType<Detector['test']>)({
        reference: drawn(40, next),
        current: drawn(40, next),
      })
      return { detector, outcome, alpha: ALPHA, minEffect: 0 } as Tested
    })
    if (judge(tested, 'bh').some((one) => one.drifted)) alarms++
  }
  expect(alarms).toBeLessThanOrEqual(MOST)
  expect(alarms).toBeGreaterThan(0)
})
