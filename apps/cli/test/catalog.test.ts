import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { catalogGroup } from '../src/catalog/commands.ts'
import { loadCommand } from '../src/commands.ts'
import { commonFlags } from '../src/flags.ts'
import { dayshift, newFolder } from './cli.ts'

const folder = newFolder()
const path = join(folder, 'data_catalog.jsonl')

/** What the first script, in Python, appended. */
const LEGACY =
  '{"unique_id": "5f0c6c1e-6a0b-4f5e-9d0a-0f6f5a3f1b11", "dataset_name": "m\\u00e9t\\u00e9o", "description": "Old feed", "storage_path": "data/meteo.csv"}\n'

interface Document<Result> {
  readonly status: string
  readonly exitCode: number
  readonly result: Result
}

async function json<Result>(...words: string[]): Promise<Document<Result>> {
  const { stdout } = await dayshift(folder, ['catalog', ...words, '--json'])
  return JSON.parse(stdout) as Document<Result>
}

async function text(...words: string[]): Promise<string> {
  const { stdout, stderr } = await dayshift(folder, ['catalog', ...words])
  return stdout + stderr
}

beforeAll(async () => {
  const register = (file: string, name: string, ...more: string[]): Promise<unknown> =>
    dayshift(folder, ['register', file, '--name', name, '--description', `About ${name}`, ...more])
  writeFileSync(path, LEGACY)
  writeFileSync(join(folder, 'orders.csv'), 'id,price\n1,2.5\n2,\n')
  writeFileSync(join(folder, 'daily.csv'), 'day,total\n2026-01-01,2.5\n')
  await register(
    'orders.csv',
    'orders',
    '--owner',
    'ada',
    '--tag',
    'tier=gold',
    '--link',
    'https://wiki.example/orders',
  )
  await register('daily.csv', 'daily', '--owner', 'grace', '--property', 'cost=12')
  await dayshift(folder, ['log', 'daily.csv', '--origin', 'orders.csv'])
}, 60_000)

test('help names every command; each tells its words, flags and examples', async () => {
  const { stdout } = await dayshift(folder, ['catalog', '--help'])
  for (const [name, { summary: told }] of Object.entries(catalogGroup.commands)) {
    expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
    const { flags, examples, summary } = await loadCommand(`catalog ${name}`)
    expect(summary).toBe(told)
    expect(Object.keys(flags).filter((flag) => Object.hasOwn(commonFlags, flag))).toEqual([])
    for (const example of examples) expect(example).toMatch(new RegExp(`^dayshift catalog ${name}`))
  }
  expect(await text('show', '--help')).toContain('Usage: dayshift catalog show <name>')
  expect((await dayshift(folder, ['help', 'catalog', 'diff'])).stdout).toContain('Usage: dayshift catalog diff')
  expect((await dayshift(folder, ['catalog'])).code).toBe(2)
})

test('a list has all datasets, those of the first script too', async () => {
  expect(await text('list')).toBe(
    [
      'name    format  rows  size  changed     owners  tags',
      `daily   csv        1  25 B  ${day()}  grace`,
      `météo`,
      `orders  csv        2  18 B  ${day()}  ada     tier=gold`,
      '3 datasets',
      '',
    ].join('\n'),
  )
})

test('words and filters find datasets; a typing error is told', async () => {
  expect(await text('search', 'ordres')).toMatch(/^nothing has 'ordres'; these have orders:\norders {2}orders\.csv\n/)
  const { result } = await json<{ total: number; hits: { entry: { dataset_name: string } }[] }>('search', 'tag:gold')
  expect(result.hits.map(({ entry }) => entry.dataset_name)).toEqual(['orders'])
  expect(await text('search', 'meteo')).toContain('météo')
  const unwanted = await json<{ hits: { entry: { dataset_name: string } }[] }>(
    'search',
    'about',
    '-tag:gold',
    '-owner:x',
  )
  expect(unwanted.result.hits.map(({ entry }) => entry.dataset_name)).toEqual(['daily'])
  expect(await text('search', 'daily', '-x')).toContain('-x is not a flag of this command')
  for (const limit of ['0', '0.5'])
    expect(await text('search', 'daily', '-n', limit)).toContain('--limit takes a whole number from 1 on')
  expect(await text('search', 'owner:')).toContain('DS_CATALOG_QUERY')
  expect(await text('search', 'owner:!')).toContain('owner:! has no letter and no digit')
})

test('a page shows the columns, who is answerable, and the neighbours', async () => {
  const page = await text('show', 'orders')
  expect(page).toContain('orders\n  About orders\n')
  expect(page).toMatch(/^ {2}owners +ada$/m)
  expect(page).toMatch(/^ {2}link +https:\/\/wiki\.example\/orders$/m)
  expect(page).toMatch(/^ {2}price +DOUBLE +50% +1 +2\.5 … 2\.5 +2\.5$/m)
  expect(page).toContain('  makes      daily, owned by grace')
  expect(await text('show', 'daily')).toContain('  made from  orders, owned by ada')
  const byPath = await json<{ entry: { dataset_name: string } }>('show', './orders.csv')
  expect(byPath.result.entry.dataset_name).toBe('orders')
})

test('a name that nothing has is exit 2, with the nearest', async () => {
  const { code, stderr } = await dayshift(folder, ['catalog', 'show', 'ordrs'])
  expect([code, stderr]).toEqual([
    2,
    'error DS_CATALOG_UNKNOWN: the catalog has no entry called ordrs\n  Did you mean orders?\n',
  ])
})

