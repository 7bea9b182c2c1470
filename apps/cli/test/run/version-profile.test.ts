import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport, type AnyReport, type Report } from '@dayshift/core'
import { expect, test } from 'vitest'
import { GIT_ENV, newFolder, printed } from '../cli.ts'

/** A small dataset of every kind of column. */
function data(rows: number, shift: number): string {
  const lines = Array.from({ length: rows }, (_, at) => {
    const day = new Date(Date.UTC(2026, 0, 1 + (at % 28))).toISOString().slice(0, 10)
    const value = ((at * 7919) % 1000) / 8 + shift * 40
    return [at, day, value, at % 9 === 0 ? '' : ['red', 'green', 'blue'][(at + shift) % 3], `AB-${at * 3}`].join(',')
  })
  return `id,day,value,colour,code\n${lines.join('\n')}\n`
}

function project(): string {
  const folder = newFolder()
  execFileSync('git', ['init', '-q'], { cwd: folder, env: GIT_ENV })
  const datasets = { orders: { source: 'orders.csv', drift: { reference: 'previous' } } }
  writeFileSync(join(folder, 'dayshift.config.json'), JSON.stringify({ name: 'shop', datasets }))
  return folder
}

function driftOf(reports: readonly AnyReport[]): Report<'drift'> {
  const report = findReport(reports, 'drift')
  if (!report) throw new Error('drift did not run')
  return report
}

test('a run compares with the version before by what was kept of it, and says what its rows would', async () => {
  const folder = project()
  writeFileSync(join(folder, 'orders.csv'), data(600, 0))
  const first = await printed(folder, 'run')
  expect(first.skipped?.map(({ step }) => step)).toContain('drift')
  const kept = join(folder, '.dayshift', 'profiles')
  expect(readdirSync(kept).filter((name) => name.endsWith('.json'))).toHaveLength(1)
  expect(readFileSync(join(kept, '.gitignore'), 'utf8')).toBe('*\n')

  writeFileSync(join(folder, 'orders.csv'), data(700, 1))
  const other = newFolder()
  cpSync(folder, other, { recursive: true })
  // There the rows are read; here they are not even in the cache.
  rmSync(join(other, '.dayshift', 'profiles'), { recursive: true })
  rmSync(join(folder, '.dvc', 'cache'), { recursive: true })
  const byProfile = driftOf((await printed(folder, 'run')).reports)
  const byRows = driftOf((await printed(other, 'run')).reports)
  expect(byProfile.facts).toEqual(byRows.facts)
  expect(byProfile.findings).toEqual(byRows.findings)
  expect(byProfile.facts.driftedColumns).toContain('value')
  expect(readdirSync(kept).filter((name) => name.endsWith('.json'))).toHaveLength(2)
})

test('what was kept and is spoilt is passed over', async () => {
  const folder = project()
  writeFileSync(join(folder, 'orders.csv'), data(300, 0))
  await printed(folder, 'run')
  const kept = join(folder, '.dayshift', 'profiles')
  for (const name of readdirSync(kept)) writeFileSync(join(kept, name), '{"format":')
  writeFileSync(join(folder, 'orders.csv'), data(300, 1))
  expect(driftOf((await printed(folder, 'run')).reports).facts.driftedColumns).toContain('value')
})
