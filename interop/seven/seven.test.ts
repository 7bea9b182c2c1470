import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findReport, type AnyReport } from '../../packages/core/src/index.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS } from '../peers.ts'
import { dvc, env, installDvc } from '../real-dvc.ts'

const program = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'dayshift.js')
const folder = mkdtempSync(join(tmpdir(), 'dayshift-seven-'))
/** Each side works in a folder of its own. */
const sides = { ours: join(folder, 'ours'), theirs: join(folder, 'theirs') }
let python = ''

const PEOPLE = 'id,name,age\n1,Alice,30\n2,Bob,45\n3,Charlie,25\n'
/** The six files of tdiprima/data-engineering-habits (MIT), with the md5 that each has there. The first has no newline at its end. */
const FILES: Readonly<Record<string, readonly [text: string, md5: string]>> = {
  'large_sample_dataset.csv': [
    ['id,value', ...Array.from({ length: 100 }, (_, id) => `${id},${(id * 2.5).toFixed(1)}`)].join('\n'),
    'eeebee2f70c5a93970c3b8f6e6396bc8',
  ],
  'sample_employees.csv': [
    'age,salary,country\n30,50000.0,US\n45,75000.0,UK\n25,60000.0,IN\n',
    '7f99c7ca1541392f476468ebd3b56cb0',
  ],
  'versioned_training_data.csv': [PEOPLE, 'bb08c731c5faa3244bb7efe3ff9e54d4'],
  'sample_training_data.csv': [PEOPLE, 'bb08c731c5faa3244bb7efe3ff9e54d4'],
  'sample_old_data.csv': ['feature1,feature2\n10,20.5\n15,25.0\n12,22.0\n', '91fea4334226ff69ce8ecb92789aba3d'],
  'sample_new_data.csv': ['feature1,feature2\n11,21.0\n16,26.5\n13,23.5\n', '5f03c4037ff31b9f0e008813eca6eb20'],
}

const ETL = `import { sql } from '@dayshift/core'
export default (frame) =>
  frame
    .dropNulls()
    .derive({
      value_squared: sql\`value ** 2\`,
      value_normalized: sql\`(value - min(value) OVER ()) / (max(value) OVER () - min(value) OVER ())\`,
    })
    .filter(sql\`id % 2 = 0\`)
`
const CONTRACT = `import { z } from 'zod'
export default z.object({
  age: z.int().min(0).max(120),
  salary: z.number().min(0),
  country: z.enum(['US', 'UK', 'IN', 'CA', 'DE']),
})
`

/** Writes a file for both. */
function put(name: string, text: string): string {
  for (const side of Object.values(sides)) writeFileSync(join(side, name), text)
  return name
}

/** What one of the scripts finds. */
function theirs(step: string, ...words: readonly string[]): unknown {
  const script = join(import.meta.dirname, 'scripts.py')
  const text = execFileSync(python, [script, step, ...words], { cwd: sides.theirs, encoding: 'utf8' })
  return JSON.parse(text)
}

/** What our command reports; an exit code of 1 is a verdict. */
function ours(...words: readonly string[]): readonly AnyReport[] {
  const options = { cwd: sides.ours, env: { ...env }, encoding: 'utf8' } as const
  let text = ''
  try {
    text = execFileSync(process.execPath, [program, ...words, '--json'], options)
  } catch (error) {
    text = (error as { stdout: string }).stdout
  }
  return (JSON.parse(text) as { reports: readonly AnyReport[] }).reports
}

/** The last line of a file, and its first four keys. */
function lastLine(name: string): [record: Record<string, unknown>, keys: string[]] {
  const record = JSON.parse(
    readFileSync(join(sides.ours, name), 'utf8').trimEnd().split('\n').at(-1) as string,
  ) as Record<string, unknown>
  return [record, Object.keys(record).slice(0, 4)]
}

function byId([a]: (string | number)[], [b]: (string | number)[]): number {
  return Number(a) - Number(b)
}

function cellsOf(path: string): (string | number)[][] {
  const rows = readFileSync(path, 'utf8').trimEnd().split('\n')
  return rows.map((row) => row.split(',').map((cell) => (Number.isNaN(Number(cell)) ? cell : Number(cell))))
}

