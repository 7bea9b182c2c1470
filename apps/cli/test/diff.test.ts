import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { diffMark } from '../src/diff/markdown.ts'
import { dayshift, GIT_ENV, newFolder, type Ran } from './cli.ts'

/** What `diff --json` says. */
interface Result {
  readonly differs: boolean
  readonly before: {
    readonly name: string
    readonly bytes: number
    readonly absent?: true
    readonly dataset: { readonly version?: string }
  }
  readonly after: { readonly name: string; readonly bytes: number }
  readonly schema?: readonly { readonly kind: string; readonly column: string }[]
  readonly rows?: {
    readonly key: readonly string[]
    readonly added: number
    readonly removed: number
    readonly changed: number
    readonly unchanged: number
    readonly odd?: object
    readonly columns: readonly {
      readonly column: string
      readonly changed: number
      readonly examples: readonly object[]
    }[]
  }
  readonly contract?: {
    readonly before: { readonly status: string }
    readonly after: { readonly status: string }
    readonly broken: readonly string[]
  }
  readonly drift?: { readonly facts: { readonly driftedColumns: readonly string[] } }
}

const folder = newFolder()
const OLD = 'data/orders.csv@v1'
const NOW = 'data/orders.csv'

const CONTRACT = `import { z } from 'zod'
import { column, defineContract } from '@dayshift/validate'
export const orders = defineContract({
  columns: { id: column(z.int(), { primaryKey: true }), price: z.number().min(0), city: z.string() },
  extra: 'allow',
})
`

function usual(at: number): string {
  return `${at},${10 + (at % 7)},${['Ulm', 'Bonn', 'Köln'][at % 3]}`
}

function rows(change: (at: number) => string | undefined): string {
  const lines = Array.from({ length: 300 }, (_, at) => change(at) ?? usual(at)).filter((line) => line !== '')
  return `id,price,city\n${lines.join('\n')}\n`
}

function git(...words: readonly string[]): void {
  execFileSync('git', words, { cwd: folder, env: GIT_ENV })
}

async function result(...words: readonly string[]): Promise<Result & { readonly exitCode: number }> {
  const { stdout, code } = await dayshift(folder, ['diff', ...words, '--json'])
  const document = JSON.parse(stdout) as { result: Result; exitCode: number; reports: object[] }
  expect({ exitCode: document.exitCode, reports: document.reports }).toEqual({ exitCode: code, reports: [] })
  return { ...document.result, exitCode: document.exitCode }
}

const ok = ({ code, stderr }: Ran): object => ({ code, stderr })

beforeAll(async () => {
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'orders.ts'), CONTRACT)
  git('init', '-q', '-b', 'main')
  writeFileSync(
    join(folder, NOW),
    rows(() => undefined),
  )
  await dayshift(folder, ['version', NOW, '--message', 'first'])
  git('tag', 'v1')
  writeFileSync(
    join(folder, NOW),
    // One row is gone, one is new, a price has become wrong, two cities another.
    rows((at) => ({ 5: '', 7: '7,-1,Bonn', 10: '10,13,Bern', 11: '11,14,<b>|`x` @all' })[at]) + '300,9,Ulm\n',
  )
})

test('a version from the cache is compared with the data that is there: schema, rows by key, contract, drift, size', async () => {
  const found = await result(OLD, NOW, '--key', 'id', '--contract', 'orders.ts')
  expect(found).toMatchObject({
    exitCode: 0,
    differs: true,
    before: { name: OLD, dataset: { version: expect.stringMatching(/^md5:/) } },
    after: { name: NOW },
    schema: [],
    rows: { key: ['id'], added: 1, removed: 1, changed: 3, unchanged: 296 },
    contract: { before: { status: 'pass' }, after: { status: 'fail' }, broken: ['price: >= 0'] },
    drift: { facts: { driftedColumns: [] } },
  })
  expect(found.rows?.columns).toMatchObject([
    { column: 'city', changed: 2, examples: [{ key: ['10'], before: 'Bonn', after: 'Bern' }, { key: ['11'] }] },
    { column: 'price', changed: 1, examples: [{ key: ['7'], before: '10', after: '-1' }] },
  ])
  expect(existsSync(join(folder, `${NOW}.v1`))).toBe(false)
})

