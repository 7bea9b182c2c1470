import { execFileSync } from 'node:child_process'
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport, type AnyReport } from '@dayshift/core'
import { expect, test } from 'vitest'
import { dayshift, newFolder, printed, start } from './cli.ts'

const STEPS = ['prototype', 'validate', 'version', 'register', 'log', 'freshness', 'drift']

async function example(): Promise<string> {
  const folder = newFolder()
  const { code, stderr } = await dayshift(folder, ['init', '--example'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return folder
}

function journal(folder: string, name: string): Record<string, unknown>[] {
  return readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

function batch(folder: string, name: string): void {
  copyFileSync(join(folder, 'batches', `${name}.csv`), join(folder, 'data', 'readings.csv'))
}

function kinds(reports: readonly AnyReport[]): string[] {
  return reports.map(({ kind }) => kind)
}

test('the example project runs all seven steps, and leaves versions, catalog, lineage and history', async () => {
  const folder = await example()
  const first = await printed(folder, 'run')
  expect(first).toMatchObject({ status: 'pass', exitCode: 0, skipped: [] })
  expect(kinds(first.reports)).toEqual(STEPS)
  const version = findReport(first.reports, 'version')?.facts.files[0]?.hash
  expect(findReport(first.reports, 'drift')).toMatchObject({
    dataset: { version },
    facts: { driftedColumns: [] },
  })
  expect(existsSync(join(folder, 'data/readings.csv.dvc'))).toBe(true)
  expect(journal(folder, 'data_catalog.jsonl')).toMatchObject([
    {
      dataset_name: 'readings',
      version,
      rows: 5000,
      owners: ['data@greenhouse.example'],
      contract: { status: 'pass' },
    },
  ])
  const events = journal(folder, 'metadata_log.jsonl')
  expect(events.map(({ eventType }) => eventType)).toEqual(['START', 'COMPLETE'])
  expect(new Set(events.map(({ run }) => (run as { runId: string }).runId)).size).toBe(1)
  expect(events[1]).toMatchObject({ origin: 's3://greenhouse/raw/readings.csv', num_rows: 5000 })
  expect(journal(folder, '.dayshift/reports.jsonl').map(({ kind }) => kind)).toEqual(STEPS)

  const files = ['data_catalog.jsonl', 'metadata_log.jsonl', '.dayshift/reports.jsonl', 'data/readings.csv.dvc']
  const contents = (): string[] => files.map((name) => readFileSync(join(folder, name), 'utf8'))
  const before = contents()
  const again = await printed(folder, 'run')
  expect(again.datasets).toMatchObject([{ name: 'readings', unchangedSince: expect.stringMatching(/Z$/) }])
  expect(findReport(again.reports, 'validate')).toEqual(findReport(first.reports, 'validate'))
  expect(contents()).toEqual(before)

  const forced = await printed(folder, 'run', '--force')
  expect(findReport(forced.reports, 'version')?.facts).toMatchObject({ files: [{ changed: false, hash: version }] })
  expect(findReport(forced.reports, 'register')?.facts).toMatchObject({ changed: [], revision: 1 })
  expect(journal(folder, 'data_catalog.jsonl')).toHaveLength(1)
  expect(journal(folder, 'metadata_log.jsonl')).toHaveLength(4)
  expect(
    execFileSync('git', ['log', '--format=%s'], { cwd: folder, encoding: 'utf8' }).trim().split('\n'),
  ).toHaveLength(1)

  const text = await dayshift(folder, ['run'])
  expect(text.stderr).toBe('')
  for (const [at, step] of STEPS.entries()) expect(text.stdout).toMatch(new RegExp(`[✔!] ${at + 1} ${step} `))
})

test('data that breaks the contract stops after validate: nothing is recorded of it, and lineage says FAIL', async () => {
  const folder = await example()
  appendFileSync(join(folder, 'data/readings.csv'), '5001,nowhere,-1,20,50,2026-11-01T00:00:00Z\n')
  const { reports, exitCode, status } = await printed(folder, 'run')
  expect({ exitCode, status }).toEqual({ exitCode: 1, status: 'fail' })
  expect(kinds(reports)).toEqual(['prototype', 'validate'])
  expect(findReport(reports, 'validate')?.facts.failedRows).toBe(1)
  expect(existsSync(join(folder, 'data/readings.csv.dvc'))).toBe(false)
  expect(existsSync(join(folder, 'data_catalog.jsonl'))).toBe(false)
  expect(journal(folder, 'metadata_log.jsonl').map(({ eventType }) => eventType)).toEqual(['START', 'FAIL'])
  const text = await dayshift(folder, ['run'])
  expect(text.stderr).toContain('readings: validate failed, so the steps after it did not run')
})

test('drift against previous compares with the version before, and is skipped where there is none', async () => {
  const folder = await example()
  const config = readFileSync(join(folder, 'dayshift.config.ts'), 'utf8')
  writeFileSync(join(folder, 'dayshift.config.ts'), config.replace("'data/readings-last-month.csv'", "'previous'"))
  const first = await printed(folder, 'run')
  expect(first.skipped).toMatchObject([{ step: 'drift', reason: 'there is no earlier version' }])
  const hash = findReport(first.reports, 'version')?.facts.files[0]?.hash

  const data = readFileSync(join(folder, 'data/readings.csv'), 'utf8').trimEnd().split('\n')
  const warmer = data.map((line, at) => {
    const cells = line.split(',')
    if (at > 0) cells[3] = (Number(cells[3]) + 5).toFixed(1)
    return cells.join(',')
  })
  writeFileSync(join(folder, 'data/readings.csv'), `${warmer.join('\n')}\n`)
  for (const round of ['changed', 'unchanged']) {
    const { reports } = await printed(folder, 'run')
    const report = findReport(reports, 'drift')
    expect([round, report?.facts.driftedColumns]).toEqual([round, ['temperature']])
    expect(report?.facts.columns.find(({ column }) => column === 'value')?.statistic).toBe(0)
  }
  const byVersion = await printed(
    folder,
    'drift',
    `data/readings.csv@${hash}`,
    'data/readings.csv',
    '--columns',
    'temperature',
  )
  expect(findReport(byVersion.reports, 'drift')?.facts.driftedColumns).toEqual(['temperature'])
  const byRevision = await printed(folder, 'drift', 'readings@HEAD', 'readings', '--columns', 'temperature')
  expect(findReport(byRevision.reports, 'drift')?.facts.driftedColumns).toEqual([])
})

test('--only, --from and --dry-run cut the plan', async () => {
  const folder = await example()
  expect(kinds((await printed(folder, 'run', '--only', 'validate,drift')).reports)).toEqual(['validate', 'drift'])
  expect(kinds((await printed(folder, 'run', '--from', 'freshness')).reports)).toEqual(['freshness', 'drift'])
  const dry = await printed(folder, 'run', '--dry-run')
  expect(dry.plan).toHaveLength(7)
  expect(dry.reports).toEqual([])
  expect(existsSync(join(folder, 'metadata_log.jsonl'))).toBe(false)
  expect(await printed(folder, 'run', '--only', 'valdate')).toMatchObject({ exitCode: 2, error: { code: 'DS_STEP' } })
  expect(await printed(folder, 'run', 'nothing')).toMatchObject({ exitCode: 2, error: { code: 'DS_USAGE' } })
})

test('a dataset that has only a source runs what it can, and says why the rest is left out', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'a.csv'), 'a\n1\n2\n')
  writeFileSync(
    join(folder, 'dayshift.config.mjs'),
    "import { defineProject } from 'dayshift'\nexport default defineProject({ name: 'p', datasets: { a: { source: 'a.csv' } } })\n",
  )
  const { reports, skipped, exitCode } = await printed(folder, 'run')
  expect(exitCode).toBe(0)
  expect(kinds(reports)).toEqual(['prototype', 'register', 'log', 'freshness'])
  expect(skipped?.map(({ step, reason }) => [step, reason])).toEqual([
    ['validate', 'no contract'],
    ['version', expect.stringContaining('no git repository')],
    ['drift', 'no reference'],
  ])
})

