import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport } from '@dayshift/core'
import { version } from '@dayshift/dvc'
import { beforeAll, describe, expect, test } from 'vitest'
import { dayshift, GIT_ENV, newFolder, printedHere as printed } from './cli.ts'

const DAY = 86_400_000
const FIRST = Date.parse('2026-10-05T06:00:00Z')

/** Numbers in 0–1 that are the same on every run. */
function spread(at: number, seed: number): number {
  const product = Math.sin(at * 12.9898 + seed * 78.233) * 43758.5453
  return product - Math.floor(product)
}

function weather(seed: number, shift: number, rows = 300): string {
  const lines = Array.from(
    { length: rows },
    (_, at) => `${(20 + shift + 6 * spread(at, seed)).toFixed(3)},${spread(at, seed + 0.5).toFixed(3)}`,
  )
  return `temp,wind\n${lines.join('\n')}\n`
}

/** A folder with a version a day, committed at 06:00 UTC; the first is tagged v1.0. */
async function versioned(shifts: readonly number[]): Promise<string> {
  const folder = newFolder()
  execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd: folder, env: GIT_ENV })
  mkdirSync(join(folder, 'data'))
  for (const [at, shift] of shifts.entries()) {
    writeFileSync(join(folder, 'data/weather.csv'), weather(at + 1, shift))
    const time = new Date(FIRST + at * DAY).toISOString()
    const env = { ...GIT_ENV, GIT_COMMITTER_DATE: time, GIT_AUTHOR_DATE: time }
    await version(['data/weather.csv'], { cwd: folder, env, commit: true })
    if (at === 0) execFileSync('git', ['tag', 'v1.0'], { cwd: folder, env })
  }
  return folder
}

/** What `drift --since` gives, as far as it is looked at. */
interface OverTime {
  readonly against: string
  readonly versions: readonly {
    readonly label: string
    readonly at: string
    readonly hash: string
    readonly reference?: readonly string[]
    readonly referenceRows?: number
    readonly rows?: number
    readonly driftedColumns?: readonly string[]
    readonly reused?: boolean
    readonly skipped?: string
  }[]
  readonly columns: readonly {
    readonly column: string
    readonly detector: string
    readonly since: number | null
    readonly effects: readonly (number | null)[]
    readonly effect: { readonly changes?: { readonly found: readonly { readonly place: number }[] } }
    readonly learned?: { readonly past: number; readonly needed: number; readonly pValue?: number }
  }[]
}

async function overTime(folder: string, ...words: readonly string[]): Promise<OverTime & { exitCode: number }> {
  const document = await printed(folder, 'drift', 'data/weather.csv', ...words)
  return { ...(document as unknown as { result: OverTime }).result, exitCode: document.exitCode }
}

