import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { conformalPValue, pastNeeded } from '../../src/statistics/conformal-p-value.ts'
import { random } from '../drift/frames.ts'

const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })

test('of all n + 1 numbers that could be the newest, at most k have a p of at most k/(n + 1): the guarantee, counted', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(number, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 40 }), (all) => {
      const ps = all.map((present, at) => conformalPValue(all.toSpliced(at, 1), present))
      const isTied = new Set(all).size < all.length
      for (let k = 1; k <= all.length; k++) {
        const small = ps.filter((p) => p <= k / all.length + 1e-12).length
        expect(small).toBeLessThanOrEqual(k)
        expect(isTied || small === k).toBe(true)
      }
    }),
  )
})

test('a larger number is no more usual, and one more past number that is smaller makes it less so', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 30 }), number, number, (past, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      expect(conformalPValue(past, high)).toBeLessThanOrEqual(conformalPValue(past, low))
      fc.pre(low < high)
      expect(conformalPValue([...past, low], high)).toBeLessThan(conformalPValue(past, high) + 1e-12)
    }),
  )
  expect(conformalPValue([], 5)).toBe(1)
  expect(conformalPValue([0.02, 0.05, 0.03], 0.04)).toBe(0.5)
})

function least(n: number): number {
  return conformalPValue(Array<number>(n).fill(0), 1)
}

test('so many past numbers are needed that p can be alpha, and no fewer', () => {
  for (const alpha of [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.3, 0.001]) {
    const needed = pastNeeded(alpha)
    expect(least(needed)).toBeLessThanOrEqual(alpha + 1e-12)
    expect(needed === 1 || least(needed - 1) > alpha).toBe(true)
  }
  expect([pastNeeded(0.05), pastNeeded(0.01)]).toEqual([19, 99])
})

test('in a simulation it alarms as often as said', () => {
  const next = random(11)
  let alarms = 0
  for (let round = 0; round < 4000; round++) {
    const past = Array.from({ length: 39 }, () => next() ** 8)
    if (conformalPValue(past, next() ** 8) <= 0.05) alarms++
  }
  // 200 are expected, with a standard deviation of 14.
  expect(alarms).toBeGreaterThan(140)
  expect(alarms).toBeLessThan(260)
})

test('what is no number has no place', () => {
  expect(() => conformalPValue([1, Number.NaN], 1)).toThrow(expect.objectContaining({ code: 'DS_SAMPLE_INVALID' }))
  for (const alpha of [0, 1, Number.NaN]) {
    expect(() => pastNeeded(alpha)).toThrow(expect.objectContaining({ code: 'DS_STATISTIC_OPTION' }))
  }
})