test('one dataset’s trouble does not keep the others from being looked at', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'b.csv'), 'b\n1\n')
  writeFileSync(
    join(folder, 'dayshift.config.mjs'),
    "export default { name: 'p', datasets: { a: { source: 'nowhere.csv' }, b: { source: 'b.csv' } } }\n",
  )
  const { reports, error, exitCode } = await printed(folder, 'run')
  expect(exitCode).toBe(3)
  expect(error?.code).toBe('DS_SOURCE_NOT_FOUND')
  expect(new Set(reports.map(({ dataset }) => dataset.name))).toEqual(new Set([join(folder, 'b.csv')]))
})

test('a project file’s mistakes are told all at once, with their places', async () => {
  const folder = newFolder()
  const definition = {
    nam: 'p',
    datasets: {
      a: { source: 'a.csv', freshnes: {}, prototype: { fraction: '200%' }, drift: { refrence: 'previous' } },
      b: { contract: 3, freshness: { maxAge: 'soon' } },
      c: { source: 'c.csv', drift: { reference: 'd', minEffect: -1, overrides: { x: { alfa: 0.1, detectors: [3] } } } },
    },
  }
  writeFileSync(join(folder, 'dayshift.config.js'), `export default ${JSON.stringify(definition)}\n`)
  const { error, exitCode } = await printed(folder, 'run')
  expect(exitCode).toBe(2)
  expect(error?.code).toBe('DS_PROJECT_INVALID')
  for (const problem of [
    'name: ',
    "nam: no such key; did you mean 'name'?",
    "datasets.a.freshnes: no such key; did you mean 'freshness'?",
    "datasets.a.prototype.fraction: '200%' is not a fraction",
    "datasets.a.drift.refrence: no such key; did you mean 'reference'?",
    'datasets.b.source: ',
    'datasets.b.contract: expected z.object',
    "datasets.b.freshness.maxAge: 'soon' is not a duration",
    'datasets.c.drift.minEffect: ',
    "datasets.c.drift.overrides.x.alfa: no such key; did you mean 'alpha'?",
    'datasets.c.drift.overrides.x.detectors.0: ',
  ]) {
    expect(error?.message).toContain(problem)
  }
})

