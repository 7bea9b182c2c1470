import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { dayshiftHere, GIT_ENV, newFolder, type Ran } from '../../apps/cli/test/cli.ts'

/** What would end a name or a text in SQL, in a template or in a pattern, behind a word of its own. */
const PAYLOADS = [
  `"; DROP TABLE data; --`,
  `"; COPY (SELECT 1) TO 'canary.csv'; --`,
  `'; COPY (SELECT 1) TO 'canary.csv'; --`,
  `'); COPY (SELECT 1) TO 'canary.csv'; --`,
  `" FROM read_csv('x'); --`,
  `""`,
  `"`,
  `'`,
  `''`,
  '`',
  '--',
  '/*',
  '*/',
  '$$',
  '$1',
  '$x$',
  '?',
  ':name',
  '{{x}}',
  '${x}',
  '${env:PATH}',
  '#{x}',
  '%s',
  '%',
  '_',
  '*',
  '.',
  'a.b',
  '[0]',
  '::INT',
  String.raw`\;`,
  String.raw`\'`,
  String.raw`\u0027`,
  '\u2019; x',
  '\u201C; x',
  '\uFF07; x',
  '\uFF02; x',
  ';',
  '()',
  'NULL',
  ' ',
  ',',
  '<!--',
] as const

/** Of columns each costs a statistic of its own. */
const IN_COLUMNS = PAYLOADS.filter((_, at) => at < 8 || at % 6 === 0)
const HOSTILE = IN_COLUMNS.map((payload, at) => `q${at}q${payload}`)
const TAME = IN_COLUMNS.map((_, at) => `q${at}q`)

function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** A folder of data whose columns, keys and values have these names. */
function folderOf(names: readonly string[]): string {
  const folder = newFolder()
  const head = [...names.map(quoted), 'id', 'text', 'at'].join(',')
  const rows = (shift: number): string[] =>
    Array.from({ length: 50 }, (_, at) =>
      [
        ...names.map((_name, column) => String((at * (column + 3) + shift) % 17)),
        String(at),
        quoted(names[at % names.length] as string),
        '2026-01-01T00:00:00Z',
      ].join(','),
    )
  put(folder, 'a.csv', `${[head, ...rows(0)].join('\n')}\n`)
  put(folder, 'b.csv', `${[head, ...rows(5)].join('\n')}\n`)
  const fields = [
    ...names.map((name, at) => ({ name, type: 'integer', constraints: { maximum: at % 17, minimum: 1 } })),
    { name: 'id', type: 'integer', constraints: { unique: true } },
    { name: 'text', type: 'string', constraints: { enum: names.slice(3) } },
    { name: 'at', type: 'any' },
  ]
  put(folder, 'schema.json', JSON.stringify({ fields, primaryKey: [names[0], 'id'] }))
  return folder
}

/** Reports without what tells of time, place and how long names are, the names tame. */
function tamed({ stdout }: Ran, folder: string): unknown {
  return JSON.parse(stdout, (key, value: unknown): unknown => {
    if (
      /^(?:at|durationMs|startedAt|endedAt|bytes|version|ageSeconds|lengths|estimatedFullMs|digest|modified)$/.test(key)
    )
      return undefined
    if (typeof value === 'string') return tame(value, folder)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [tame(name, folder), inner as unknown]))
  })
}

function tame(text: string, folder: string): string {
  let shown = text.replaceAll(folder, 'HERE')
  HOSTILE.forEach((name, at) => {
    shown = shown.replaceAll(name, TAME[at] as string)
  })
  return shown
}

const hostile = folderOf(HOSTILE)
const meek = folderOf(TAME)
const started = readdirSync(hostile).toSorted()

const some = [7] as const

const COMMANDS: readonly ((name: (at: number) => string) => readonly string[])[] = [
  () => ['profile', 'a.csv'],
  () => ['validate', 'a.csv', '--contract', 'schema.json'],
  () => ['diff', 'a.csv', 'b.csv', '--key', 'id'],
  () => ['prototype', 'a.csv', '--rows', '20', '--stratify', 'text'],
  ...some.flatMap((at) => [
    (name: (at: number) => string) => ['drift', 'a.csv', 'b.csv', '--columns', name(at)],
    (name: (at: number) => string) => ['prototype', 'a.csv', '--rows', '5', '--key', name(at)],
    (name: (at: number) => string) => ['freshness', 'a.csv', '--max-age', '1h', '--column', name(at)],
  ]),
  (name) => ['prototype', 'a.csv', '--rows', '20', '--stratify', name(1)],
  (name) => ['diff', 'a.csv', 'b.csv', '--key', `id,${name(2)}`],
  (name) => ['drift', 'a.csv', 'b.csv', '--by', name(3)],
]

