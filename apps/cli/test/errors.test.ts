import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dayshift, newFolder, printed } from './cli.ts'

const folder = newFolder()
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

write('a.csv', 'a,b\n1,2\n3,4\n')
write('a.json', '[{"a":1}]\n')
write('ragged.csv', 'a,b\n"x\ny",2\n3\n')
write('contract.ts', "import { z } from 'zod'\nexport default z.object({ a: z.int() })\n")
write('two.ts', "import { z } from 'zod'\nexport const one = z.object({}), two = z.object({})\n")
write('syntax.ts', 'export default {\n  a: 1,,\n}\n')
write('throws.ts', 'const a: number = 1\nthrow new Error(`boom ${a}`)\n')
write('imports.ts', "import x from './nowhere.ts'\nexport default x\n")
write('etl.ts', 'export default (frame) => frame.filter("aa > 3")\n')
write('nothing.js', 'export default () => {}\n')

test.each<[string[], number, string, string | RegExp]>([
  [['vlidate'], 2, 'DS_USAGE', "Did you mean 'validate'"],
  [['validate', '--contract', 'contract.ts'], 2, 'DS_USAGE', 'a source is missing'],
  [['validate', 'a.csv'], 2, 'DS_USAGE', 'no contract'],
  [['validate', 'a.csv', 'a.csv', '--contract', 'contract.ts'], 2, 'DS_USAGE', 'too much'],
  [['validate', 'a.csv', '--nope'], 2, 'DS_USAGE', '--nope is not a flag'],
  [['validate', 'a.csv', '--contract'], 2, 'DS_USAGE', 'argument missing'],
  [['validate', 'a.csv', '--contract', 'contract.ts', '--contract', 'two.ts'], 2, 'DS_USAGE', 'given twice'],
  [['validate', 'a.csv', '--contract', 'nowhere.ts'], 2, 'DS_MODULE', 'there is no file nowhere.ts'],
  [['validate', 'a.csv', '--contract', 'a.csv/x.ts'], 2, 'DS_MODULE', 'there is no file a.csv/x.ts'],
  [['prototype', 'a.csv', '--etl', 'two.ts#one'], 2, 'DS_MODULE_EXPORT', "'one' is of type object"],
  [['prototype', 'a.csv', '--etl', 'a.csv'], 2, 'DS_MODULE', 'a.csv is no module by its name'],
  [['validate', 'a.csv', '--contract', 'two.ts'], 2, 'DS_MODULE_EXPORT', 'one, two'],
  [['validate', 'a.csv', '--contract', 'two.ts#three'], 2, 'DS_MODULE_EXPORT', "no contract 'three'"],
  [['validate', 'a.csv', '--contract', 'syntax.ts'], 2, 'DS_MODULE', 'syntax.ts:2'],
  [['validate', 'a.csv', '--contract', 'throws.ts'], 2, 'DS_MODULE', /boom 1[\s\S]*throws\.ts:2/],
  [['validate', 'a.csv', '--contract', 'imports.ts'], 2, 'DS_MODULE', 'nowhere.ts'],
  [['validate', 'nowhere.csv', '--contract', 'contract.ts'], 3, 'DS_SOURCE_NOT_FOUND', 'nowhere.csv'],
  [['validate', 'ragged.csv', '--contract', 'contract.ts'], 3, 'DS_SOURCE_MALFORMED', 'ragged.csv:4'],
  [['prototype', 'a.csv', '--etl', 'etl.ts'], 3, 'DS_ETL', "there is no column 'aa'"],
  [['prototype', 'a.csv', '--etl', 'nothing.js'], 3, 'DS_ETL', 'gave back nothing'],
  [['prototype', 'a.csv', '--fraction', '200%'], 2, 'DS_UNIT', '200%'],
  [['prototype', 'a.csv', '--rows', '0'], 2, 'DS_UNIT', '0'],
  [['prototype', 'https://me:pw@host/a.csv'], 2, 'DS_SOURCE_UNSUPPORTED', 'https://host/a.csv'],
  [['prototype', 'etl.ts'], 2, 'DS_SOURCE_UNSUPPORTED', '--as'],
  [['prototype', 'a.csv', '--out', 'no/such/folder.csv'], 3, 'DS_WRITE', 'folder.csv'],
  [['drift', 'a.csv'], 2, 'DS_USAGE', 'two sources'],
  [['drift', 'a.csv', 'a.csv', '--columns', 'aa'], 2, 'DS_COLUMN_UNKNOWN', "there is no column 'aa'\n  Columns: a, b"],
  [['validate', 'a.csv', '--explian'], 2, 'DS_USAGE', /--explian is not a flag[^\n]*\n {2}Did you mean --explain\?/],
  [['drift', 'a.csv', 'a.csv', '--xyz'], 2, 'DS_USAGE', '--help'],
  [['drift', 'a.csv', 'a.csv', '--alpha', 'x'], 2, 'DS_USAGE', '--alpha takes a number'],
  [['drift', 'a.csv', 'a.csv', '--correction', 'x'], 2, 'DS_USAGE', '--correction is none, bonferroni, holm, bh, by'],
  [['drift', 'a.csv', 'a.csv', '--detector', 'kss'], 2, 'DS_DRIFT_OPTION', 'Did you mean ks?'],
  [['freshness', 'a.csv', '--max-age', 'soon'], 2, 'DS_UNIT', 'soon'],
  [['freshness', 'a.csv', '--warn-after', '2d'], 2, 'DS_FRESHNESS_OPTION', 'warnAfter'],
  [['register', 'a.csv', '--description', 'x'], 2, 'DS_USAGE', '--name is missing'],
  [['log', 'a.csv'], 2, 'DS_USAGE', '--origin is missing'],
  [['version', 'a.csv'], 2, 'DS_GIT_NO_REPO', 'git init'],
  [['run'], 2, 'DS_PROJECT_NOT_FOUND', 'dayshift init'],
  [['drift', 'a.csv', 'a.csv', '--cwd', 'nowhere'], 2, 'DS_USAGE', '--cwd nowhere is not a folder'],
  [['drift', 'a.csv', 'a.csv', '--format', 'xml'], 2, 'DS_USAGE', '--format is text, json, jsonl'],
  [['drift', 'a.csv', 'a.csv', '--output', 'x.doc'], 2, 'DS_USAGE', 'the name tells no format'],
])('%j exits with %i and %s', async (words, code, error, says) => {
  const text = await dayshift(folder, words)
  expect(text.code).toBe(code)
  expect(text.stdout).toBe('')
  expect(text.stderr).toContain(`error ${error}: `)
  expect(text.stderr).toMatch(says)
  expect(text.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
  expect(text.stderr).not.toContain('pw@')
})

test.each<[string[], number, string]>([
  [['vlidate'], 2, 'DS_USAGE'],
  [['validate', 'a.csv', '--nope'], 2, 'DS_USAGE'],
  [['validate', 'a.csv', '--contract', 'throws.ts'], 2, 'DS_MODULE'],
  [['validate', 'nowhere.csv', '--contract', 'contract.ts'], 3, 'DS_SOURCE_NOT_FOUND'],
])('%j --json prints the error as a document', async (words, code, error) => {
  const document = await printed(folder, ...words)
  expect(document).toMatchObject({ status: 'error', exitCode: code, reports: [], error: { code: error } })
  expect(document.error?.hint).not.toBe('')
})

test.each([
  ['calls process.exit', '(frame) => process.exit(7)'],
  ['never ends', '(frame) => new Promise(() => {})'],
])('an ETL that %s is an error, not a silence', async (_what, etl) => {
  write('ends.mjs', `export default ${etl}\n`)
  const { code, stderr } = await dayshift(folder, ['prototype', 'a.csv', '--etl', 'ends.mjs'])
  expect(code).toBe(3)
  expect(stderr).toContain('error DS_UNFINISHED')
  for (const words of [['--json'], ['--format', 'json']]) {
    const { stdout } = await dayshift(folder, ['prototype', 'a.csv', '--etl', 'ends.mjs', ...words])
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 3, error: { code: 'DS_UNFINISHED' } })
  }
})

