import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport, type Report, type SampleManifest } from '@dayshift/core'
import { expect, test } from 'vitest'
import { dayshift, newFolder, printed } from './cli.ts'

const folder = newFolder()
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

const DAY = 86_400_000
write(
  'orders.csv',
  `id,customer,country,amount,ordered\n${Array.from({ length: 1000 }, (_, at) =>
    [at, `c${at % 50}`, at % 250 === 7 ? 'NZ' : 'US', at * 2, new Date(at * (DAY / 10)).toISOString()].join(','),
  ).join('\n')}\n`,
)
write('customers.csv', `customer,name\n${Array.from({ length: 50 }, (_, at) => `c${at},n${at}`).join('\n')}\n`)
write('etl.ts', "export const keep = (frame: any) => frame.derive({ twice: 'amount * 2' }).select('id', 'twice')\n")

async function factsOf(...words: string[]): Promise<Report<'prototype'>['facts']> {
  const { reports, error } = await printed(folder, 'prototype', ...words)
  const report = findReport(reports, 'prototype')
  if (!report) throw new Error(`no report: ${JSON.stringify(error)}`)
  return report.facts
}

async function sample(...words: string[]): Promise<string[][]> {
  await factsOf('orders.csv', '--sample-out', 'sample.csv', ...words)
  const [, ...rows] = read('sample.csv').trimEnd().split('\n')
  return rows.map((row) => row.split(','))
}

test('--key draws all rows of a share of the keys, so that tables join', async () => {
  const rows = await sample('--key', 'customer', '--fraction', '20%')
  const customers = new Set(rows.map(([, customer]) => customer))
  expect(rows).toHaveLength(customers.size * 20)
  const others = await factsOf('customers.csv', '--key', 'customer', '--fraction', '20%')
  expect(others.sampledRows).toBe(customers.size)
})

test('--stratify and --min-per-stratum lose no group', async () => {
  const rows = await sample('--stratify', 'country', '--rows', '10', '--min-per-stratum', '3')
  expect(rows.filter(([, , country]) => country === 'NZ')).toHaveLength(3)
})

test('--method head and blocks, --weight and --edges', async () => {
  expect((await sample('--method', 'head', '--rows', '3')).map(([id]) => id)).toEqual(['0', '1', '2'])
  expect(await sample('--method', 'head')).toHaveLength(1000)
  expect(await sample('--method', 'blocks', '--rows', '5')).toHaveLength(5)
  expect((await sample('--weight', 'amount', '--rows', '999')).map(([id]) => id)).not.toContain('0')
  const edged = await factsOf('orders.csv', '--rows', '5', '--edges')
  expect(edged.sample.edgeRows).toBeGreaterThan(0)
  expect(edged.sampledRows).toBeGreaterThan(5)
})

test.each<[string, number, number]>([
  ['ordered:2d', 980, 999],
  ['ordered:1970-01-02..1970-01-03', 10, 19],
  ['ordered:..1970-01-01T12:00:00', 0, 4],
  ['ordered:1970-04-10T12:00:00Z..', 995, 999],
])('--window %s draws from its rows only', async (window, from, to) => {
  const rows = await sample('--fraction', '100%', '--window', window)
  expect(rows.map(([id]) => Number(id))).toEqual(Array.from({ length: to - from + 1 }, (_, at) => from + at))
})

