import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { open, type Frame, type Report } from '@dayshift/core'
import { afterAll, describe, expect, test } from 'vitest'
import type { Detector } from '../src/detector.ts'
import { ks } from '../src/detectors/ks.ts'
import { drift } from '../src/drift.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-drift-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
async function table(...lines: string[]): Promise<Frame> {
  const path = join(folder, `${files++}.csv`)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return open(path)
}

/** A column of n values, `of(0)` to `of(n − 1)`. */
function column(name: string, n: number, of: (at: number) => number | string): Promise<Frame> {
  return table(name, ...Array.from({ length: n }, (_, at) => String(of(at))))
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function codes(report: Report<'drift'>): string[] {
  return report.findings.map(({ severity, code }) => `${severity} ${code}`)
}

test('columns that drifted are named, with D, p and how the centre moved', async () => {
  const reference = await table('a,b', ...Array.from({ length: 40 }, (_, at) => `${at},${at % 7}`))
  const current = await table('a,b', ...Array.from({ length: 40 }, (_, at) => `${at + 30},${at % 7}`))
  const report = await drift(reference, current, { minShare: 0.6 })
  expect(report.status).toBe('warn')
  expect(report.dataset).toBe(current.dataset)
  expect(report.facts).toMatchObject({ referenceRows: 40, currentRows: 40, driftedColumns: ['a'], share: 0.5 })
  expect(report.facts.columns).toMatchObject([
    { column: 'a', detector: 'ks', statistic: 0.75, effect: 0.75, threshold: 0.05, minEffect: 0.05, drifted: true },
    { column: 'a', detector: 'range', statistic: 0.75, minEffect: 0.01, drifted: true },
    { column: 'b', detector: 'ks', statistic: 0, pValue: 1, adjustedPValue: 1, drifted: false, undecided: true },
  ])
  expect(report.facts.columns[0]?.reference.quartiles?.[1]).toBe(19.5)
  expect(codes(report)).toEqual(['warn drift.column', 'info drift.too_few_rows'])
  expect(report.findings[0]?.message).toMatch(
    /^a drifted: D = 0\.75, p = .*e-1\d \(.*\); median 19\.5 → 49\.5; 75 % of the rows moved from 0 – 30 to 38 – 69; also range \(range 0 – 39 before, 30 – 69 now\)$/,
  )
})

test('the dataset drifted where enough columns did, at the share exactly too', async () => {
  const reference = await table('a,b', ...Array.from({ length: 40 }, (_, at) => `${at},${at % 7}`))
  const current = await table('a,b', ...Array.from({ length: 40 }, (_, at) => `${at + 30},${at % 7}`))
  const report = await drift(reference, current, { minShare: 0.5 })
  expect(report.status).toBe('fail')
  expect(codes(report).slice(0, 2)).toEqual(['error drift.dataset', 'warn drift.column'])
  expect(report.findings[0]?.message).toBe('1 of 2 columns drifted (50 %, limit 50 %): a')
})

test('where the median stays, the message says what else moved', async () => {
  const narrow = await column('x', 201, (at) => at - 100)
  const wide = await column('x', 201, (at) => (at - 100) * 10)
  const report = await drift(narrow, wide)
  const told = report.findings.find(({ code }) => code === 'drift.column')
  expect(told?.message).toContain('median still 0, middle half -50 – 50 → -500 – 500')
})

test('columns on one side only, or of another type, are told', async () => {
  const reference = await table('n,gone,code,name', ...Array.from({ length: 9 }, (_, at) => `${at},${at},${at},x`))
  const current = await table('n,code,name,fresh', ...Array.from({ length: 9 }, (_, at) => `${at},c${at},x,${at}`))
  const report = await drift(reference, current)
  expect(report.status).toBe('fail')
  expect(report.findings.map(({ severity, code, column: name }) => [severity, code, name])).toEqual([
    ['error', 'drift.type_changed', 'code'],
    ['info', 'drift.column_new', 'fresh'],
    ['error', 'drift.column_missing', 'gone'],
    ['info', 'drift.too_few_rows', 'n'],
  ])
  expect(report.facts.columns.map(({ column: name }) => name)).toEqual(['n'])
  expect(report.facts).toMatchObject({
    newColumns: ['fresh'],
    missingColumns: ['gone'],
    retypedColumns: [{ column: 'code', from: 'integer', to: 'string' }],
  })
})

test('a column that lost its values fails the report: its values are not compared, that they are missing is', async () => {
  const reference = await table('a,b', ...Array.from({ length: 9 }, (_, at) => `${at},${at}`))
  const current = (await table('a,b', ...Array.from({ length: 9 }, (_, at) => `${at},${at}`))).derive({
    b: 'CAST(NULL AS BIGINT)',
  })
  const report = await drift(reference, current)
  expect(codes(report)).toContain('error drift.column_empty')
  expect(report.findings.find(({ code }) => code === 'drift.column_empty')?.message).toBe(
    'b has no values in the current data, so they were not compared',
  )
  expect(report.facts).toMatchObject({
    share: 0.5,
    columns: [{ column: 'a' }, { column: 'b', detector: 'null-rate', effect: 1, drifted: true }],
  })
})

test('nothing in common is no pass', async () => {
  const report = await drift(await table('a', 'x'), await table('b', 'y'))
  expect(report.status).toBe('fail')
  expect(codes(report)).toContain('warn drift.nothing_compared')
  expect(report.facts.share).toBe(0)
})

test('NaN is left out and counted; ±Infinity takes part', async () => {
  const reference = (await column('x', 50, (at) => at)).cast({ x: 'DOUBLE' })
  const current = reference.derive({ x: `CASE WHEN x < 2 THEN 'NaN'::DOUBLE WHEN x = 2 THEN 'Infinity' ELSE x END` })
  const report = await drift(reference, current)
  expect(codes(report)).toEqual(['info drift.not_a_number', 'info drift.too_few_rows'])
  expect(report.findings[0]?.message).toContain('0 in the reference and 2 in the current data')
  expect(report.facts.columns[0]?.statistic).toBeCloseTo(3 / 50, 15)
})

test('with few rows the report says that no drift could be found', async () => {
  const report = await drift(await column('x', 3, (at) => at), await column('x', 3, (at) => at + 100))
  expect(report.status).toBe('pass')
  expect(report.findings).toMatchObject([
    {
      severity: 'info',
      code: 'drift.too_few_rows',
      message:
        'x: too few rows to decide: with 3 values against 3 no drift could be detected; the smallest possible p is 0.1, above alpha 0.05',
    },
  ])
})

test('named columns only are compared, in any case, and may be given once more', async () => {
  const reference = await table('a,b', ...Array.from({ length: 9 }, (_, at) => `${at},${at}`))
  const report = await drift(reference, await table('b,c', '1,1', '2,2'), { columns: ['B', 'b'] })
  expect(report.facts.columns.map(({ column: name }) => name)).toEqual(['b'])
})

test('a named column that is missing, or of another type on each side, is an error', async () => {
  const reference = await table('a,b,t', '1,2,x', '3,4,y')
  const current = await table('a,c,t', '1,2,7', '3,4,8')
  await expect(drift(reference, current, { columns: ['z'] })).rejects.toMatchObject({
    code: 'DS_COLUMN_UNKNOWN',
    hint: 'Columns: a, c, t',
  })
  await expect(drift(reference, current, { columns: ['c'] })).rejects.toMatchObject({
    code: 'DS_COLUMN_UNKNOWN',
    hint: 'Columns: a, b, t',
  })
  await expect(drift(reference, current, { columns: ['t'] })).rejects.toMatchObject({
    code: 'DS_DRIFT_COLUMN',
    message: "columns of different types cannot be compared: 't' (string in the reference, integer now)",
  })
})

test('options outside their range are refused, all at once', async () => {
  const frame = await column('x', 3, (at) => at)
  const options = { alpha: 1, minShare: 0, correction: 'sidak' as 'bh', detectors: [] }
  await expect(drift(frame, frame, options)).rejects.toMatchObject({
    code: 'DS_DRIFT_OPTION',
    message:
      "alpha is 1, not between 0 and 1; minShare is 0, not above 0 and at most 1; correction is 'sidak', not one of none, bonferroni, holm, bh, by; there is no detector",
  })
})

test('correction decides together over all columns', async () => {
  const names = Array.from({ length: 10 }, (_, at) => `c${at}`)
  const rows = (shift: number): string[] =>
    Array.from({ length: 40 }, (_, at) => names.map((_name, c) => at + (c === 0 ? shift : 0)).join(','))
  const reference = await table(names.join(','), ...rows(0))
  const current = await table(names.join(','), ...rows(13))
  const drifted = async (correction: 'none' | 'bonferroni' | 'bh'): Promise<readonly string[]> =>
    (await drift(reference, current, { correction, detectors: [ks()] })).facts.driftedColumns
  expect(await drifted('none')).toEqual(['c0'])
  expect(await drifted('bonferroni')).toEqual([])
  expect(await drifted('bh')).toEqual([])
})

test('what few rows could show is told as the correction leaves it', async () => {
  // 2 / C(8, 4) = 0.029 of one column: enough at alpha 0.05, not where it stands for five.
  const names = ['a', 'b', 'c', 'd', 'e']
  const frame = await table(names.join(), ...Array.from({ length: 4 }, (_, at) => names.map(() => at).join()))
  const told = async (correction: 'none' | 'bh'): Promise<string[]> =>
    (await drift(frame, frame, { correction })).findings.map(({ message }) => message)
  expect(await told('none')).toEqual([
    expect.stringContaining('the smallest difference that shows in 8 of 10 cases is D = 1, and 0.05 would count'),
  ])
  expect(await told('bh')).toEqual([
    expect.stringMatching(
      /^a, b, c, d, e: .* no drift could be detected; no p-value is as small as it must be among 10 tests$/,
    ),
  ])
})

test('a detector of one’s own takes part: a distance has its own threshold', async () => {
  const shift: Detector = {
    name: 'mean-shift',
    fits: () => true,
    test: (sides) => ({ statistic: Math.abs(mean(sides.current) - mean(sides.reference)), threshold: 2 }),
  }
  const report = await drift(await column('x', 4, (at) => at), await column('x', 4, (at) => at + 2), {
    detectors: [ks(), shift],
  })
  expect(report.facts.columns).toMatchObject([
    { detector: 'ks', drifted: false },
    { detector: 'mean-shift', statistic: 2, threshold: 2, drifted: true },
  ])
  expect(report.facts.columns[1]).not.toHaveProperty('pValue')
  expect(report.facts).toMatchObject({ driftedColumns: ['x'], share: 1 })
})

test('a detector that fits anything is not given texts as numbers', async () => {
  const frame = await table('a,b', '1,x', '2,y')
  const seen: string[] = []
  const any: Detector = {
    name: 'any',
    fits: () => true,
    test: ({ reference, column: asked }) => {
      seen.push(`${asked?.name} ${reference.length}`)
      return undefined
    },
  }
  const report = await drift(frame, frame, { detectors: [any] })
  expect(seen).toEqual(['a 2'])
  expect(codes(report)).toContain('info drift.not_compared')
})

test('progress is told before each column and at the end; a signal stops the work', async () => {
  const frame = await table('a,b', '1,2', '3,4')
  const seen: unknown[] = []
  await drift(frame, frame, { onProgress: (progress) => seen.push(progress) })
  expect(seen).toEqual([
    { done: 0, total: 2, column: 'a' },
    { done: 1, total: 2, column: 'b' },
    { done: 2, total: 2 },
  ])
  await expect(drift(frame, frame, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DS_ABORTED' })
})

const data = resolve(import.meta.dirname, '../../../../shared/data')
const real = existsSync(data)

describe.skipIf(!real)(`real data${real ? '' : `: skipped, there is no ${data}`}`, () => {
  test('three rows against three of the first workflow: D = 1/3, p = 1, no drift', async () => {
    const report = await drift(
      await open(join(data, 'seed/sample_old_data.csv')),
      await open(join(data, 'seed/sample_new_data.csv')),
    )
    expect(report.status).toBe('pass')
    expect(report.facts.columns.filter(({ detector }) => detector === 'ks')).toMatchObject([
      { column: 'feature1', statistic: expect.closeTo(1 / 3, 15) as number, pValue: 1, drifted: false },
      { column: 'feature2', statistic: expect.closeTo(1 / 3, 15) as number, pValue: 1, drifted: false },
    ])
    expect(codes(report)).toEqual(['info drift.too_few_rows'])
  })

  test('January against July drifts in temperature; even against odd hours of January does not', async () => {
    const weather = await open(join(data, 'nycflights13/weather.csv'))
    const january = weather.filter('month = 1')
    const report = await drift(january, weather.filter('month = 7'), { columns: ['temp'] })
    expect(report.status).toBe('fail')
    expect(report.facts.columns[0]?.statistic).toBeGreaterThan(0.9)
    expect(report.findings[1]?.message).toContain('median')
    const hours = await drift(january.filter('hour % 2 = 0'), january.filter('hour % 2 = 1'), { columns: ['temp'] })
    expect(hours.status).toBe('pass')
    expect(hours.facts.driftedColumns).toEqual([])
  })
})

test('a column that lost all its values is without values, not of another type', async () => {
  const report = await drift(await table('a,b', '1,5', '2,6'), await table('a,b', '1,', '2,'))
  expect(codes(report)).toContain('error drift.column_empty')
  expect(codes(report)).not.toContain('error drift.type_changed')
  const gone = await drift(await table('a', '1', '2'), await table('a'))
  expect(codes(gone)).toContain('error drift.column_empty')
})
