import { execFile } from 'node:child_process'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { file, git, newFolder, treeOf } from './repos.ts'
import { canInstall } from '../peer.ts'
import { DVC, dvc, env, installDvc } from '../real-dvc.ts'

beforeAll(async () => {
  if (canInstall) await installDvc()
})

const OURS = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'dayshift.js')

/** The same command line by us; what it prints. */
function ours(cwd: string, ...words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [OURS, 'dvc', ...words], { cwd, env }, (error, stdout, stderr) =>
      error ? reject(new Error(stderr)) : resolve(stdout),
    )
  })
}

/** A folder with a repository `other`, of two commits, and one `here` that is empty. */
async function newPlace(): Promise<string> {
  const place = await newFolder()
  const other = join(place, 'other')
  const here = join(place, 'here')
  for (const folder of [other, here]) {
    await mkdir(folder)
    await git(folder, 'init', '--quiet', '--initial-branch=main')
    await dvc(folder, 'init', '--quiet')
  }
  await file(here, 'sub/x', 'x')
  await git(here, 'add', '--all')
  await git(here, 'commit', '--quiet', '-m', 'init')
  await file(other, 'data/a', 'a1')
  await file(other, 'data/deep/b', 'b')
  await file(other, 'one.csv', 'one')
  await file(other, 'code/c.py', 'code')
  await file(other, 'code/d.py', 'more code')
  await dvc(other, 'add', '--quiet', 'data', 'one.csv')
  await git(other, 'add', '--all')
  await git(other, 'commit', '--quiet', '-m', 'one')
  await git(other, 'tag', 'v1')
  await file(other, 'data/a', 'a2')
  await dvc(other, 'add', '--quiet', 'data')
  await git(other, 'commit', '--quiet', '--all', '-m', 'two')
  return place
}

/** What is printed, without the order of sets and the name of the program. */
function comparable(printed: string, [command]: readonly string[]): unknown {
  if (printed.startsWith('[')) return JSON.parse(printed)
  if (command === 'du') return printed.split('\n').toSorted()
  return printed
    .replaceAll('\tdayshift dvc ', '\tdvc ')
    .replace(/^\tgit add (.*)$/m, (_, files: string) => `\tgit add ${files.split(' ').toSorted().join(' ')}`)
}

/** What lies outside of the cache: DVC keeps manifests of folders within directories there. */
async function workspaceOf(root: string): Promise<Record<string, string>> {
  const tree = await treeOf(root)
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith('.dvc/cache')))
}

/** All but what DVC leaves of a transfer to a folder. */
async function storedIn(root: string): Promise<Record<string, string>> {
  const tree = await treeOf(root)
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.endsWith('.tmp')))
}

const SESSION: readonly (readonly string[])[] = [
  ['import', '../other', 'data'],
  ['import', '../other', 'data', '-o', 'old', '--rev', 'v1'],
  ['import', '../other', './data/deep/', '-o', 'sub'],
  ['import', '../other', 'data/a', '-o', 'sub/of-a'],
  ['import', '../other', 'code'],
  ['import', '../other', '/code/c.py', '--rev', 'v1'],
  ['import', '../other', 'one.csv', '--no-download'],
  ['import', '../other', 'one.csv', '-o', 'two.csv', '--no-exec', '--rev', 'main'],
  ['import', '../other', 'one.csv', '-o', 'three.csv', '--no-exec', '--remote', 'far'],
  [
    'import',
    '../other',
    'one.csv',
    '-o',
    'four.csv',
    '--no-exec',
    '--remote',
    'far',
    '--remote-config',
    'url=/x',
    'a=b',
  ],
  ['import', '../other', 'one.csv', '-o', 'five.csv', '--no-exec', '--remote-config', 'url=/x'],
  ['update', 'data.dvc'],
  ['update', 'old.dvc', '--rev', 'main'],
  ['update', 'old.dvc'],
  ['update', 'old', '--rev', 'v1'],
  ['update', 'one.csv.dvc'],
  ['update', 'two.csv.dvc'],
  ['get', '../other', 'data/deep', '-o', 'got'],
  ['get', '../other', 'code', '-o', 'got', '--rev', 'v1'],
  ['get', '../other', 'one.csv', '-o', 'got/far/away'],
  ['get', '../other', 'one.csv', '--show-url'],
  ['list', '../other', '-R', '--json'],
  ['list', '../other', 'data', '--rev', 'v1', '--json'],
  ['du', '../other'],
]