test.each<[string[], number, string, string]>([
  [['--key', 'id', '--rows', '3'], 2, 'DS_SAMPLE', 'share of the keys'],
  [['--key', 'id', '--stratify', 'country'], 2, 'DS_SAMPLE', 'in one way'],
  [['--method', 'head', '--fraction', '1%'], 2, 'DS_SAMPLE', 'number of rows'],
  [['--method', 'blocks', '--edges'], 2, 'DS_SAMPLE', 'edges'],
  [['--method', 'first'], 2, 'DS_USAGE', '--method is random, head, blocks'],
  [['--min-per-stratum', '3'], 2, 'DS_SAMPLE', 'stratify'],
  [['--rows', '3', '--fraction', '1%'], 2, 'DS_UNIT', 'either'],
  [['--key', 'custmer'], 2, 'DS_COLUMN_UNKNOWN', 'customer'],
  [['--key', ','], 2, 'DS_USAGE', 'empty'],
  [['--window', 'ordered'], 2, 'DS_USAGE', '--window takes'],
  [['--window', 'ordered:..'], 2, 'DS_USAGE', '--window takes'],
  [['--window', 'ordered:yesterday..'], 2, 'DS_USAGE', '--window takes'],
  [['--window', 'ordered:7 days'], 2, 'DS_USAGE', '--window takes'],
  [['--seed', 'x'], 2, 'DS_USAGE', '--seed takes a number'],
  [['--watch', '--etl', 'etl.ts'], 2, 'DS_USAGE', '--format jsonl'],
  [['--like', 'nowhere.json'], 2, 'DS_USAGE', 'no file'],
  [['--like', 'etl.ts'], 2, 'DS_SAMPLE', 'no JSON'],
  [['--like', 'empty.json'], 2, 'DS_SAMPLE', 'no manifest'],
  [['--like', 'empty.json', '--rows', '3'], 2, 'DS_USAGE', '--rows cannot'],
  [['--sample-out', 'orders.csv'], 2, 'DS_TARGET_IS_SOURCE', 'orders.csv'],
  [['--etl', 'etl.ts', '--manifest', 'etl.ts'], 2, 'DS_TARGET_IS_SOURCE', 'etl.ts'],
  [['--out', 'x.csv', '--sample-out', './x.csv'], 2, 'DS_TARGET_IS_SOURCE', 'x.csv'],
  [['--memory', 'lots'], 2, 'DS_UNIT', 'size'],
  [['--memory', '1kB'], 2, 'DS_USAGE', 'too little'],
  [['--threads', '1.5'], 2, 'DS_USAGE', '--threads takes'],
  [['--temp', 'nowhere'], 2, 'DS_USAGE', 'no folder'],
])('%j exits with %i and %s', async (words, code, error, says) => {
  write('empty.json', '{}')
  const { exitCode, error: told } = await printed(folder, 'prototype', 'orders.csv', ...words)
  expect([exitCode, told?.code]).toEqual([code, error])
  expect(`${told?.message} ${told?.hint}`).toContain(says)
  expect(existsSync(join(folder, 'x.csv'))).toBe(false)
})

test('a manifest draws the same rows again, with its source or another copy of it, and refuses what has changed', async () => {
  const drawn = await sample('--rows', '7', '--seed', '3', '--manifest', 'sample.json')
  const manifest = JSON.parse(read('sample.json')) as SampleManifest
  expect(manifest).toMatchObject({ manifest: 1, rows: 7, sourceRows: 1000, plan: { seed: 3 }, verbs: [] })
  const again = async (...words: string[]): Promise<string> => {
    await factsOf(...words, '--sample-out', 'again.csv')
    return read('again.csv')
  }
  const first = read('sample.csv')
  expect(drawn).toHaveLength(7)
  expect(await again('--like', 'sample.json')).toBe(first)
  write('copy.csv', read('orders.csv'))
  expect(await again('copy.csv', '--like', 'sample.json')).toBe(first)

  write('copy.csv', `${read('orders.csv')}1000,c1,US,1,1970-01-01T00:00:00Z\n`)
  expect(await printed(folder, 'prototype', 'copy.csv', '--like', 'sample.json')).toMatchObject({
    exitCode: 3,
    error: { code: 'DS_SAMPLE_SOURCE', where: join(folder, 'copy.csv') },
  })
  await factsOf('copy.csv', '--key', 'customer', '--fraction', '20%', '--manifest', 'keyed.json')
  expect((await factsOf('orders.csv', '--like', 'keyed.json')).sampledRows).toBeGreaterThan(100)
})