test.each(COMMANDS.map((words) => [words((at) => TAME[at] as string).join(' '), words] as const))(
  'names that are SQL change nothing: %s',
  async (_, words) => {
    const found = await dayshiftHere(hostile, [...words((at) => HOSTILE[at] as string), '--json'], { env: GIT_ENV })
    const expected = await dayshiftHere(meek, [...words((at) => TAME[at] as string), '--json'], { env: GIT_ENV })
    expect(found.code).toBe(expected.code)
    expect(tamed(found, hostile)).toEqual(tamed(expected, meek))
    expect(readdirSync(hostile).toSorted()).toEqual(started)
  },
)

test('files whose names are SQL, patterns or options are read as the same data', async () => {
  const folder = newFolder()
  const names = PAYLOADS.filter((payload, at) => at % 2 === 0 && !payload.includes('/')).map(
    (payload) => `f${payload}.csv`,
  )
  for (const name of names) put(folder, name, 'id,v\n1,2\n2,3\n')
  const wrong = []
  for (const name of names) {
    const { code, stdout, stderr } = await dayshiftHere(folder, ['profile', `./${name}`, '--json'], { env: GIT_ENV })
    const rows = /"rows": (\d+)/.exec(stdout)?.[1]
    if (code !== 0 || rows !== '2') wrong.push(`${name}: ${code} ${rows} ${stderr}${/"message": .*/.exec(stdout)?.[0]}`)
  }
  expect(wrong).toEqual([])
  expect(readdirSync(folder).filter((name) => name.includes('canary'))).toEqual(
    names.filter((name) => name.includes('canary')).toSorted(),
  )
})

/** What a shell, git or ssh would run. */
const RUN = (canary: string): readonly string[] => [
  `--upload-pack=touch ${canary}`,
  `-oProxyCommand=touch ${canary}`,
  `ssh://-oProxyCommand=touch%20${canary}/x.git`,
  `-oProxyCommand=touch ${canary}:x`,
  `ext::sh -c "touch ${canary}"`,
  `$(touch ${canary})`,
  `; touch ${canary};`,
  `--output=${canary}`,
]

test('nothing that names a repository, a revision, a remote or a file is run', async () => {
  const folder = newFolder()
  const canary = join(newFolder(), 'canary')
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: folder, env: GIT_ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  git('init', '--quiet')
  await dayshiftHere(folder, ['dvc', 'init'], { env: GIT_ENV })
  put(folder, 'a.csv', 'id\n1\n')
  await dayshiftHere(folder, ['dvc', 'add', 'a.csv'], { env: GIT_ENV })
  git('add', '-A')
  git('commit', '--quiet', '-m', 'x')
  const codes = new Set<number | null>()
  for (const word of RUN(canary)) {
    for (const words of [
      ['dvc', 'get', '--', word, 'x'],
      ['dvc', 'import', '--rev', word, folder, 'a.csv', '-o', 'b.csv'],
      ['dvc', 'get', `--rev=${word}`, folder, 'a.csv', '-o', 'c.csv'],
      ['dvc', 'diff', '--', word, 'HEAD'],
      ['profile', '--', `a.csv@${word}`],
      ['dvc', 'import-url', '--', word],
      ['version', 'a.csv', `--tag=${word}`],
      ['dvc', 'gc', `--rev=${word}`, '-n', '1', '--force', '--dry'],
    ]) {
      const { code } = await dayshiftHere(folder, words, { env: GIT_ENV })
      codes.add(code)
      expect(readdirSync(join(canary, '..'))).toEqual([])
    }
  }
  expect([...codes].every((code) => [0, 1, 2, 3].includes(code as number))).toBe(true)
  expect(codes.size).toBeGreaterThan(1)
})
