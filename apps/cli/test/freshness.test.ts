import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileDataset, findReport, open, type AnyReport, type FreshnessFacts, type Report } from '@dayshift/core'
import { fileTransport, startRun } from '@dayshift/lineage'
import { version } from '@dayshift/dvc'
import { expect, test } from 'vitest'
import type { FreshnessDefinition } from '../src/define-project.ts'
import { parseFlags } from '../src/flags.ts'
import { namedBases } from '../src/freshness/bases.ts'
import { checkFreshness } from '../src/freshness/check.ts'
import { freshnessFlags, settingsOf } from '../src/freshness/flags.ts'
import { formatOfFile } from '../src/output-format.ts'
import { projectProblems } from '../src/project-schema.ts'
import { dayshift, GIT_ENV, newFolder, printed, start } from './cli.ts'

const now = new Date('2026-11-23T08:00:00.000Z')

function ago(hours: number): string {
  return new Date(now.getTime() - hours * 3_600_000).toISOString()
}

/** A file that was last changed so many hours before `from`. */
function file(path: string, hours: number, content = 'id\n1\n', from = now.getTime()): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  const time = from / 1000 - hours * 3600
  utimesSync(path, time, time)
  return path
}

/** What is said of the data at a path, by settings of a project in `root`. */
async function checked(
  root: string,
  name: string,
  settings: FreshnessDefinition,
): Promise<[Partial<FreshnessFacts>, string[]]> {
  const ownJob = { namespace: 'airports', name: 'weather' }
  const { signal } = new AbortController()
  const place = { path: join(root, name), cwd: root, root, ownJob, env: GIT_ENV, signal, open }
  const { facts, findings } = await checkFreshness(place, settings, now)
  return [facts, findings.map(({ code }) => code.replace('freshness.', ''))]
}

/** Adds a check of the past to the history of reports. */
function remember(root: string, name: string, facts: Partial<FreshnessFacts>, at = ago(1), hash?: string): void {
  const dataset = { ...fileDataset(name, root), ...(hash === undefined ? {} : { version: hash }) }
  const report = { kind: 'freshness', dataset, status: 'pass', at, durationMs: 1, findings: [], facts }
  mkdirSync(join(root, '.dayshift'), { recursive: true })
  appendFileSync(join(root, '.dayshift', 'reports.jsonl'), `${JSON.stringify(report)}\n`)
}

