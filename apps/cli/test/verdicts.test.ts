import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { findReport } from '@dayshift/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { renderText } from '../src/render/text.ts'
import { width } from '../src/render/table.ts'
import { createTerminal } from '../src/terminal.ts'
import { dayshift, newFolder, printed } from './cli.ts'

const folder = newFolder()
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const VALIDATE = ['validate', 'people.csv', '--contract', 'contract.mjs']

beforeAll(() => {
  const kinds = Array.from({ length: 60 }, (_, at) => `'kind_${at}'`).join(', ')
  const rows = ['a,none', 'b,none', 'c,kind_1', `${'d'.repeat(180)},kind_2`, 'f,kind_3', '\u001B[2Jf,kind_3']
  write('people.csv', `id,age,name,kind\n${rows.map((row, at) => `${at < 2 ? 1 : at},${at * 40},${row}`).join('\n')}\n`)
  write(
    'contract.mjs',
    `import { z } from 'zod'
     import { column, defineContract } from '@dayshift/validate'
     export default defineContract({
       columns: {
         id: column(z.int(), { unique: true, severity: 'warn' }),
         age: column(z.int().max(160), { mostly: 0.07 }),
         name: z.string().max(9).refine((text) => !text.endsWith('f'), { error: 'no\\n\\u001B[31mf, please' }),
         kind: z.enum([${kinds}]),
         gone: z.string(),
       },
       rows: { min: 10 },
     })`,
  )
})

async function printedAs(format: string): Promise<string> {
  return (await dayshift(folder, [...VALIDATE, '--format', format])).stdout
}

/** The text report as a terminal of that width has it. */
async function shown(columns: number | undefined, color = false, verbose = false): Promise<string[]> {
  const { reports } = await printed(folder, ...VALIDATE)
  const document = { dayshift: '0', command: 'validate', status: 'fail', exitCode: 1, durationMs: 0, reports } as const
  const terminal = createTerminal({ color, quiet: true, live: false, columns: () => columns, write: () => undefined })
  return renderText(document, terminal, { cwd: folder, verbose })
}

const TOLD = '5 of 18 checks fail, 1 warns, 1 tolerated, 5 of 6 rows affected'

describe('what fails, what warns and what is tolerated is told apart', () => {
  test('as text: by marks, and by colours', async () => {
    const { stdout } = await dayshift(folder, VALIDATE)
    const lines = stdout.split('\n')
    expect(lines[0]).toBe(`✖ validate people.csv: ${TOLD}`)
    expect(lines.filter((line) => /^ {2}[✖!✔]/.test(line)).map((line) => line.split(/ {2,}[█░]/)[0])).toEqual([
      "  ✖ gone: column_present: the data has no column 'gone'",
      '  ✔ age: <= 160',
      '  ✖ name: length <= 9',
      '  ✖ name: refine',
      '  ✖ kind: one_of',
      '  ✖ rows: row_count: 6, expected >= 10',
      '  ! id: unique',
    ])
    expect(stdout).toContain('1 of 6 rows, tolerated: 7 % must pass\n')
    const colored = (await dayshift(folder, VALIDATE, { env: { FORCE_COLOR: '1' } })).stdout
    expect(colored).toContain('  \u001B[31m✖\u001B[39m kind: one_of')
    expect(colored).toContain('  \u001B[33m!\u001B[39m id: unique')
    expect(colored).toContain('  \u001B[32m✔\u001B[39m age: <= 160')
  })

  test('as Markdown, JUnit and annotations: the same count', async () => {
    const markdown = await printedAs('markdown')
    expect(markdown).toContain(`\n${TOLD}\n`)
    expect(
      ['❌', '⚠', '✅'].map((sign) => markdown.split('\n').filter((line) => line.startsWith(`| ${sign}`)).length),
    ).toEqual([5, 1, 1])
    const junit = await printedAs('junit')
    expect(junit).toContain('tests="18" failures="5"')
    expect(junit).toContain(`<system-out>${TOLD}</system-out>`)
    expect(junit).toContain('<system-out>warning: 2 of 6 rows fail')
    expect(junit).toContain('<system-out>1 of 6 rows fail, tolerated: 7 % must pass')
    const lines = (await printedAs('github')).trimEnd().split('\n')
    const titles = (level: string): Set<string | undefined> =>
      new Set(lines.filter((line) => line.startsWith(`::${level} `)).map((line) => /title=([^:]*)/.exec(line)?.[1]))
    expect(['error', 'warning', 'notice'].map((level) => titles(level).size)).toEqual([5, 1, 1])
  })
})

describe('the text report keeps to the width of the terminal', () => {
  test.each([undefined, 60, 80, 120])('%s', async (columns) => {
    const lines = await shown(columns)
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(columns ?? 100)
    const all = await shown(columns, false, true)
    expect(Math.max(...all.map(width))).toBeLessThanOrEqual(columns ?? 100)
    // Not a letter of it is lost where all is asked for.
    expect(all.map((line) => line.trim()).join('')).toContain('"kind_58"|"kind_59"')
  })

  test('a message of all examples is told once, and cut; a long value does not push the others away', async () => {
    const lines = await shown(80)
    expect(lines.filter((line) => line.includes('Invalid option'))).toEqual([
      expect.stringMatching(/^ {4}Invalid option: expected one of "kind_0"\|.*…$/),
    ])
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}row 4 \(line 5\) {2}d+… {2}Too big/))
  })

  test('colours take no room', async () => {
    expect((await shown(80, true)).map(stripVTControlCharacters)).toEqual(await shown(80))
  })
})

test.each(['text', 'markdown', 'junit', 'github'])(
  'what values and messages hold is shown, and not obeyed: %s',
  async (format) => {
    const { stdout } = await dayshift(folder, [...VALIDATE, '--format', format])
    expect(stdout).toContain('\\x1b')
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Control}/u)
  },
)

test('errors show what values hold, and do not obey it', async () => {
  write(
    'throws.mjs',
    "import { z } from 'zod'\nexport default z.object({ id: z.any().refine((v) => { throw Error('\\u001B[2J' + v) }) })\n",
  )
  const { code, stderr } = await dayshift(folder, ['validate', 'people.csv', '--contract', 'throws.mjs'])
  expect([code, stderr]).toEqual([3, expect.stringContaining('\\x1b[2J')])
  expect(stderr).not.toContain('\u001B')
})

test('the report itself holds all of it', async () => {
  const { reports } = await printed(folder, ...VALIDATE)
  const check = findReport(reports, 'validate')?.facts.checks.find(({ id }) => id === 'name: refine')
  expect(check?.examples[0]).toMatchObject({ message: 'no\n\u001B[31mf, please' })
})

test('of several files the one is named, and its line', async () => {
  mkdirSync(join(folder, 'parts'))
  write('parts/1.csv', 'a,b\n1,x\n2,y\n')
  write('parts/2.csv', 'a,b\n"3",x\nq,y\n')
  write('parts.mjs', `import { z } from 'zod'\nexport default z.object({ a: z.int() })`)
  const printedAsFormat = async (format: string): Promise<string> =>
    (await dayshift(folder, ['validate', 'parts', '--contract', 'parts.mjs', '--format', format])).stdout
  expect(await printedAsFormat('text')).toContain('row 4 (parts/2.csv line 3)  q')
  expect(await printedAsFormat('markdown')).toContain('q (row 4 (parts/2.csv line 3))')
  expect(await printedAsFormat('junit')).toContain('row 4 (parts/2.csv line 3): q: ')
  expect(await printedAsFormat('github')).toContain('::error file=parts/2.csv,line=3,title=validate a%3A type::')
})
