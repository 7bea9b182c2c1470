import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport, type AnyReport } from '@dayshift/core'
import { beforeAll, expect, test } from 'vitest'
import { dayshift, GIT_ENV, newFolder, printed, start } from '../cli.ts'

const STEPS = ['prototype', 'validate', 'version', 'register', 'log', 'freshness', 'drift']

const folder = newFolder()
const unfinished = join(folder, '.dayshift/runs/unfinished/rows.json')

/** What is kept of a run that is not over. */
interface Kept {
  readonly runId: string
  readonly isEnded: boolean
  readonly reports: readonly AnyReport[]
}

function kept(): Kept | undefined {
  return existsSync(unfinished) ? (JSON.parse(readFileSync(unfinished, 'utf8')) as Kept) : undefined
}

function journal(name: string): Record<string, unknown>[] {
  const file = join(folder, name)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** New data: a run of it has all to do. */
function write(rows: number): void {
  writeFileSync(join(folder, 'data/rows.csv'), `a\n${Array.from({ length: rows }, (_, at) => at % 5).join('\n')}\n`)
}

function events(): string[] {
  return journal('metadata_log.jsonl').map(({ eventType }) => String(eventType))
}

beforeAll(async () => {
  mkdirSync(join(folder, 'data'))
  writeFileSync(
    join(folder, 'dayshift.config.mjs'),
    `import { z } from 'zod'
export default { name: 'p', datasets: { rows: { source: 'data/rows.csv', contract: z.object({ a: z.int().min(0) }), drift: { reference: 'previous' } } } }
`,
  )
  execFileSync('git', ['init', '-q'], { cwd: folder, env: GIT_ENV })
  write(10)
  await dayshift(folder, ['run'])
})

// What a run has completed is on the disk before the next step begins, so that a kill at any moment is one of these.
test.each([1, 2, 3, 4, 5])(
  'killed once %i steps are completed, the next run does those that are left',
  async (least) => {
    const rowsBefore = readFileSync(join(folder, 'data/rows.csv'), 'utf8').trimEnd().split('\n').length - 1
    write(100 + least)
    const before = { history: journal('.dayshift/reports.jsonl').length, events: events().length }
    const killed = start(folder, ['run'])
    await killed.until(() => (kept()?.reports.length ?? 0) >= least)
    killed.child.kill('SIGKILL')
    await killed.ended
    const { runId, reports: done } = kept() as Kept
    expect(done.length).toBeGreaterThanOrEqual(least)

    const { exitCode, reports, datasets } = await printed(folder, 'run')
    expect([exitCode, reports.map(({ kind }) => kind)]).toEqual([0, STEPS])
    const again = done.filter(({ kind }) => kind !== 'freshness' && kind !== 'drift')
    expect(datasets).toMatchObject([{ name: 'rows', resumedAt: STEPS[again.length] }])
    // It is the same run, and what it had done stands as it was.
    expect(new Set(reports.map(({ run }) => run))).toEqual(new Set([runId]))
    for (const { kind, at } of again) expect(findReport(reports, kind)?.at).toBe(at)
    const written = journal('.dayshift/reports.jsonl').slice(before.history)
    for (const { kind } of again) expect(written.filter((one) => one['kind'] === kind)).toHaveLength(1)
    expect(new Set(written.map(({ run }) => run))).toEqual(new Set([runId]))
    const told = events().slice(before.events)
    expect([told[0], told.at(-1), told.filter((type) => type === 'COMPLETE')]).toEqual([
      'START',
      'COMPLETE',
      ['COMPLETE'],
    ])
    expect(findReport(reports, 'drift')?.facts.referenceRows).toBe(rowsBefore)
    expect(kept()).toBeUndefined()
  },
)

test('a run that was stopped has ended: another one uses what it found', async () => {
  write(200)
  const before = { history: journal('.dayshift/reports.jsonl').length, events: events().length }
  const stopped = start(folder, ['run'])
  await stopped.until(() => (kept()?.reports.length ?? 0) >= 1)
  stopped.child.kill('SIGTERM')
  expect((await stopped.ended).code).toBe(143)
  expect(events().slice(before.events)).toEqual(['START', 'ABORT'])
  const { runId, reports: done } = kept() as Kept
  const { reports, exitCode, datasets } = await printed(folder, 'run')
  expect([exitCode, datasets?.[0]]).toMatchObject([0, { resumedAt: STEPS[done.length] }])
  expect(events().slice(before.events)).toEqual(['START', 'ABORT', 'START', 'COMPLETE'])
  const [run] = [...new Set(reports.map((report) => report.run))]
  expect(run).not.toBe(runId)
  expect(findReport(reports, 'log')?.facts.runId).toBe(run)
  const own = journal('.dayshift/reports.jsonl').filter((report) => report['run'] === run)
  expect(own.map(({ kind }) => kind)).toEqual(STEPS)
})

test('data that changed meanwhile is looked at from the first step on', async () => {
  write(300)
  const killed = start(folder, ['run'])
  await killed.until(() => (kept()?.reports.length ?? 0) >= 1)
  killed.child.kill('SIGKILL')
  await killed.ended
  const { runId } = kept() as Kept
  write(301)
  const { reports, datasets } = await printed(folder, 'run')
  expect(datasets?.[0]).not.toHaveProperty('resumedAt')
  expect(findReport(reports, 'prototype')?.run).not.toBe(runId)
})

test('two runs at once do not go on with one another', async () => {
  write(400)
  const runs = await Promise.all([printed(folder, 'run'), printed(folder, 'run')])
  expect(runs.map(({ exitCode, reports }) => [exitCode, reports.length])).toEqual([
    [0, 7],
    [0, 7],
  ])
  expect(new Set(runs.flatMap(({ reports }) => reports.map(({ run }) => run))).size).toBeLessThanOrEqual(2)
  expect(journal('.dayshift/reports.jsonl').length).toBeGreaterThan(0)
  expect(readdirSync(join(folder, '.dayshift/runs')).toSorted((a, b) => a.localeCompare(b))).toEqual([
    '.gitignore',
    'rows.json',
    'unfinished',
  ])
  expect(readdirSync(join(folder, '.dayshift/runs/unfinished'))).toEqual([])
})

test('a record that cannot be read is none; what --only ran is of the version that is recorded', async () => {
  const one = await printed(folder, 'run', '--only', 'validate')
  expect(one.reports).toMatchObject([{ kind: 'validate', dataset: { version: expect.stringMatching(/^md5:/) } }])
  write(500)
  writeFileSync(unfinished, '{"key":1,"reports":[1]}')
  const whole = await printed(folder, 'run')
  expect([whole.exitCode, whole.reports.length]).toEqual([0, 7])
  expect(whole.datasets?.[0]).not.toHaveProperty('resumedAt')
})

test.skipIf(process.platform === 'win32')(
  'a pipe in place of what is remembered is neither waited for nor written to',
  async () => {
    write(600)
    const places = [unfinished, join(folder, '.dayshift/runs/rows.json')]
    for (const place of places) execFileSync('sh', ['-c', 'rm -f "$1"; mkfifo "$1"', 'sh', place])
    const { exitCode, reports } = await printed(folder, 'run')
    expect([exitCode, reports.length]).toEqual([0, 7])
  },
)