function git(cwd: string, hours: number, ...words: readonly string[]): void {
  const date = ago(hours)
  const env = { ...GIT_ENV, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
  execFileSync('git', words, { cwd, env, stdio: 'ignore' })
}

test('content is as old as the commit that first recorded it, whatever its file says', async () => {
  const root = newFolder()
  git(root, 300, 'init')
  const record = async (content: string, hours: number): Promise<void> => {
    file(join(root, 'data', 'a.csv'), 0, content)
    await version(['data/a.csv'], { cwd: root, env: GIT_ENV, commit: false })
    git(root, hours, 'add', '-A')
    git(root, hours, 'commit', '-m', 'data')
  }
  const settings = { basis: ['mtime', 'content'] } as const
  await record('id\n1\n', 250)
  await record('id\n2\n', 216)
  const [facts, codes] = await checked(root, 'data/a.csv', settings)
  expect(facts).toMatchObject({ state: 'stale', basis: 'content', ageSeconds: 216 * 3600 })
  expect(codes).toEqual(['stale', 'rewritten_unchanged'])
  // Old content is back.
  file(join(root, 'data', 'a.csv'), 0, 'id\n1\n')
  const [old, ofOld] = await checked(root, 'data/a.csv', settings)
  expect(old).toMatchObject({ state: 'stale', ageSeconds: 250 * 3600 })
  expect(ofOld).toContain('old_content')
  // New content, which nobody has recorded.
  file(join(root, 'data', 'a.csv'), 2, 'id\n3\n')
  const [unrecorded, ofNew] = await checked(root, 'data/a.csv', settings)
  // It came at some time after the last version: a touch of the file must not make it fresh.
  expect([unrecorded.state, unrecorded.ageSeconds, ofNew]).toEqual(['unsure', 2 * 3600, ['unrecorded']])
  const [within] = await checked(root, 'data/a.csv', { ...settings, maxAge: '300h' })
  expect(within.state).toBe('fresh')
})

test('a limit on content is learned from the versions that commits recorded', async () => {
  const root = newFolder()
  git(root, 900, 'init')
  for (let day = 12; day > 1; day--) {
    file(join(root, 'a.csv'), 0, `id\n${day}\n`)
    await version(['a.csv'], { cwd: root, env: GIT_ENV, commit: false })
    git(root, day * 24, 'add', '-A')
    git(root, day * 24, 'commit', '-m', 'data')
  }
  const settings = { basis: 'content', learn: { alpha: '10%' }, maxAge: '30d' } as const
  const [facts, codes] = await checked(root, 'a.csv', settings)
  expect(facts).toMatchObject({ state: 'stale', ageSeconds: 2 * 86_400, learned: { gaps: 10, limitSeconds: 86_400 } })
  expect(codes).toEqual(['stale', 'learned'])
})

test('a folder’s content is that of its record, unless it was changed', async () => {
  const root = newFolder()
  git(root, 300, 'init')
  file(join(root, 'data', 'a.csv'), 0)
  await version(['data'], { cwd: root, env: GIT_ENV, commit: false })
  git(root, 50, 'add', '-A')
  git(root, 50, 'commit', '-m', 'data')
  const [facts, codes] = await checked(root, 'data', { basis: 'content' })
  expect([facts.state, facts.ageSeconds, codes]).toEqual(['stale', 50 * 3600, ['stale']])
  file(join(root, 'data', 'b.csv'), 1)
  const [changed, ofChanged] = await checked(root, 'data', { basis: 'content' })
  expect([changed.state, ofChanged]).toEqual(['unsure', ['unrecorded']])
})

test('versions that only the history of reports saw count too; without any nothing is known', async () => {
  const root = newFolder()
  file(join(root, 'a.csv'), 0)
  expect(await checked(root, 'a.csv', { basis: 'content' })).toEqual([
    expect.objectContaining({ state: 'unknown', newest: null }),
    ['no_history'],
  ])
  remember(root, 'a.csv', {}, ago(30), 'md5:29b93b6b7d1d4a3e5a5f2b1f5c1d3c55')
  expect((await checked(root, 'a.csv', { basis: 'content' }))[1]).toEqual(['unrecorded'])
})

test('the last run that wrote the data counts, but for the workflow’s own and for those that failed', async () => {
  const root = newFolder()
  file(join(root, 'a.csv'), 30)
  const outputs = [{ dataset: fileDataset('a.csv', root) }]
  const ran = async (name: string, hours: number, how: 'complete' | 'fail'): Promise<void> => {
    const clock = (): Date => new Date(ago(hours))
    const transports = [fileTransport(join(root, 'metadata_log.jsonl'))]
    const run = await startRun({
      job: { namespace: 'airports', name },
      inputs: [],
      outputs,
      transports,
      origin: 'a.csv',
      now: clock,
    })
    await (how === 'complete'
      ? run.complete({ outputs: outputs.map((output) => ({ ...output, rows: 5 })) })
      : run.fail(new Error('no')))
  }
  await ran('weather', 1, 'complete')
  await ran('nightly', 2, 'fail')
  expect((await checked(root, 'a.csv', { basis: 'run' }))[0]).toMatchObject({ state: 'unknown' })
  await ran('nightly', 5, 'complete')
  const [facts, codes] = await checked(root, 'a.csv', { basis: ['run', 'mtime'] })
  expect(facts.bases?.map(({ basis, ageSeconds }) => [basis, ageSeconds])).toEqual([
    ['run', 5 * 3600],
    ['mtime', 30 * 3600],
  ])
  expect(codes).toEqual(['stale', 'run_changed_nothing'])
})

test('a limit is learned from the reports of the past', async () => {
  const root = newFolder()
  file(join(root, 'a.csv'), 30)
  const settings = { learn: true, maxAge: '7d' }
  for (let day = 1; day <= 19; day++) remember(root, 'a.csv', { basis: 'mtime', newest: ago(day * 24), state: 'fresh' })
  expect((await checked(root, 'a.csv', settings))[1]).toEqual(['learning'])
  for (let day = 18; day <= 21; day++)
    remember(root, 'a.csv', { basis: 'mtime', newest: ago(day * 24), state: 'fresh' })
  // What was never believed is not learned from either.
  remember(root, 'a.csv', { basis: 'mtime', newest: ago(-9999), state: 'future' })
  remember(root, 'a.csv', { basis: 'column', newest: ago(9999), state: 'fresh' })
  const [facts, codes] = await checked(root, 'a.csv', settings)
  expect(facts).toMatchObject({
    state: 'stale',
    maxAgeSeconds: 86_400,
    learned: { gaps: 20, needed: 19, limitSeconds: 86_400 },
  })
  expect(codes).toEqual(['stale', 'learned'])
})

test('rows that came since the last check are counted', async () => {
  const root = newFolder()
  file(join(root, 'a.csv'), 1, `at\n${ago(30)}\n${ago(3)}\n${ago(2)}\n`)
  const settings = { column: 'at', minRows: 3 }
  expect((await checked(root, 'a.csv', settings))[0]).toMatchObject({ state: 'fresh', rows: 3 })
  remember(root, 'a.csv', { basis: 'column', newest: ago(30), rows: 1, state: 'stale' })
  const [facts, codes] = await checked(root, 'a.csv', settings)
  expect([facts.state, facts.newRows, codes]).toEqual(['short', 2, ['too_few_rows']])
})

test('a calendar of holidays is read from a file, beside the project', async () => {
  const root = newFolder()
  file(join(root, 'a.csv'), 80)
  const schedule = { cron: '0 7 * * 1-5', zone: 'Europe/Berlin', holidays: 'days/off.txt' }
  await expect(checked(root, 'a.csv', { schedule })).rejects.toMatchObject({ code: 'DS_USAGE' })
  file(join(root, 'days', 'off.txt'), 0, '2026-11-19 # one\n')
  expect((await checked(root, 'a.csv', { schedule }))[0].state).toBe('stale')
  file(join(root, 'days', 'off.txt'), 0, '2026-11-23\n')
  expect((await checked(root, 'a.csv', { schedule }))[0]).toMatchObject({
    state: 'fresh',
    schedule: { deadline: '2026-11-20T06:00:00.000Z', next: '2026-11-24T06:00:00.000Z' },
  })
})

test('days of a calendar are those of the schedule’s zone', async () => {
  const root = newFolder()
  file(join(root, 'a.csv'), 80)
  const event = 'DTSTART:20261122T230000Z\r\nDTEND:20261123T230000Z'
  file(join(root, 'off.ics'), 0, `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n${event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`)
  const schedule = { cron: '0 7 * * 1-5', zone: 'Europe/Berlin', holidays: 'off.ics' }
  expect((await checked(root, 'a.csv', { schedule }))[0].state).toBe('fresh')
  expect((await checked(root, 'a.csv', { schedule: { ...schedule, zone: 'Asia/Tokyo' } }))[0].state).toBe('fresh')
  expect((await checked(root, 'a.csv', { schedule: { ...schedule, holidays: [] } }))[0].state).toBe('stale')
})

test('what is not sure fails or warns, as it is said; so is how far clocks may differ', async () => {
  const root = newFolder()
  file(join(root, 'a.csv'), 0, `at\n${ago(-0.2)}\n${ago(1)}\n`)
  expect((await checked(root, 'a.csv', { column: 'at' }))[0].state).toBe('unsure')
  expect((await checked(root, 'a.csv', { column: 'at', clockSkew: '15m' }))[0].state).toBe('fresh')
  const exits = async (...flags: string[]): Promise<number | null> =>
    (await dayshift(root, ['freshness', 'a.csv', '--column', 'at', '--now', now.toISOString(), ...flags])).code
  expect([await exits(), await exits('--unsure', 'warn'), await exits('--clock-skew', '15m')]).toEqual([1, 0, 0])
  expect(await exits('--unsure', 'warn', '--fail-on', 'warn')).toBe(1)
  expect(await exits('--unsure', 'maybe')).toBe(2)
})

test('a file is looked into as it is said to be written, whatever its name says', async () => {
  const root = newFolder()
  file(join(root, 'a.json'), 0, 'id,at\n1,2\n', Date.now())
  const look = async (...flags: string[]): Promise<number | null> =>
    (await dayshift(root, ['freshness', 'a.json', ...flags])).code
  expect([await look(), await look('--as', 'csv')]).toEqual([3, 0])
})

test.each<[string, FreshnessDefinition, string, readonly string[]]>([
  ['nothing said', {}, '/a.csv', ['mtime']],
  ['an address', {}, 's3://lake/a.csv', ['object']],
  ['a column', { column: 'at' }, '/a.csv', ['column']],
  ['a column and a partition', { column: 'at', partition: 'dt' }, '/a', ['partition', 'column']],
  ['named ones', { basis: ['run', 'mtime', 'run'] }, '/a.csv', ['run', 'mtime']],
  ['a named one beside a column of the project', { basis: 'mtime', column: 'at' }, '/a.csv', ['mtime']],
])('bases: %s', (_what, settings, path, names) => {
  expect(namedBases(settings, path)).toEqual(names)
})

test('flags come before what a project says, and a schedule of flags stands alone', () => {
  const configured = { maxAge: '7d', column: 'at', schedule: { cron: '0 7 * * *', grace: '1h' } }
  const of = (...words: string[]): FreshnessDefinition =>
    settingsOf(parseFlags(words, freshnessFlags).values, configured)
  expect(of()).toEqual(configured)
  expect(of('--max-age', '1h', '--basis', 'mtime,run')).toEqual({
    ...configured,
    maxAge: '1h',
    basis: ['mtime', 'run'],
  })
  expect(of('--grace', '2h').schedule).toEqual({ cron: '0 7 * * *', grace: '2h' })
  expect(of('--cron', '0 9 * * *')).toEqual({ column: 'at', schedule: { cron: '0 9 * * *' } })
  expect(of('--learn', '--alpha', '1%').learn).toEqual({ alpha: '1%' })
})

test.each([
  [['--zone', 'UTC'], '--zone goes with --cron'],
  [['--alpha', '1%'], '--alpha goes with --learn'],
  [['--min-rows', '1.5'], '--min-rows takes a number of rows'],
  [['--min-rows', 'x'], '--min-rows takes a number'],
  [['--basis', 'ctime'], '--basis is mtime, column'],
  [['--files', 'some'], '--files is newest, oldest, all'],
])('%j is refused', (words, message) => {
  expect(() => settingsOf(parseFlags(words, freshnessFlags).values)).toThrowError(message)
})

function problems(freshness: unknown): string[] {
  return projectProblems({ name: 'p', datasets: { a: { source: 'a.csv', freshness } } })
}

test('a project file’s settings are checked when it is loaded', () => {
  expect(
    problems({
      basis: ['mtime', 'column'],
      column: 'at',
      files: 'all',
      timezone: 'Europe/Berlin',
      partition: ['year', 'month'],
      partitionCron: '0 0 1 * *',
      schedule: { cron: '0 7 * * 1-5', zone: 'Europe/Berlin', grace: '1h', lead: 3600, holidays: ['2026-12-25'] },
      learn: { alpha: 0.01 },
      minRows: 1,
    }),
  ).toEqual([])
  expect(problems({ schedule: { cron: '0 7 * *' } })).toEqual([
    "datasets.a.freshness.schedule: '0 7 * *' is not a cron expression: it has 4 fields, not 5",
  ])
  expect(problems({ schedule: { cron: '0 7 * * *', zone: 'Bonn' } })).toEqual([
    "datasets.a.freshness.schedule: 'Bonn' is not a time zone",
  ])
  expect(problems({ basis: 'ctime' })[0]).toContain('datasets.a.freshness.basis')
  expect(problems({ minRow: 5 })).toEqual(["datasets.a.freshness.minRow: no such key; did you mean 'minRows'?"])
})

test('words behind -- are not read as flags', () => {
  const flags = { ...freshnessFlags, watch: { type: 'boolean', help: '' } } as const
  expect(parseFlags(['a.csv', '--learn', '--', 'git', '--watch', '-x:1', '--', 'b'], flags)).toEqual({
    values: { learn: true },
    positionals: ['a.csv', 'git', '--watch', '-x:1', '--', 'b'],
    behind: ['git', '--watch', '-x:1', '--', 'b'],
  })
  expect(parseFlags(['a.csv'], flags).behind).toEqual([])
})

test('dbt’s file is known by its name where there is one', () => {
  expect(formatOfFile('target/sources.json', ['text', 'dbt'])).toBe('dbt')
  expect(formatOfFile('target/sources.json')).toBe('json')
  expect(formatOfFile('my-sources.json', ['dbt'])).toBe('json')
  expect(formatOfFile('a.prom')).toBe('prometheus')
})

function states(reports: readonly AnyReport[]): unknown[] {
  return reports.map((report) => (findReport([report], 'freshness') as Report<'freshness'>).facts.state)
}

test('without a source all datasets of the project are checked, and written for who reads them', async () => {
  const folder = newFolder()
  file(join(folder, 'a.csv'), 1, undefined, Date.now())
  file(join(folder, 'b.csv'), 50, undefined, Date.now())
  const datasets =
    "a: { source: 'a.csv' }, b: { source: 'b.csv', freshness: { maxAge: '7d', warnAfter: '1d' } }, c: { source: 'c.csv', freshness: false }"
  writeFileSync(join(folder, 'dayshift.config.mjs'), `export default { name: 'airports', datasets: { ${datasets} } }\n`)
  const result = await printed(folder, 'freshness', '--output', 'sources.json', '--output', 'age.prom')
  expect([result.exitCode, states(result.reports)]).toEqual([0, ['fresh', 'aging']])
  const { results } = JSON.parse(readFileSync(join(folder, 'sources.json'), 'utf8')) as {
    results: { status: string; unique_id: string }[]
  }
  expect(results.map(({ unique_id, status }) => [unique_id, status])).toEqual([
    ['source.airports.file.a', 'pass'],
    ['source.airports.file.b', 'warn'],
  ])
  expect(readFileSync(join(folder, 'age.prom'), 'utf8')).toContain('dayshift_freshness_state{')
})

test('a command behind -- runs where data is fresh enough; its output and exit code are this one’s', async () => {
  const folder = newFolder()
  file(join(folder, 'a.csv'), 10, undefined, Date.now())
  const script = "require('fs').writeFileSync('ran', ''); console.log(process.argv.slice(1).join(' ')); process.exit(7)"
  const gate = (...flags: string[]): ReturnType<typeof dayshift> =>
    dayshift(folder, ['freshness', 'a.csv', ...flags, '--', process.execPath, '-e', script, '--', '--watch', '--json'])
  const refused = await gate('--max-age', '1h')
  expect([refused.code, refused.stdout, existsSync(join(folder, 'ran'))]).toEqual([1, '', false])
  expect(refused.stderr).toContain('stale, 10h old by mtime')
  const missing = await dayshift(folder, ['freshness', 'none.csv', '--', process.execPath, '-e', script])
  expect([missing.code, missing.stdout, existsSync(join(folder, 'ran'))]).toEqual([3, '', false])
  const warned = await gate('--warn-after', '1h')
  expect([warned.code, warned.stdout]).toEqual([7, '--watch --json\n'])
  expect(warned.stderr).toContain('aging')
  const strict = await gate('--warn-after', '1h', '--fail-on', 'warn')
  expect([strict.code, strict.stdout]).toEqual([1, ''])
  const fresh = await gate()
  expect(fresh).toEqual({ code: 7, stdout: '--watch --json\n', stderr: '' })
  expect((await dayshift(folder, ['freshness', 'a.csv', '--', './nothing-here'])).code).toBe(127)
})

test('with --watch a change of the verdict is shown, and Ctrl-C ends it', async () => {
  const folder = newFolder()
  const path = join(folder, 'a.csv')
  file(path, 10, undefined, Date.now())
  const running = start(folder, ['freshness', 'a.csv', '--max-age', '1h', '--watch', '--every', '50ms'])
  await running.until(({ stdout }) => stdout.includes('stale'))
  file(path, 0, undefined, Date.now())
  await running.until(({ stdout }) => stdout.includes('fresh,'))
  running.child.kill('SIGINT')
  const { code, stdout } = await running.ended
  expect(code).toBe(130)
  // Each verdict once, however often it was checked.
  expect(stdout.match(/freshness a\.csv:/g)).toHaveLength(2)
})

test.each([
  [['--watch', '--format', 'dbt'], 'that format is one document'],
  [['--watch', '--now', '2026-11-23T08:00:00Z'], 'it takes no --now'],
  [['--output', 'x.json', '--', 'true'], 'does not go with a command'],
  [['--basis', 'column'], 'the basis column needs one to be named'],
])('freshness a.csv %j is refused', async (words, message) => {
  const { code, stderr } = await dayshift(import.meta.dirname, ['freshness', 'cli.ts', ...words])
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
})

test('an empty name is no folder, and a calendar that is a pipe keeps nobody waiting', async () => {
  const cwd = newFolder()
  writeFileSync(join(cwd, 'a.csv'), 'id\n1\n')
  const empty = await dayshift(cwd, ['freshness', ''])
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('the name of a source is empty')])
  execFileSync('mkfifo', [join(cwd, 'holidays.ics')])
  const piped = await dayshift(cwd, ['freshness', 'a.csv', '--cron', '0 7 * * *', '--holidays', 'holidays.ics'])
  expect([piped.code, piped.stderr]).toEqual([2, expect.stringContaining('is a pipe or a device')])
})
