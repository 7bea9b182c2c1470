import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport } from '@dayshift/core'
import { expect, test } from 'vitest'
import { newFolder, printed } from './cli.ts'

const folder = newFolder()
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const all = ['--fraction', '100%']

async function head(...words: string[]): Promise<unknown> {
  const { reports, error } = await printed(folder, 'prototype', ...words, ...all)
  return findReport(reports, 'prototype')?.facts.head ?? error?.code
}

test.each<[string, string, string[], unknown]>([
  ['quote', "a,b\n'1,5',2\n", ['--quote', "'"], [{ a: '1,5', b: 2 }]],
  ['escape', 'a,b\n"x\\"y",2\n', ['--escape', '\\'], [{ a: 'x"y', b: 2 }]],
  ['comment', 'a,b\n# no\n1,2\n', ['--comment', '#'], [{ a: 1, b: 2 }]],
  ['type', 'zip,n\n1234,2\n', ['--type', 'zip=VARCHAR', '--type', 'n=DECIMAL(10,2)'], [{ zip: '1234', n: 2 }]],
  ['names in place of a header', 'a,b\n1,2\n', ['--names', 'x,y'], [{ x: 1, y: 2 }]],
  [
    'names without a header',
    '3,4\n1,2\n',
    ['--names', 'x,y', '--no-header'],
    [
      { x: 3, y: 4 },
      { x: 1, y: 2 },
    ],
  ],
  ['skip', 'made by hand\n\na,b\n1,2\n', ['--skip', '2'], [{ a: 1, b: 2 }]],
  [
    'bad-lines',
    'a,b\n1,2\n3\n4,5\n',
    ['--bad-lines', 'skip'],
    [
      { a: 1, b: 2 },
      { a: 4, b: 5 },
    ],
  ],
  ['bad-lines', 'a,b\n1,2\n3\n4,5\n', ['--bad-lines', 'error'], 'DS_SOURCE_MALFORMED'],
  ['as', '{"a":1}\n{"a":2}\n', ['--as', 'jsonl'], [{ a: 1 }, { a: 2 }]],
])('--%s of %j', async (_flag, text, words, rows) => {
  write('t.csv', text)
  expect(await head('t.csv', ...words)).toEqual(rows)
})

test.each<[string[], string]>([
  [['--quarantine', 'q.jsonl'], '--bad-lines quarantine'],
  [['--quarantine', 'q.jsonl', '--bad-lines', 'skip'], '--bad-lines quarantine'],
  [['--bad-lines', 'quarantine'], '--quarantine FILE'],
  [['--bad-lines', 'drop'], '--bad-lines is error, skip, quarantine'],
  [['--type', 'zip'], 'COLUMN=TYPE'],
  [['--skip', 'two'], '--skip takes a number'],
  [['--skip=-1'], '--skip takes a number'],
  [['--as', 'excel'], '--as is csv, json, jsonl, parquet, arrow'],
])('%j is wrong usage, of every command that reads a table', async (words, says) => {
  write('u.csv', 'a\n1\n')
  write('c.ts', "import { z } from 'zod'\nexport default z.object({ a: z.int() })\n")
  // To validate, a quarantine is for rows that break the contract too.
  const others = words.includes('--quarantine') ? [] : [['validate', 'u.csv', '--contract', 'c.ts']]
  for (const command of [['prototype', 'u.csv'], ...others]) {
    const { exitCode, error } = await printed(folder, ...command, ...words)
    expect([exitCode, error?.code]).toEqual([2, 'DS_USAGE'])
    expect(`${error?.message} ${error?.hint}`).toContain(says)
  }
  expect(existsSync(join(folder, 'q.jsonl'))).toBe(false)
})

test('a type that the engine does not know is wrong usage', async () => {
  write('w.csv', 'zip\n1\n')
  const { exitCode, error } = await printed(folder, 'prototype', 'w.csv', '--type', 'zip=FOO')
  expect([exitCode, error?.code]).toEqual([2, 'DS_OPTION'])
  expect(error?.message).toContain("'FOO', for 'zip'")
})

