import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { XMLValidator } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import { dayshift, newFolder, printed } from './cli.ts'

const folder = newFolder()
const contract = (name: string, columns: string): void =>
  writeFileSync(join(folder, name), `import { z } from 'zod'\nexport default z.object({ ${columns} })\n`)
contract('old.ts', "id: z.int(), country: z.enum(['DE', 'FR'])")
contract('looser.ts', "id: z.int(), country: z.enum(['DE', 'FR', 'US'])")
contract('optional.ts', "id: z.int(), country: z.enum(['DE', 'FR']), note: z.string().optional()")

test('what breaks is told, and whom; exit 1', async () => {
  const { code, stdout, stderr } = await dayshift(folder, ['compare', 'old.ts', 'looser.ts'])
  expect([code, stdout, stderr]).toEqual([1, '✖ breaks readers: \'country\' takes "US" too\n', ''])
  expect((await dayshift(folder, ['compare', 'old.ts', 'looser.ts', '--for', 'writers'])).code).toBe(0)
})

test('what breaks nobody, and nothing at all; exit 0', async () => {
  const optional = await dayshift(folder, ['compare', 'old.ts', 'optional.ts'])
  expect([optional.code, optional.stdout]).toEqual([0, "✔ breaks nobody: the column 'note' is new, and optional\n"])
  const same = await dayshift(folder, ['compare', 'old.ts', 'old.ts'])
  expect([same.code, same.stdout]).toEqual([0, 'the contracts say the same\n'])
})

test('as data', async () => {
  expect(await printed(folder, 'compare', 'looser.ts', 'old.ts')).toMatchObject({
    status: 'fail',
    exitCode: 1,
    result: { breaking: 1, differences: [{ column: 'country', change: 'tighter', breaksWriters: true }] },
  })
})

describe('in the other formats', () => {
  const COMPARE = ['compare', 'old.ts', 'both.ts']
  const run = async (format: string, ...more: string[]): Promise<[number | null, string, string]> => {
    const { code, stdout, stderr } = await dayshift(folder, [...COMPARE, ...more, '--format', format])
    return [code, stdout, stderr]
  }
  contract('both.ts', "id: z.int().min(1), country: z.enum(['DE', 'FR', 'U|S<']), note: z.string().optional()")

  test('annotations of what breaks, beside the new contract; of the side that is not asked for, warnings', async () => {
    const told = [
      "::error file=both.ts,title=compare breaks writers::'id' must be >= 1",
      '::error file=both.ts,title=compare breaks readers::\'country\' takes "U|S<" too',
      '',
    ]
    expect(await run('github')).toEqual([1, told.join('\n'), ''])
    expect(await run('github', '--for', 'readers')).toEqual([1, told.join('\n').replace('::error', '::warning'), ''])
  })

  test('a case of JUnit for each difference, one for none', async () => {
    const [code, xml] = await run('junit')
    expect([code, XMLValidator.validate(xml)]).toEqual([1, true])
    expect(xml).toContain('<testsuite name="compare old.ts → both.ts" tests="3" failures="2" errors="0"')
    expect(xml).toContain(`name="'id' must be &gt;= 1"`)
    expect(xml).toContain('<failure message="breaks writers">')
    expect(xml).toContain('<system-out>2 of 3 differences break readers or writers</system-out>')
    const none = await dayshift(folder, ['compare', 'old.ts', 'old.ts', '--format', 'junit'])
    expect([none.code, none.stdout]).toEqual([0, expect.stringContaining('tests="1" failures="0"')])
    expect(none.stdout).toContain('name="the contracts say the same"/>')
  })

  test('a table of Markdown, a line of JSON each, and files by their names', async () => {
    const [, markdown] = await run('markdown', '--output', 'out.md', '--output', 'out.xml', '--output', 'out.jsonl')
    expect(markdown.split('\n')).toEqual([
      '### ❌ compare `old.ts → both.ts`',
      '',
      '2 of 3 differences break readers or writers',
      '',
      '| | | |',
      '| --- | --- | --- |',
      "| ❌ | breaks writers | 'id' must be >= 1 |",
      '| ❌ | breaks readers | \'country\' takes "U\\|S\\<" too |',
      "| ✅ | breaks nobody | the column 'note' is new, and optional |",
      '',
    ])
    expect(readFileSync(join(folder, 'out.md'), 'utf8')).toBe(markdown)
    expect(readFileSync(join(folder, 'out.xml'), 'utf8')).toContain('failures="2"')
    const [, lines] = await run('jsonl')
    expect(readFileSync(join(folder, 'out.jsonl'), 'utf8')).toBe(lines)
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { column: string }).column),
    ).toEqual(['id', 'country', 'note'])
  })
})

test.each([[['old.ts']], [['old.ts', 'old.ts', 'old.ts']], [['old.ts', 'old.ts', '--for', 'me']]])(
  '%j is wrong usage',
  async (words) => {
    expect((await dayshift(folder, ['compare', ...words])).code).toBe(2)
  },
)
