import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { file, git as gitIn, treeOf, twins } from './repos.ts'
import { canInstall } from '../peer.ts'
import { DVC, DVC_PROGRAM, env, installDvc, runDvc } from '../real-dvc.ts'

beforeAll(async () => {
  if (canInstall) await installDvc()
})

const OURS = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'dayshift.js')

interface Ran {
  readonly code: number | null
  readonly stdout: string
}

function run(program: string, words: readonly string[], cwd: string): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(program, [...words], { cwd, env }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout })
    })
    // Whoever asks a question gets no answer.
    child.stdin?.end()
  })
}

/** The same command line, by DVC and by us. */
const theirs = (cwd: string, words: readonly string[]): Promise<Ran> => runDvc(cwd, words)
const theProgram = (cwd: string, words: readonly string[]): Promise<Ran> => run(DVC_PROGRAM, words, cwd)
const ours = (cwd: string, words: readonly string[]): Promise<Ran> =>
  run(process.execPath, [OURS, 'dvc', ...words], cwd)

/** What is printed, without what may differ: the order of sets, the place of the repository, the name of the program. */
function comparable({ code, stdout }: Ran, root: string, words: readonly string[]): unknown {
  const failed = code !== 0
  if (words.includes('--json')) return { failed, json: sorted(JSON.parse(stdout)) }
  const text = stdout
    .replaceAll(root, 'ROOT')
    .replaceAll('\tdayshift dvc ', '\tdvc ')
    .replace('Are you sure you want to proceed? [y/n]: ', '')
    .replace(/^(?:See <https|Begin with).*\n/m, '')
    .replace(/^\tgit add (.*)$/m, (_, files: string) => {
      const names = files.match(/'(?:[^']|'"'"')*'|\S+/g) ?? []
      return `\tgit add ${names.toSorted().join(' ')}`
    })
  if (words.includes('data') || words.includes('du')) return { failed, lines: text.split('\n').toSorted() }
  return { failed, text: words.includes('status') ? text.split(/^(?=\S)/m).toSorted() : text }
}

/** JSON whose lists have an order: DVC makes some of sets. */
function sorted(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, sorted(value)]))
}

async function movable(root: string): Promise<string> {
  return JSON.stringify(await treeOf(root)).replaceAll(root, 'ROOT')
}

type Step = readonly string[] | ((root: string) => Promise<unknown>)

const edit =
  (path: string, text: string) =>
  (root: string): Promise<void> =>
    file(root, path, text)
const lose =
  (path: string) =>
  (root: string): Promise<void> =>
    rm(join(root, path), { recursive: true, force: true })

const git =
  (...words: string[]) =>
  (root: string): Promise<unknown> =>
    gitIn(root, ...words)

/** Command lines whose standard output is compared too, to the byte. */
const SESSION: readonly Step[] = [
  ['init', '--quiet'],
  ['root'],
  ['status'],
  ['status', '--json'],
  ['add', 'one.csv'],
  ['add', 'data', 'b c.csv'],
  ['add', 'data'],
  ['add', '--glob', 'data/*/*'],
  ['status'],
  ['status', '--quiet'],
  edit('data/a', 'changed'),
  ['status', '--json'],
  ['status', '--quiet'],
  ['status', 'one.csv'],
  ['status', 'data.dvc', '--json'],
  ['commit'],
  ['commit', '--force', 'data'],
  edit('data/new', 'n'),
  ['add', 'data/new'],
  // DVC counts files here once more than there are; the next time it does not.
  ['checkout', '--quiet'],
  ['--cd', 'data', 'status'],
  ['--cd', 'data', 'root'],
  ['add', '--no-commit', 'one.csv'],
  edit('one.csv', 'two'),
  ['add', '--no-commit', 'one.csv'],
  ['status'],
  ['commit'],
  lose('one.csv'),
  ['checkout', '--summary'],
  lose('data'),
  lose('b c.csv'),
  ['checkout'],
  edit('data/a', 'unsaved'),
  ['checkout', '--summary'],
  ['checkout', '--force', '--summary'],
  lose('data/a'),
  edit('data/deep/b', 'changed'),
  edit('data/z', 'z'),
  ['checkout', '-f', '--summary'],
  ['checkout', '--relink'],
  ['checkout', '--summary'],
  // DVC has files staged that git does not know any more; we do not.
  git('add', '--all'),
  ['move', 'one.csv', 'data2.csv'],
  ['move', 'data', 'in'],
  ['status'],
  ['remove', 'data2.csv'],
  ['remove', 'data2.csv.dvc'],
  ['rm', 'in.dvc', '--outs'],
  ['unprotect', 'b c.csv'],
  ['status', '--json'],
]