test('what code of the project prints goes to stderr', async () => {
  write('prints.mjs', "console.log('loaded')\nexport default (frame) => (process.stdout.write('ran'), frame)\n")
  const { code, stdout, stderr } = await dayshift(folder, ['prototype', 'a.csv', '--etl', 'prints.mjs', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ command: 'prototype' })
  expect(stderr).toBe('loaded\nran')
})

test('a row with which code of a contract throws is told as JSON is written', async () => {
  write(
    'row.mjs',
    "import { z } from 'zod'\nexport default z.object({ a: z.int(), b: z.string() }).refine(() => { throw Error('oh') })\n",
  )
  const { stderr } = await dayshift(folder, ['validate', 'a.csv', '--contract', 'row.mjs'])
  expect(stderr).toContain('the contract of row 1 threw on {"a":1,"b":"2"}: oh')
})

test('--debug prints the stack, others do not', async () => {
  const { stderr } = await dayshift(folder, ['validate', 'a.csv', '--contract', 'throws.ts', '--debug'])
  expect(stderr).toMatch(/throws\.ts:2/)
  expect(stderr).toMatch(/^\s+at .*:\d+:\d+\)?$/m)
})

test('without a command it prints the usage and exits with 2', async () => {
  const { code, stdout } = await dayshift(folder, [])
  expect(code).toBe(2)
  expect(stdout).toContain('Usage: dayshift')
})

