import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open, type Report } from '@dayshift/core'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { defineContract } from '../src/contract.ts'
import { validate } from '../src/validate.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-validate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
async function csv(text: string): ReturnType<typeof open> {
  const path = join(folder, `${++files}.csv`)
  writeFileSync(path, text)
  return open(path)
}

function failures(report: Report<'validate'>): unknown[] {
  return report.facts.checks
    .filter(({ failed }) => failed > 0)
    .map(({ id, failed, ranAs, examples }) => [
      id,
      failed,
      ranAs,
      ...examples.map(({ row, line, value }) => [row, line, value]),
    ])
}

const employees = z.object({
  age: z.int().min(0).max(120),
  salary: z.number().nonnegative(),
  country: z.enum(['US', 'UK', 'IN', 'CA', 'DE']),
})

test('data that holds passes, with every check counted', async () => {
  const report = await validate(await csv('age,salary,country\n30,50000.0,US\n45,75000.0,UK\n25,60000.0,IN'), employees)
  expect(report.status).toBe('pass')
  expect(report.facts).toMatchObject({ rows: 3, failedRows: 0 })
  expect(report.facts.checks.map(({ id, evaluated, failed, ranAs }) => [id, evaluated, failed, ranAs])).toEqual([
    ['age: column_present', 1, 0, 'metadata'],
    ['salary: column_present', 1, 0, 'metadata'],
    ['country: column_present', 1, 0, 'metadata'],
    ['age: not_null', 3, 0, 'bytes'],
    ['age: type', 3, 0, 'bytes'],
    ['age: >= 0', 3, 0, 'bytes'],
    ['age: <= 120', 3, 0, 'bytes'],
    ['salary: not_null', 3, 0, 'bytes'],
    ['salary: type', 3, 0, 'bytes'],
    ['salary: >= 0', 3, 0, 'bytes'],
    ['country: not_null', 3, 0, 'bytes'],
    ['country: one_of', 3, 0, 'bytes'],
  ])
})

test('every failure is listed, with row, physical line, value and Zod’s own words', async () => {
  const frame = await csv(
    'age,salary,country,note\n130,-1,FR,"two\nlines"\nabc,5,US,\n40,,,x\n-3,7.5,NA,y\n1.5,1e3,DE,z\n',
  )
  const report = await validate(frame, employees)
  expect(report.status).toBe('fail')
  expect(report.facts).toMatchObject({ rows: 5, failedRows: 5 })
  expect(failures(report)).toEqual([
    ['age: type', 2, 'bytes', [2, 4, 'abc'], [5, 7, 1.5]],
    ['age: >= 0', 1, 'bytes', [4, 6, -3]],
    ['age: <= 120', 1, 'bytes', [1, 2, 130]],
    ['salary: not_null', 1, 'bytes', [3, 5, null]],
    ['salary: >= 0', 1, 'bytes', [1, 2, -1]],
    ['country: not_null', 1, 'bytes', [3, 5, null]],
    ['country: one_of', 2, 'bytes', [1, 2, 'FR'], [4, 6, 'NA']],
  ])
  const messages = report.facts.checks.flatMap(({ examples }) => examples.map(({ message }) => message))
  expect(messages).toContain('Invalid input: expected number, received string')
  expect(messages).toContain('Too big: expected number to be <=120')
  expect(report.findings).toHaveLength(7)
})

test('missing and extra columns are told together with the rest', async () => {
  const contract = defineContract({ columns: employees, extra: 'forbid' })
  const report = await validate(await csv('agee,salary,country\n1,-2,US\n'), contract)
  expect(report.findings.map(({ code, column }) => [code, column])).toEqual([
    ['validate.column_present', 'age'],
    ['validate.no_extra_column', 'agee'],
    ['validate.failed', 'salary'],
  ])
  expect(report.findings[0]?.hint).toContain("Did you mean 'agee'?")
})

