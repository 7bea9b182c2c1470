import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Evidence } from '../../src/freshness/evidence.ts'
import { judge } from '../../src/freshness/judge.ts'
import { readLimits, type LimitOptions } from '../../src/freshness/limits.ts'
import { allStates, compareStates } from '../../src/freshness/states.ts'
import { spanOf } from '../../src/freshness/zone.ts'
import { freshness } from '../../src/freshness.ts'

const now = Date.parse('2026-11-23T08:00:00Z')

function at(time: string | number, more: Partial<Evidence> = {}): Evidence {
  return { basis: 'mtime', time: new Date(time).getTime(), subject: 'a.csv', findings: [], ...more }
}

function told(evidence: Evidence, options: LimitOptions, when = now): [string, ...string[]] {
  const { state, findings } = judge(evidence, readLimits(options, [evidence.basis]), when)
  return [state, ...findings.map(({ code }) => code.replace('freshness.', ''))]
}

const BY_SEVEN = { schedule: { cron: '0 7 * * 1-5', zone: 'Europe/Berlin', grace: '1h' } } as const

// 7:00 in Berlin is 06:00Z; the grace is over at 07:00Z. 23 November 2026 is a Monday.
test.each<[string, string, string, [string, ...string[]]]>([
  ['it came in time', '2026-11-23T05:30Z', '2026-11-23T08:00Z', ['fresh']],
  ['it came in time, and the next day is not over', '2026-11-23T05:30Z', '2026-11-24T05:59Z', ['fresh']],
  ['it did not come, within the grace', '2026-11-20T05:30Z', '2026-11-23T06:30Z', ['aging', 'due']],
  ['it did not come', '2026-11-20T05:30Z', '2026-11-23T07:00Z', ['stale', 'behind_schedule']],
  ['over the weekend nothing is due', '2026-11-20T05:30Z', '2026-11-22T23:00Z', ['fresh']],
  [
    'late within the grace of Friday counts for Friday',
    '2026-11-20T06:59Z',
    '2026-11-23T07:00Z',
    ['stale', 'behind_schedule'],
  ],
  [
    'exactly at the end of that grace it counts for Friday',
    '2026-11-20T07:00Z',
    '2026-11-23T07:00Z',
    ['stale', 'behind_schedule'],
  ],
  ['after the grace of Friday it counts for Monday', '2026-11-20T07:01Z', '2026-11-23T07:00Z', ['fresh']],
])('a schedule: %s', (_what, time, when, expected) => {
  expect(told(at(time), BY_SEVEN, Date.parse(when))).toEqual(expected)
})

test('a lead keeps what came too late from counting as the next delivery', () => {
  const schedule = { ...BY_SEVEN.schedule, lead: '12h' }
  expect(told(at('2026-11-20T07:01Z'), { schedule })).toEqual(['stale', 'behind_schedule'])
  expect(told(at('2026-11-22T20:00Z'), { schedule })).toEqual(['fresh'])
})

test.each([
  ['2026-11-23T06:50Z', '2026-11-25T12:00Z', ['aging', 'due']],
  ['2026-11-23T06:50Z', '2026-11-25T13:00Z', ['stale', 'behind_schedule']],
  ['2026-11-25T06:50Z', '2026-11-25T13:00Z', ['fresh']],
])('a grace of 30h for what is due each day at 7: of %s at %s', (time, when, expected) => {
  const schedule = { cron: '0 7 * * *', grace: '30h' }
  expect(told(at(time), { schedule }, Date.parse(when))).toEqual(expected)
})

test('what makes an age unsure is an error, or a warning where that is asked for, whatever it is', () => {
  const naive = at('2026-11-22T10:00Z', { span: spanOf(Date.parse('2026-11-22T10:00Z')) })
  const doubted = at(now, { unsure: [{ severity: 'warn', code: 'freshness.x', message: '' }] })
  const skewed = at(now, { clock: now + 3.6e6 })
  for (const evidence of [naive, doubted, skewed]) {
    const judged = (['fail', 'warn'] as const).map((unsure) => judge(evidence, readLimits({ unsure }, ['mtime']), now))
    expect(judged.map(({ state, findings }) => [state, findings[0]?.severity])).toEqual([
      ['unsure', 'error'],
      ['unsure', 'warn'],
    ])
  }
})

test('a schedule and an age are both held to, where both are given', () => {
  expect(told(at('2026-11-23T05:30Z'), { ...BY_SEVEN, maxAge: '2h' })).toEqual(['stale', 'stale'])
  expect(told(at('2026-11-20T05:30Z'), { ...BY_SEVEN, maxAge: '2h' })).toEqual(['stale', 'stale', 'behind_schedule'])
  const { maxAge } = judge(at('2026-11-23T05:30Z'), readLimits(BY_SEVEN, ['mtime']), now)
  // From Friday, 07:00Z, the deadline with its grace.
  expect(maxAge).toBe(3 * 86_400 + 3600)
})

