import { expect, test } from 'vitest'
import type { FreshnessFacts, Report, Status } from '@dayshift/core'
import { toDbtSources } from '../../src/freshness/dbt-sources.ts'

function report(
  status: Status,
  facts: Partial<FreshnessFacts> = {},
  name = '/data/weather hours.csv',
): Report<'freshness'> {
  return {
    kind: 'freshness',
    dataset: { namespace: 'file', name, uri: 'file:///x' },
    status,
    at: '2026-11-23T08:00:00.250Z',
    durationMs: 40,
    findings: status === 'fail' ? [{ severity: 'error', code: 'freshness.missing', message: 'it is missing' }] : [],
    facts: {
      newest: '2026-11-23T07:00:00.000Z',
      ageSeconds: 3600.5,
      maxAgeSeconds: 86_400,
      basis: 'mtime',
      state: 'fresh',
      ...facts,
    },
  }
}

const options = {
  project: 'airports',
  generatedAt: new Date('2026-11-23T08:00:01Z'),
  invocationId: '01936b5c-8c00-7a31-b1c2-3d4e5f607182',
}

test('a report is a source with all that version 3 has', () => {
  const { metadata, results, elapsed_time } = toDbtSources([report('warn', { warnAfterSeconds: 5400 })], options)
  expect(metadata).toEqual({
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/sources/v3.json',
    dbt_version: '1.11.2',
    generated_at: '2026-11-23T08:00:01.000Z',
    invocation_id: '01936b5c-8c00-7a31-b1c2-3d4e5f607182',
    env: {},
  })
  expect(results).toEqual([
    {
      unique_id: 'source.airports.file.weather_hours',
      max_loaded_at: '2026-11-23T07:00:00.000Z',
      snapshotted_at: '2026-11-23T08:00:00.500Z',
      max_loaded_at_time_ago_in_s: 3600.5,
      status: 'warn',
      criteria: {
        warn_after: { count: 90, period: 'minute' },
        error_after: { count: 1, period: 'day' },
        filter: null,
      },
      adapter_response: {},
      timing: [
        { name: 'compile', started_at: '2026-11-23T08:00:00.250Z', completed_at: '2026-11-23T08:00:00.250Z' },
        { name: 'execute', started_at: '2026-11-23T08:00:00.250Z', completed_at: '2026-11-23T08:00:00.290Z' },
      ],
      thread_id: 'Thread-1',
      execution_time: 0.04,
    },
  ])
  expect(elapsed_time).toBe(0.04)
})

test('what fails is an error, and what has no age a runtime error', () => {
  const none = { newest: null, ageSeconds: null, state: 'missing' } as const
  const { results } = toDbtSources([report('fail', { state: 'stale' }), report('fail', none)], options)
  expect(results.map(({ status }) => status)).toEqual(['error', 'runtime error'])
  expect(results[1]).toEqual({
    // Readers keep one of an id.
    unique_id: 'source.airports.file.weather_hours_2',
    error: 'it is missing',
    status: 'runtime error',
  })
})

test.each([
  [86_400, { count: 1, period: 'day' }],
  [7 * 86_400, { count: 7, period: 'day' }],
  [36 * 3600, { count: 36, period: 'hour' }],
  [90, { count: 2, period: 'minute' }],
  [0, { count: 0, period: 'minute' }],
  [Infinity, { count: null, period: null }],
])('a limit of %d seconds', (maxAgeSeconds, error_after) => {
  const [result] = toDbtSources([report('pass', { maxAgeSeconds })], options).results
  expect(result).toMatchObject({ criteria: { error_after } })
})

test('ids hold letters, digits and underscores only, or are the caller’s', () => {
  const of = report('pass', {}, '***')
  expect(toDbtSources([of], options).results[0]?.unique_id).toBe('source.airports.file.unnamed')
  expect(toDbtSources([of], { ...options, nameOf: () => 'my rows' }).results[0]?.unique_id).toBe(
    'source.airports.file.my_rows',
  )
  expect(toDbtSources([of], { ...options, uniqueId: ({ kind }) => `source.a.b.${kind}` }).results[0]?.unique_id).toBe(
    'source.a.b.freshness',
  )
})