test('a missing value passes nullable, optional and default, and fails all else as not_null', async () => {
  const columns = z.object({
    a: z.int().nullable(),
    b: z.string().optional(),
    c: z.number().default(3),
    d: z.email(),
    e: z.date().nullish(),
  })
  const report = await validate(await csv('a,b,c,d,e\n,,,,\n1,x,2,a@b.co,2024-02-29\n2,y,3,nope,2024-02-30\n'), columns)
  expect(failures(report)).toEqual([
    ['d: not_null', 1, 'bytes', [1, 2, null]],
    ['d: format email', 1, 'bytes', [3, 4, 'nope']],
    ['e: type', 1, 'bytes', [3, 4, '2024-02-30']],
  ])
})

test('refinements of whole rows run on rows, and say what Zod says', async () => {
  const columns = z
    .object({ start: z.int(), end: z.int().max(9) })
    .refine((row) => row.start <= row.end, { message: 'ends before it starts', path: ['end'] })
  const report = await validate(await csv('start,end\n1,2\n5,3\nx,1\n10,11\n'), columns)
  expect(failures(report)).toEqual([
    ['start: type', 1, 'rows', [3, 4, 'x']],
    ['end: <= 9', 1, 'rows', [4, 5, 11]],
    ['rows: refine', 1, 'rows', [2, 3, 3]],
  ])
  expect(report.facts.failedRows).toBe(3)
})

test('every failure goes to a file, without a cap', async () => {
  const cells = Array.from({ length: 500 }, (_, at) => String(at - 250)).join('\n')
  const path = join(folder, 'failures.jsonl')
  const report = await validate(await csv(`n\n${cells}\n`), z.object({ n: z.int().min(0) }), { failures: path })
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  expect(report.facts.checks.find(({ id }) => id === 'n: >= 0')).toMatchObject({ failed: 250 })
  expect(report.facts.checks.find(({ id }) => id === 'n: >= 0')?.examples).toHaveLength(20)
  expect(lines).toHaveLength(250)
  expect(JSON.parse(String(lines.at(0)))).toEqual({
    row: 1,
    line: 2,
    column: 'n',
    check: '>= 0',
    message: 'Too small: expected number to be >=0',
    value: -250,
  })
})

test('integers beyond 2^53: numbers in text tables, as JavaScript reads them; bigint where the file holds them exactly', async () => {
  const text = await csv('n\n1\n9007199254740993\n')
  expect(failures(await validate(text, z.object({ n: z.number() })))).toEqual([])
  expect(failures(await validate(text, z.object({ n: z.int() })))).toEqual([
    ['n: type', 1, 'guarded', [2, 3, 9007199254740992]],
  ])
  expect(failures(await validate(text, z.object({ n: z.bigint().max(5n) })))).toEqual([
    ['n: <= 5', 1, 'distinct', [2, 3, '9007199254740993']],
  ])
  const path = join(folder, 'exact.parquet')
  await text.write(path)
  const exact = await open(path)
  expect(failures(await validate(exact, z.object({ n: z.number().max(5) })))).toEqual([
    ['n: type', 1, 'sql', [2, undefined, '9007199254740993']],
  ])
  expect(failures(await validate(exact, z.object({ n: z.bigint() })))).toEqual([])
})

test('a contract that throws or is asynchronous is an error, not a verdict', async () => {
  const frame = await csv('a\nx\n')
  const throws = z.object({
    a: z.string().refine((value) => {
      if (value === 'x') throw new Error('boom')
      return true
    }),
  })
  await expect(validate(frame, throws)).rejects.toMatchObject({ code: 'DS_CONTRACT_THROWS' })
  const waits = z.object({ a: z.string().refine(async (value) => Promise.resolve(value !== 'x')) })
  await expect(validate(frame, waits)).rejects.toMatchObject({ code: 'DS_CONTRACT_ASYNC' })
  // @ts-expect-error -- what a JavaScript user may give
  await expect(validate(frame, z.string())).rejects.toMatchObject({ code: 'DS_CONTRACT_INVALID' })
})

test.each([
  [
    'nullable',
    z
      .number()
      .nullable()
      .refine((value) => value === null || value > 10),
  ],
  [
    'optional',
    z
      .number()
      .optional()
      .refine((value) => value === undefined || value > 10),
  ],
  [
    'readonly',
    z
      .number()
      .nullable()
      .readonly()
      .refine((value) => value === null || value > 10),
  ],
])('a refinement of %s numbers is not forgotten', async (_kind, a) => {
  const report = await validate(await csv('a,b\n1,x\n20,x\n,x\n'), z.object({ a }))
  expect(failures(report)).toEqual([['a: refine', 1, 'distinct', [1, 2, 1]]])
})

