import { expect, test } from 'vitest'
import { observationOf, type Observation } from '../../src/alerts/alert.ts'
import { dueNotices, markTold } from '../../src/alerts/due.ts'
import { observeAlerts } from '../../src/alerts/observe.ts'
import { alertRules } from '../../src/alerts/rules.ts'
import type { AlertState } from '../../src/alerts/state.ts'
import type { Finding } from '../../src/finding.ts'

const NOW = new Date('2026-11-23T00:00:00Z')
const rules = alertRules({ resolveAfter: 1 })

function seen(findings: readonly Finding[], more: Partial<Observation> = {}): Observation {
  return { dataset: 'weather', kind: 'validate', uri: 'file:///weather.csv', findings, ...more }
}

function failed(column: string, message = 'bad'): Finding {
  return { severity: 'error', code: 'validate.failed', column, message }
}

function states(state: AlertState): string[] {
  return [...state.values()]
    .map(({ dataset, kind, column, state: now }) => `${dataset} ${kind} ${column} ${now}`)
    .sort()
}

function keyOf(observation: Observation): string {
  return String([...observeAlerts(new Map(), [observation], NOW, alertRules({ from: 'warn' })).keys()][0])
}

test('one alert a code and column; its words are those of all findings, and the newest', () => {
  const first = observeAlerts(new Map(), [seen([failed('a', 'one'), failed('a', 'two'), failed('b')])], NOW, rules)
  expect(states(first)).toEqual(['weather validate a firing', 'weather validate b firing'])
  expect([...first.values()].map(({ message }) => message)).toEqual(['one; two', 'bad'])
  const later = observeAlerts(first, [seen([failed('a', 'three'), failed('b')])], NOW, rules)
  expect([...later.keys()]).toEqual([...first.keys()])
  expect([...later.values()].map(({ message }) => message)).toEqual(['three', 'bad'])
})

test('a key is of project, dataset, kind, code, column and severity, and of nothing else', () => {
  const usual = keyOf(seen([failed('a')]))
  expect(usual).toMatch(/^[0-9a-f]{16}$/)
  expect(keyOf(seen([failed('a', 'other words')], { uri: 'file:///elsewhere.csv' }))).toBe(usual)
  const others = [
    seen([failed('a')], { project: 'p' }),
    seen([failed('a')], { dataset: 'other' }),
    seen([failed('a')], { kind: 'prototype' }),
    seen([failed('b')]),
    seen([{ ...failed('a'), code: 'validate.column_missing' }]),
    seen([{ ...failed('a'), severity: 'warn' }]),
  ].map(keyOf)
  expect(new Set([usual, ...others]).size).toBe(7)
})

test('what was not looked at stays: another habit, another dataset, another project, a habit that did not come to its end', () => {
  const state = observeAlerts(new Map(), [seen([failed('a')])], NOW, rules)
  for (const other of [
    seen([], { kind: 'drift' }),
    seen([], { dataset: 'other' }),
    seen([], { project: 'p' }),
    seen([{ severity: 'error', code: 'DS_SOURCE_NOT_FOUND', message: 'gone' }], { isPartial: true }),
  ]) {
    expect(states(observeAlerts(state, [other], NOW, rules))).toContain('weather validate a firing')
  }
  expect(states(observeAlerts(state, [seen([])], NOW, rules))).toEqual(['weather validate a over'])
})

test('warnings are alerts where that is asked for; information never is', () => {
  const findings: Finding[] = [
    { severity: 'warn', code: 'w', message: '' },
    { severity: 'info', code: 'i', message: '' },
  ]
  expect(observeAlerts(new Map(), [seen(findings)], NOW, rules).size).toBe(0)
  expect(observeAlerts(new Map(), [seen(findings)], NOW, alertRules({ from: 'warn' })).size).toBe(1)
})

test('a report is an observation, of the name that its dataset is called by', () => {
  const dataset = { namespace: 'file', name: '/srv/a.csv', uri: 'file:///srv/a.csv' }
  const report = { kind: 'validate', dataset, findings: [failed('a')] } as const
  expect(observationOf(report)).toMatchObject({ dataset: '/srv/a.csv', uri: dataset.uri, kind: 'validate' })
  expect(observationOf(report, { dataset: 'a', project: 'p' })).toMatchObject({ dataset: 'a', project: 'p' })
})

test('one that is muted is told to nobody until then, but is over for those who were told', () => {
  const later = new Date(NOW.getTime() + 3_600_000)
  let state = observeAlerts(new Map(), [seen([failed('a')])], NOW, rules)
  const mute = (before: AlertState): AlertState =>
    new Map([...before].map(([key, record]) => [key, { ...record, mutedUntil: later.toISOString() }]))
  expect(dueNotices(mute(state), { name: 'x' }, NOW, rules)).toEqual([])
  expect(dueNotices(mute(state), { name: 'x' }, later, rules)).toMatchObject([{ event: 'fire' }])
  state = mute(markTold(state, 'x', dueNotices(state, { name: 'x' }, NOW, rules), NOW))
  expect(dueNotices(observeAlerts(state, [seen([])], NOW, rules), { name: 'x' }, NOW, rules)).toMatchObject([
    { event: 'resolve' },
  ])
})

