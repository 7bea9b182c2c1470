import { expect, test } from 'vitest'
import { partitionOf } from '../../src/freshness/partition-time.ts'

test.each<[string, string[], string | undefined, string | undefined]>([
  ['/lake/dt=2026-08-22/a.parquet', ['dt'], '2026-08-22T00:00', 'day'],
  ['/lake/dt=20260822/a.parquet', ['dt'], '2026-08-22T00:00', 'day'],
  ['/lake/month=2026-08/a.parquet', ['month'], '2026-08-01T00:00', 'month'],
  ['/lake/dt=2026-08-22/hour=7/a.parquet', ['dt', 'hour'], '2026-08-22T07:00', 'hour'],
  ['/lake/at=2026-08-22T07/a.parquet', ['at'], '2026-08-22T07:00', 'hour'],
  ['/lake/at=2026-08-22%2007%3A00%3A00/a.parquet', ['at'], '2026-08-22T07:00', 'hour'],
  ['/lake/year=2026/month=8/day=2/a.parquet', ['year', 'month', 'day'], '2026-08-02T00:00', 'day'],
  ['C:\\lake\\dt=2028-02-29\\a.parquet', ['dt'], '2028-02-29T00:00', 'day'],
  ['/lake/dt=2026-02-29/a.parquet', ['dt'], undefined, undefined],
  ['/lake/dt=2026-08-22/hour=24/a.parquet', ['dt', 'hour'], undefined, undefined],
  ['/lake/dt=2026-13-01/a.parquet', ['dt'], undefined, undefined],
  ['/lake/dt=__HIVE_DEFAULT_PARTITION__/a.parquet', ['dt'], undefined, undefined],
  ['/lake/dt=%E0%A4%A/a.parquet', ['dt'], undefined, undefined],
  ['/lake/day=2026-08-22/a.parquet', ['dt'], undefined, undefined],
  ['/lake/dt=2026-08-22/a.parquet', ['dt', 'hour'], undefined, undefined],
])('%s by %j', (path, keys, start, unit) => {
  const found = partitionOf(path, keys)
  const time = found && new Date(found.start).toISOString().slice(0, 16)
  expect([time, found?.unit]).toEqual([start, unit])
})
