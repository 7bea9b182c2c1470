import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { dayshiftHere, GIT_ENV, newFolder, type Ran } from '../../apps/cli/test/cli.ts'

/** What a terminal obeys, what turns the direction of writing, and what workflow commands, Markdown, XML and HTML are made of. */
const EVIL =
  'a\u001B[2J\u001B]0;owned\u0007\r\u009B31m\u0008\u202Ev\u2066\u200F\u061C|x|</td><script>alert(1)</script>]]>&#0;`*_[l](javascript:1)@all\n::set-env name=X::%0A::error::y'
/** The same without what no file may be called. */
const NAME = EVIL.replaceAll('/', '\u2215')
const FILE = `data/${NAME}.csv`

/** A workspace of which all that can be named is named so. */
const cwd = newFolder()
const git = (...words: string[]): string =>
  execFileSync('git', words, { cwd, env: GIT_ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const here = (...words: string[]): Promise<Ran> => dayshiftHere(cwd, words, { env: GIT_ENV })

function put(path: string, text: string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true })
  writeFileSync(join(cwd, path), text)
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

function csv(rows: number, shift: number): string {
  const lines = Array.from({ length: rows }, (_, at) => `${quoted(EVIL + (at % 7))},${at + shift},${at % 3}`)
  return `${quoted(EVIL)},${quoted(`n${EVIL}`)},k\n${lines.join('\n')}\n`
}

beforeAll(async () => {
  git('init', '--quiet')
  await here('dvc', 'init')
  put(FILE, csv(60, 0))
  put(`data/b${NAME}.csv`, csv(60, 500))
  put(
    'schema.json',
    JSON.stringify({
      fields: [
        { name: EVIL, type: 'string', constraints: { pattern: '^z$' } },
        { name: `n${EVIL}`, type: 'integer', constraints: { maximum: 1 } },
        { name: `gone${EVIL}`, type: 'string' },
        { name: 'k', type: 'string', constraints: { enum: [EVIL] } },
      ],
    }),
  )
  put(
    'dayshift.config.json',
    JSON.stringify({
      name: EVIL,
      datasets: {
        [EVIL]: {
          source: FILE,
          description: EVIL,
          owners: [EVIL],
          tags: { [EVIL]: EVIL },
          properties: { [EVIL]: EVIL },
          contract: 'schema.json',
          log: { origin: `https://example.org/${encodeURIComponent(EVIL)}`, job: EVIL },
          freshness: { maxAge: '1h' },
          drift: { reference: `data/b${NAME}.csv` },
        },
      },
    }),
  )
  for (const words of [
    ['register', FILE, '--name', EVIL, '--description', EVIL, '--tag', `${EVIL}=${EVIL}`, '--owner', EVIL],
    ['register', FILE, '--name', EVIL, '--description', `${EVIL}2`],
    ['log', FILE, '--origin', `data/b${NAME}.csv`, '--job', EVIL],
    ['run'],
  ])
    await here(...words)
})

/** What works on names, values and messages, and what fails with them. */
const COMMANDS: readonly (readonly string[])[] = [
  ['validate', FILE, '--contract', 'schema.json'],
  ['validate', FILE, '--contract', 'schema.json', '--explain'],
  ['validate', EVIL],
  ['prototype', FILE, '--rows', '5'],
  ['prototype', FILE, '--rows', '5', '--stratify', `x${EVIL}`],
  ['version', FILE, '--message', EVIL, '--no-commit'],
  ['register', FILE, '--name', EVIL, '--description', `${EVIL}3`],
  ['log', FILE, '--origin', `data/b${NAME}.csv`, '--job', EVIL],
  ['freshness', FILE, '--max-age', '1h', '--column', EVIL],
  ['freshness', EVIL],
  ['drift', FILE, `data/b${NAME}.csv`],
  ['drift', FILE, `data/b${NAME}.csv`, '--columns', `${EVIL}x`],
  ['drift', EVIL],
  ['profile', FILE],
  ['infer', FILE],
  ['diff', FILE, `data/b${NAME}.csv`],
  ['diff', FILE, `data/b${NAME}.csv`, '--key', EVIL],
  ['compare', 'schema.json', 'schema.json'],
  ['convert', 'schema.json', '--to', 'odcs'],
  ['history'],
  ['history', EVIL],
  ['versions', FILE],
  ['run'],
  ['run', '--dry-run'],
  ['run', EVIL, '-v'],
  ['run', `${EVIL}x`],
  ['doctor'],
  ['alerts', 'list'],
  ['catalog', 'list'],
  ['catalog', 'show', EVIL],
  ['catalog', 'show', `${EVIL}x`],
  ['catalog', 'search', 'owned'],
  ['catalog', 'history', EVIL],
  ['catalog', 'diff', EVIL],
  ['catalog', 'fsck'],
  ['catalog', 'deprecate', `${EVIL}x`],
  ['lineage', 'graph'],
  ['lineage', 'graph', EVIL],
  ['lineage', 'graph', FILE],
  ['lineage', 'runs'],
  ['lineage', 'show', EVIL],
  ['lineage', 'columns', '--sql', `SELECT "${EVIL}" FROM t`, '--input', `t=${FILE}`],
  ['lineage', 'fsck'],
  ['lineage', 'verify', EVIL],
  ['dvc', 'add', FILE],
  ['dvc', 'add', 'data', '--dry-run'],
  ['dvc', 'add', EVIL],
  ['dvc', 'status'],
  ['dvc', 'data', 'status'],
  ['dvc', 'diff'],
  ['dvc', 'diff', EVIL],
  ['dvc', 'list', '.'],
  ['dvc', 'list', EVIL],
  ['dvc', 'list-url', 'data'],
  ['dvc', 'du', 'data'],
  ['dvc', 'checkout', EVIL],
  ['dvc', 'check-ignore', FILE],
  ['dvc', 'whereis', FILE],
  ['dvc', 'config', EVIL],
  ['dvc', 'config', `remote.${EVIL}.url`, EVIL],
  ['dvc', 'remote', 'add', EVIL, EVIL],
  ['dvc', 'remote', 'add', 'r', EVIL],
  ['dvc', 'remote', 'list'],
  ['dvc', 'push', '-r', EVIL],
  ['dvc', 'pull', EVIL],
  ['dvc', 'get', EVIL, EVIL],
  ['dvc', 'import', EVIL, EVIL],
  ['dvc', 'import-url', EVIL, EVIL],
  ['dvc', 'get-url', EVIL, EVIL],
  ['dvc', 'move', EVIL, EVIL],
  ['dvc', 'remove', EVIL],
  ['dvc', 'gc', '-w', '--dry'],
  ['dvc', 'fsck'],
  ['dvc', 'tag', 'show', EVIL],
  ['dvc', 'tag', 'register', EVIL],
  ['dvc', EVIL],
  ['catalog', EVIL],
  ['lineage', EVIL],
  ['help', EVIL],
  ['completion', EVIL],
  [EVIL],
  ['validate', FILE, `--${EVIL}`],
  ['validate', FILE, '--contract', EVIL],
  ['validate', 'schema.json', '--contract', FILE],
  ['run', '--config', EVIL],
  ['run', '--env', EVIL],
  ['validate', FILE, '--format', EVIL],
  ['validate', FILE, '--output', EVIL],
  ['validate', FILE, '--fail-on', EVIL],
  ['prototype', FILE, '--fraction', EVIL],
  ['freshness', FILE, '--max-age', EVIL],
  ['freshness', FILE, '--now', EVIL],
  ['drift', FILE, FILE, '--detector', EVIL],
  ['drift', FILE, FILE, '--alpha', EVIL],
  ['history', '--since', EVIL],
]

/** A command as a test's name may show it. */
const shown = (words: readonly string[]): string =>
  words.map((word) => word.replaceAll(EVIL, '…').replaceAll(NAME, '…')).join(' ')

/** What stands in a text and must not: all control characters but line ends, and those that turn the direction of writing. */
function raw(text: string): readonly string[] {
  return [...new Set(text.match(/[^\P{Control}\n]|[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu))].map((one) =>
    (one.codePointAt(0) as number).toString(16),
  )
}

describe('text', () => {
  test.each(COMMANDS.map((words) => [shown(words), words] as const))('%s', async (_, words) => {
    const { stdout, stderr } = await here(...words)
    expect({ stdout: raw(stdout), stderr: raw(stderr) }).toEqual({ stdout: [], stderr: [] })
    expect(stdout + stderr).not.toMatch(/^::(?:set-env|error::y)/m)
  })
})