test('the second side is the data that is there, the key that of the contract, and --exit-code asks for a verdict', async () => {
  expect(await result(OLD, '--contract', 'orders.ts')).toMatchObject({ exitCode: 0, rows: { key: ['id'], changed: 3 } })
  expect(await result(OLD, '--exit-code')).toMatchObject({ exitCode: 1, rows: { key: [], added: 4, removed: 4 } })
  const same = await result(OLD, OLD, '--exit-code', '--key', 'id')
  expect(same).toMatchObject({ exitCode: 0, differs: false, rows: { unchanged: 300 } })
})

test('only the parts that are asked for are looked at', async () => {
  const found = await result(OLD, '--only', 'schema,rows')
  expect([found.contract, found.drift, found.rows?.added]).toEqual([undefined, undefined, 4])
  const { code, stderr } = await dayshift(folder, ['diff', OLD, '--only', 'sizes'])
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('schema, rows, contract, drift') })
})

test('keys that are missing or come twice are told', async () => {
  const file = join(folder, 'twice.csv')
  writeFileSync(file, 'id,price,city\n1,1,a\n1,2,b\n,3,c\n')
  const { stdout } = await dayshift(folder, ['diff', 'twice.csv', 'twice.csv', '--key', 'id', '--only', 'rows'])
  expect(stdout).toContain('1 value of the key id names several rows (2 rows before, 2 now): these rows are compared')
  expect(stdout).toContain('the key id is missing in 1 row before, 1 now')
})

test('words that cannot be compared are refused', async () => {
  for (const words of [[], [NOW], [OLD, NOW, NOW], ['-', '-'], [OLD, NOW, '--examples', '-1'.replace('-', 'x')]]) {
    expect([words, (await dayshift(folder, ['diff', ...words])).code]).toEqual([words, 2])
  }
  expect((await dayshift(folder, ['diff', 'data/orders.csv@nowhere'])).code).toBe(3)
  expect((await dayshift(folder, ['diff', OLD, '--key', 'ids'])).stderr).toContain("did you mean 'id'?")
})

test('Markdown begins with a mark that the next run finds, and nothing of the data becomes a part of it', async () => {
  const ran = await dayshift(folder, ['diff', OLD, '--key', 'id', '--contract', 'orders.ts', '--format', 'markdown'])
  expect(ok(ran)).toEqual({ code: 0, stderr: '' })
  const lines = ran.stdout.split('\n')
  expect(lines[0]).toBe('<!-- dayshift diff data/orders.csv -->')
  expect(ran.stdout).toContain('| city | 2 | 0 | 0 |')
  expect(ran.stdout).toContain('| price: >= 0 | holds | 1 of 300 rows |')
  expect(ran.stdout).toContain('| city | `11` | `Köln` | ``<b>\\|`x` @all`` |')
  expect(ran.stdout.match(/<[a-z/!][^>]*>/g)).toEqual([
    '<!-- dayshift diff data/orders.csv -->',
    '<details>',
    '<summary>',
    '</summary>',
    '<b>',
    '</details>',
  ])
  expect(diffMark('a -->\n<script> b.csv')).toBe('<!-- dayshift diff a -___script_ b.csv -->')
})

test('Markdown has room in a comment, however many columns changed, and how long their values are', async () => {
  const names = Array.from({ length: 300 }, (_, at) => `column_${at}_${'x'.repeat(100)}`)
  const side = (value: string): string =>
    `id,${names.join(',')}\n${[1, 2, 3].map((id) => `${id},${names.map(() => value.repeat(90)).join(',')}`).join('\n')}\n`
  writeFileSync(join(folder, 'wide-old.csv'), side('é'))
  writeFileSync(join(folder, 'wide.csv'), side('漢'))
  const words = ['diff', 'wide-old.csv', 'wide.csv', '--key', 'id', '--only', 'schema,rows', '--output', 'wide.html']
  const { stdout } = await dayshift(folder, [...words, '--format', 'markdown'])
  expect(Buffer.byteLength(stdout)).toBeLessThan(65_536)
  expect(stdout).toContain('… 260 more columns')
  expect(readFileSync(join(folder, 'wide.html')).byteLength).toBeLessThan(300_000)
})