test('a run whose source is missing logs START and FAIL; a project without datasets says so', async () => {
  const folder = newFolder()
  writeFileSync(
    join(folder, 'dayshift.config.mjs'),
    "export default { name: 'p', datasets: { a: { source: 'no.csv' } } }\n",
  )
  expect(await printed(folder, 'run')).toMatchObject({ exitCode: 3, error: { code: 'DS_SOURCE_NOT_FOUND' } })
  expect(journal(folder, 'metadata_log.jsonl').map(({ eventType }) => eventType)).toEqual(['START', 'FAIL'])
  writeFileSync(join(folder, 'dayshift.config.mjs'), "export default { name: 'p', datasets: {} }\n")
  expect(await printed(folder, 'run')).toMatchObject({ exitCode: 2, error: { code: 'DS_PROJECT_INVALID' } })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a run stopped by %s exits with %i, as its document says, and logs ABORT', async (signal, exit) => {
  const folder = newFolder()
  const rows = Array.from({ length: 400_000 }, (_, at) => `${at},${(at * 7919) % 1000},word-${at}`)
  writeFileSync(join(folder, 'a.csv'), `i,n,t\n${rows.join('\n')}\n`)
  writeFileSync(
    join(folder, 'dayshift.config.ts'),
    `import { defineProject } from 'dayshift'
import { writeFileSync } from 'node:fs'
import { z } from 'zod'
const slow = (row: { i: number }) => {
  if (row.i === 1000) writeFileSync('begun', '')
  for (let at = 0, sum = 0; at < 20_000; at++) sum += at
  return true
}
export default defineProject({
  name: 'p',
  datasets: {
    a: {
      source: 'a.csv',
      prototype: false,
      contract: z.object({ i: z.int(), t: z.string() }).refine(slow),
    },
  },
})
`,
  )
  const { code, stdout } = await dayshift(folder, ['run', '--json'], {
    signalWhen: [() => existsSync(join(folder, 'begun')), signal],
  })
  expect(code).toBe(exit)
  expect(JSON.parse(stdout)).toMatchObject({ exitCode: exit, error: { code: 'DS_ABORTED' } })
  expect(journal(folder, 'metadata_log.jsonl').map(({ eventType }) => eventType)).toEqual(['START', 'ABORT'])
  expect(existsSync(join(folder, 'data_catalog.jsonl'))).toBe(false)
})

