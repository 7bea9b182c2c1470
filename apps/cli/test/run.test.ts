import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport, type AnyReport } from '@dayshift/core'
import { expect, test } from 'vitest'
import { dayshift, newFolder, printed } from './cli.ts'

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

function kinds(reports: readonly AnyReport[]): string[] {
  return reports.map(({ kind }) => kind)
}

test('the example project runs all seven steps, and leaves versions, catalog, lineage and history', async () => {
  const folder = await example()
  const first = await printed(folder, 'run')
  expect(first).toMatchObject({ status: 'warn', exitCode: 0, skipped: [] })
  expect(kinds(first.reports)).toEqual(STEPS)
  const version = findReport(first.reports, 'version')?.facts.files[0]?.hash
  expect(findReport(first.reports, 'drift')).toMatchObject({
    dataset: { version },
    facts: { driftedColumns: ['temperature'] },
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

  const again = await printed(folder, 'run')
  expect(findReport(again.reports, 'version')?.facts).toMatchObject({ files: [{ changed: false, hash: version }] })
  expect(findReport(again.reports, 'register')?.facts).toMatchObject({ changed: [], revision: 1 })
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
