import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dayshift, newFolder, printed } from './cli.ts'

const folder = newFolder()
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
write('people.csv', 'age,country\n30,US\n130,FR\nabc,FR\n40,FR\n')
write(
  'people.yaml',
  `schema_type: dataframe
columns:
  age: {dtype: int64, in_range: {min_value: 0, max_value: 120}}
  country: {dtype: str, str_matches: '^[A-Z]{2}$', shouts: {loud: true}}
`,
)

test('a contract of Pandera is validated as it is; what it says beyond is a warning', async () => {
  const { code, stdout, stderr } = await dayshift(folder, ['validate', 'people.csv', '--contract', 'people.yaml'])
  expect([code, stderr]).toEqual([1, ''])
  expect(stdout.split('\n')).toEqual([
    '✖ validate people.csv: 2 of 9 checks fail, 2 of 4 rows affected',
    '  ✖ age: type    ███░░░░░░░  1 of 4 rows',
    '    row 3 (line 4)  abc  Invalid input: expected number, received string',
    '  ✖ age: <= 120  ███░░░░░░░  1 of 4 rows',
    '    row 2 (line 3)  130  Too big: expected number to be <=120',
    '  warn  columns.country.shouts: no check that Pandera has built in',
    '',
  ])
})

test.each(['pandera', 'table-schema', 'odcs', 'json-schema', 'typescript'])(
  'through %s and back, the verdict is the same',
  async (format) => {
    const suffix = format === 'typescript' ? 'ts' : format === 'pandera' || format === 'odcs' ? 'yaml' : 'json'
    const file = `out/${format}.${suffix}`
    const made = await dayshift(folder, ['convert', 'people.yaml', '--to', format, '--out', file])
    expect([made.code, made.stdout]).toEqual([0, `written to ${file} as ${format}\n`])
    expect(made.stderr).toContain('not carried over: columns.country.shouts')
    const back = await dayshift(folder, ['convert', file, '--out', `out/${format}.back.ts`])
    expect(back.code).toBe(0)
    const { code, stdout } = await dayshift(folder, ['validate', 'people.csv', '--contract', `out/${format}.back.ts`])
    expect([code, stdout.split('\n')[0]]).toEqual([1, expect.stringContaining('2 of 4 rows affected')])
  },
)

test('a file that is there is kept, formats that are not known and files that are none are refused', async () => {
  write('kept.ts', '// mine')
  const kept = await dayshift(folder, ['convert', 'people.yaml', '--out', 'kept.ts'])
  expect([kept.code, kept.stderr]).toEqual([2, expect.stringContaining('kept.ts is there already')])
  expect(readFileSync(join(folder, 'kept.ts'), 'utf8')).toBe('// mine')
  const odd = await dayshift(folder, ['convert', 'people.yaml', '--to', 'avro'])
  expect([odd.code, odd.stderr]).toEqual([
    2,
    expect.stringContaining("--to is typescript, pandera, table-schema, odcs, json-schema, not 'avro'"),
  ])
  const none = await dayshift(folder, ['validate', 'people.csv', '--contract', 'none.yaml'])
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('there is no file none.yaml')])
  write('broken.yaml', 'columns: [\n  a: {')
  const broken = await dayshift(folder, ['validate', 'people.csv', '--contract', 'broken.yaml'])
  expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('DS_CONTRACT_FILE: broken.yaml is no YAML')])
})

test('--json gives the contract and the notes as data', async () => {
  const { result } = (await printed(folder, 'convert', 'people.yaml', '--to', 'json-schema')) as { result?: unknown }
  expect(result).toMatchObject({
    format: 'json-schema',
    notes: [
      { place: 'columns.country.shouts', message: 'no check that Pandera has built in' },
      { place: 'columns.age.physicalType', message: 'that it is stored as BIGINT is not written' },
      { place: 'columns.country.physicalType', message: 'that it is stored as string is not written' },
    ],
    contract: expect.stringContaining('"$schema"'),
  })
})