test('a glob is one dataset of many files, each with its version', async () => {
  const folder = newFolder()
  execFileSync('git', ['init', '--quiet'], { cwd: folder })
  for (const month of ['01', '02']) writeFileSync(join(folder, `2026-${month}.csv`), `n\n${Number(month)}\n`)
  writeFileSync(
    join(folder, 'dayshift.config.mjs'),
    "export default { name: 'p', datasets: { months: { source: '2026-*.csv' } } }\n",
  )
  const { reports, exitCode } = await printed(folder, 'run')
  expect(exitCode).toBe(0)
  expect(findReport(reports, 'version')?.facts.files.map(({ path }) => path)).toEqual(['2026-01.csv', '2026-02.csv'])
  expect(findReport(reports, 'log')?.facts.numRows).toBe(2)
})

test('of the example’s batches the bad one is stopped, the drifted one is shown, and the good one is gone back to', async () => {
  const folder = await example()
  const good = findReport((await printed(folder, 'run')).reports, 'version')?.facts.files[0]?.hash
  batch(folder, 'bad')
  const bad = await printed(folder, 'run')
  expect(bad).toMatchObject({ exitCode: 1, datasets: [{ stoppedAt: 'validate' }] })
  expect(bad.next?.[0]).toContain('dayshift validate readings --failures')
  expect(kinds(bad.reports)).toEqual(['prototype', 'validate'])
  batch(folder, 'drifted')
  const drifted = await printed(folder, 'run')
  expect(findReport(drifted.reports, 'drift')?.facts.driftedColumns).toEqual(['temperature'])
  expect(drifted.next?.[0]).toContain('dayshift drift data/readings-last-month.csv readings')
  batch(folder, 'good')
  const back = await printed(folder, 'run')
  expect(findReport(back.reports, 'version')?.facts.files[0]?.hash).toBe(good)
  expect(back).toMatchObject({ status: 'pass', next: [] })
})

test('what changes is looked at anew: the data, the contract, what it is compared with, a version that is gone', async () => {
  const folder = await example()
  const isUnchanged = async (): Promise<boolean> =>
    (await printed(folder, 'run')).datasets?.[0]?.unchangedSince !== undefined
  expect(await isUnchanged()).toBe(false)
  expect(await isUnchanged()).toBe(true)
  for (const path of ['data/readings.csv', 'data/readings-last-month.csv']) {
    const rows = readFileSync(join(folder, path), 'utf8').trimEnd().split('\n')
    writeFileSync(join(folder, path), `${rows.slice(0, -1).join('\n')}\n`)
    expect([path, await isUnchanged()]).toEqual([path, false])
  }
  appendFileSync(join(folder, 'contracts/readings.ts'), '// looser\n')
  expect(await isUnchanged()).toBe(false)
  expect(await isUnchanged()).toBe(true)
  rmSync(join(folder, 'data/readings.csv.dvc'))
  expect(await isUnchanged()).toBe(false)
})

