import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dayshift, newFolder } from './cli.ts'

interface Check {
  readonly name: string
  readonly severity: string
  readonly message: string
  readonly hint?: string
}

async function examined(
  folder: string,
  env: Record<string, string> = {},
): Promise<{ code: number | null; checks: Check[] }> {
  const { code, stdout } = await dayshift(folder, ['doctor', '--json'], { env })
  const { result } = JSON.parse(stdout) as { result: { checks: Check[] } }
  return { code, checks: result.checks }
}

const names = (checks: readonly Check[], severity: string): string[] =>
  checks.filter((check) => check.severity === severity).map(({ name }) => name)

test('an empty folder has all that is needed', async () => {
  const { code, checks } = await examined(newFolder())
  expect(code).toBe(0)
  expect(names(checks, 'error')).toEqual([])
  expect(checks.map(({ name }) => name)).toEqual([
    'runtime',
    'project',
    'engine',
    'git',
    'versions',
    'lineage server',
    'disk',
    'temporary files',
    'clock',
  ])
  for (const { severity, hint } of checks) expect(hint === undefined).toBe(severity === 'info')
})

test('what is not well is told, each with what mends it, and nothing is changed', async () => {
  const folder = newFolder()
  execFileSync('git', ['init', '-q'], { cwd: folder })
  const dvc = await dayshift(folder, ['dvc', 'init'])
  expect(dvc.code).toBe(0)
  writeFileSync(join(folder, 'here.csv'), 'a\n1\n')
  writeFileSync(
    join(folder, 'dayshift.config.mjs'),
    "export default { name: 'n', datasets: { here: { source: 'here.csv' }, gone: { source: 'gone.csv' } } }\n",
  )
  const good = join(folder, 'store')
  mkdirSync(good)
  await dayshift(folder, ['dvc', 'remote', 'add', 'good', good])
  await dayshift(folder, ['dvc', 'remote', 'add', '--local', 'dead', 'http://ada:hunter22@127.0.0.1:9/x'])
  writeFileSync(
    join(folder, 'metadata_log.jsonl'),
    '{"origin": "a", "timestamp": "2026-11-01T00:00:00Z", "num_rows": 1, "column_names": []}\n',
  )
  appendFileSync(join(folder, 'data_catalog.jsonl'), '{"unique_id": \n')
  const late = new Date(Date.now() + 7_200_000)
  utimesSync(join(folder, 'metadata_log.jsonl'), late, late)

  const { code, checks } = await examined(folder, { OPENLINEAGE__TRANSPORT: '{"type": "http"}' })
  expect(code).toBe(1)
  const of = (name: string): Check | undefined => checks.find((check) => check.name === name)
  expect(names(checks, 'error')).toEqual(['remote dead', 'catalog', 'lineage server'])
  expect(of('dataset gone')).toMatchObject({ severity: 'warn', message: 'gone.csv is not there' })
  expect(of('remote good')).toMatchObject({ severity: 'info', message: `${good} answers` })
  expect(of('remote dead')?.hint).toBeDefined()
  expect(JSON.stringify(checks)).not.toContain('hunter22')
  expect(of('catalog')).toMatchObject({
    message: 'data_catalog.jsonl: 1 line damaged',
    hint: 'Run dayshift catalog fsck --repair.',
  })
  expect(of('lineage log')).toMatchObject({ severity: 'info', message: 'metadata_log.jsonl: 1 line, all whole' })
  expect(of('lineage server')?.message).toContain('OPENLINEAGE__TRANSPORT')
  expect(of('clock')).toMatchObject({ severity: 'warn' })
  expect(of('clock')?.message).toMatch(/^metadata_log\.jsonl was written (2h|1h 59m)/)
})

test('a project file that cannot be read is told, and the rest is looked at', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'dayshift.config.mjs'), 'export default { name: 7 }\n')
  const { code, checks } = await examined(folder)
  expect(code).toBe(1)
  expect(checks.filter(({ severity }) => severity === 'error')).toEqual([expect.objectContaining({ name: 'project' })])
  expect(names(checks, 'info')).toContain('clock')
  rmSync(folder, { recursive: true })
})