test('broken lines are kept in a file, or in a folder under the source’s name', async () => {
  write('v.csv', 'a,b\n1,2\n3\n4,5\n')
  mkdirSync(join(folder, 'kept'))
  const words = ['v.csv', '--bad-lines', 'quarantine', '--quarantine']
  for (const [place, file] of [
    ['q.jsonl', 'q.jsonl'],
    ['kept', 'kept/v.csv.bad-lines.jsonl'],
  ] as const) {
    expect(await head(...words, place)).toEqual([
      { a: 1, b: 2 },
      { a: 4, b: 5 },
    ])
    expect(JSON.parse(readFileSync(join(folder, file), 'utf8'))).toMatchObject({ line: 3, record: '3' })
  }
  expect(await printed(folder, 'prototype', ...words, 'v.csv')).toMatchObject({
    exitCode: 2,
    error: { code: 'DS_TARGET_IS_SOURCE' },
  })
  const drift = ['drift', 'v.csv', 'v.csv', '--bad-lines', 'quarantine', '--quarantine', 'q.jsonl']
  expect(await printed(folder, ...drift)).toMatchObject({ exitCode: 2, error: { code: 'DS_USAGE' } })
})

test('the project says how a dataset is written, its paths from there', async () => {
  mkdirSync(join(folder, 'deep'))
  write('w.txt', 'made by hand\n1;2\n3\n')
  write(
    'dayshift.config.mjs',
    "export default { name: 'p', datasets: { w: { source: 'w.txt', format: 'csv', csv: { skip: 1, names: ['x', 'y'], delimiter: ';', badLines: { quarantine: 'bad.jsonl' } } } } }\n",
  )
  try {
    const { reports } = await printed(folder, 'prototype', 'w', ...all, '--cwd', 'deep')
    expect(findReport(reports, 'prototype')?.facts.head).toEqual([{ x: 1, y: 2 }])
    expect(existsSync(join(folder, 'bad.jsonl'))).toBe(true)
    rmSync(join(folder, 'bad.jsonl'))
    const run = await printed(folder, 'run', '--only', 'prototype')
    expect(findReport(run.reports, 'prototype')?.facts.head).toEqual([{ x: 1, y: 2 }])
    expect(existsSync(join(folder, 'bad.jsonl'))).toBe(true)
  } finally {
    rmSync(join(folder, 'dayshift.config.mjs'))
  }
})

test('mistakes in the new keys of a project are told with their places', async () => {
  write(
    'dayshift.config.mjs',
    "export default { name: 'p', engine: { memry: '2GB', memory: 'lots', threads: 0 }, datasets: { w: { source: 'w.txt', csv: { badLines: 'drop' }, prototype: { method: 'first', windo: {} } } } }\n",
  )
  const { error } = await printed(folder, 'run')
  rmSync(join(folder, 'dayshift.config.mjs'))
  for (const problem of [
    "engine.memry: no such key; did you mean 'memory'?",
    "engine.memory: 'lots' is not a size",
    'engine.threads: ',
    'datasets.w.csv.badLines: ',
    'datasets.w.prototype.method: ',
    "datasets.w.prototype.windo: no such key; did you mean 'window'?",
  ]) {
    expect(error?.message).toContain(problem)
  }
})

test.each([
  [['--quarantine', 'left.jsonl', '--failures', './left.jsonl'], 'the broken lines and the failures'],
  [['--quarantine', 'left.jsonl', '--bad', 'left.jsonl'], 'the broken lines and the bad rows'],
  [['--quarantine', 'kept', '--good', 'kept/broken.csv.bad-lines.jsonl'], 'the broken lines and the good rows'],
])('%j: nothing takes the place of broken lines', async (words, problem) => {
  write('broken.csv', 'a,b\n1,2\n3\n9,4\n')
  mkdirSync(join(folder, 'kept'), { recursive: true })
  write('broken.json', '{"properties":{"a":{"type":"integer","maximum":3}}}')
  const asked = ['broken.csv', '--contract', 'broken.json', '--bad-lines', 'quarantine', ...words]
  expect(await printed(folder, 'validate', ...asked)).toMatchObject({
    exitCode: 2,
    error: { code: 'DS_OPTION', message: expect.stringContaining(problem) },
  })
  const kept = join(folder, words.at(-1) as string)
  // Where it was refused before the source was opened, there is none yet.
  expect(existsSync(kept) ? readFileSync(kept, 'utf8') : '"line":3').toContain('"line":3')
})