/** Settings, each of whose files and words are the same. */
const SETTINGS: readonly Step[] = [
  ['init', '--quiet'],
  ['config', 'core.autostage', 'true'],
  ['config', 'core.autostage'],
  ['config', '--show-origin', 'core.autostage'],
  ['config', 'Core.Remote'],
  ['config', '--local', 'cache.dir', '../cache'],
  ['config', 'cache.dir', '--local'],
  ['config', '-l'],
  ['config', '-l', '--show-origin'],
  ['config', '-l', '--local'],
  ['cache', 'dir'],
  ['config', '-u', '--local', 'cache.dir'],
  ['config', '-u', 'cache.dir'],
  ['config', 'cache.type', 'hardlink,copy'],
  ['config', 'cache.type'],
  ['config', 'remote.store.url', '../store'],
  ['config', 'no.such', '1'],
  ['config', 'core.autostage', 'maybe'],
  ['config', '--list'],
  ['cache', 'dir', 'elsewhere'],
  ['cache', 'dir'],
  ['--cd', 'data', 'cache', 'dir', 'mine', '--local'],
  ['cache', 'dir'],
  ['cache', 'dir', '--local'],
  ['cache', 'dir', '--unset'],
  ['cache', 'dir', '-u', '--local'],
  ['cache', 'dir', '--local'],
  (root) => writeFile(join(root, '.dvcignore'), '*.tmp\n!k.tmp\nlogs/\n'),
  ['check-ignore', 'a.tmp', 'k.tmp', 'one.csv'],
  ['check-ignore', '-d', 'a.tmp', 'k.tmp', 'one.csv'],
  ['check-ignore', '-d', '-n', 'a.tmp', 'data/logs', 'one.csv'],
  ['check-ignore', 'one.csv'],
  ['check-ignore', 'k.tmp'],
  ['check-ignore', '-n', 'a.tmp'],
  ['--cd', 'data', 'check-ignore', '-d', 'x.tmp', '../x.tmp'],
  ['config', '--unset', 'cache.type'],
  ['add', 'one.csv'],
  ['init'],
]

/** What only git's history tells. */
const HISTORY: readonly Step[] = [
  ['init', '--quiet'],
  ['diff'],
  ['data', 'status'],
  git('commit', '--quiet', '-m', 'init'),
  ['data', 'status'],
  ['add', '--quiet', 'one.csv', 'data', 'b c.csv'],
  git('add', '--all'),
  git('commit', '--quiet', '-m', 'one'),
  git('tag', 'v1'),
  ['data', 'status', '--unchanged', '--json'],
  edit('one.csv', '1'),
  edit('data/new', 'n'),
  lose('data/a'),
  edit('loose.txt', 'loose'),
  ['add', '--quiet', 'one.csv', 'data'],
  ['move', 'b c.csv', 'moved.csv'],
  git('add', '--all'),
  git('commit', '--quiet', '-m', 'two'),
  git('tag', 'v2'),
  edit('one.csv', '12'),
  edit('data/z', 'z'),
  lose('moved.csv'),
  ...[['v1', 'v2'], ['v1'], [], ['v2', 'v1'], ['v2', 'v2'], ['--targets', 'one.csv', 'data']].flatMap((sides) => [
    ['diff', ...sides],
    ['diff', ...sides, '--json'],
    ['diff', ...sides, '--json', '--show-hash'],
    ['diff', ...sides, '--md'],
    ['diff', ...sides, '--md', '--show-hash'],
    ['diff', ...sides, '--show-hash', '--hide-missing'],
  ]),
  ['diff', 'nothing'],
  ['data', 'status'],
  ['data', 'status', '--json'],
  ['data', 'status', '--granular'],
  ['data', 'status', '--granular', '--json', '--unchanged', '--untracked-files'],
  ['data', 'status', '--untracked-files', 'all', 'one.csv'],
  ['list', '.'],
  ['list', '.', '--json'],
  ['list', '.', '-R', '--json'],
  ['list', '.', '--tree'],
  ['list', '.', '--tree', '--level', '1', '--show-hash'],
  ['list', '.', '--tree', '--show-hash'],
  ['list', '.', '--tree', '--size', '--rev', 'v1'],
  ['list', '.', 'data', '--tree', '--size', '--show-hash'],
  ['list', '.', 'data', '--size', '--show-hash'],
  ['list', '.', '--rev', 'v1', '-R', '--dvc-only'],
  ['ls', '.', 'data/new'],
  ['list', '.', 'nothing'],
  ['du', '.'],
  ['du', '.', 'data'],
  ['du', '.', '--summarize'],
  ['du', '.', '--rev', 'v1'],
  ['gc', '--dry', '--force'],
  ['gc', '--workspace', '--num', '2', '--force'],
  ['gc', '--workspace'],
  ['gc', '--all-commits', '--force'],
  ['gc', '--all-branches', '--all-tags', '--force', '--quiet'],
  ['gc', '--workspace', '--force', '--quiet'],
  ['gc', '--workspace', '--force'],
  ['data', 'status', '--json'],
]