const OF_URLS: readonly (readonly string[])[] = [
  ['import-url', '../away/one.csv'],
  ['import-url', '../away/dir'],
  ['import-url', 'sub/x', 'y'],
  ['import-url', 'sub/x', 'sub/copy'],
  ['import-url', '../away/dir', 'later', '--no-download'],
  ['import-url', 'https://example.org/x.csv', 'last', '--no-exec'],
  ['import-url', '../away/dir', 'stored', '--to-remote'],
  ['add', '--to-remote', '../away/dir', '-o', 'put'],
  ['add', '--to-remote', '../away/one.csv', '-o', 'sub/put.csv'],
  ['update', 'one.csv.dvc'],
  ['get-url', '../away/dir', 'got'],
  ['get-url', '../away/one.csv', 'got'],
]

const OF_URLS_CHANGED: readonly (readonly string[])[] = [
  ['update', 'one.csv.dvc'],
  ['update', 'dir.dvc'],
  ['update', 'y'],
  ['update', 'later.dvc'],
]

describe.skipIf(!canInstall)(`data from elsewhere, against DVC ${DVC}`, () => {
  test('the same words print the same, and leave the same files to the byte', async () => {
    const place = await newPlace()
    const here = join(place, 'here')
    const twin = join(place, 'twin')
    await cp(here, twin, { recursive: true })
    for (const words of SESSION) {
      const [theirs, own] = [await dvc(twin, ...words), await ours(here, ...words)]
      expect({ words, printed: comparable(own, words) }).toEqual({ words, printed: comparable(theirs, words) })
      expect({ words, left: await treeOf(here) }).toEqual({ words, left: await treeOf(twin) })
    }
  })

  test('the same of addresses', async () => {
    const place = await newPlace()
    const here = join(place, 'here')
    await file(place, 'away/one.csv', 'one')
    await file(place, 'away/dir/a', 'a')
    await file(place, 'away/dir/deep/b', 'b')
    const twin = join(place, 'twin')
    await cp(here, twin, { recursive: true })
    for (const root of [here, twin]) await dvc(root, 'remote', 'add', '--quiet', '--default', 'store', 'store')
    const alike = async (words: readonly string[]): Promise<void> => {
      const [theirs, own] = [await dvc(twin, ...words), await ours(here, ...words)]
      const printed = [own, theirs].map((text) => comparable(text, words))
      expect({ words, printed: printed[0] }).toEqual({ words, printed: printed[1] })
      expect({ words, left: await storedIn(here) }).toEqual({ words, left: await storedIn(twin) })
    }
    for (const words of OF_URLS) await alike(words)
    await file(place, 'away/one.csv', 'changed')
    await rm(join(place, 'away/dir/a'))
    for (const root of [here, twin]) await file(root, 'sub/x', 'changed too')
    for (const words of OF_URLS_CHANGED) await alike(words)
  })

  test('each takes what the other has imported', async () => {
    const place = await newPlace()
    const here = join(place, 'here')
    await ours(here, 'import', '../other', 'data')
    await ours(here, 'import', `file://${join(place, 'other')}`, 'code')
    await dvc(here, 'import', '--quiet', '../other', 'one.csv')
    expect(await dvc(here, 'status')).toBe('Data and pipelines are up to date.\n')
    expect(await ours(here, 'status')).toBe('Data and pipelines are up to date.\n')
    const before = await workspaceOf(here)
    for (const pull of [dvc, ours]) {
      for (const gone of ['.dvc/cache', 'data', 'code', 'one.csv']) {
        await rm(join(here, gone), { recursive: true, force: true })
      }
      await pull(here, 'pull')
      expect(await workspaceOf(here)).toEqual(before)
    }
    await file(join(place, 'other'), 'data/a', 'a3')
    await dvc(join(place, 'other'), 'add', '--quiet', 'data')
    await git(join(place, 'other'), 'commit', '--quiet', '--all', '-m', 'three')
    expect(await dvc(here, 'update', 'data.dvc')).toContain("Importing 'data (../other)' -> 'data'\n")
    expect(await ours(here, 'update', 'data.dvc', 'one.csv.dvc', 'code.dvc')).toContain(
      "'data.dvc' didn't change, skipping\n",
    )
    expect(await dvc(here, 'status')).toBe('Data and pipelines are up to date.\n')
  })
})