test('code of the project that throws where nobody waits is an error without a stack or its secrets', async () => {
  write(
    'late.mjs',
    "Promise.reject(new Error('postgres://u:hidden@h'))\nexport default async (frame) => new Promise((go) => setTimeout(go, 200, frame))\n",
  )
  const { code, stderr } = await dayshift(folder, ['prototype', 'a.csv', '--etl', 'late.mjs'])
  expect(code).toBe(3)
  expect(stderr).toContain('error DS_UNFINISHED')
  expect(stderr).not.toContain('hidden')
})

test('secrets in errors are hidden, in text, JSON and stacks alike', async () => {
  write('secret.ts', "throw new Error('cannot reach postgres://u:hidden@h/d?password=hidden')\n")
  for (const flag of ['--json', '--debug', '--quiet']) {
    const { stdout, stderr } = await dayshift(folder, ['prototype', 'a.csv', '--etl', 'secret.ts', flag])
    expect(stdout + stderr).toContain('cannot reach')
    expect(stdout + stderr).not.toContain('hidden')
  }
})

test('secrets in addresses that stand where a path is expected are hidden', async () => {
  const address = 'https://me:hidden@host/a.csv'
  const cases = [
    ['dvc', 'list', address],
    ['validate', address, '--contract', 'contract.ts'],
    ['validate', 'a.csv', '--contract', 'https://me:hidden@host/contract.ts'],
    ['validate', 'a.csv', '--contract', 'contract.ts', '--failures', address],
    ['freshness', 'a.csv', '--output', 'https://me:hidden@host/report.json'],
  ]
  for (const words of cases) {
    for (const flag of ['--json', '--debug']) {
      const { stdout, stderr } = await dayshift(folder, [...words, flag])
      expect(stdout + stderr).toContain('host')
      expect(stdout + stderr).not.toContain('hidden')
    }
  }
})

test('a project whose source is an address says so, without its secrets', async () => {
  const home = newFolder()
  const file = 'dayshift.config.mjs'
  const dataset = { source: 'https://me:hidden@host/a.csv', log: { origin: 'x' } }
  const project = { name: 'p', datasets: { a: dataset, b: dataset } }
  writeFileSync(join(home, file), `export default ${JSON.stringify(project)}\n`)
  const { code, stdout, stderr } = await dayshift(home, ['run', '--json'])
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'DS_SOURCE_UNSUPPORTED' } })
  const kept = readdirSync(home).flatMap((name) => {
    const path = join(home, name)
    return name === file || statSync(path).isDirectory() ? [] : [readFileSync(path, 'utf8')]
  })
  expect(kept.join('') + stdout + stderr).toContain('https://host/a.csv')
  expect(kept.join('') + stdout + stderr).not.toContain('hidden')
})

test('outputs are looked at before any work is done', async () => {
  const words = ['register', 'a.csv', '--name', 'a', '--description', 'd']
  for (const output of ['x.doc', 'nowhere/x.json']) {
    expect(await printed(folder, ...words, '--output', output)).toMatchObject({ exitCode: 2, reports: [] })
  }
  expect(existsSync(join(folder, 'data_catalog.jsonl'))).toBe(false)
})

test.each([
  [['log', 'a.csv', '--origin', 'x', '--file', 'a.csv']],
  [['register', 'a.csv', '--name', 'a', '--description', 'd', '--catalog', './a.csv']],
  [['prototype', 'a.csv', '--out', 'a.csv']],
  [['validate', 'a.csv', '--contract', 'contract.ts', '--failures', 'contract.ts']],
  [['infer', 'a*.json', '--output', 'a.json']],
  [['validate', 'a*.json', '--contract', 'contract.ts', '--output', './a.json']],
])('%j does not write over what it reads', async (words) => {
  const before = ['a.csv', 'a.json', 'contract.ts'].map((name) => readFileSync(join(folder, name), 'utf8'))
  expect(await printed(folder, ...words)).toMatchObject({ exitCode: 2, error: { code: 'DS_TARGET_IS_SOURCE' } })
  expect(['a.csv', 'a.json', 'contract.ts'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(before)
})

test.skipIf(!existsSync('/dev/full'))('results that cannot be printed are an error', () => {
  const full = openSync('/dev/full', 'w')
  const program = join(import.meta.dirname, '..', 'bin', 'dayshift.js')
  const { status, stderr } = spawnSync(process.execPath, [program, 'freshness', 'a.csv'], {
    cwd: folder,
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  })
  closeSync(full)
  expect(status).toBe(3)
  expect(stderr).toContain('error DS_WRITE')
  expect(stderr).not.toMatch(/^\s+at /m)
})

test('a # in a folder’s name is no export', async () => {
  mkdirSync(join(folder, 'dir#1'))
  write('dir#1/c.ts', "import { z } from 'zod'\nexport default z.object({ a: z.int() })\n")
  expect(await printed(folder, 'validate', 'a.csv', '--contract', 'dir#1/c.ts')).toMatchObject({ exitCode: 0 })
})
