import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { beforeAll, describe, expect, test } from 'vitest'
import { dayshift, newFolder } from './cli.ts'

const folder = newFolder()
const write = (name: string, content: string): void => writeFileSync(join(folder, name), content)

beforeAll(() => {
  mkdirSync(join(folder, 'data'))
  write('data/people.csv', 'id,age,note\n1,30,<b>\n2,-1,"a|b\n`c`"\n2,200,\u0007&"\n')
  write(
    'contract.mjs',
    `import { z } from 'zod'
     import { column, defineContract } from '@dayshift/validate'
     export default defineContract({
       columns: {
         id: column(z.int(), { unique: true, severity: 'warn' }),
         age: z.int().min(0).max(120),
         note: z.string().regex(/^x/),
         missing: z.string(),
       },
       rows: { min: 4 },
     })`,
  )
})

async function printed(format: string, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await dayshift(folder, [...words, '--format', format])
  expect([code, stderr]).toEqual([1, ''])
  return stdout
}

const VALIDATE = ['validate', 'data/people.csv', '--contract', 'contract.mjs']

test('Markdown: a table of what fails, in which no value is markup', async () => {
  const text = await printed('markdown', ...VALIDATE)
  expect(text.split('\n').slice(0, 7)).toEqual([
    '### ❌ validate `data/people.csv`',
    '',
    '5 of 15 checks fail, 1 warns, 3 of 3 rows affected',
    '',
    '| | check | failed | for example |',
    '| --- | --- | ---: | --- |',
    '| ❌ | missing: column\\_present | 1 of 1 |  |',
  ])
  expect(text).toContain('a\\|b\\\\n\\`c\\` (line 3)')
  expect(text).toContain('\\<b> (line 2)')
  expect(text).toContain('| ⚠️ | id: unique | 2 of 3 | 2 (line 3), 2 (line 5) |')
  expect(text).toContain("- **error** the data has no column 'missing'")
})

interface TestCase {
  '@_name': string
  failure?: { '@_message': string }
  'system-out'?: string
}
function suitesOf(xml: string): { '@_tests': string; '@_failures': string; testcase: TestCase[] }[] {
  expect(XMLValidator.validate(xml)).toBe(true)
  const parsed = new XMLParser({ ignoreAttributes: false, isArray: (name) => /^test(suite|case)$/.test(name) }).parse(
    xml,
  )
  return parsed.testsuites.testsuite
}

describe('JUnit', () => {
  test('a suite for a report, a case for a check; warnings fail none', async () => {
    const [suite] = suitesOf(await printed('junit', ...VALIDATE))
    expect([suite?.['@_tests'], suite?.['@_failures']]).toEqual(['15', '5'])
    const failed = suite?.testcase
      .filter(({ failure }) => failure)
      .map((one) => [one['@_name'], one.failure?.['@_message']])
    expect(failed).toContainEqual(['age: <= 120', '1 of 3 rows fail'])
    expect(failed).toContainEqual(['missing: column_present', "the data has no column 'missing'"])
    expect(failed).toContainEqual(['rows: row_count', '3, expected >= 4'])
    expect(suite?.testcase.find((one) => one['@_name'] === 'id: unique')?.['system-out']).toContain('2 of 3 rows fail')
  })

  test('of the other habits a case each', async () => {
    const { stdout } = await dayshift(folder, ['drift', 'data/people.csv', 'data/people.csv', '--format', 'junit'])
    const [suite] = suitesOf(stdout)
    expect(suite?.testcase).toHaveLength(1)
    expect(suite?.testcase[0]?.['@_name']).toBe('drift: 0 of 3 columns drifted; too few rows for 3')
  })
})

test('GitHub: an annotation for each example, beside its line', async () => {
  const lines = (await printed('github', ...VALIDATE)).trimEnd().split('\n')
  expect(lines).toContain(
    '::error file=data/people.csv,line=3,title=validate age%3A >= 0::1 of 3 rows fail; -1: Too small: expected number to be >=0',
  )
  expect(lines).toContain('::error file=data/people.csv,title=validate rows%3A row_count::3, expected >= 4')
  expect(lines).toContain("::error file=data/people.csv,title=validate missing::the data has no column 'missing'")
  expect(lines.filter((line) => line.startsWith('::warning'))).toHaveLength(2)
  // One line each, whatever the values hold.
  for (const line of lines) expect(line).toMatch(/^::(error|warning) .*::.+/)
})

test('files get the format of their names', async () => {
  const words = [...VALIDATE, '--output', 'out.md', '--output', 'out.xml', '--quiet']
  await dayshift(folder, words)
  expect(readFileSync(join(folder, 'out.md'), 'utf8')).toBe(await printed('markdown', ...VALIDATE))
  expect(readFileSync(join(folder, 'out.xml'), 'utf8')).toMatch(
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites/,
  )
})

test('an unknown format is wrong usage, and names those that are', async () => {
  const { code, stderr } = await dayshift(folder, [...VALIDATE, '--format', 'yaml'])
  expect(code).toBe(2)
  expect(stderr).toContain('text, json, jsonl, markdown, junit, github')
})

describe('results that are no reports', () => {
  test.each([
    ['infer', 'data/people.csv'],
    ['convert', 'contract.mjs'],
    ['init', 'new'],
  ])('%s has text and JSON, and refuses the others before anything is done', async (...words) => {
    for (const format of ['junit', 'github', 'markdown', 'jsonl']) {
      const { code, stdout, stderr } = await dayshift(folder, [...words, '--format', format])
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain(`what ${words[0]} gives has no form as ${format}\n  Formats: text, json.`)
    }
    const file = await dayshift(folder, [...words, '--output', 'result.xml'])
    expect([file.code, file.stderr]).toEqual([2, expect.stringContaining('--output result.xml')])
    const { stdout } = await dayshift(folder, [words[0], '--help'])
    expect(stdout).toMatch(/--format FORMAT +text, json \(default: text\)\n/)
    expect(stdout).toContain('also write results to FILE; .json, .txt')
    expect(existsSync(join(folder, 'new'))).toBe(false)
  })

  test('a plan is Markdown too, and no JUnit', async () => {
    const markdown = await dayshift(folder, [...VALIDATE, '--explain', '--format', 'markdown'])
    expect([markdown.code, markdown.stdout]).toEqual([0, expect.stringMatching(/^```text\n[^]*\n```\n$/)])
    const junit = await dayshift(folder, [...VALIDATE, '--explain', '--format', 'junit'])
    expect([junit.code, junit.stdout]).toEqual([2, ''])
    expect(junit.stderr).toContain('a plan has no form as junit')
  })
})