test('each sink is told by itself: a new one hears of what is there, one that failed hears again, one that does not want it never', () => {
  let state = observeAlerts(new Map(), [seen([failed('a')])], NOW, rules)
  state = markTold(state, 'one', dueNotices(state, { name: 'one' }, NOW, rules), NOW)
  expect(dueNotices(state, { name: 'one' }, NOW, rules)).toEqual([])
  expect(dueNotices(state, { name: 'two' }, NOW, rules)).toHaveLength(1)
  expect(dueNotices(state, { name: 'two', wants: () => false }, NOW, rules)).toEqual([])
  expect(dueNotices(state, { name: '__proto__' }, NOW, rules)).toHaveLength(1)
  state = observeAlerts(state, [seen([])], NOW, rules)
  expect(dueNotices(state, { name: 'one', wants: () => false }, NOW, rules)).toMatchObject([{ event: 'resolve' }])
  expect(dueNotices(state, { name: 'two' }, NOW, rules)).toEqual([])
})

test('errors come first, then what began first, then what is over', () => {
  const warn: Finding = { severity: 'warn', code: 'w', message: '' }
  const all = alertRules({ from: 'warn', resolveAfter: 1 })
  let state = observeAlerts(new Map(), [seen([warn, failed('old')])], NOW, all)
  state = markTold(state, 'x', dueNotices(state, { name: 'x' }, NOW, all), NOW)
  const later = new Date(NOW.getTime() + 1000)
  state = observeAlerts(state, [seen([failed('new')], { dataset: 'b' }), seen([warn])], later, all)
  state = observeAlerts(state, [seen([{ ...warn, code: 'v' }, failed('newest')], { dataset: 'c' })], later, all)
  expect(dueNotices(state, { name: 'x' }, later, all).map(({ event, severity }) => `${event} ${severity}`)).toEqual([
    'fire error',
    'fire error',
    'fire warn',
    'resolve error',
  ])
})

test('long and broken texts are cut, and are UTF-8', () => {
  const [record] = observeAlerts(new Map(), [seen([failed('a', `\uD800${'x'.repeat(5000)}`)])], NOW, rules).values()
  expect(record?.message).toHaveLength(1001)
  expect(record?.message.startsWith('\uFFFDx')).toBe(true)
})

test('no secret of an address is kept', () => {
  const finding = failed('a', 'cannot read https://ada:hunter2@host/x?token=abc')
  const [record] = observeAlerts(new Map(), [seen([finding])], NOW, rules).values()
  expect(record?.message).toBe('cannot read https://host/x?token=***')
})

test('what is over does not end before it began, whatever the clock did', () => {
  let state = observeAlerts(new Map(), [seen([failed('a')])], NOW, rules)
  state = markTold(state, 'x', dueNotices(state, { name: 'x' }, NOW, rules), NOW)
  const earlier = new Date(NOW.getTime() - 3_600_000)
  const [notice] = dueNotices(observeAlerts(state, [seen([])], earlier, rules), { name: 'x' }, earlier, rules)
  expect(notice).toMatchObject({ event: 'resolve', startsAt: NOW.toISOString(), endsAt: NOW.toISOString() })
})

test.each([
  { fireAfter: 0 },
  { fireAfter: '3 of 2' },
  { fireAfter: '0 of 2' },
  { fireAfter: 'two' },
  { fireAfter: 1.5 },
  { resolveAfter: 1.5 },
])('looks are counted in whole numbers: %o', (options) => {
  expect(() => alertRules(options)).toThrow(expect.objectContaining({ code: 'DS_OPTION' }))
})

test('times are durations', () => {
  expect(() => alertRules({ calm: 'soon' })).toThrow(expect.objectContaining({ code: 'DS_UNIT' }))
})

const SOURCE = [
  ['missing', ['DS_SOURCE_NOT_FOUND', 'freshness.missing', 'freshness.no_match']],
  ['empty', ['DS_SOURCE_EMPTY', 'freshness.empty', 'freshness.no_rows']],
  ['unreadable', ['DS_SOURCE_MALFORMED', 'DS_SOURCE_UNREADABLE', 'freshness.unreadable']],
] as const

test.each(SOURCE)('that data is %s is one alert, whichever habit comes upon it', (_what, codes) => {
  const looks = codes.map((code) =>
    seen([{ severity: 'error', code, message: code }], {
      kind: code.startsWith('freshness') ? 'freshness' : 'prototype',
      isPartial: !code.startsWith('freshness'),
    }),
  )
  const state = looks.reduce<AlertState>((before, look) => observeAlerts(before, [look], NOW, rules), new Map())
  const [first] = codes
  // Receivers know it by what it was called first; its words are the newest.
  expect([...state.values()]).toMatchObject([{ code: first, bad: codes.length, message: codes.at(-1) }])
  // It is over once the habit that found it finds it no more.
  const other = observeAlerts(state, [seen([], { kind: 'freshness' })], NOW, rules)
  expect(states(other)).toEqual(['weather prototype undefined firing'])
  const over = observeAlerts(other, [seen([], { kind: 'prototype' })], NOW, rules)
  expect(states(over)).toEqual(['weather prototype undefined over'])
})
