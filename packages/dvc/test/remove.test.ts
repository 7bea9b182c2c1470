import fs, {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { md5Of } from '../src/cache/hash.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { checkout } from '../src/checkout.ts'
import { remove } from '../src/remove.ts'
import { codeOf, env, filesIn, git, newFolder, put, repoWith } from './sandbox.ts'

test('tracking ends, the data stays or goes', async () => {
  const cwd = await repoWith({ 'in/a [1]': 'one', 'in/b': 'two', 'in/mine': 'x' }, ['in/a [1]', 'in/b'])
  expect((await remove(['in/b.dvc'], { cwd, env, dryRun: true })).outputs).toEqual(['in/b'])
  await remove(['a [1].dvc'], { cwd: join(cwd, 'in'), env })
  expect(existsSync(join(cwd, 'in/a [1].dvc'))).toBe(false)
  expect(readFileSync(join(cwd, 'in/a [1]'), 'utf8')).toBe('one')
  expect(readFileSync(join(cwd, 'in/.gitignore'), 'utf8')).toBe('/b\n')
  await remove(['in/b.dvc'], { cwd, env, outs: true })
  expect(existsSync(join(cwd, 'in/b'))).toBe(false)
  expect(existsSync(join(cwd, 'in/.gitignore'))).toBe(false)
})

test('data that a checkout placed and that is not tracked any more stays', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  await checkout([], { cwd, env })
  await remove(['a.dvc'], { cwd, env })
  await checkout([], { cwd, env })
  expect(existsSync(join(cwd, 'a'))).toBe(true)
})

test('a target is a .dvc file', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  expect(await codeOf(remove(['a'], { cwd, env }))).toBe('DS_DVC_TARGET')
  expect(await codeOf(remove(['b.dvc'], { cwd, env }))).toBe('DS_DVC_TARGET')
})

test('with data that no version holds nothing goes, unless it is given up', async () => {
  const cwd = await repoWith({ 'd/a': 'one', 'd/b': 'two', c: 'three' }, ['d', 'c'])
  put(cwd, 'd/new', 'never recorded')
  const before = filesIn(cwd)
  const all = { cwd, env, outs: true }
  await expect(remove(['c.dvc', 'd.dvc'], all)).rejects.toMatchObject({ code: 'DS_DVC_UNSAVED', where: 'd/new' })
  expect(await codeOf(remove(['d.dvc'], { ...all, dryRun: true }))).toBe('DS_DVC_UNSAVED')
  expect(filesIn(cwd).filter((path) => !path.startsWith('.dvc/tmp'))).toEqual(
    before.filter((path) => !path.startsWith('.dvc/tmp')),
  )
  await remove(['c.dvc', 'd.dvc'], { ...all, force: true })
  expect([existsSync(join(cwd, 'd')), existsSync(join(cwd, 'c'))]).toEqual([false, false])
})

test('an object that is not whole saves nothing', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  const object = objectPathIn(join(cwd, '.dvc/cache'), md5Of('one'))
  rmSync(object)
  writeFileSync(object, '', { mode: 0o444 })
  expect(await codeOf(remove(['a.dvc'], { cwd, env, outs: true }))).toBe('DS_DVC_UNSAVED')
  expect(readFileSync(join(cwd, 'a'), 'utf8')).toBe('one')
})

test('what is not part of the data stays with it', async () => {
  const cwd = await repoWith({ 'd/a': 'one', 'd/in/b': 'two', 'd/in/k.ign': 'x', '.dvcignore': '*.ign\n' }, ['d'])
  mkdirSync(join(cwd, 'd/hollow/deep'), { recursive: true })
  mkdirSync(join(cwd, 'd/nested'))
  git(join(cwd, 'd/nested'), 'init', '--quiet')
  put(cwd, 'd/other/.dvc/config', '')
  put(cwd, 'd/other/data', 'x')
  await remove(['d.dvc'], { cwd, env, outs: true })
  expect(filesIn(join(cwd, 'd')).filter((path) => !path.startsWith('nested/.git/'))).toEqual([
    'in/k.ign',
    'other/.dvc/config',
    'other/data',
  ])
  expect(existsSync(join(cwd, 'd/nested/.git/HEAD'))).toBe(true)
  expect(existsSync(join(cwd, 'd/hollow'))).toBe(false)
})

test('nothing goes behind a link', async () => {
  const cwd = await repoWith({ 'in/a': 'one', 'd/b': 'two' }, ['in/a', 'd'])
  const elsewhere = newFolder()
  for (const name of ['in', 'd']) {
    renameSync(join(cwd, name), join(elsewhere, name))
    symlinkSync(join(elsewhere, name), join(cwd, name))
  }
  await remove(['d.dvc'], { cwd, env, outs: true })
  expect(existsSync(join(cwd, 'd'))).toBe(false)
  put(cwd, 'a.dvc', readFileSync(join(cwd, 'in/a.dvc'), 'utf8').replace('path: a', 'path: in/a'))
  expect(await codeOf(remove(['a.dvc'], { cwd, env, outs: true }))).toBe('DS_DVC_PATH_SYMLINK')
  expect(filesIn(elsewhere)).toEqual(['d/b', 'in/.gitignore', 'in/a', 'in/a.dvc'])
})

test('broken off between its steps it can be run again, and no checkout takes what stays', async () => {
  const cwd = await repoWith({ 'd/a': 'one' }, ['d'])
  await checkout([], { cwd, env })
  vi.spyOn(fs, 'rmSync').mockImplementation((path) => {
    if (String(path).endsWith('/d/a')) throw new Error('killed')
  })
  syncBuiltinESMExports()
  await expect(remove(['d.dvc'], { cwd, env, outs: true })).rejects.toThrow('killed')
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  expect(existsSync(join(cwd, 'd.dvc'))).toBe(true)
  await remove(['d.dvc'], { cwd, env, outs: true })
  expect([existsSync(join(cwd, 'd')), existsSync(join(cwd, 'd.dvc'))]).toEqual([false, false])
})

test('data whose object was changed in place is not removed as if a version held it', async () => {
  const cwd = await repoWith({ a: 'good', 'd/x': 'fine' }, ['a', 'd'])
  for (const [content, other] of [
    ['good', 'evil'],
    ['fine', 'foul'],
  ] as const) {
    const object = objectPathIn(join(cwd, '.dvc/cache'), md5Of(content))
    chmodSync(object, 0o644)
    writeFileSync(object, other)
    chmodSync(object, 0o444)
  }
  expect(await codeOf(remove(['a.dvc'], { cwd, env, outs: true }))).toBe('DS_DVC_UNSAVED')
  expect(await codeOf(remove(['d.dvc'], { cwd, env, outs: true }))).toBe('DS_DVC_UNSAVED')
  expect(filesIn(join(cwd, 'd'))).toEqual(['x'])
})