test('a cell is what a union lets it be, whatever the other cells are', async () => {
  for (const a of [
    z.union([z.int(), z.literal('unknown')]),
    z.literal(['unknown', 1, 2]),
    z.lazy(() => z.union([z.int(), z.literal('unknown')])),
  ]) {
    expect(failures(await validate(await csv('a\n1\n2\nunknown\n'), z.object({ a })))).toEqual([])
    expect(failures(await validate(await csv('a\n1\n2\nother\n'), z.object({ a })))).toEqual([
      [expect.stringMatching(/^a: /), 1, 'distinct', [3, 4, 'other']],
    ])
  }
  expect(
    failures(await validate(await csv('a\n1\n2\n'), z.object({ a: z.union([z.literal('1'), z.literal('2')]) }))),
  ).toEqual([])
})

test('columns that the contract does not name are held to its catchall', async () => {
  const report = await validate(await csv('a,b\n1,5\n2,x\n'), z.object({ a: z.number() }).catchall(z.number()))
  expect(failures(report)).toEqual([['b: type', 1, 'bytes', [2, 3, 'x']]])
})

test('failures are not written over the data', async () => {
  const frame = await csv('a\n-1\n')
  const [path] = frame.files
  await expect(validate(frame, z.object({ a: z.int().min(0) }), { failures: String(path) })).rejects.toMatchObject({
    code: 'DS_TARGET_IS_SOURCE',
  })
  expect(readFileSync(String(path), 'utf8')).toBe('a\n-1\n')
})

test('lines are those of the file that was given, where a decoded or mended copy of it is read', async () => {
  const path = join(folder, 'copied.csv')
  writeFileSync(path, Buffer.from('\u{FEFF}# note\r\nage,salary\r\n"3\n0",1\r\n4\r\n\r\n200,5\n', 'utf16le'))
  const frame = await open(path, { badLines: 'skip', skip: 1 })
  expect([frame.files, frame.text?.files.length]).toEqual([[path], 1])
  expect(frame.text?.files).not.toEqual([path])
  const report = await validate(frame, z.object({ age: z.int().max(120), salary: z.number() }))
  expect(failures(report)).toEqual([
    ['age: type', 1, 'guarded', [1, 3, '3\n0']],
    ['age: <= 120', 1, 'guarded', [2, 7, 200]],
  ])
})

test('folders of partitions are validated with the columns that their names give', async () => {
  for (const [country, rows] of [
    ['US', '30,50000.0\n45,75000.0\n'],
    ['FR', '25,60000.0\n'],
  ]) {
    mkdirSync(join(folder, 'parts', `country=${country}`), { recursive: true })
    writeFileSync(join(folder, 'parts', `country=${country}`, 'a.csv'), `age,salary\n${rows}`)
  }
  const report = await validate(await open(join(folder, 'parts')), employees)
  expect(report.facts).toMatchObject({ rows: 3, failedRows: 1 })
  expect(failures(report)).toMatchObject([[expect.stringContaining('country'), 1, expect.anything(), [1, 2, 'FR']]])
})

test('names that stand in the header more than once are told, and found under the names that they have here', async () => {
  const frame = await csv('a,a,A,b\n1,2,3,4\n')
  const report = await validate(frame, z.object({ a: z.int(), A: z.int() }))
  expect(report.findings.map(({ severity, code, column, message }) => [severity, code, column, message])).toEqual([
    [
      'warn',
      'source.column_renamed',
      'a_1',
      "'a' stands in the header more than once, case aside: here it is called 'a_1'",
    ],
    [
      'warn',
      'source.column_renamed',
      'A_2',
      "'A' stands in the header more than once, case aside: here it is called 'A_2'",
    ],
    [
      'error',
      'validate.column_present',
      'A',
      "the header has 'A', which another column is called too, case aside: here it is 'A_2'",
    ],
  ])
  const named = await open(frame.files[0] as string, { names: ['a', 'x', 'y', 'b'], header: true })
  expect((await validate(named, z.object({ a: z.int() }))).findings).toEqual([])
})

