import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { diff } from '../src/diff.ts'
import { md5Of } from '../src/cache/hash.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { codeOf, env, git, put, repoWith } from './sandbox.ts'

/** A file, and a directory of two, at the tag `v1`. */
async function tagged(): Promise<string> {
  const cwd = await repoWith({ 'one.csv': '1', 'data/a': 'a', 'data/b': 'b' }, ['one.csv', 'data'])
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'one')
  git(cwd, 'tag', 'v1')
  return cwd
}

const nothing = { added: [], deleted: [], modified: [], renamed: [] }

test('nothing differs where nothing changed, and before the first commit', async () => {
  const fresh = await repoWith({ a: 'a' }, ['a'])
  expect(await diff({ cwd: fresh, env })).toEqual({})
  const cwd = await tagged()
  expect(await diff({ cwd, env })).toEqual({})
  expect(await diff({ cwd, env, from: 'v1', to: 'HEAD' })).toEqual({})
})

test('files and directories that came, went, changed and moved, between revisions and with the workspace', async () => {
  const cwd = await tagged()
  put(cwd, 'data/a', 'A')
  put(cwd, 'data/c', 'c')
  put(cwd, 'data/deep/b2', 'b')
  rmSync(join(cwd, 'data/b'))
  const before = await diff({ cwd, env })
  await add(['data'], { cwd, env })
  git(cwd, 'commit', '--quiet', '-am', 'two')
  const after = await diff({ cwd, env, from: 'v1', to: 'HEAD' })
  const [old = '', now = ''] = ['v1', 'HEAD'].map(
    (revision) => /md5: (\S+)/.exec(git(cwd, 'show', `${revision}:data.dvc`))?.[1] ?? '',
  )
  expect(after).toEqual({
    added: [{ path: 'data/c', hash: md5Of('c') }],
    deleted: [],
    modified: [
      { path: 'data/', hash: { old, new: now } },
      { path: 'data/a', hash: { old: md5Of('a'), new: md5Of('A') } },
    ],
    renamed: [{ path: { old: 'data/b', new: 'data/deep/b2' }, hash: md5Of('b') }],
  })
  expect(before).toEqual({ ...after, 'not in cache': [] })
})

test('targets may lie in directories, be gone from one side, and are paths of the working directory', async () => {
  const cwd = await tagged()
  put(cwd, 'data/a', 'A')
  rmSync(join(cwd, 'one.csv.dvc'))
  const a = { path: 'data/a', hash: { old: md5Of('a'), new: md5Of('A') } }
  expect(await diff({ cwd: join(cwd, 'data'), env, targets: ['a'] })).toEqual({
    ...nothing,
    modified: [a],
    'not in cache': [],
  })
  const gone = { path: 'one.csv', hash: md5Of('1') }
  expect((await diff({ cwd, env, targets: ['one.csv'] })).deleted).toEqual([gone])
  expect(await codeOf(diff({ cwd, env, targets: ['data', 'two.csv'] }))).toBe('DS_DVC_TARGET')
  expect(await codeOf(diff({ cwd, env, from: 'v9' }))).toBe('DS_GIT_REVISION')
})

test('what the cache has lost is told, and of a lost manifest nobody says what changed beneath', async () => {
  const cwd = await tagged()
  const cache = join(cwd, '.dvc/cache')
  rmSync(objectPathIn(cache, md5Of('b')))
  const b = { path: 'data/b', hash: md5Of('b') }
  expect(await diff({ cwd, env })).toEqual({ ...nothing, 'not in cache': [b] })
  const digits = /md5: (\S+)/.exec(git(cwd, 'show', 'v1:data.dvc'))?.[1] ?? ''
  rmSync(objectPathIn(cache, digits))
  put(cwd, 'data/deep/new', 'n')
  const lost = await diff({ cwd, env })
  expect(lost['not in cache']).toEqual([{ path: 'data/', hash: digits }])
  expect(lost.added).toEqual([])
  expect(lost.modified?.map(({ path }) => path)).toEqual(['data/'])
})

test('an output that cannot be looked at is told, and the others are compared', async () => {
  const cwd = await tagged()
  execFileSync('mkfifo', [join(cwd, 'data/fifo')])
  put(cwd, 'one.csv', 'changed')
  const codes: string[] = []
  const onFinding = ({ code }: { readonly code: string }): void => void codes.push(code)
  expect(await diff({ cwd, env, onFinding })).toMatchObject({ ...nothing, modified: [{ path: 'one.csv' }] })
  expect(await diff({ cwd, env, onFinding, targets: ['data/a'] })).toEqual({})
  expect(await diff({ cwd, env, onFinding, targets: ['data'] })).toEqual({})
  expect(codes).toEqual(['DS_DVC_PATH_KIND', 'DS_DVC_PATH_KIND'])
  expect(await codeOf(diff({ cwd, env }))).toBe('DS_DVC_PATH_KIND')
})
