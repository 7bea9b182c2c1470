import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learnLimit } from '../../src/freshness/learned-limit.ts'

/** Updates with these gaps between them, in hours. */
function updates(gaps: readonly number[]): Date[] {
  let time = Date.UTC(2026, 0, 1)
  return [new Date(time), ...gaps.map((hours) => new Date((time += hours * 3_600_000)))]
}

/** What so many gaps of a day say. */
function of(count: number, alpha?: string): object {
  return learnLimit(updates(Array<number>(count).fill(24)), alpha)
}

test('nothing is learned before there are 1/alpha - 1 gaps', () => {
  expect(of(0)).toEqual({ alpha: 0.05, gaps: 0, needed: 19 })
  expect(of(18)).toEqual({ alpha: 0.05, gaps: 18, needed: 19 })
  expect(of(19)).toEqual({ alpha: 0.05, gaps: 19, needed: 19, limit: 86_400 })
  expect(of(98, '1%')).toEqual({ alpha: 0.01, gaps: 98, needed: 99 })
  expect(of(99, '1%')).toMatchObject({ needed: 99, limit: 86_400 })
})

test('the limit is the ceil((n + 1)(1 - alpha))-th smallest gap', () => {
  const gaps = Array.from({ length: 39 }, (_, at) => at + 1)
  expect(learnLimit(updates(gaps)).limit).toBe(38 * 3600)
  expect(learnLimit(updates(gaps.toReversed())).limit).toBe(38 * 3600)
  expect(learnLimit(updates(gaps), 0.25).limit).toBe(30 * 3600)
})

test('order, repeated updates and what is no time make no difference', () => {
  const all = updates(Array.from({ length: 20 }, (_, at) => 20 + at))
  const mixed = [...all.toReversed(), ...all.map((time) => time.toISOString()), 'never', 'NaN']
  expect(learnLimit(mixed)).toEqual(learnLimit(all))
})

// The law: of exchangeable gaps the next one exceeds the limit in at most a share of alpha, over all orders of them.
test('of all orders of gaps, the last exceeds the limit of those before in a share of alpha at most', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 20, maxLength: 60 }),
      fc.constantFrom(0.05, 0.1, 0.25),
      (gaps, alpha) => {
        // The order of those before makes no difference, so that each is the last once.
        const late = gaps.filter((gap, at) => {
          const { limit } = learnLimit(updates(gaps.toSpliced(at, 1)), alpha)
          return gap * 3600 > (limit as number)
        })
        expect(late.length / gaps.length).toBeLessThanOrEqual(alpha)
      },
    ),
  )
})

test('of gaps that are all different, the share of false alarms is no less than alpha - 1/(n + 1)', () => {
  for (const n of [20, 40, 57, 100]) {
    const gaps = Array.from({ length: n }, (_, at) => at * at + 1)
    const late = gaps.filter(
      (gap, at) => gap * 3600 > (learnLimit(updates(gaps.toSpliced(at, 1))).limit as number),
    ).length
    expect(late / n).toBeGreaterThanOrEqual(0.05 - 1 / n)
    expect(late).toBeGreaterThan(0)
  }
})
