import { expect, test } from 'vitest'
import { ks } from '../../src/detectors/ks.ts'
import { unitChange } from '../../src/detectors/unit-change.ts'
import type { NumbersDetector, Outcome } from '../../src/detector.ts'
import { cellsOfNumbers, rangesOfNumbers } from '../../src/drift/cells-of-numbers.ts'
import { normal } from './frames.ts'

const next = normal(21)
const MANY = 600_000
const reference = Float64Array.from({ length: MANY }, () => 20 + 5 * next())
const column = { name: 'temp', type: 'float', nativeType: 'DOUBLE' } as const

test('ranges of many numbers are about tenths, and their counts are exact', () => {
  const current = reference.map((value) => value * 1.1)
  const [before, after] = rangesOfNumbers(reference, current)
  const [exact] = cellsOfNumbers(reference, current)
  expect(before.names).toHaveLength(exact.names.length)
  for (const [side, values] of [
    [before, reference],
    [after, current],
  ] as const) {
    expect(side.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length)
  }
  for (const [at, count] of before.counts.entries()) {
    const share = (count + (after.counts[at] as number)) / (2 * MANY)
    expect(share).toBeGreaterThan(0.09)
    expect(share).toBeLessThan(0.11)
  }
})

test('another unit is seen among many numbers, and a mere drift is none', () => {
  const ask = (detector: object, current: Float64Array): Outcome =>
    (detector as NumbersDetector).test({ reference, current, column, scale: 'value' })
  const fahrenheit = reference.map((value) => value * 1.8 + 32)
  expect(ask(unitChange(), fahrenheit)?.detail).toBe('values look changed from °C to °F')
  const moved = reference.map((value) => value + 40 * Math.abs(Math.sin(value)))
  expect(ask(unitChange(), moved)).toBeUndefined()
  expect(ask(ks(), moved)?.detail).toMatch(/^\d+ % of the rows moved from .* to .*$/)
})
