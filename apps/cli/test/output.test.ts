import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { dayshift, newFolder, printed } from './cli.ts'

const folder = newFolder()
writeFileSync(join(folder, 'a.csv'), 'a,b\n1,x\n2,y\n9007199254740993,z\n')
writeFileSync(join(folder, 'b.csv'), 'a,b\n1,x\n2,y\n3,z\n')
writeFileSync(join(folder, 'contract.ts'), "import { z } from 'zod'\nexport default z.object({ a: z.int().max(1) })\n")

const finding = z.strictObject({
  severity: z.enum(['info', 'warn', 'error']),
  code: z.string(),
  message: z.string(),
  column: z.string().optional(),
  hint: z.string().optional(),
})
const report = z.strictObject({
  kind: z.enum(['prototype', 'validate', 'version', 'register', 'log', 'freshness', 'drift']),
  dataset: z.strictObject({
    namespace: z.string(),
    name: z.string(),
    uri: z.url(),
    format: z.string().optional(),
    version: z.string().startsWith('md5:').optional(),
  }),
  status: z.enum(['pass', 'warn', 'fail']),
  at: z.iso.datetime(),
  durationMs: z.number().min(0),
  findings: z.array(finding),
  facts: z.record(z.string(), z.unknown()),
})
/** The document of the command line: fields are added, never renamed or removed. */
const document = z.strictObject({
  dayshift: z.string().regex(/^\d+\.\d+\.\d+/),
  command: z.string(),
  status: z.enum(['pass', 'warn', 'fail', 'error']),
  exitCode: z.int(),
  durationMs: z.number(),
  reports: z.array(report),
  skipped: z
    .array(z.strictObject({ dataset: z.string(), step: z.string(), reason: z.string(), hint: z.string() }))
    .optional(),
  plan: z.array(z.string()).optional(),
  error: z
    .strictObject({
      code: z.string().startsWith('DS_'),
      message: z.string(),
      hint: z.string(),
      where: z.string().optional(),
    })
    .optional(),
})

/** The facts that each command promises. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  prototype: ['rows', 'sampledRows', 'outputRows', 'method', 'seed', 'columns', 'added', 'head'],
  validate: ['rows', 'failedRows', 'checks'],
  version: ['files'],
  register: ['id', 'revision', 'created', 'changed'],
  log: ['runId', 'eventType', 'job', 'numRows', 'columnNames', 'delivered', 'spooled'],
  freshness: ['newest', 'ageSeconds', 'maxAgeSeconds', 'basis'],
  drift: ['referenceRows', 'currentRows', 'columns', 'driftedColumns', 'share'],
}

test.each([
  ['prototype', 'a.csv', '--fraction', '100%'],
  ['validate', 'a.csv', '--contract', 'contract.ts'],
  ['version', 'a.csv', '--no-scm'],
  ['register', 'a.csv', '--name', 'a', '--description', 'd'],
  ['log', 'a.csv', '--origin', 'somewhere'],
  ['freshness', 'a.csv'],
  ['drift', 'a.csv', 'b.csv'],
])('%s prints the document that is promised', async (...words) => {
  const shown = await printed(folder, ...words)
  expect(document.safeParse(shown).error?.issues).toBeUndefined()
  expect(Object.keys(shown.reports[0]?.facts ?? {})).toEqual(expect.arrayContaining([...(FACTS[words[0] ?? ''] ?? [])]))
})

test('numbers that JSON cannot hold are strings', async () => {
  const { reports } = await printed(folder, 'prototype', 'a.csv', '--fraction', '100%')
  expect(JSON.stringify(reports)).toContain('"9007199254740993"')
})

test('results go to stdout, the rest to stderr; --output writes them to files too', async () => {
  const words = [
    'drift',
    'a.csv',
    'b.csv',
    '--format',
    'jsonl',
    '--output',
    'r.json',
    '--output',
    'r.jsonl',
    '--output',
    'r.txt',
  ]
  const { stdout, stderr, code } = await dayshift(folder, words)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  expect(stdout).toBe(read('r.jsonl'))
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'drift' })
  expect(JSON.parse(read('r.json'))).toMatchObject({ command: 'drift' })
  expect(read('r.txt')).toContain('drift b.csv: 0 of 2 columns drifted; too few rows for 2')
})

test('colours come only where they are wanted', async () => {
  const escape = '\u001B['
  expect((await dayshift(folder, ['freshness', 'a.csv'])).stdout).not.toContain(escape)
  expect((await dayshift(folder, ['freshness', 'a.csv'], { env: { FORCE_COLOR: '1' } })).stdout).toContain(escape)
  const refused = await dayshift(folder, ['freshness', 'a.csv', '--no-color'], { env: { FORCE_COLOR: '1' } })
  expect(refused.stdout).not.toContain(escape)
  expect(
    (await dayshift(folder, ['freshness', 'a.csv'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout,
  ).not.toContain(escape)
})

test('colours of the terminal do not reach a file', async () => {
  const colours = { env: { FORCE_COLOR: '1' } }
  writeFileSync(join(folder, 'next.ts'), "import { z } from 'zod'\nexport default z.object({ a: z.int().max(0) })\n")
  const { stdout } = await dayshift(folder, ['compare', 'contract.ts', 'next.ts', '--output', 'told.txt'], colours)
  expect(stdout).toContain('\u001B[')
  expect(readFileSync(join(folder, 'told.txt'), 'utf8')).toBe(stripVTControlCharacters(stdout))
})

test('control characters in data do not reach the terminal', async () => {
  writeFileSync(join(folder, 'evil.csv'), 'a\n"\u001B[2Jred"\n')
  const { stdout } = await dayshift(folder, ['validate', 'evil.csv', '--contract', 'contract.ts'])
  expect(stdout).toContain('\\x1b[2Jred')
  expect(stdout).not.toContain('\u001B')
})
