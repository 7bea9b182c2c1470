import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { dayshift, newFolder, printed, type Printed } from './cli.ts'
import { DATA, noData } from './seed.ts'

const folder = newFolder()

function seed(name: string): string {
  copyFileSync(join(DATA, 'seed', name), join(folder, name))
  return name
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return name
}

function lines(name: string): Record<string, unknown>[] {
  return readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

function verdict({ reports, exitCode }: Printed): unknown[] {
  const report = findReport(reports, 'freshness')
  return [report?.facts.state, report?.findings[0]?.code, exitCode]
}

const ETL = `import { sql, type Frame } from '@dayshift/core'
export const clean = (frame: Frame) =>
  frame
    .dropNulls()
    .derive({
      value_squared: sql\`value ** 2\`,
      value_normalized: sql\`(value - min(value) OVER ()) / (max(value) OVER () - min(value) OVER ())\`,
    })
    .filter(sql\`id % 2 = 0\`)
`
const CONTRACT = `import { z } from 'zod'
export const employees = z.object({
  age: z.int().min(0).max(120),
  salary: z.number().min(0),
  country: z.enum(['US', 'UK', 'IN', 'CA', 'DE']),
})
`

describe.skipIf(noData)(`the seven habits on the seed files${noData ? ` (skipped: ${noData})` : ''}`, () => {
  test('1 prototype draws 1 %, the same rows every time, and runs the ETL', async () => {
    const words = ['prototype', seed('large_sample_dataset.csv'), '--etl', write('etl.ts', ETL)]
    const [first, second] = [await printed(folder, ...words), await printed(folder, ...words)]
    const facts = findReport(first.reports, 'prototype')?.facts
    expect(facts).toMatchObject({ rows: 100, sampledRows: 1, seed: 42, added: ['value_squared', 'value_normalized'] })
    const square = write('square.ts', "export default (f) => f.derive({ value_squared: 'value ** 2' })\n")
    const squared = await printed(folder, 'prototype', 'large_sample_dataset.csv', '--etl', square)
    expect(findReport(squared.reports, 'prototype')?.facts.head).toEqual([
      { id: 83, value: 207.5, value_squared: 43_056.25 },
    ])
    expect(findReport(second.reports, 'prototype')?.facts.head).toEqual(facts?.head)

    const more = await printed(folder, ...words, '--fraction', '20%')
    const twenty = findReport(more.reports, 'prototype')?.facts
    expect(twenty?.sampledRows).toBe(20)
    for (const row of twenty?.head ?? []) {
      expect(Number(row['id']) % 2).toBe(0)
      expect(row['value_squared']).toBe(Number(row['value']) ** 2)
      expect(row['value_normalized']).toBeGreaterThanOrEqual(0)
      expect(row['value_normalized']).toBeLessThanOrEqual(1)
    }
    const text = await dayshift(folder, words)
    expect(text).toMatchObject({ code: 0, stderr: '' })
    expect(text.stdout).toContain('1 of 100 rows sampled')
    expect(text.stdout).toContain('value_squared')
  })

  test('2 validate passes the file, and lists every failure of a broken copy', async () => {
    const contract = ['--contract', write('contract.ts', CONTRACT)]
    const good = await printed(folder, 'validate', seed('sample_employees.csv'), ...contract)
    expect(good).toMatchObject({ status: 'pass', exitCode: 0 })

    write('broken.csv', 'age,salary,country\n130,-5,FR\nabc,10,US\n,5,\n30,50000.0,US')
    const bad = await printed(folder, 'validate', 'broken.csv', ...contract)
    expect(bad).toMatchObject({ status: 'fail', exitCode: 1 })
    const failed = findReport(bad.reports, 'validate')?.facts.checks.filter((check) => check.failed > 0)
    expect(
      failed?.map(({ id, examples }) => [id, ...examples.map(({ row, line, value }) => [row, line, value])]),
    ).toEqual([
      ['age: not_null', [3, 4, null]],
      ['age: type', [2, 3, 'abc']],
      ['age: <= 120', [1, 2, 130]],
      ['salary: >= 0', [1, 2, -5]],
      ['country: not_null', [3, 4, null]],
      ['country: one_of', [1, 2, 'FR']],
    ])
    const text = await dayshift(folder, ['validate', 'broken.csv', ...contract])
    expect(text.code).toBe(1)
    expect(text.stdout).toContain('row 1 (line 2)  130  Too big: expected number to be <=120')
    expect((await dayshift(folder, ['validate', 'broken.csv', ...contract, '--fail-on', 'never'])).code).toBe(0)
  })

  test('3 version writes what DVC writes, and commits it', async () => {
    execFileSync('git', ['init', '--quiet'], { cwd: folder })
    const { reports, exitCode } = await printed(folder, 'version', seed('versioned_training_data.csv'), '--tag', 'v1.0')
    expect(exitCode).toBe(0)
    const facts = findReport(reports, 'version')?.facts
    expect(facts?.files).toEqual([
      { path: 'versioned_training_data.csv', hash: 'md5:bb08c731c5faa3244bb7efe3ff9e54d4', bytes: 45, changed: true },
    ])
    expect(readFileSync(join(folder, 'versioned_training_data.csv.dvc'), 'utf8')).toBe(
      'outs:\n- md5: bb08c731c5faa3244bb7efe3ff9e54d4\n  size: 45\n  hash: md5\n  path: versioned_training_data.csv\n',
    )
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('/versioned_training_data.csv\n')
    expect(existsSync(join(folder, '.dvc/cache/files/md5/bb/08c731c5faa3244bb7efe3ff9e54d4'))).toBe(true)
    const log = execFileSync('git', ['log', '--format=%H %D', '--name-only'], { cwd: folder, encoding: 'utf8' })
    expect(log).toContain(facts?.commit)
    expect(log).toContain('tag: v1.0')
    expect(log).toContain('versioned_training_data.csv.dvc')

    const again = await printed(folder, 'version', 'versioned_training_data.csv')
    expect(findReport(again.reports, 'version')?.facts).toMatchObject({ files: [{ changed: false }] })
  })

  test('4 register writes one line with the four keys first, and nothing where nothing changed', async () => {
    const words = ['register', seed('sample_training_data.csv'), '--name', 'training', '--description', 'Training data']
    const first = findReport((await printed(folder, ...words)).reports, 'register')?.facts
    expect(first).toMatchObject({ revision: 1, created: true })
    const again = findReport((await printed(folder, ...words)).reports, 'register')?.facts
    expect(again).toMatchObject({ id: first?.id, revision: 1, created: false, changed: [] })
    const [entry, ...more] = lines('data_catalog.jsonl')
    expect(more).toEqual([])
    expect(Object.keys(entry ?? {}).slice(0, 4)).toEqual(['unique_id', 'dataset_name', 'description', 'storage_path'])
    expect(entry).toMatchObject({
      dataset_name: 'training',
      schema: [{ name: 'id' }, { name: 'name' }, { name: 'age' }],
      rows: 3,
    })
  })

  test('5 log appends a whole run with rows and columns, and no secrets', async () => {
    const origin = 's3://user:secret@lake/raw.csv?signature=secret'
    const { reports } = await printed(folder, 'log', 'sample_training_data.csv', '--origin', origin)
    expect(findReport(reports, 'log')?.facts).toMatchObject({
      eventType: 'COMPLETE',
      numRows: 3,
      columnNames: ['id', 'name', 'age'],
      delivered: ['file'],
    })
    const [start, complete] = lines('metadata_log.jsonl')
    expect([start?.['eventType'], complete?.['eventType']]).toEqual(['START', 'COMPLETE'])
    expect(Object.keys(complete ?? {}).slice(0, 4)).toEqual(['origin', 'timestamp', 'num_rows', 'column_names'])
    expect(complete).toMatchObject({ origin: 's3://lake/raw.csv', num_rows: 3, column_names: ['id', 'name', 'age'] })
    expect(readFileSync(join(folder, 'metadata_log.jsonl'), 'utf8')).not.toContain('secret')
  })

  test('6 freshness tells fresh, stale, missing, empty and future apart', async () => {
    const now = '2026-11-23T12:00:00Z'
    const at = async (name: string, time: string): Promise<Printed> => {
      utimesSync(join(folder, name), new Date(time), new Date(time))
      return printed(folder, 'freshness', name, '--now', now)
    }
    const name = seed('sample_training_data.csv')
    expect(verdict(await at(name, '2026-11-22T12:00:00Z'))).toEqual(['fresh', undefined, 0])
    expect(verdict(await at(name, '2026-11-22T11:59:59Z'))).toEqual(['stale', 'freshness.stale', 1])
    expect(verdict(await at(name, '2026-11-24T12:00:00Z'))).toEqual(['future', 'freshness.future', 1])
    expect(verdict(await printed(folder, 'freshness', 'nowhere.csv'))).toEqual(['missing', 'freshness.missing', 3])
    write('empty.csv', '')
    expect(verdict(await printed(folder, 'freshness', 'empty.csv'))).toEqual(['empty', 'freshness.empty', 1])
    const both = await printed(folder, 'freshness', 'nowhere.csv', name, '--now', now)
    expect(both).toMatchObject({ exitCode: 3, status: 'error', error: { code: 'DS_MISSING' } })
    expect(both.reports).toHaveLength(2)
  })

  test('7 drift of the seed files finds none, and says that so few rows cannot show any', async () => {
    const { reports, exitCode } = await printed(
      folder,
      'drift',
      seed('sample_old_data.csv'),
      seed('sample_new_data.csv'),
    )
    const report = findReport(reports, 'drift')
    expect(exitCode).toBe(0)
    expect(report?.facts).toMatchObject({ referenceRows: 3, currentRows: 3, driftedColumns: [], share: 0 })
    expect(report?.facts.columns[0]).toMatchObject({ column: 'feature1', pValue: 1 })
    expect(report?.facts.columns[0]?.statistic).toBeCloseTo(1 / 3, 15)
    expect(report?.findings.map(({ code }) => code)).toContain('drift.too_few_rows')
  })

  test('7 drift of the weather: January against July drifts, its even hours against its odd hours do not', async () => {
    const [header, ...rows] = readFileSync(join(DATA, 'nycflights13', 'weather.csv'), 'utf8')
      .trimEnd()
      .split('\n')
    const part = (name: string, keep: (month: number, hour: number) => boolean): void => {
      const kept = rows.filter((row) => {
        const cells = row.split(',')
        return keep(Number(cells[2]), Number(cells[4]))
      })
      write(name, [header, ...kept].join('\n'))
    }
    part('january.csv', (month) => month === 1)
    part('july.csv', (month) => month === 7)
    part('even.csv', (month, hour) => month === 1 && hour % 2 === 0)
    part('odd.csv', (month, hour) => month === 1 && hour % 2 === 1)
    const seasons = await printed(folder, 'drift', 'january.csv', 'july.csv')
    expect(seasons.exitCode).toBe(1)
    expect(findReport(seasons.reports, 'drift')?.facts.driftedColumns).toContain('temp')
    const hours = await printed(folder, 'drift', 'even.csv', 'odd.csv', '--columns', 'temp,dewp,humid')
    expect(hours.exitCode).toBe(0)
    expect(findReport(hours.reports, 'drift')?.facts).toMatchObject({ driftedColumns: [], share: 0 })
  })
})