describe('versions of ten days, warmer from the seventh on', () => {
  let folder: string
  beforeAll(async () => {
    folder = await versioned([0, 0, 0, 0, 0, 0, 3, 3, 3, 3])
  })

  test('--since compares each with the first, tells when drift began, and compares nothing twice', async () => {
    const first = await overTime(folder, '--since', 'v1.0')
    expect(first).toMatchObject({ against: 'first', exitCode: 1 })
    expect(first.versions).toHaveLength(10)
    expect(first.versions[0]).toMatchObject({ label: 'v1.0', at: '2026-10-05T06:00:00.000Z' })
    expect(first.versions[0]?.reference).toBeUndefined()
    const hash = first.versions[0]?.hash
    expect(first.versions.slice(1).every(({ reference, reused }) => reference?.[0] === hash && reused === false)).toBe(
      true,
    )
    const temp = first.columns.find(({ column, detector }) => column === 'temp' && detector === 'ks')
    expect(temp).toMatchObject({ since: 5, learned: { past: 8, needed: 19 } })
    // Nine values are too few for a change to be sure among several series; by itself it is.
    expect(temp?.effect.changes?.found).toEqual([])
    const alone = await overTime(folder, '--since', 'v1.0', '--correction', 'none')
    const byItself = alone.columns.find(({ column, detector }) => column === 'temp' && detector === 'ks')
    expect(byItself?.effect.changes?.found).toMatchObject([{ place: 5 }])
    expect(first.columns.find(({ column }) => column === 'wind')?.since).toBeNull()

    const again = await overTime(folder, '--since', 'v1.0')
    expect(again.versions.slice(1).every(({ reused }) => reused === true)).toBe(true)
    expect(again.columns).toEqual(first.columns)
  })

  test('a comparison that was kept and is broken is made again; a folder that cannot be written is no hindrance', async () => {
    const before = await overTime(folder, '--since', 'v1.0')
    const kept = join(folder, '.dayshift/drift')
    expect(readFileSync(join(kept, '.gitignore'), 'utf8')).toBe('*\n')
    const files = readdirSync(kept).filter((name) => name.endsWith('.json'))
    for (const name of files) writeFileSync(join(kept, name), '{"key":')
    const mended = await overTime(folder, '--since', 'v1.0')
    expect(mended.columns).toEqual(before.columns)
    expect(mended.versions.slice(1).every(({ reused }) => reused === false)).toBe(true)
    rmSync(kept, { recursive: true })
    writeFileSync(kept, 'no folder')
    expect((await overTime(folder, '--since', 'v1.0')).columns).toEqual(before.columns)
    rmSync(kept)
  })

  test('--against previous, and rules by time: each version with its own reference', async () => {
    const previous = await overTime(folder, '--since', 'v1.0', '--against', 'previous')
    expect(
      previous.versions.filter(({ driftedColumns }) => driftedColumns?.includes('temp')).map(({ at }) => at),
    ).toEqual(['2026-10-11T06:00:00.000Z'])
    expect(previous.exitCode).toBe(0)
    const rolling = await overTime(folder, '--since', '2026-10-08', '--against', 'rolling:3')
    expect(rolling.versions.map(({ referenceRows }) => referenceRows)).toEqual(Array<number>(7).fill(900))
    const fixed = await overTime(folder, '--since', '2026-10-08', '--against', '@v1.0')
    expect(fixed.versions.map(({ driftedColumns }) => driftedColumns?.length)).toEqual([0, 0, 0, 1, 1, 1, 1])
    const weekly = await overTime(folder, '--since', 'v1.0', '--against', 'same-weekday')
    expect(weekly.versions.map(({ skipped, reference }) => skipped ?? reference?.[0])).toEqual([
      ...Array<string>(7).fill('there is no version of the same weekday'),
      ...weekly.versions.slice(0, 3).map(({ hash }) => hash),
    ])
  })

  test('as a page: days, columns and versions, and no column or number that is not there', async () => {
    const words = ['drift', 'data/weather.csv', '--since', 'v1.0', '--correction', 'none', '--output', 'over-time.html']
    const { code } = await dayshift(folder, words)
    expect(code).toBe(1)
    const page = readFileSync(join(folder, 'over-time.html'), 'utf8')
    expect(page).toContain('9 versions compared, 4 with columns that drifted: the first on 2026-10-11')
    expect(page).toMatch(/temp drifted in 4 of 9 versions, from 2026-10-11 to 2026-10-14/)
    expect(page).toContain('Quantiles of temp over time')
    expect(page).toContain('changes of level on 2026-10-11')
    expect(page).not.toMatch(/<script|undefined|NaN|https?:/)
  })

  test('as text: a line a version, a line a column with its effects, and what changed', async () => {
    const { stdout, code } = await dayshift(folder, [
      'drift',
      'data/weather.csv',
      '--since',
      'v1.0',
      '--detector',
      'ks',
    ])
    expect(code).toBe(1)
    const lines = stdout.split('\n')
    expect(lines[0]).toBe('10 versions since v1.0, each against v1.0')
    expect(lines[2]).toMatch(/^ {2}v1\.0 +2026-10-05 06:00 +the reference$/)
    expect(lines[3]).toMatch(/^ {2}[0-9a-f]{7} +2026-10-06 06:00 +300 +0 of 2$/)
    const temp = lines.find((line) => line.startsWith('  temp '))
    expect(temp).toMatch(/ks .* calibrating 8\/19 +[▁▂]{5}█{4}$/)
    expect(stdout).toMatch(/temp: ks effect changed at [0-9a-f]{7}, 0\.0\d+ → 0\.\d+ \(p 0\.\d+\)/)
    expect(stdout).toMatch(/temp: mean changed at/)
  })

  test('a reference by a rule: of the data as it is, from the cache, without a checkout', async () => {
    const before = readFileSync(join(folder, 'data/weather.csv'), 'utf8')
    const previous = await printed(folder, 'drift', 'previous', 'data/weather.csv')
    const report = findReport(previous.reports, 'drift')
    expect(report?.facts).toMatchObject({
      driftedColumns: [],
      referenceRows: 300,
      reference: { rule: 'previous', versions: [{ at: '2026-10-13T06:00:00.000Z' }] },
    })
    const rolling = await printed(folder, 'drift', 'rolling:9', 'data/weather.csv')
    expect(findReport(rolling.reports, 'drift')?.facts).toMatchObject({ driftedColumns: ['temp'], referenceRows: 2700 })
    const weekday = await printed(folder, 'drift', 'same-weekday', 'data/weather.csv')
    expect(findReport(weekday.reports, 'drift')?.facts.reference?.versions).toMatchObject([
      { at: '2026-10-07T06:00:00.000Z' },
    ])
    const long = await printed(folder, 'drift', 'rolling:50', 'data/weather.csv')
    expect(findReport(long.reports, 'drift')?.findings).toContainEqual({
      severity: 'info',
      code: 'drift.reference_short',
      message: 'rolling:50: there is 9 of 50: no other earlier version',
    })
    const tagged = await printed(folder, 'drift', '@v1.0', 'data/weather.csv')
    expect(findReport(tagged.reports, 'drift')?.facts.driftedColumns).toEqual(['temp'])
    expect(readFileSync(join(folder, 'data/weather.csv'), 'utf8')).toBe(before)
    expect(
      execFileSync('git', ['status', '--porcelain', 'data'], { cwd: folder, env: GIT_ENV, encoding: 'utf8' }),
    ).toBe('')
  })

  test.each([
    [['year-ago', 'data/weather.csv'], 3, 'DS_DRIFT_REFERENCE', 'there is no version of this time a year ago'],
    [['previous', 'data/weather.csv', '--timezone', 'Mars'], 2, 'DS_FRESHNESS_SCHEDULE', "'Mars' is not a time zone"],
    [['data/weather.csv', '--since', 'v9'], 3, 'DS_GIT_REVISION', "git knows no revision 'v9'"],
    [['data/weather.csv', '--since', '2036-01-01'], 2, 'DS_USAGE', 'has no version since 2036-01-01'],
    [['data/weather.csv', '--since', 'v1.0', '--against', 'then'], 2, 'DS_USAGE', '--against is first, previous'],
    [['data/weather.csv', 'data/weather.csv', '--since', 'v1.0'], 2, 'DS_USAGE', 'drift --since takes one source'],
    [
      ['data/weather.csv', 'data/weather.csv', '--tolerance', '6h'],
      2,
      'DS_USAGE',
      '--tolerance goes with a reference by time',
    ],
    [['previous', 'data/weather.csv', '--learn', '2'], 2, 'DS_U', ''],
    [['data/weather.csv@v1.0', '--since', 'v1.0'], 2, 'DS_USAGE', '--since goes from a version to the newest'],
  ])('refused, with what to do: %j', async (words, exitCode, code, message) => {
    const found = await printed(folder, 'drift', ...words)
    expect(found.exitCode).toBe(exitCode)
    expect(found.error?.code).toContain(code)
    expect(found.error?.message).toContain(message)
    expect(found.error?.hint).not.toBe('')
  })

  test('what the cache has not is passed over and told', async () => {
    const own = await versioned([0, 0, 0])
    const { versions } = await overTime(own, '--since', 'v1.0')
    const digits = (versions[1]?.hash ?? '').slice('md5:'.length)
    const object = join(own, '.dvc/cache/files/md5', digits.slice(0, 2), digits.slice(2))
    chmodSync(object, 0o644)
    rmSync(object)
    const left = await overTime(own, '--since', 'v1.0')
    expect(left.versions.map(({ skipped }) => skipped)).toEqual([undefined, 'not in the cache', undefined])
    expect(left.columns[0]?.effects).toHaveLength(1)
  })
})

