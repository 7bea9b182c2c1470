import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fileDataset, open, type Report } from '@dayshift/core'
import { afterAll, expect, test } from 'vitest'
import { freshness } from '../src/freshness.ts'

const root = mkdtempSync(join(tmpdir(), 'dayshift-freshness-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const now = new Date('2026-11-23T08:00:00.000Z')
const HOUR = 3600

/** A new folder. */
let folders = 0
function folder(): string {
  const path = join(root, String(folders++))
  mkdirSync(path)
  return path
}

/** A file that was last changed so many hours before now. */
function file(path: string, hours: number, content = 'x\n1\n'): string {
  writeFileSync(path, content)
  const at = now.getTime() / 1000 - hours * HOUR
  utimesSync(path, at, at)
  return path
}

function summary({ status, facts, findings }: Report<'freshness'>): unknown[] {
  return [status, facts.state, ...findings.map(({ severity, code }) => `${severity} ${code}`)]
}

test('a file younger than the limit is fresh; one older is stale', async () => {
  const path = file(join(folder(), 'a.csv'), 23)
  const report = await freshness({ path }, { now })
  expect(summary(report)).toEqual(['pass', 'fresh'])
  expect(report.dataset).toEqual(fileDataset(path, '/'))
  expect(report.facts).toEqual({
    newest: '2026-11-22T09:00:00.000Z',
    ageSeconds: 23 * HOUR,
    maxAgeSeconds: 24 * HOUR,
    basis: 'mtime',
    state: 'fresh',
  })
  const stale = await freshness({ path }, { now, maxAge: '22h' })
  expect(summary(stale)).toEqual(['fail', 'stale', 'error freshness.stale'])
  expect(stale.findings[0]?.message).toBe(`${path}: newest is 2026-11-22T09:00:00.000Z, 23h old, limit 22h`)
})

test('only strictly older than a limit is stale or aging', async () => {
  const path = file(join(folder(), 'a.csv'), 24)
  expect((await freshness({ path }, { now })).facts.state).toBe('fresh')
  expect((await freshness({ path }, { now, maxAge: 24 * HOUR - 0.001 })).facts.state).toBe('stale')
  expect((await freshness({ path }, { now, maxAge: '2d', warnAfter: '24h' })).facts.state).toBe('fresh')
  const aging = await freshness({ path }, { now, maxAge: '2d', warnAfter: '23h' })
  expect(summary(aging)).toEqual(['warn', 'aging', 'warn freshness.aging'])
  expect(aging.findings[0]?.message).toContain('1d old, stale in 1d')
  expect(aging.facts).toMatchObject({ maxAgeSeconds: 48 * HOUR, warnAfterSeconds: 23 * HOUR })
})

test('limits that contradict one another, and a time that is none, are refused', async () => {
  const refused = { code: 'DS_FRESHNESS_OPTION' }
  await expect(freshness({ path: 'a' }, { warnAfter: '24h' })).rejects.toMatchObject(refused)
  await expect(freshness({ path: 'a' }, { maxAge: '1h', warnAfter: 3601 })).rejects.toMatchObject(refused)
  await expect(freshness({ path: 'a' }, { now: new Date('soon') })).rejects.toMatchObject(refused)
  await expect(freshness({ path: 'a' }, { maxAge: 'a day' })).rejects.toMatchObject({ code: 'DS_UNIT' })
})

test('of a folder the newest file counts, at any depth; dot files and links that lead nowhere do not', async () => {
  const path = folder()
  mkdirSync(join(path, 'deep', 'er'), { recursive: true })
  mkdirSync(join(path, '.git'))
  file(join(path, 'old.csv'), 90)
  file(join(path, 'deep', 'er', 'new.csv'), 3)
  file(join(path, '.hidden'), 1)
  file(join(path, '.git', 'index'), 1)
  symlinkSync(join(path, 'nowhere'), join(path, 'dangling'))
  symlinkSync(path, join(path, 'deep', 'round'))
  const report = await freshness({ path }, { now })
  expect(summary(report)).toEqual(['pass', 'fresh'])
  expect(report.facts.ageSeconds).toBe(3 * HOUR)
})

test('a link counts as what it leads to', async () => {
  const path = folder()
  file(join(path, 'a.csv'), 30)
  symlinkSync(join(path, 'a.csv'), join(path, 'link.csv'))
  expect((await freshness({ path: join(path, 'link.csv') }, { now })).facts.ageSeconds).toBe(30 * HOUR)
})

test('of a glob the newest match counts; a name that exists as it stands is no glob', async () => {
  const cwd = folder()
  file(join(cwd, 'a1.csv'), 50)
  file(join(cwd, 'a2.csv'), 5)
  file(join(cwd, 'b.csv'), 1)
  file(join(cwd, 'a[12].csv'), 70)
  expect((await freshness({ path: 'a?.csv' }, { now, cwd })).facts.ageSeconds).toBe(5 * HOUR)
  expect((await freshness({ path: 'a[12].csv' }, { now, cwd })).facts.ageSeconds).toBe(70 * HOUR)
  expect(summary(await freshness({ path: 'c*.csv' }, { now, cwd }))).toEqual([
    'fail',
    'missing',
    'error freshness.no_match',
  ])
})

test('what is missing is reported, not thrown', async () => {
  const cwd = folder()
  const report = await freshness({ path: 'none/a.csv' }, { now, cwd })
  expect(summary(report)).toEqual(['fail', 'missing', 'error freshness.missing'])
  expect(report.facts).toMatchObject({ newest: null, ageSeconds: null })
  expect(report.dataset.name).toBe(join(cwd, 'none', 'a.csv'))
  expect(summary(await freshness({ path: 'none/a.csv' }, { now, cwd, column: 't' }))).toEqual(summary(report))
})

function empty(code: string): string[] {
  return ['fail', 'empty', `error freshness.${code}`]
}

test('no bytes, no files and no rows are empty', async () => {
  const cwd = folder()
  mkdirSync(join(cwd, 'no-files'))
  file(join(cwd, 'blank.csv'), 1, '')
  file(join(cwd, 'header.csv'), 1, 'id,at\n')
  file(join(cwd, 'spaces.csv'), 1, '\n\n')
  for (const options of [{}, { column: 'at' }]) {
    expect(summary(await freshness({ path: 'no-files' }, { now, cwd, ...options }))).toEqual(empty('empty_folder'))
    expect(summary(await freshness({ path: 'blank.csv' }, { now, cwd, ...options }))).toEqual(empty('empty'))
    expect(summary(await freshness({ path: 'header.csv' }, { now, cwd, ...options }))).toEqual(empty('no_rows'))
  }
  expect(summary(await freshness({ path: 'spaces.csv' }, { now, cwd }))).toEqual(empty('no_rows'))
  expect(summary(await freshness({ path: 'spaces.csv' }, { now, cwd, column: 'at' }))).toEqual(empty('empty'))
})

test('a file without a byte does not make a folder fresh', async () => {
  const path = folder()
  file(join(path, 'part.csv'), 40)
  file(join(path, '_SUCCESS'), 1, '')
  const report = await freshness({ path }, { now })
  expect(summary(report)).toEqual(['fail', 'stale', 'error freshness.stale', 'info freshness.empty_files'])
})

test('a time ahead of the clock is never fresh, but for the skew of clocks', async () => {
  const cwd = folder()
  file(join(cwd, 'a.csv'), -1)
  file(join(cwd, 'b.csv'), -4 / 60)
  const future = await freshness({ path: 'a.csv' }, { now, cwd })
  expect(summary(future)).toEqual(['fail', 'future', 'error freshness.future'])
  expect(future.facts.ageSeconds).toBe(-HOUR)
  expect(summary(await freshness({ path: 'b.csv' }, { now, cwd }))).toEqual(['pass', 'fresh'])
  expect((await freshness({ path: 'b.csv' }, { now, cwd, clockSkew: '3m' })).facts.state).toBe('future')
  expect((await freshness({ path: 'a.csv' }, { now, cwd, clockSkew: '2h' })).facts.state).toBe('fresh')
})

test('of several paths the newest counts, and each that is missing is reported', async () => {
  const cwd = folder()
  file(join(cwd, 'a.csv'), 2, 'at\n2026-11-23T05:00:00Z\n')
  file(join(cwd, 'b.csv'), 30, 'at\n2026-11-20T05:00:00Z\n')
  const dataset = fileDataset('parts', cwd)
  const paths = ['b.csv', 'a.csv', 'c.csv']
  const byFile = await freshness({ paths, dataset }, { now, cwd })
  expect(summary(byFile)).toEqual(['fail', 'fresh', 'error freshness.missing'])
  expect(byFile.dataset).toBe(dataset)
  expect(byFile.facts.ageSeconds).toBe(2 * HOUR)
  const byColumn = await freshness({ paths, dataset }, { now, cwd, column: 'at' })
  expect(summary(byColumn)).toContain('error freshness.missing')
  expect(byColumn.facts).toMatchObject({ ageSeconds: 3 * HOUR, basis: 'column', state: 'fresh' })
})

test('a column of instants tells the age, whatever the file’s time is', async () => {
  const path = file(join(folder(), 'a.csv'), 0, 'id,at\n1,2026-11-20T08:00:00Z\n2,2026-11-21T08:00:00Z\n3,\n')
  const report = await freshness({ path }, { now, column: 'AT' })
  expect(summary(report)).toEqual(['fail', 'stale', 'error freshness.stale'])
  expect(report.facts).toMatchObject({ newest: '2026-11-21T08:00:00.000Z', ageSeconds: 48 * HOUR, basis: 'column' })
  expect(report.findings[0]?.message).toContain(`at of ${path}`)
})

test('times without a zone and dates count as UTC, and the report says so', async () => {
  const path = file(
    join(folder(), 'a.csv'),
    0,
    'at,day\n2026-11-23 06:30:00,2026-11-23\n2026-11-22 06:30:00,2026-11-22\n',
  )
  const naive = await freshness({ path }, { now, column: 'at' })
  expect(summary(naive)).toEqual(['pass', 'fresh', 'info freshness.no_zone'])
  expect(naive.facts).toMatchObject({ newest: '2026-11-23T06:30:00.000Z', ageSeconds: 1.5 * HOUR })
  const dates = await freshness({ path }, { now, column: 'day' })
  expect(dates.facts).toMatchObject({ newest: '2026-11-23T00:00:00.000Z', ageSeconds: 8 * HOUR })
  expect(dates.findings[0]?.message).toBe('day holds dates; each counts from its midnight, UTC')
})

test('rows from the future do not hide that the rest is old', async () => {
  const cwd = folder()
  const lines = ['at', '2026-11-21T08:00:00Z', '2030-01-01T00:00:00Z', '2031-01-01T00:00:00Z', '']
  file(join(cwd, 'a.csv'), 0, lines.join('\n'))
  const report = await freshness({ path: 'a.csv' }, { now, cwd, column: 'at' })
  expect(summary(report)).toEqual(['fail', 'stale', 'error freshness.stale', 'error freshness.future_rows'])
  expect(report.facts.ageSeconds).toBe(48 * HOUR)
  expect(report.findings[1]?.message).toContain(
    '2 of 3 times in at lie in the future (67%), up to 2031-01-01T00:00:00.000Z',
  )
  file(join(cwd, 'b.csv'), 0, 'at\n2030-01-01T00:00:00Z\n')
  expect(summary(await freshness({ path: 'b.csv' }, { now, cwd, column: 'at' }))).toEqual([
    'fail',
    'future',
    'error freshness.future',
  ])
})

test('times within the skew count, and infinite times do not', async () => {
  const path = file(join(folder(), 'a.csv'), 0, 'id\n1\n2\n3\n')
  const frame = (await open(path)).derive({
    at: `CASE id WHEN 1 THEN TIMESTAMP '2026-11-23 08:04:00' WHEN 2 THEN 'infinity' ELSE '-infinity' END`,
  })
  const report = await freshness({ frame }, { now, column: 'at' })
  expect(report.facts).toMatchObject({ ageSeconds: -240, state: 'unsure' })
  expect(summary(report)).toEqual(['fail', 'unsure', 'error freshness.bad_times', 'info freshness.no_zone'])
  const endless = await freshness({ frame: frame.filter('id <> 1') }, { now, column: 'at' })
  expect(summary(endless)).toEqual(['fail', 'empty', 'error freshness.no_times'])
})

test('a column without any time is empty; one of another type too, and one that is not there', async () => {
  const path = file(join(folder(), 'a.csv'), 0, 'id,at\n1,2026-11-20T08:00:00Z\n')
  const frame = await open(path)
  const none = frame.derive({ at: 'CAST(NULL AS TIMESTAMP)' })
  expect(summary(await freshness({ frame: none }, { now, column: 'at' }))).toEqual([
    'fail',
    'empty',
    'error freshness.no_times',
  ])
  const { facts } = await freshness({ frame }, { column: 'time' })
  expect(facts.state).toBe('empty')
  // That it holds something else is found in the data.
  const numbers = await freshness({ frame }, { now, column: 'id' })
  expect(summary(numbers)).toEqual(['fail', 'empty', 'error freshness.no_times'])
  expect(numbers.findings[0]?.message).toMatch(/^id of .* has no time in any of 1 row; line 2: "1"$/)
})

test('a signal stops the reading of a column', async () => {
  const path = file(join(folder(), 'a.csv'), 0, 'at\n2026-11-20T08:00:00Z\n')
  await expect(freshness({ path }, { column: 'at', signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'DS_ABORTED',
  })
})

test('a frame goes by its files where no column is named', async () => {
  const path = file(join(folder(), 'a.csv'), 7)
  const frame = await open(path)
  const report = await freshness({ frame }, { now })
  expect(report.facts).toMatchObject({ ageSeconds: 7 * HOUR, basis: 'mtime' })
  expect(report.dataset).toBe(frame.dataset)
})

test('a file address is a path; any other address is refused, without its password', async () => {
  const path = file(join(folder(), 'a b.csv'), 7)
  expect((await freshness({ path: pathToFileURL(path).href }, { now })).facts.ageSeconds).toBe(7 * HOUR)
  await expect(freshness({ path: 's3://user:secret@lake/a.csv' })).rejects.toMatchObject({
    code: 'DS_FRESHNESS_TARGET',
    message: 's3://lake/a.csv is an address; only local files have an age here',
  })
  await expect(freshness({ paths: [], dataset: fileDataset('a', '/') })).rejects.toMatchObject({
    code: 'DS_FRESHNESS_TARGET',
  })
})

test('now is the clock where it is not given', async () => {
  const path = join(folder(), 'a.csv')
  writeFileSync(path, 'x\n1\n')
  const { facts } = await freshness({ path })
  expect(facts.state).toBe('fresh')
  expect(Math.abs(facts.ageSeconds as number)).toBeLessThan(60)
})

const mayReadAll = process.platform === 'win32' || process.getuid?.() === 0

test.skipIf(mayReadAll)(
  'what the system does not let be read is never fresh (skipped: root may read all)',
  async () => {
    const path = folder()
    const closed = file(join(path, 'a.csv'), 1)
    const unreadable = ['fail', 'unreadable', 'error freshness.unreadable']
    chmodSync(closed, 0o000)
    expect(summary(await freshness({ path: closed }, { now }))).toEqual(unreadable)
    expect(summary(await freshness({ path: closed }, { now, column: 'x' }))).toEqual(unreadable)
    file(join(path, 'b.csv'), 2)
    expect(summary(await freshness({ path }, { now }))).toEqual(unreadable)
    chmodSync(path, 0o000)
    try {
      expect(summary(await freshness({ path }, { now }))).toEqual(unreadable)
    } finally {
      chmodSync(path, 0o700)
    }
  },
)

test('a path that the system cannot even look up is unreadable', async () => {
  const report = await freshness({ path: join(root, 'x'.repeat(300)) }, { now })
  expect(summary(report)).toEqual(['fail', 'unreadable', 'error freshness.unreadable'])
  expect(report.facts.ageSeconds).toBeNull()
})