test('--quarantine parts the rows in one folder, and tells of what is missing before it begins', async () => {
  const asked = ['validate', 'people.csv', '--contract', 'people.yaml', '--quarantine', 'apart/january']
  const { code, stdout } = await dayshift(folder, asked)
  expect([code, stdout.match(/written to/g)?.length]).toEqual([1, 3])
  const text = (name: string): string => readFileSync(join(folder, 'apart/january', name), 'utf8')
  expect(text('good.csv')).toBe('age,country\n30,US\n40,FR\n')
  expect(text('bad.csv')).toBe('age,country\n130,FR\nabc,FR\n')
  expect(text('failures.jsonl').trimEnd().split('\n')).toHaveLength(2)
  mkdirSync(join(folder, 'there'))
  const late = ['--failures', 'there/f.parquet', '--good', 'nowhere/good.csv']
  const refused = await dayshift(folder, ['validate', 'people.csv', '--contract', 'people.yaml', ...late])
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('there is no folder')])
  expect(existsSync(join(folder, 'there/f.parquet'))).toBe(false)
})

test('which checks fail together, and which values fail most often', async () => {
  const rows = Array.from({ length: 60 }, (_, at) => `${at % 3 === 0 ? 999 : 5},${at % 2 === 0 ? 'x' : 'US'}`)
  write('many.csv', `age,country\n${rows.join('\n')}\n`)
  const { stdout } = await dayshift(folder, ['validate', 'many.csv', '--contract', 'people.yaml'])
  expect(stdout).toContain('    … 15 more; --failures FILE writes all\n    1 different value: 999 20×\n')
  expect(stdout).toContain('  in the same rows\n    10 rows  age: <= 120 + country: matches /^[A-Z]{2}(?=\\n?$)/u\n')
})

test.each([
  [['validate', 'people.csv', '--contract', 'people.yaml', '--output', 'people.csv.json'], 0],
  [['validate', 'data.jsonl', '--contract', 'people.yaml', '--output', 'data.jsonl'], 2],
  [['validate', 'people.csv', '--contract', 'schema.json', '--output', 'schema.json'], 2],
  [['infer', 'people.csv', '--out', 'people.csv', '--force'], 2],
  [['convert', 'schema.json', '--to', 'pandera', '--out', 'schema.json', '--force'], 2],
])('what is read or written already is not written over: %j', async (words, code) => {
  write('data.jsonl', '{"age":1,"country":"US"}\n')
  write('schema.json', '{"properties":{"age":{"type":"integer"}}}')
  const before = ['people.csv', 'data.jsonl', 'schema.json'].map((name) => readFileSync(join(folder, name), 'utf8'))
  const ran = await dayshift(folder, words)
  expect([ran.code === 2, ran.stderr.includes('DS_TARGET_IS_SOURCE')]).toEqual([code === 2, code === 2])
  const after = ['people.csv', 'data.jsonl', 'schema.json'].map((name) => readFileSync(join(folder, name), 'utf8'))
  expect(after).toEqual(before)
})

test.each<[string[], string]>([
  [['--failures', 'f.xyz'], 'DS_SOURCE_UNSUPPORTED: the name'],
  [['--good', 'g.csv', '--bad', 'b.xyz'], 'DS_SOURCE_UNSUPPORTED: the name'],
  [['--good', 'g.csv', '--bad', './g.csv'], 'cannot hold both the good rows and the bad rows'],
  [['--failures', 'f.csv', '--quarantine', 'q', '--good', 'f.csv'], 'cannot hold both the failures and the good rows'],
  [['--good', 'g.csv', '--bad', 'nowhere/b.csv'], 'there is no folder'],
  [['--good', 'folder.csv'], 'it is a folder'],
  [['--bad', 'large.csv'], 'DS_TARGET_IS_SOURCE'],
  [['--failures', 'f.jsonl', '--output', './f.jsonl'], 'what --failures asks for is written there too'],
  [['--quarantine', 'q', '--output', 'q/failures.jsonl'], 'what --failures asks for is written there too'],
  [['--output', 'f.json', '--output', './f.json'], 'is given twice'],
])('%j is refused before data is read, and nothing is made', async (words, problem) => {
  // Reading all of it is an error, which would come first.
  write('large.csv', `age,country\n${'30,US\n'.repeat(200)}30,US,1\n`)
  mkdirSync(join(folder, 'folder.csv'), { recursive: true })
  if (words.includes('q/failures.jsonl')) mkdirSync(join(folder, 'q'), { recursive: true })
  const before = readdirSync(folder)
  const source = words.includes('q/failures.jsonl') ? 'people.csv' : 'large.csv'
  const { code, stderr } = await dayshift(folder, ['validate', source, '--contract', 'people.yaml', ...words])
  expect([code === 0, stderr]).toEqual([false, expect.stringContaining(problem)])
  expect(readdirSync(folder)).toEqual(before)
})