test('the workflows of the docs are YAML, and their scripts what a shell understands', () => {
  const yaml = createRequire(join(import.meta.dirname, '../../../packages/dvc/package.json'))('yaml') as {
    parse(text: string): Record<string, unknown>
  }
  const page = readFileSync(join(import.meta.dirname, '../../../docs/diff.md'), 'utf8')
  const [github, gitlab, ...more] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) =>
    yaml.parse(text),
  )
  expect(more).toEqual([])
  const { steps } = (github as { jobs: { diff: { steps: { run?: string; env?: object }[] } } }).jobs.diff
  const [script] = (gitlab as { 'data-diff': { script: string[] } })['data-diff'].script
  const scripts = [...steps.flatMap(({ run }) => run ?? []), script ?? '']
  expect(scripts).toHaveLength(3)
  for (const one of scripts) execFileSync('bash', ['-n'], { input: one, stdio: 'pipe' })
  expect(scripts.filter((one) => one.includes('dayshift diff "$path@$BASE" "$path" --output comment.md'))).toHaveLength(
    2,
  )
  expect(github).toMatchObject({ permissions: { 'pull-requests': 'write' } })
})

test('the page shows both sides', async () => {
  const { stdout } = await dayshift(folder, ['diff', OLD, '--key', 'id', '--contract', 'orders.ts', '--format', 'html'])
  expect(stdout).toMatch(/^<!DOCTYPE html>/)
  expect(stdout).toContain('<caption id="changed">')
  expect(stdout).toContain('<bdi class="code">&lt;b&gt;|`x` @all</bdi>')
  expect(stdout).not.toContain('<script')
})

test('data of which the base has no version is new: all rows are added, and nothing is checked out', async () => {
  const fresh = 'data/fresh.csv'
  writeFileSync(
    join(folder, fresh),
    rows(() => undefined),
  )
  const found = await result(`${fresh}@v1`, fresh, '--contract', 'orders.ts', '--exit-code')
  expect(found).toMatchObject({
    exitCode: 1,
    differs: true,
    before: { name: `${fresh}@v1`, absent: true, bytes: 0 },
    rows: { added: 300, removed: 0, changed: 0, unchanged: 0 },
    contract: { after: { status: 'pass' }, broken: [] },
  })
  expect([found.contract?.before, found.drift]).toEqual([undefined, undefined])
  expect(found.schema?.map(({ kind }) => kind)).toEqual(['added', 'added', 'added'])
  for (const format of ['text', 'markdown', 'html']) {
    const { stdout, code } = await dayshift(folder, ['diff', `${fresh}@v1`, '--format', format])
    expect({ format, code }).toEqual({ format, code: 0 })
    expect(stdout).toContain('a new dataset, of which there is no version before')
  }

  await dayshift(folder, ['version', fresh, '--message', 'fresh'])
  git('rm', '-q', `${fresh}.dvc`)
  git('commit', '-q', '-m', 'gone')
  const gone = await result(`${fresh}@HEAD~1`, `${fresh}@HEAD`)
  expect(gone).toMatchObject({ differs: true, after: { absent: true }, rows: { added: 0, removed: 300 } })

  const neither = await dayshift(folder, ['diff', `${fresh}@v1`, `${fresh}@HEAD`])
  expect([neither.code, neither.stderr]).toEqual([3, expect.stringContaining('DS_DVC_VERSION_UNKNOWN')])
  const mistyped = await dayshift(folder, ['diff', `${fresh}@v9`, fresh])
  expect(mistyped.stderr).toContain('DS_GIT_REVISION')
  // Git itself holds it there: it is not new.
  git('add', 'orders.ts')
  git('commit', '-q', '-m', 'contract')
  const held = await dayshift(folder, ['diff', 'orders.ts@HEAD', 'orders.ts', '--as', 'csv'])
  expect(held.stderr).toContain('DS_DVC_VERSION_UNKNOWN')
})