test('without any limit the age of 24h counts, and with a schedule alone none does', () => {
  expect(told(at('2026-11-22T07:59Z'), {})).toEqual(['stale', 'stale'])
  expect(told(at('2026-11-20T20:00Z'), BY_SEVEN, Date.parse('2026-11-22T20:00Z'))).toEqual(['fresh'])
})

test('a learned limit takes the place of the age; while it is learned, the age counts', () => {
  const daily = (count: number): string[] =>
    Array.from({ length: count }, (_, day) => new Date(now - day * 86_400_000).toISOString())
  const learn = (count: number): LimitOptions => ({ maxAge: '3d', learn: { updates: { mtime: daily(count) } } })
  const late = at('2026-11-22T07:00Z')
  expect(told(late, learn(19))).toEqual(['fresh', 'learning'])
  expect(told(late, learn(20))).toEqual(['stale', 'stale', 'learned'])
  expect(told(late, { ...BY_SEVEN, learn: { updates: {} } })).toContain('learning')
  const { findings } = judge(late, readLimits(learn(8), ['mtime']), now)
  expect(findings[0]?.message).toBe(
    'mtime: learning, 7 of 19 gaps between updates are known; until then the limit of 3d counts',
  )
})

test('the older data is, the worse is its state, but for what lies in the future', () => {
  const limits = fc.record(
    {
      maxAge: fc.integer({ min: 2, max: 1e6 }),
      warnAfter: fc.constant(1),
      schedule: fc.constantFrom(BY_SEVEN.schedule, { cron: '*/7 3 * * *', lead: '2h' }, { cron: '0 0 1 * *' }),
    },
    { requiredKeys: ['maxAge'] },
  )
  const age = fc.integer({ min: -300, max: 3e6 })
  const isNaive = fc.boolean()
  fc.assert(
    fc.property(limits, age, age, isNaive, fc.integer({ min: 0, max: 1e9 }), (options, a, b, naive, later) => {
      const when = now + later * 1000
      const state = (seconds: number): ReturnType<typeof judge>['state'] => {
        const time = when - seconds * 1000
        return judge(at(time, naive ? { span: spanOf(time) } : {}), readLimits(options, ['mtime']), when).state
      }
      expect(compareStates(state(Math.max(a, b)), state(Math.min(a, b)))).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('the state of several bases is the worst of them, in any order', async () => {
  const time = fc.oneof(
    fc.integer({ min: -1e7, max: 3e8 }).map((back) => now - back),
    fc.constant(null),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(time, { minLength: 1, maxLength: 5 }), async (times) => {
      const bases = times.map((one, place) => ({
        name: `own${place}`,
        read: async () => ({ basis: `own${place}`, time: one, subject: 'it', findings: [] }),
      }))
      const options = { now: new Date(now), maxAge: '2d', warnAfter: '12h' }
      const all = await freshness({ path: 'a.csv' }, { ...options, bases })
      const turned = await freshness({ path: 'a.csv' }, { ...options, bases: bases.toReversed() })
      const alone = await Promise.all(
        bases.map((basis) => freshness({ path: 'a.csv' }, { ...options, bases: [basis] })),
      )
      const worst = alone
        .map(({ facts }) => facts.state)
        .sort(compareStates)
        .at(-1)
      expect([all.facts.state, turned.facts.state]).toEqual([worst, worst])
      expect(all.facts.bases?.map(({ state }) => state) ?? [all.facts.state]).toEqual(
        alone.map(({ facts }) => facts.state),
      )
    }),
    { numRuns: 50 },
  )
})

test('each state but fresh is worse than fresh, and missing is the worst', () => {
  expect(allStates()[0]).toBe('fresh')
  expect(allStates().at(-1)).toBe('missing')
  // That there is nothing says more than that it is old.
  expect(compareStates('empty', 'stale')).toBeGreaterThan(0)
  expect(new Set(allStates()).size).toBe(allStates().length)
})

test('a basis that is given twice, and rows that are no count, are refused', async () => {
  const basis = { name: 'own', read: async () => at(now) }
  const refused = { code: 'DS_FRESHNESS_OPTION' }
  await expect(freshness({ path: 'a.csv' }, { bases: [basis, basis] })).rejects.toMatchObject(refused)
  await expect(freshness({ path: 'a.csv' }, { minRows: 1.5 })).rejects.toMatchObject(refused)
  await expect(freshness({ path: 'a.csv' }, { minRows: -1 })).rejects.toMatchObject(refused)
})