test('the report tells what the ETL did to the columns, in no more than 100 columns of a terminal', async () => {
  write(
    'changes.ts',
    "export default (frame: any) => frame.rename({ country: 'land' }).derive({ amount: 'CASE WHEN amount > 500 THEN CAST(amount AS VARCHAR) END', 'a long name of a column': 'repeat(customer, 40)' })\n",
  )
  const words = ['prototype', 'orders.csv', '--etl', 'changes.ts', '--stratify', 'country', '--rows', '20', '--edges']
  const { code, stdout, stderr } = await dayshift(folder, words)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^✔ prototype orders\.csv: \d+ of 1,000 rows sampled, \d+ came out, 2 columns added$/m)
  expect(stdout).toContain('sample   stratified random sample by country, in proportion, at least 1 of each')
  expect(stdout).toMatch(/^ {11}\S.*seed 42; \d+ of them at edges$/m)
  expect(stdout).toContain(
    '  added    land, a long name of a column\n  dropped  country\n  retyped  amount integer → string\n',
  )
  expect(stdout).toMatch(/^ {2}nulls {4}amount 0 → \d+ of \d+ rows$/m)
  expect(stdout).toMatch(/^ {2}time {5}the ETL took \d/m)
  expect(Math.max(...stdout.split('\n').map((line) => Array.from(line).length))).toBeLessThanOrEqual(100)
  const told = await dayshift(folder, [...words, '--verbose'])
  expect(told.stdout).toContain('c1'.repeat(40))
})

test('there must be something to watch', async () => {
  const { code, stderr } = await dayshift(folder, ['prototype', 'orders.csv', '--watch'])
  expect(code).toBe(2)
  expect(stderr).toContain('--etl FILE')
})

test('a head says that it is one', async () => {
  const { stdout } = await dayshift(folder, ['prototype', 'orders.csv', '--method', 'head', '--rows', '4'])
  expect(stdout).toContain('the first 4 rows taken, 4 came out')
  expect(stdout).toContain('sample   the first rows: not a random sample\n')
})

test('an ETL that throws is told with its line', async () => {
  write('throws.ts', '// one\n\ninterface Three {}\n\nexport default (frame: any) => {\n  return frame.nothing()\n}\n')
  const { error, exitCode } = await printed(folder, 'prototype', 'orders.csv', '--etl', 'throws.ts')
  expect(exitCode).toBe(3)
  expect(error).toMatchObject({ code: 'DS_ETL', where: `${join(folder, 'throws.ts')}:6` })
})

test('the engine gets what the flags and the project give it, and leaves nothing behind', async () => {
  mkdirSync(join(folder, 'spill'), { recursive: true })
  write(
    'etl-engine.ts',
    "export default (f: any) => f.limit(1).derive({ m: \"current_setting('memory_limit')\", t: \"current_setting('threads')\", d: \"current_setting('temp_directory')\" }).select('m', 't', 'd')\n",
  )
  const words = ['orders.csv', '--etl', 'etl-engine.ts']
  const flagged = await factsOf(...words, '--memory', '100MB', '--threads', '1', '--temp', 'spill')
  expect(flagged.head).toEqual([
    { m: '95.3 MiB', t: 1, d: expect.stringContaining(join(folder, 'spill', 'dayshift-spill-')) as string },
  ])
  write(
    'dayshift.config.mjs',
    "export default { name: 'p', engine: { memory: '200MB', threads: 2, temp: 'spill' }, datasets: {} }\n",
  )
  const configured = await factsOf(...words, '--threads', '1')
  rmSync(join(folder, 'dayshift.config.mjs'))
  expect(configured.head).toMatchObject([{ m: '190.7 MiB', t: 1 }])
  expect(readdirSync(join(folder, 'spill'))).toEqual([])
})

test('the project says how to draw, and flags take its place', async () => {
  write(
    'dayshift.config.mjs',
    "export default { name: 'p', datasets: { orders: { source: 'orders.csv', prototype: { fraction: '10%', key: 'customer', seed: 5 } } } }\n",
  )
  try {
    expect((await factsOf('orders')).sample.plan).toEqual({ kind: 'key', key: ['customer'], fraction: 0.1, seed: 5 })
    expect((await factsOf('orders', '--stratify', 'country', '--rows', '9')).sample.plan).toEqual({
      kind: 'stratified',
      stratify: ['country'],
      minPerStratum: 1,
      rows: 9,
      seed: 5,
    })
    const { reports } = await printed(folder, 'run', '--only', 'prototype')
    expect(findReport(reports, 'prototype')?.facts.sample.plan.kind).toBe('key')
  } finally {
    rmSync(join(folder, 'dayshift.config.mjs'))
  }
})