test('runs of a project: a pooled reference, calibrating, and then an alarm of what is more than usual', async () => {
  const folder = newFolder()
  execFileSync('git', ['init', '--quiet'], { cwd: folder, env: GIT_ENV })
  mkdirSync(join(folder, 'data'))
  const drift = "{ reference: 'rolling:3', detectors: ['ks'], learn: { alpha: '25%' } }"
  writeFileSync(
    join(folder, 'dayshift.config.mjs'),
    `export default { name: 'n', datasets: { weather: { source: 'data/weather.csv', prototype: false, register: false, log: false, freshness: false, drift: ${drift} } } }\n`,
  )
  const seen: unknown[] = []
  for (const [at, shift] of [0, 0.9, 0, 1, 0, 3].entries()) {
    writeFileSync(join(folder, 'data/weather.csv'), weather(at + 1, shift))
    const { reports, skipped } = await printed(folder, 'run')
    const report = findReport(reports, 'drift')
    const temp = report?.facts.columns.find(({ column }) => column === 'temp')
    seen.push(
      report
        ? [report.status, report.facts.referenceRows, temp?.drifted, temp?.learned?.past, temp?.learned?.held]
        : skipped?.find(({ step }) => step === 'drift')?.reason,
    )
  }
  expect(seen).toEqual([
    'there is no earlier version',
    ['pass', 300, false, 0, true],
    ['pass', 600, false, 1, true],
    ['pass', 900, false, 2, true],
    ['pass', 900, false, 3, true],
    ['fail', 900, true, 4, undefined],
  ])
  // Looked at twice is not two looks.
  const again = findReport((await printed(folder, 'run', '--only', 'drift')).reports, 'drift')
  expect(again?.facts.columns.find(({ column }) => column === 'temp')?.learned).toMatchObject({ past: 4 })
  const alone = findReport((await printed(folder, 'drift', 'weather')).reports, 'drift')
  expect(alone?.facts).toEqual(again?.facts)
  expect(await printed(folder, 'drift', 'data/none.csv')).toMatchObject({ exitCode: 2, error: { code: 'DS_USAGE' } })
  expect(existsSync(join(folder, 'data/weather.csv.dvc'))).toBe(true)
  // Nothing was committed: runs have seen all versions all the same.
  const walked = await printed(folder, 'drift', 'weather', '--since', '1d', '--against', 'previous')
  expect((walked as unknown as { result: OverTime }).result.versions).toHaveLength(6)
})
