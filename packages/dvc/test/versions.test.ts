import { readFileSync, rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { md5Of } from '../src/cache/hash.ts'
import { openVersion } from '../src/open-version.ts'
import { version } from '../src/version.ts'
import { versions } from '../src/versions.ts'
import { codeOf, env, git, newFolder, newGitRepo, put, repoWith } from './sandbox.ts'

function at(seconds: number): Record<string, string> {
  const date = `${1_700_000_000 + seconds} +0000`
  return { ...env, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date }
}

const lines = async ({ files }: { files: readonly { readonly object: string }[] }): Promise<number> =>
  files.reduce((sum, { object }) => sum + readFileSync(object, 'utf8').split('\n').length - 1, 0)

test('every version of a file, newest first, with its tags and rows', async () => {
  const cwd = newGitRepo()
  for (const [turn, content] of ['1\n', '1\n2\n', '1\n', '1\n2\n3\n'].entries()) {
    put(cwd, 'a.csv', content)
    await version(['a.csv'], {
      cwd,
      env: at(turn * 60),
      message: `turn ${turn}`,
      ...(turn < 2 ? { tag: `v${turn}` } : {}),
    })
  }
  put(cwd, 'other', 'x')
  git(cwd, 'add', 'other')
  git(cwd, 'commit', '--quiet', '-m', 'another file')
  git(cwd, 'tag', 'late')
  git(cwd, 'tag', 'again', 'HEAD~2')
  const found = await versions('a.csv', { cwd, env, countRows: lines })
  expect(found.map(({ message, tags, bytes, rows, isCached }) => [message, tags, bytes, rows, isCached])).toEqual([
    ['turn 3', ['late'], 6, 3, true],
    ['turn 2', ['again'], 2, 1, true],
    ['turn 1', ['v1'], 4, 2, true],
    ['turn 0', ['v0'], 2, 1, true],
  ])
  expect(found[3]).toMatchObject({ hash: `md5:${md5Of('1\n')}`, date: '2023-11-14T22:13:20.000Z', author: 'Ada' })
  put(cwd, 'a.csv', 'now')
  await add(['a.csv'], { cwd, env })
  expect((await versions('a.csv', { cwd, env }))[0]).toEqual({
    hash: `md5:${md5Of('now')}`,
    algorithm: 'md5',
    tags: [],
    bytes: 3,
    isCached: true,
  })
  rmSync(`${cwd}/.dvc/cache`, { recursive: true })
  expect((await versions('a.csv', { cwd, env, countRows: lines }))[1]).toMatchObject({ bytes: 6, isCached: false })
})

test('side branches, directories, files within and outputs of pipelines', async () => {
  const cwd = newGitRepo()
  put(cwd, 'data/a', 'a')
  put(cwd, 'data/b', 'b')
  await version(['data'], { cwd, env: at(0), message: 'one' })
  git(cwd, 'switch', '--quiet', '-c', 'side')
  put(cwd, 'data/b', 'B')
  await version(['data'], { cwd, env: at(60), message: 'two' })
  git(cwd, 'switch', '--quiet', 'main')
  put(cwd, 'data/b', 'b')
  const whole = await versions('data', { cwd, env })
  expect(whole.map(({ message, files, bytes }) => [message, files, bytes])).toEqual([
    ['two', 2, 2],
    ['one', 2, 2],
  ])
  expect((await versions('data/a', { cwd, env })).map(({ message }) => message)).toEqual(['one'])
  expect((await versions('data/b', { cwd, env })).map(({ hash }) => hash)).toEqual([
    `md5:${md5Of('B')}`,
    `md5:${md5Of('b')}`,
  ])
  put(cwd, 'dvc.yaml', 'stages:\n  make:\n    cmd: x\n    outs:\n    - made\n')
  for (const text of ['m1', 'm2']) {
    const made = `path: made\n      hash: md5\n      md5: ${md5Of(text)}\n      size: 2`
    put(cwd, 'dvc.lock', `schema: '2.0'\nstages:\n  make:\n    cmd: x\n    outs:\n    - ${made}\n`)
    git(cwd, 'add', 'dvc.yaml', 'dvc.lock')
    git(cwd, 'commit', '--quiet', '-m', text)
  }
  expect((await versions('made', { cwd, env })).map(({ message, isCached }) => [message, isCached])).toEqual([
    ['m2', false],
    ['m1', false],
  ])
  expect(await codeOf(versions('nothing', { cwd, env }))).toBe('DS_DVC_VERSION_UNKNOWN')
})

test('without git there is the version of the workspace', async () => {
  const bare = newFolder()
  put(bare, 'a')
  await version(['a'], { cwd: bare, env, noScm: true })
  expect(await versions('a', { cwd: bare, env })).toEqual([
    { hash: `md5:${md5Of('a')}`, algorithm: 'md5', tags: [], bytes: 1, isCached: true },
  ])
})

test('a version is opened from the cache as it lies there', async () => {
  const cwd = await repoWith({ 'data/a': 'a', 'data/in/b': 'bb' }, ['data'])
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'one')
  git(cwd, 'tag', 'v1')
  rmSync(`${cwd}/data`, { recursive: true })
  const opened = await openVersion('data', 'v1', { cwd, env })
  expect(opened).toMatchObject({ path: 'data', isDirectory: true, bytes: 3 })
  expect(opened.files.map(({ relpath, object }) => [relpath, readFileSync(object, 'utf8')])).toEqual([
    ['a', 'a'],
    ['in/b', 'bb'],
  ])
  const one = await openVersion('data/in/b', 'HEAD', { cwd, env })
  expect(one).toMatchObject({ hash: `md5:${md5Of('bb')}`, isDirectory: false, files: [{ relpath: 'b', bytes: 2 }] })
  expect(await openVersion('data/in/b', one.hash, { cwd, env })).toEqual(one)
  expect(await codeOf(openVersion('data/c', 'v1', { cwd, env }))).toBe('DS_DVC_VERSION_UNKNOWN')
  expect(await codeOf(openVersion('data', 'v9', { cwd, env }))).toBe('DS_GIT_REVISION')
  rmSync(one.files[0]?.object ?? '')
  expect(await codeOf(openVersion('data', 'v1', { cwd, env }))).toBe('DS_DVC_OBJECT_MISSING')
})
