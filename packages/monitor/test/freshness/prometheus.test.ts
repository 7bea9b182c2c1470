import { expect, test } from 'vitest'
import type { FreshnessFacts, Report } from '@dayshift/core'
import { toPrometheus } from '../../src/freshness/prometheus.ts'

function report(name: string, facts: Partial<FreshnessFacts> = {}): Report<'freshness'> {
  return {
    kind: 'freshness',
    dataset: { namespace: 'file', name, uri: 'file:///x' },
    status: 'pass',
    at: '2026-11-23T08:00:00.250Z',
    durationMs: 4,
    findings: [],
    facts: {
      newest: '2026-11-23T07:00:00.000Z',
      ageSeconds: 3600,
      maxAgeSeconds: 86_400,
      basis: 'mtime',
      state: 'fresh',
      ...facts,
    },
  }
}

/** Lines of one metric, without its name. */
function samples(text: string, name: string): string[] {
  return text.split('\n').flatMap((line) => (line.startsWith(`${name}{`) ? [line.slice(name.length)] : []))
}

test('ages are gauges in seconds, with a help and a type, and the last line ends', () => {
  const text = toPrometheus([report('/data/a.csv', { warnAfterSeconds: 60, rows: 7 })])
  expect(text.split('\n').slice(0, 3)).toEqual([
    '# HELP dayshift_freshness_age_seconds Age of the newest data when it was checked.',
    '# TYPE dayshift_freshness_age_seconds gauge',
    'dayshift_freshness_age_seconds{namespace="file",dataset="/data/a.csv",basis="mtime"} 3600',
  ])
  expect(text.endsWith('\n')).toBe(true)
  expect(text.split('\n').filter((line) => line.trim() === '')).toHaveLength(1)
  const name = '{namespace="file",dataset="/data/a.csv"}'
  expect(samples(text, 'dayshift_freshness_ok')).toEqual([`${name} 1`])
  expect(samples(text, 'dayshift_freshness_warn_after_seconds')).toEqual([`${name} 60`])
  expect(samples(text, 'dayshift_freshness_rows')).toEqual([`${name} 7`])
  expect(samples(text, 'dayshift_freshness_checked_timestamp_seconds')).toEqual([`${name} 1795420800.25`])
})

test('of the states one is 1, and each basis has its own age', () => {
  const text = toPrometheus([
    report('a', {
      state: 'stale',
      bases: [
        { basis: 'mtime', newest: '2026-11-23T07:00:00.000Z', ageSeconds: 3600, maxAgeSeconds: 60, state: 'stale' },
        { basis: 'content', newest: null, ageSeconds: null, maxAgeSeconds: Infinity, state: 'unknown' },
      ],
    }),
  ])
  const on = samples(text, 'dayshift_freshness_state').filter((line) => line.endsWith(' 1'))
  expect(on).toEqual(['{namespace="file",dataset="a",state="stale"} 1'])
  expect(samples(text, 'dayshift_freshness_state')).toHaveLength(10)
  // What has no value has no sample: 0 or NaN would be an age.
  expect(samples(text, 'dayshift_freshness_age_seconds')).toEqual(['{namespace="file",dataset="a",basis="mtime"} 3600'])
  expect(text).not.toMatch(/NaN|Inf|null/)
})

test('backslashes, quotes and breaks of lines in names are escaped', () => {
  expect(samples(toPrometheus([report('C:\\a "b"\nc.csv')]), 'dayshift_freshness_ok')).toEqual([
    '{namespace="file",dataset="C:\\\\a \\"b\\"\\nc.csv"} 1',
  ])
})

test('two checks of one dataset are told apart, so that neither hides the other; no report gives no text', () => {
  const [one, other] = [report('a'), report('a', { ageSeconds: 5 })]
  expect(samples(toPrometheus([one, other]), 'dayshift_freshness_age_seconds')).toEqual([
    '{namespace="file",dataset="a",basis="mtime"} 3600',
    '{namespace="file",dataset="a",check="2",basis="mtime"} 5',
  ])
  const named = toPrometheus([one, other], { nameOf: (of) => (of === one ? 'rows' : 'file') })
  expect(samples(named, 'dayshift_freshness_age_seconds')).toEqual([
    '{namespace="file",dataset="a",name="rows",basis="mtime"} 3600',
    '{namespace="file",dataset="a",name="file",basis="mtime"} 5',
  ])
  expect(toPrometheus([])).toBe('')
})
