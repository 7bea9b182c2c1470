import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { move } from '../src/move.ts'
import { status } from '../src/status.ts'
import { codeOf, env, filesIn, git, put, repoWith } from './sandbox.ts'

test('data moves with its .dvc file and its line, to a new name or into a folder', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'b.csv': 'two' }, ['data', 'b.csv'])
  expect(await move('data', 'in/images', { cwd, env, dryRun: true })).toMatchObject({ to: 'in/images' })
  await move('data', 'in/images', { cwd, env })
  mkdirSync(join(cwd, 'raw'))
  await move('b.csv', 'raw', { cwd, env })
  expect(filesIn(cwd).filter((path) => !/^\.(?:git|dvc)(?:\/|ignore$)/.test(path))).toEqual([
    'in/.gitignore',
    'in/images.dvc',
    'in/images/a',
    'raw/.gitignore',
    'raw/b.csv',
    'raw/b.csv.dvc',
  ])
  expect(readFileSync(join(cwd, 'raw/b.csv.dvc'), 'utf8')).toContain('  path: b.csv\n')
  expect(readFileSync(join(cwd, 'in/.gitignore'), 'utf8')).toBe('/images\n')
  expect(existsSync(join(cwd, '.gitignore'))).toBe(false)
  expect(await status([], { cwd, env })).toEqual({})
})

test('nothing is overwritten, and only what is tracked moves', async () => {
  const cwd = await repoWith({ a: 'one', b: 'two', 'data/x': 'x' }, ['a', 'data'])
  expect(await codeOf(move('a', 'b', { cwd, env }))).toBe('DS_DVC_EXISTS')
  expect(await codeOf(move('b', 'c', { cwd, env }))).toBe('DS_DVC_TARGET')
  expect(await codeOf(move('a', 'data/a', { cwd, env }))).toBe('DS_DVC_OVERLAP')
  expect(await codeOf(move('data', 'data/inner', { cwd, env }))).toBe('DS_DVC_OVERLAP')
  expect(readFileSync(join(cwd, 'a'), 'utf8')).toBe('one')
})

test('where DVC stages, a move is staged; else it tells what to stage', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'a')
  expect((await move('a', 'b', { cwd, env })).unstaged).toEqual(['.gitignore', 'a.dvc', 'b.dvc'])
  put(cwd, '.dvc/config', '[core]\n    autostage = true\n')
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'b')
  expect((await move('b', 'c', { cwd, env })).unstaged).toEqual([])
  // DVC 3.67.1 stages the same.
  expect(git(cwd, 'status', '--short')).toBe('M  .gitignore\nR  b.dvc -> c.dvc\n')
})

test.each([
  ['.git/a', 'DS_DVC_PATH_IGNORED'],
  ['n/.gitignore', 'DS_DVC_PATH_NAME'],
  ['x.dvc', 'DS_DVC_PATH_NAME'],
  ['a\nb', 'DS_DVC_PATH_NAME'],
  ['b.ign', 'DS_DVC_PATH_IGNORED'],
  ['hidden/a', 'DS_DVC_FILE_IGNORED'],
  ['sub/new/a', 'DS_DVC_PATH_OUTSIDE'],
  ['link/a', 'DS_DVC_PATH_SYMLINK'],
])('where nothing can be added nothing is moved to: %j', async (to, code) => {
  const cwd = await repoWith({ a: 'one', '.dvcignore': '*.ign\n' }, ['a'])
  put(cwd, '.gitignore', '/a\n/hidden\n')
  mkdirSync(join(cwd, 'sub'))
  git(join(cwd, 'sub'), 'init', '--quiet')
  symlinkSync('sub', join(cwd, 'link'))
  const before = filesIn(cwd).filter((path) => !path.startsWith('.dvc/tmp'))
  expect(await codeOf(move('a', to, { cwd, env }))).toBe(code)
  expect(await codeOf(move('a', to, { cwd, env, dryRun: true }))).toBe(code)
  expect(filesIn(cwd).filter((path) => !path.startsWith('.dvc/tmp'))).toEqual(before)
})

/** Makes a folder another file system, where this process may. */
function mountAt(place: string): boolean {
  mkdirSync(place)
  if (process.platform !== 'linux') return false
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', place]).status === 0
}

test('data moves to another file system and back', async ({ skip }) => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/in/b': 'two' }, ['data'])
  const other = join(cwd, 'other')
  if (!mountAt(other)) skip('no file system can be mounted here')
  try {
    await move('data', 'other/data', { cwd, env })
    expect(filesIn(other)).toEqual(['.gitignore', 'data.dvc', 'data/a', 'data/in/b'])
    expect([existsSync(join(cwd, 'data')), existsSync(join(cwd, 'data.dvc'))]).toEqual([false, false])
    expect(await status([], { cwd, env })).toEqual({})
    await move('other/data', 'back', { cwd, env })
    expect(filesIn(other)).toEqual([])
    expect(readFileSync(join(cwd, 'back/in/b'), 'utf8')).toBe('two')
  } finally {
    spawnSync('umount', [other])
  }
})

test('where the other file system has no room all is as it was', async ({ skip }) => {
  const cwd = await repoWith({ a: 'x'.repeat(5 << 20) }, ['a'])
  const other = join(cwd, 'other')
  if (!mountAt(other)) skip('no file system can be mounted here')
  try {
    expect(await codeOf(move('a', 'other/new/a', { cwd, env }))).toBe('DS_DVC_WRITE')
    expect(readdirSync(other)).toEqual([])
    expect(await status([], { cwd, env })).toEqual({})
    expect(readFileSync(join(cwd, '.gitignore'), 'utf8')).toBe('/a\n')
  } finally {
    spawnSync('umount', [other])
  }
})

test('what was done is undone where the record cannot be written', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  const before = filesIn(cwd).filter((path) => !path.startsWith('.dvc/tmp'))
  vi.spyOn(promises, 'rename').mockImplementation(async (from, to) => {
    if (String(to).endsWith('/in/b.dvc')) throw new Error('no room')
    renameSync(from, to)
  })
  syncBuiltinESMExports()
  expect(await codeOf(move('a', 'in/b', { cwd, env }))).toBe('DS_DVC_WRITE')
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  expect(filesIn(cwd).filter((path) => !path.startsWith('.dvc/tmp'))).toEqual(before)
  expect(await status([], { cwd, env })).toEqual({})
})

test('nothing is moved into a file', async () => {
  const cwd = await repoWith({ a: 'one', file: 'x' }, ['a'])
  expect(await codeOf(move('a', 'a/b', { cwd, env }))).toBe('DS_DVC_OVERLAP')
  expect(await codeOf(move('a', 'file/b/c', { cwd, env }))).toBe('DS_DVC_EXISTS')
  expect(await status([], { cwd, env })).toEqual({})
})