beforeAll(async () => {
  for (const side of Object.values(sides)) mkdirSync(side)
  for (const [name, [text]] of Object.entries(FILES)) put(name, text)
  if (!canInstall) return
  python = join(await installPeer(PYTHON_PEERS.pandera), 'python')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(!canInstall)('the seven original scripts and their six files', () => {
  test('the files are the original ones', () => {
    const hashes = Object.entries(FILES).map(([name, [text]]) => [name, createHash('md5').update(text).digest('hex')])
    expect(hashes).toEqual(Object.entries(FILES).map(([name, [, md5]]) => [name, md5]))
  })

  test('1 prototype: as many rows are sampled, and the same ETL gives the same table', () => {
    put('etl.mjs', ETL)
    const words = ['prototype', 'large_sample_dataset.csv']
    for (const fraction of ['0.01', '0.1', '0.33', '0.999', '1']) {
      const facts = findReport(ours(...words, '--fraction', fraction), 'prototype')?.facts
      const found = theirs(...(words as [string, string]), fraction, 'sample.csv') as { rows: number; sampled: number }
      expect([facts?.rows, facts?.sampledRows]).toEqual([found.rows, found.sampled])
    }
    // What is drawn differs, so all rows are taken for the tables to be alike.
    ours(...words, '--fraction', '1', '--etl', 'etl.mjs', '--out', 'whole.csv')
    theirs(...(words as [string, string]), '1', 'whole.csv')
    const mine = cellsOf(join(sides.ours, 'whole.csv'))
    const [header, ...rows] = cellsOf(join(sides.theirs, 'whole.csv'))
    expect(mine[0]).toEqual(header)
    expect(mine.slice(1).toSorted(byId)).toEqual(rows.toSorted(byId))
    expect(rows).toHaveLength(50)
  })

  test.each([
    ['the file itself', undefined],
    ['an age too high', 'age,salary,country\n130,5.0,US\n40,1.0,UK'],
    ['two bad cells of a row, one of another', 'age,salary,country\n30,-5.0,FR\n31,1.0,IN\n-1,1.0,DE'],
    ['a country that there is not, twice', 'age,salary,country\n30,1.0,XX\n31,1.0,CA\n32,1.0,us'],
  ])('2 validate: %s: the same verdict, the same cells', (_what, text) => {
    const name = text === undefined ? 'sample_employees.csv' : put('broken.csv', text)
    put('contract.mjs', CONTRACT)
    const facts = findReport(ours('validate', name, '--contract', 'contract.mjs'), 'validate')?.facts
    const found = theirs('validate', name) as { valid: boolean; failures: [string, number][] }
    const failed = facts?.checks.filter(({ failed: count }) => count > 0) ?? []
    const cells = failed.flatMap(({ id, examples }) => examples.map(({ row }) => [id.split(':')[0], row]))
    expect(failed.length === 0).toBe(found.valid)
    expect(cells.map(String).toSorted()).toEqual(found.failures.map(String).toSorted())
  })

  test('3 version: the same hash, the same .dvc file, the same object', async () => {
    await installDvc()
    const name = 'versioned_training_data.csv'
    for (const side of Object.values(sides)) execFileSync('git', ['init', '--quiet'], { cwd: side, env: { ...env } })
    await dvc(sides.theirs, 'init', '--quiet')
    await dvc(sides.theirs, 'add', name)
    const facts = findReport(ours('version', name), 'version')?.facts
    const md5 = FILES[name]?.[1] ?? ''
    expect(facts?.files).toMatchObject([{ hash: `md5:${md5}`, changed: true }])
    for (const file of [`${name}.dvc`, '.gitignore', join('.dvc/cache/files/md5', md5.slice(0, 2), md5.slice(2))]) {
      expect(readFileSync(join(sides.ours, file), 'utf8')).toBe(readFileSync(join(sides.theirs, file), 'utf8'))
    }
    expect(await dvc(sides.ours, 'status')).toContain('Data and pipelines are up to date.')
    expect(await dvc(sides.ours, 'data', 'status')).toContain('No changes.')
  })

  test('4 register: the same entry under the same keys, each in a file that the other reads', () => {
    const words = ['sample_training_data.csv', 'training', 'Training data'] as const
    const [entry] = theirs('register', ...words) as [Record<string, string>]
    ours('register', words[0], '--name', words[1], '--description', words[2])
    const [record, keys] = lastLine('data_catalog.jsonl')
    expect(keys).toEqual(Object.keys(entry))
    const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
    const same = { ...entry, unique_id: expect.stringMatching(uuid) as string }
    expect(record).toMatchObject(same)
    expect(entry).toMatchObject(same)
    // The script goes on in our file, and we in what it left.
    writeFileSync(join(sides.theirs, 'data_catalog.jsonl'), readFileSync(join(sides.ours, 'data_catalog.jsonl')))
    const both = theirs('register', 'sample_employees.csv', 'employees', 'Staff') as Record<string, string>[]
    expect(both.map(({ dataset_name: name }) => name)).toEqual(['training', 'employees'])
    writeFileSync(join(sides.ours, 'data_catalog.jsonl'), readFileSync(join(sides.theirs, 'data_catalog.jsonl')))
    const again = findReport(ours('register', words[0], '--name', words[1], '--description', words[2]), 'register')
    expect(again?.facts).toMatchObject({ created: false, changed: [] })
  })

  test('5 log: the same origin, rows and columns under the same keys', () => {
    const words = ['sample_training_data.csv', 's3://lake/raw.csv'] as const
    const [line] = theirs('log', ...words) as [Record<string, unknown>]
    ours('log', words[0], '--origin', words[1])
    const [record, keys] = lastLine('metadata_log.jsonl')
    expect(keys).toEqual(Object.keys(line))
    const { origin, num_rows: rows, column_names: columns, timestamp } = line
    expect(record).toMatchObject({ origin, num_rows: rows, column_names: columns })
    const apart = Date.parse(String(record['timestamp'])) - Date.parse(String(timestamp))
    expect(Math.abs(apart)).toBeLessThan(600_000)
    writeFileSync(join(sides.theirs, 'metadata_log.jsonl'), readFileSync(join(sides.ours, 'metadata_log.jsonl')))
    expect((theirs('log', ...words) as unknown[]).length).toBeGreaterThan(1)
  })

  test.each([
    ['an hour ago', '2026-11-23T11:00:00Z'],
    ['24 hours ago', '2026-11-22T12:00:00Z'],
    ['a second more', '2026-11-22T11:59:59Z'],
    ['a year ago', '2025-11-23T12:00:00Z'],
  ])('6 freshness: a file of %s has the same age and verdict', (_what, time) => {
    const [name, now] = ['sample_training_data.csv', '2026-11-23T12:00:00Z']
    for (const side of Object.values(sides)) utimesSync(join(side, name), new Date(time), new Date(time))
    const facts = findReport(ours('freshness', name, '--now', now), 'freshness')?.facts
    const found = theirs('freshness', name, now.replace('Z', '+00:00'), '24') as { hours: number; stale: boolean }
    expect(facts?.state).toBe(found.stale ? 'stale' : 'fresh')
    expect((facts?.ageSeconds ?? NaN) / 3600).toBeCloseTo(found.hours, 9)
  })

  test.each([
    ['the two files', undefined],
    ['one column of two that moved', 0],
    ['both moved', 1],
  ])('7 drift: %s: the same D, the same p, the same columns', (_what, moved) => {
    let files = ['sample_old_data.csv', 'sample_new_data.csv']
    if (moved !== undefined) {
      // No value is there twice, since a p of ours knows of ties, and that of the script does not.
      const cell = (row: number, column: number, shift: number): number =>
        ((row * (column === 0 ? 7 : 11)) % 199) + (shift > 0 ? 0.25 : 0) + (column <= moved ? shift : 0)
      const side = (shift: number): string =>
        [
          'feature1,feature2',
          ...Array.from({ length: 199 }, (_, row) => [cell(row, 0, shift), cell(row, 1, shift)].join(',')),
        ].join('\n')
      files = [put('before.csv', side(0)), put('after.csv', side(60))]
    }
    const facts = findReport(ours('drift', ...files, '--detector', 'ks'), 'drift')?.facts
    const found = theirs('drift', ...files) as {
      columns: { column: string; statistic: number; pValue: number }[]
      drifted: string[]
    }
    expect(facts?.driftedColumns).toEqual(found.drifted)
    expect(found.drifted).toHaveLength(moved === undefined ? 0 : moved + 1)
    for (const { column, statistic, pValue } of found.columns) {
      const one = facts?.columns.find(({ column: name, detector }) => name === column && detector === 'ks')
      expect(one?.statistic).toBeCloseTo(statistic, 14)
      expect(Math.abs((one?.pValue ?? NaN) / pValue - 1)).toBeLessThan(1e-10)
    }
  })
})
