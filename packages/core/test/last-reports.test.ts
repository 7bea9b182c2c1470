import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appendJournal } from '../src/journal/append.ts'
import { lastReports } from '../src/last-reports.ts'
import { makeReport } from '../src/report.ts'

const dataset = { namespace: 'file', name: '/srv/a.csv', uri: 'file:///srv/a.csv' }
const facts = { newest: null, ageSeconds: null, maxAgeSeconds: 60, basis: 'mtime', state: 'missing' } as const

test('the last report of each kind is that whose work began last, whatever the order of lines', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dayshift-last-'))
  const path = join(folder, 'reports.jsonl')
  expect(await lastReports(path, dataset)).toEqual([])
  const at = (day: string, over = {}): Record<string, unknown> => ({
    ...makeReport('freshness', { ...dataset, ...over }, new Date(day), facts),
  })
  appendJournal(path, [at('2026-11-02'), at('2026-11-03'), at('2026-11-01'), at('2026-11-09', { name: '/srv/b.csv' })])
  appendJournal(path, [{ kind: 'other' }, { ...at('2026-11-01'), kind: 'drift' }])
  expect((await lastReports(path, dataset)).map(({ kind, at: when }) => [kind, when.slice(0, 10)])).toEqual([
    ['freshness', '2026-11-03'],
    ['drift', '2026-11-01'],
  ])
  rmSync(folder, { recursive: true })
})