/** What a remote lacks. */
const ABSENT: readonly Step[] = [
  ['init', '--quiet', '--no-scm'],
  ['add', '--quiet', 'one.csv', 'data', 'b c.csv'],
  (root) => mkdir(join(root, 'store')),
  ['remote', 'add', '--quiet', '-d', 'store', 'store'],
  ['remote', 'add', '--quiet', 'other', 'data'],
  ['data', 'status', '--not-in-remote'],
  ['data', 'status', '--not-in-remote', '--json'],
  ['push', '--quiet', 'one.csv'],
  ['data', 'status', '--not-in-remote', '--json'],
  ['data', 'status', '--not-in-remote', '--granular', '--json'],
  ['data', 'status', '--not-in-remote', '--granular', '--json', 'data'],
  ['data', 'status', '--not-in-remote', '--granular', '--json', 'data/deep'],
  ['data', 'status', '--not-in-remote', '--json', '-r', 'other'],
  ['push', '--quiet'],
  edit('data/new', 'n'),
  ['data', 'status', '--not-in-remote', '--json'],
  ['add', '--quiet', 'data'],
  ['data', 'status', '--not-in-remote', '--granular', '--json'],
  ['data', 'status', '--not-in-remote'],
]

describe.skipIf(!canInstall)(`the command line, against that of DVC ${DVC}`, () => {
  test.each<[string, readonly Step[]]>([
    ['data', SESSION],
    ['settings', SETTINGS],
    ['history', HISTORY],
    ['absent', ABSENT],
  ])('%s: the same words print the same, fail alike, and leave the same files', async (_, session) => {
    const { real, ours: own } = await twins(async (root) => {
      await file(root, 'one.csv', 'one')
      await file(root, 'b c.csv', 'two')
      await file(root, 'data/a', 'a')
      await file(root, 'data/deep/b', 'b')
    })
    const said: string[] = []
    for (const step of session) {
      if (typeof step === 'function') {
        await step(real)
        await step(own)
        continue
      }
      said.push(step.join(' '))
      const [their, our] = [await theirs(real, step), await ours(own, step)]
      const expected = { said, printed: comparable(their, real, step), left: await movable(real) }
      expect({ said, printed: comparable(our, own, step), left: await movable(own) }).toEqual(expected)
    }
  })

  test('a team uses both on alternate days, and neither notices', async () => {
    const { ours: root } = await twins(async (folder) => {
      await file(folder, 'one.csv', 'one')
      await file(folder, 'data/a', 'a')
    })
    const day = [theProgram, ours]
    const words: readonly Step[] = [
      ['init', '-q'],
      ['add', '-q', 'one.csv'],
      ['add', '-q', 'data'],
      edit('data/b', 'b'),
      ['add', '-q', 'data/b'],
      edit('one.csv', 'more'),
      ['commit', '-f'],
      lose('data'),
      ['checkout'],
      ['move', 'one.csv', 'two.csv'],
      ['config', 'cache.type', 'hardlink'],
      ['checkout', '--relink'],
      ['unprotect', 'two.csv'],
    ]
    const said: unknown[] = []
    for (const [at, step] of words.entries()) {
      if (typeof step === 'function') {
        await step(root)
        continue
      }
      const { code } = await (day[at % 2] as typeof ours)(root, step)
      const [their, our] = [await theirs(root, ['status', '--json']), await ours(root, ['status', '--json'])]
      said.push([step[0], code, their.stdout.trim(), our.stdout.trim()])
    }
    expect(said).toEqual(words.flatMap((step) => (typeof step === 'function' ? [] : [[step[0], 0, '{}', '{}']])))
    expect((await ours(root, ['fsck'])).code).toBe(0)
  })
})