test('a refinement of rows that names no column shows the first columns of the row, but for those about persons', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const frame = await csv(`${names.join()}\n1,secret,,x,2,3,4\n`)
  const columns = z
    .object(Object.fromEntries(names.map((name) => [name, name === 'b' ? z.string() : z.any().nullable()])))
    .refine(() => false, 'no such row')
  const hidden = defineContract({ columns })
  const report = await validate(frame, { ...hidden, options: { b: { pii: true } } })
  expect(report.facts.checks.find(({ id }) => id === 'rows: refine')?.examples).toEqual([
    { row: 1, line: 2, value: 'a 1, c none, d x, e 2, f 3, …', message: 'no such row' },
  ])
  const all = await validate(await csv('b\nsecret\n'), {
    ...defineContract({ columns: z.object({ b: z.string() }).refine(() => false) }),
    options: { b: { pii: true } },
  })
  expect(all.facts.checks.at(-1)?.examples[0]?.value).toBeNull()
})

test('whole numbers of a column of doubles are numbers, and no bigint, as to Zod itself', async () => {
  const path = join(folder, 'doubles.parquet')
  await (await csv('n,i\n10.0,10\n2.5,2\n')).cast({ n: 'DOUBLE' }).write(path)
  const report = await validate(await open(path), z.object({ n: z.bigint(), i: z.bigint() }))
  expect(z.bigint().safeParse(10).success).toBe(false)
  expect(failures(report)).toEqual([['n: type', 2, 'distinct', [1, undefined, 10], [2, undefined, 2.5]]])
})

test('decimal numbers are numbers to every schema, however wide', async () => {
  for (const type of ['DECIMAL(38,10)', 'DECIMAL(18,0)', 'DECIMAL(9,2)']) {
    const frame = (await open([{ n: 1 }, { n: 2 }])).derive({ d: `CAST(n AS ${type})` }).select('d')
    const schemas = [
      z.union([z.number(), z.literal('n/a')]),
      z.number().or(z.bigint()),
      z.literal([1, 2, 'x']),
      z.custom((value) => typeof value === 'number'),
    ]
    for (const d of schemas) expect([type, (await validate(frame, z.object({ d }))).status]).toEqual([type, 'pass'])
    expect((await validate(frame, z.object({ d: z.string() }))).facts.failedRows).toBe(2)
  }
})

test('a half of a character is none that stands for it in bytes', async () => {
  const rows = Array.from({ length: 12_000 }, (_, at) => ({ t: at === 6000 ? '\uFFFDabc' : 'abc' }))
  const path = join(folder, 'halves.csv')
  await (await open(rows)).write(path)
  const half = '\uD83D'
  const schemas = [
    z.string().startsWith(half),
    z.string().endsWith(half),
    z.string().includes(half),
    z.enum([half, `${half}abc`]),
    z.literal(`${half}abc`),
  ]
  for (const frame of [await open(rows), await open(path)]) {
    for (const t of schemas) expect((await validate(frame, z.object({ t }))).facts.failedRows).toBe(12_000)
  }
})

test('failures of several files name the file and its line, in the file of failures too', async () => {
  const parts = join(folder, 'several')
  mkdirSync(parts)
  writeFileSync(join(parts, '1.csv'), 'age,note\n1,"a\nb"\n')
  writeFileSync(join(parts, '2.csv'), 'age,note\n2,"a\nb"\nx,c\n')
  const failuresFile = join(folder, 'several.jsonl')
  const { facts } = await validate(await open(parts), z.object({ age: z.int() }), { failures: failuresFile })
  const place = { row: 3, file: join(parts, '2.csv'), line: 4 }
  expect(facts.checks.flatMap(({ examples }) => examples)).toMatchObject([place])
  expect(JSON.parse(readFileSync(failuresFile, 'utf8'))).toMatchObject(place)
  const table = join(folder, 'several.parquet')
  await validate(await open(parts), z.object({ age: z.int() }), { failures: table })
  expect(await (await open(table)).toArray()).toMatchObject([place])
})
