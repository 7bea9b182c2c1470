import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
