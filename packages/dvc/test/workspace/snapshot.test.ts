import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { needRepo } from '../../src/repo.ts'
import { openState } from '../../src/cache/state.ts'
import { openIgnore } from '../../src/workspace/ignore.ts'
import { takeSnapshot, type Snapshot } from '../../src/workspace/snapshot.ts'
import { env, newFolder, put, repoWith } from '../sandbox.ts'

const files = {
  'data/a': '1',
  'data/b/x': '2',
  'data/b/y': '3',
  'data/b.z': '4',
  'data/b-': '5',
  'data/é/😀': '6',
  'data/c': '7',
}

/** What one process after another does to the data, and what each has to see. */
const changes: readonly [string, (folder: string) => void][] = [
  ['nothing', () => undefined],
  ['nothing again', () => undefined],
  ['an edit', (data) => put(data, 'b/x', '9')],
  ['the same content, written again', (data) => put(data, 'b/y', '3')],
  ['a time', (data) => utimesSync(join(data, 'a'), 1, 1)],
  ['a new first file', (data) => put(data, '0', 'x')],
  ['a new last file', (data) => put(data, 'zz/z', 'x')],
  ['a file that goes', (data) => rmSync(join(data, 'c'))],
  ['a name', (data) => renameSync(join(data, 'b.z'), join(data, 'b.y'))],
  [
    'two names that are swapped',
    (data) => {
      renameSync(join(data, 'b-'), join(data, 'tmp'))
      renameSync(join(data, 'b.y'), join(data, 'b-'))
      renameSync(join(data, 'tmp'), join(data, 'b.y'))
    },
  ],
  [
    'a link in place of a file',
    (data) => {
      rmSync(join(data, 'a'))
      symlinkSync('b/y', join(data, 'a'))
    },
  ],
  ['a hard link', (data) => linkSync(join(data, 'b/x'), join(data, 'n'))],
  ['a right', (data) => chmodSync(join(data, 'b/x'), 0o755)],
  ['an empty folder', (data) => mkdirSync(join(data, 'hollow'))],
  ['a folder that goes', (data) => rmSync(join(data, 'é'), { recursive: true })],
  ['what is ignored', (data) => put(data, '../.dvcignore', 'zz\n')],
  [
    'everything goes',
    (data) => {
      rmSync(data, { recursive: true })
      mkdirSync(data)
    },
  ],
]

test('what is remembered of a directory never hides what has become of it', async () => {
  const cwd = await repoWith(files, [])
  const repo = await needRepo(cwd, env)
  const look = async (tmpDir: string): Promise<unknown> => {
    const state = openState(tmpDir)
    const { digits, entries, bytes, manifest, tree }: Snapshot = await takeSnapshot(repo, 'data', openIgnore(cwd), {
      state,
    })
    await state.save()
    return { digits, entries, bytes, manifest, tree: { ...tree, files: undefined, digits: undefined } }
  }
  for (const [name, change] of changes) {
    change(join(cwd, 'data'))
    await sleep(30)
    const anew = await look(newFolder())
    const [once, again] = [await look(join(repo.dvcDir, 'tmp')), await look(join(repo.dvcDir, 'tmp'))]
    expect({ name, once, again }).toEqual({ name, once: anew, again: anew })
  }
})

test('a directory that nobody touched is known as a whole', async () => {
  const cwd = await repoWith(files, ['data'])
  await sleep(30)
  const repo = await needRepo(cwd, env)
  const look = async (): Promise<Snapshot> => {
    const state = openState(join(repo.dvcDir, 'tmp'))
    const now = await takeSnapshot(repo, 'data', openIgnore(cwd), { state })
    await state.save()
    return now
  }
  const first = await look()
  const { tree, digits } = await look()
  expect(tree?.digits).toBe(first.digits)
  expect(digits).toBe(first.digits)
})
