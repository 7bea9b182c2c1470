import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileDataset, makeReport, type AnyReport } from '@dayshift/core'
import { expect, test } from 'vitest'
import { dayshift, newFolder } from './cli.ts'

function freshness(folder: string, name: string, at: string, state: 'fresh' | 'stale'): AnyReport {
  const facts = { newest: at, ageSeconds: 60, maxAgeSeconds: 30, basis: 'mtime', state } as const
  const finding = { severity: 'error', code: 'freshness.stale', message: 'too old' } as const
  return makeReport('freshness', fileDataset(name, folder), new Date(at), facts, state === 'stale' ? [finding] : [])
}

test('reports are listed, the newest first, by dataset, habit, result and time', async () => {
  const folder = newFolder()
  const none = await dayshift(folder, ['history'])
  expect(none).toMatchObject({ code: 0, stdout: 'no report: dayshift run keeps them\n' })
  mkdirSync(join(folder, '.dayshift'))
  const file = join(folder, '.dayshift', 'reports.jsonl')
  writeFileSync(
    join(folder, 'dayshift.config.mjs'),
    "export default { name: 'n', datasets: { second: { source: 'b.csv' } } }\n",
  )
  for (let hour = 10; hour < 35; hour++) {
    const at = new Date(Date.UTC(2026, 10, 1, hour)).toISOString()
    const report = freshness(folder, hour % 2 === 0 ? 'a.csv' : 'b.csv', at, hour % 5 === 0 ? 'stale' : 'fresh')
    appendFileSync(file, `${JSON.stringify(report)}\n`)
  }
  appendFileSync(file, '{"kind": "fresh')

  const all = await dayshift(folder, ['history', '--limit', '3'])
  expect(all.stdout.split('\n')).toEqual([
    expect.stringMatching(/^at \(UTC\) +run +dataset +habit +result +what$/),
    expect.stringMatching(/^2026-11-02 10:00 +a.csv +freshness +pass +fresh, 1m old by mtime, limit 30s$/),
    expect.stringMatching(/^2026-11-02 09:00 +b.csv +freshness/),
    expect.stringMatching(/^2026-11-02 08:00 +a.csv +freshness/),
    '3 reports of 25 (--limit)',
    '',
  ])
  expect(all.stderr).toContain('1 line of .dayshift/reports.jsonl cannot be read')

  const some = await dayshift(folder, [
    'history',
    'second',
    '--status',
    'fail',
    '--since',
    '2026-11-02',
    '--json',
    '--kind',
    'freshness,drift',
  ])
  const { result } = JSON.parse(some.stdout) as { result: { total: number; reports: AnyReport[] } }
  expect(result.total).toBe(1)
  expect(result.reports.map(({ at, dataset }) => [at, dataset.name])).toEqual([
    ['2026-11-02T01:00:00.000Z', join(folder, 'b.csv')],
  ])
})

test.each([
  [['--kind', 'fresh'], "--kind is prototype, validate, version, register, log, freshness, drift; not 'fresh'"],
  [['--status', 'error'], "--status is pass, warn, fail; not 'error'"],
  [['--limit', '0'], '--limit takes a whole number from 1 on, not 0'],
  [['--since', 'soon'], 'soon'],
])('what cannot be: %j', async (flags, message) => {
  const { code, stderr } = await dayshift(newFolder(), ['history', ...flags])
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})

test('a profile tells what columns hold', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'a.csv'), 'id,city\n1,Ulm\n2,Ulm\n2,\n')
  const { code, stdout } = await dayshift(folder, ['profile', 'a.csv', '--key', 'id'])
  expect(code).toBe(0)
  expect(stdout.split('\n')).toEqual([
    'a.csv: 3 rows, 2 columns',
    expect.stringMatching(/^ {2}column +type +nulls +distinct/),
    expect.stringMatching(/^ {2}id +integer +0 +2 +1 … 2/),
    expect.stringMatching(/^ {2}city +string +1 +1/),
    'key id: 1 value comes again, on 1 row',
    '',
  ])
  const json = await dayshift(folder, ['profile', 'a.csv', '--columns', 'city', '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({
    status: 'pass',
    result: { dataset: { format: 'csv' }, profile: { rows: 3, columns: [{ name: 'city', nulls: 1, distinct: 1 }] } },
  })
  expect(await dayshift(folder, ['profile', 'missing.csv'])).toMatchObject({ code: 3 })
})