test('a change that breaks readers is exit 1, with whom it touches; history keeps it', async () => {
  expect(await dayshift(folder, ['catalog', 'diff', 'orders'])).toMatchObject({
    code: 0,
    stdout: 'orders has one revision: it breaks nobody\n',
  })
  expect((await dayshift(folder, ['catalog', 'diff', 'orders', '2'])).code).toBe(2)
  writeFileSync(join(folder, 'orders.csv'), 'id,amount\na,2.5\nb,\n')
  const again = await dayshift(folder, [
    'register',
    'orders.csv',
    '--name',
    'orders',
    '--description',
    'About orders',
    '--fail-on',
    'warn',
  ])
  expect(again.code).toBe(1)
  expect(again.stdout).toContain('warn  id is of another type: BIGINT → VARCHAR')
  const { code, stdout } = await dayshift(folder, ['catalog', 'diff', 'orders'])
  expect(code).toBe(1)
  expect(stdout).toContain('orders, revision 1 → 2: 2 changes of columns, breaking\n✖ breaking: id is of another type')
  expect(stdout).toContain('  1 dataset made from it:\n    daily, owned by grace\n')
  expect((await dayshift(folder, ['catalog', 'diff', 'orders', '--fail-on', 'never'])).code).toBe(0)
  expect(await text('diff', 'orders', '--format', 'github')).toContain(
    '::error file=data_catalog.jsonl,title=catalog diff breaking::',
  )
  expect(await text('diff', 'orders', '1', '9')).toContain('It has 1, 2.')
  expect(await text('history', 'orders')).toMatch(
    /2 {2}\S+ \S+ {2}breaking {2}schema, bytes, profile\n {10}id is of another/,
  )
})

test('an entry is renamed, deprecated, removed and restored; a dry run writes nothing', async () => {
  const before = readFileSync(path, 'utf8')
  expect(await text('rename', 'météo', 'weather', '--dry-run')).toContain('would be the new name of météo, revision 2')
  expect(readFileSync(path, 'utf8')).toBe(before)
  expect(await text('rename', 'météo', 'weather')).toBe('weather is the new name of météo, revision 2\n')
  expect(await text('deprecate', 'météo', '--reason', 'the feed ended', '--replacement', 'dayly')).toContain(
    'Did you mean daily?',
  )
  await text('deprecate', 'weather', '--reason', 'the feed ended', '--replacement', 'daily')
  expect(await text('show', 'weather')).toMatch(/^ {2}deprecated +\S+, the feed ended; use daily$/m)
  await text('remove', 'weather')
  expect(await text('list')).toContain('2 datasets, and 1 removed (--deleted)')
  expect((await json<{ entries: unknown[] }>('export')) as unknown).toMatchObject({
    format: 'dayshift-catalog',
    version: 1,
  })
  await text('restore', 'weather')
  expect(await text('show', 'weather')).toContain('the feed ended; use daily')
  await text('restore', 'weather')
  expect(await text('restore', 'weather')).toBe('weather is so already, revision 6; nothing was written\n')
})

test('damage is told with its byte, and taken out into a quarantine', async () => {
  const offset = readFileSync(path).length
  appendFileSync(
    path,
    `{"unique_id": "torn${LEGACY.replace('5f0c', '6f0c').replace('m\\u00e9t\\u00e9o', 'second').replace('meteo.csv', 'second.csv')}`,
  )
  const { code, stdout } = await dayshift(folder, ['catalog', 'fsck'])
  expect(code).toBe(1)
  expect(stdout).toContain(`✖ damaged: data_catalog.jsonl, byte ${offset}: the line is not JSON`)
  expect(await text('list')).toContain(`byte ${offset}: the line is not JSON`)
  expect((await dayshift(folder, ['catalog', 'compact'])).stderr).toContain('DS_JOURNAL_DAMAGED')
  const repaired = await dayshift(folder, ['catalog', 'fsck', '--repair'])
  expect(repaired.code).toBe(0)
  expect(repaired.stdout).toContain('1 line moved to data_catalog.jsonl.quarantine; 1 entry recovered from it')
  expect(await text('list')).toContain('second')
})

test('a compaction leaves a line an entry, and all history', async () => {
  const history = await text('history', 'orders')
  expect(await text('compact', '--dry-run')).toContain('would be rewritten: ')
  expect(await text('compact')).toMatch(
    /^\d+ lines \(.*\) → 4 lines \(.*\)\nwhat was there is kept in data_catalog\.00001-\d+-[0-9a-f]{8}\.jsonl\n$/,
  )
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(4)
  expect(await text('history', 'orders')).toBe(history)
  expect(await text('compact')).toBe('each entry has one line already; nothing was written\n')
  expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([])
})

test('a catalog that is not there is an error that tells how to begin', async () => {
  const { code, stderr } = await dayshift(newFolder(), ['catalog', 'list'])
  expect(code).toBe(3)
  expect(stderr).toContain('Register a dataset first: dayshift register')
})

function day(): string {
  return new Date().toISOString().slice(0, 10)
}

test('damage in what a compaction put aside is told with what can be done', async () => {
  const other = newFolder()
  writeFileSync(join(other, 'data_catalog.jsonl'), LEGACY.repeat(2))
  await dayshift(other, ['catalog', 'compact'])
  const segment = readdirSync(other).find((name) => name.includes('.00001-')) as string
  writeFileSync(join(other, segment), `${LEGACY}${'x'.repeat(LEGACY.length)}`)
  const { code, stdout } = await dayshift(other, ['catalog', 'fsck', '--repair'])
  expect([code, stdout]).toEqual([1, expect.stringContaining('take such a file from git again, or delete it')])
})