function chained(folder: string): void {
  mkdirSync(join(folder, 'data'), { recursive: true })
  for (const name of ['raw', 'clean', 'report', 'apart']) writeFileSync(join(folder, `data/${name}.csv`), 'a\n1\n2\n')
  writeFileSync(
    join(folder, 'dayshift.config.mjs'),
    `import { z } from 'zod'
export default { name: 'p', datasets: {
  report: { source: 'data/report.csv', inputs: ['clean'] },
  clean: { source: 'data/clean.csv', log: { origin: './data/raw.csv' } },
  raw: { source: 'data/raw.csv', contract: z.object({ a: z.int().max(2) }) },
  apart: { source: 'data/apart.csv' },
} }
`,
  )
}

test('datasets run behind those that they are made of, and not at all where one of those does not hold', async () => {
  const folder = newFolder()
  chained(folder)
  const { datasets } = await printed(folder, 'run')
  expect(datasets?.map(({ name }) => name)).toEqual(['raw', 'clean', 'report', 'apart'])
  const complete = journal(folder, 'metadata_log.jsonl').filter(({ eventType }) => eventType === 'COMPLETE')
  const jobs = complete.map(({ job }) => (job as { name: string }).name).filter((name) => name !== 'apart')
  expect(jobs).toEqual(['raw', 'clean', 'report'])
  expect(complete.find(({ job }) => (job as { name: string }).name === 'report')).toMatchObject({
    inputs: [{ name: join(folder, 'data/clean.csv') }],
  })

  writeFileSync(join(folder, 'data/raw.csv'), 'a\n3\n')
  const { reports, skipped, exitCode } = await printed(folder, 'run')
  expect(exitCode).toBe(1)
  expect(new Set(reports.map(({ dataset }) => dataset.name))).toEqual(
    new Set([join(folder, 'data/raw.csv'), join(folder, 'data/apart.csv')]),
  )
  const left = new Set(skipped?.filter(({ reason }) => reason.includes('made of')).map(({ dataset }) => dataset))
  expect([...left]).toEqual(['clean', 'report'])
})

test('two runs at once, and one that is killed, leave journals whole; the next run ends what they began', async () => {
  const folder = await example()
  const runs = await Promise.all([printed(folder, 'run', '--force'), printed(folder, 'run', '--force')])
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  expect(journal(folder, 'metadata_log.jsonl')).toHaveLength(4)
  expect(journal(folder, 'data_catalog.jsonl').length).toBeGreaterThan(0)

  batch(folder, 'drifted')
  const killed = start(folder, ['run'])
  const events = (): number => readFileSync(join(folder, 'metadata_log.jsonl'), 'utf8').split('\n').length
  const begun = events()
  await killed.until(() => events() > begun)
  killed.child.kill('SIGKILL')
  await killed.ended
  const { exitCode, datasets, reports } = await printed(folder, 'run')
  expect({ exitCode, unchanged: datasets?.[0]?.unchangedSince }).toEqual({ exitCode: 0, unchanged: undefined })
  expect(kinds(reports)).toEqual(STEPS)
  expect(journal(folder, 'metadata_log.jsonl').at(-1)).toMatchObject({ eventType: 'COMPLETE' })
})

test('--watch runs again when the data changes', async () => {
  const folder = newFolder()
  chained(folder)
  const running = start(folder, ['run', 'raw', '--only', 'validate', '--watch', '--format', 'jsonl'])
  await running.until(({ stderr }) => stderr.includes('watching'))
  writeFileSync(join(folder, 'data/raw.csv'), 'a\n3\n')
  await running.until(({ stdout }) => stdout.split('\n').length > 2)
  const reports = running
    .stdout()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AnyReport)
  expect(reports.map(({ status }) => status)).toEqual(['pass', 'fail'])
  running.child.kill('SIGINT')
  expect((await running.ended).code).toBe(130)
})
