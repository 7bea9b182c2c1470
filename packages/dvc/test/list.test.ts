import { chmodSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { du } from '../src/du.ts'
import { md5Of } from '../src/cache/hash.ts'
import { list, type ListEntry } from '../src/list.ts'
import { codeOf, env, git, put, repoWith } from './sandbox.ts'

async function committed(): Promise<string> {
  const cwd = await repoWith({ 'data/a': 'a\n', 'data/sub/b': 'bb\n', 'in/c': 'c\n' }, ['data', 'in/c'])
  put(cwd, 'code.py', 'code\n')
  chmodSync(join(cwd, 'code.py'), 0o755)
  symlinkSync('code.py', join(cwd, 'link.py'))
  put(cwd, 'src/x.py', 'x\n')
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'one')
  return cwd
}

const entry = (path: string, more: Partial<ListEntry>): ListEntry => ({
  isout: false,
  isdir: false,
  isexec: false,
  size: null,
  md5: null,
  path,
  ...more,
})

test('files of git and data stand side by side, at a revision as DVC 3.67.1 lists them', async () => {
  const cwd = await committed()
  // Sizes of folders at a revision are those of git's own objects: they vary with the length of its hashes only.
  expect(await list({ cwd, env, revision: 'HEAD' })).toEqual([
    entry('.dvcignore', { size: 139 }),
    entry('.gitignore', { size: 6 }),
    entry('code.py', { size: 5, isexec: true }),
    entry('data', { isout: true, isdir: true, size: 5, md5: '2995c35eca72605f5ae6cebf3828b57e.dir' }),
    entry('data.dvc', { size: 97 }),
    entry('in', { isdir: true, size: 71 }),
    entry('link.py', { size: 7 }),
    entry('src', { isdir: true, size: 32 }),
  ])
  expect(
    (await list({ cwd, env, revision: 'HEAD', path: 'src', itself: true })).map(({ path, size }) => [path, size]),
  ).toEqual([
    ['.', 32],
    ['x.py', expect.any(Number)],
  ])
  expect((await list({ cwd, env, revision: 'HEAD', itself: true }))[0]).toEqual(
    entry('.', { isdir: true, size: Number(git(cwd, 'cat-file', '-s', 'HEAD^{tree}')) }),
  )
  expect(await list({ cwd, env, revision: 'HEAD', path: 'data', recursive: true })).toEqual([
    entry('a', { isout: true, md5: md5Of('a\n') }),
    entry('sub/b', { isout: true, md5: md5Of('bb\n') }),
  ])
})

test('the workspace tells sizes of what is there, and data that is gone is listed all the same', async () => {
  const cwd = await committed()
  put(cwd, 'data/new', 'n')
  rmSync(join(cwd, 'in/c'))
  const all = await list({ cwd, env, recursive: true })
  expect(all.map(({ path }) => path)).toEqual(
    '.dvcignore .gitignore code.py data.dvc data/a data/new data/sub/b in/.gitignore in/c in/c.dvc link.py src/x.py'.split(
      ' ',
    ),
  )
  expect(all.filter(({ path }) => /^(data\/new|in\/c|link.py|data\/a)$/.test(path))).toEqual([
    entry('data/a', { isout: true, size: 2, md5: md5Of('a\n') }),
    entry('data/new', { size: 1 }),
    entry('in/c', { isout: true, size: 2, md5: md5Of('c\n') }),
    entry('link.py', { size: 5 }),
  ])
  expect(await list({ cwd: join(cwd, 'data'), env, path: 'a' })).toMatchObject([{ path: 'a', isout: true, size: 2 }])
  expect(await codeOf(list({ cwd, env, path: 'nope' }))).toBe('DS_DVC_PATH_MISSING')
  expect(await codeOf(list({ cwd, env, revision: 'v9' }))).toBe('DS_GIT_REVISION')
})

test('depth, folders and what only DVC tracks', async () => {
  const cwd = await committed()
  const paths = async (options: object): Promise<string[]> =>
    (await list({ cwd, env, revision: 'HEAD', ...options })).map(({ path }) => path)
  expect(await paths({ dvcOnly: true })).toEqual(['data', 'in'])
  expect(await paths({ dvcOnly: true, recursive: true })).toEqual(['data/a', 'data/sub/b', 'in/c'])
  expect(await paths({ dvcOnly: true, recursive: true, level: 2 })).toEqual(['data/a', 'data/sub', 'in/c'])
  expect(await paths({ dvcOnly: true, recursive: true, level: 1 })).toEqual(['data', 'in'])
  expect(await paths({ dvcOnly: true, recursive: true, level: 0 })).toEqual(['.'])
  expect(await paths({ dvcOnly: true, recursive: true, folders: true })).toEqual(
    'data data/a data/sub data/sub/b in in/c'.split(' '),
  )
})

test('what .dvcignore names and repositories within are left out of the workspace', async () => {
  const cwd = await committed()
  put(cwd, '.dvcignore', '*.tmp\n')
  put(cwd, 'src/x.tmp')
  put(cwd, 'nested/.dvc/config', '')
  put(cwd, 'nested/file')
  const paths = (await list({ cwd, env, recursive: true })).map(({ path }) => path)
  expect(paths.filter((path) => /nested|tmp|\.dvc\//.test(path))).toEqual([])
  git(cwd, 'add', '--force', '.dvcignore', 'src/x.tmp', 'nested/file')
  git(cwd, 'commit', '--quiet', '-m', 'two')
  put(cwd, '.dvcignore', '')
  expect((await list({ cwd, env, revision: 'HEAD', path: 'src' })).map(({ path }) => path)).toEqual(['x.py'])
})

test('usage counts what is there, else what is recorded, and not the files of DVC', async () => {
  const cwd = await committed()
  expect(await du({ cwd, env })).toEqual({
    entries: [
      { path: '.gitignore', bytes: 6 },
      { path: 'code.py', bytes: 5 },
      { path: 'data', bytes: 5 },
      { path: 'in', bytes: 5 },
      { path: 'link.py', bytes: 5 },
      { path: 'src', bytes: 2 },
    ],
    total: 28,
  })
  rmSync(join(cwd, 'data'), { recursive: true })
  expect((await du({ cwd, env })).total).toBe(28)
  expect(await du({ cwd, env, summarize: true, revision: 'HEAD' })).toEqual({ entries: [], total: 30 })
  expect(await du({ cwd, env, path: 'src/x.py' })).toEqual({ entries: [], total: 2 })
})
