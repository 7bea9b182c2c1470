import fs, {
  chmodSync,
  copyFileSync,
  lstatSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { add } from '../src/add.ts'
import { md5Of } from '../src/cache/hash.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { status } from '../src/status.ts'
import { unprotect } from '../src/unprotect.ts'
import { codeOf, env, repoWith } from './sandbox.ts'

test.each(['hardlink', 'symlink'])('a %s becomes a file of its own', async (type) => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/b': 'two' }, [])
  writeFileSync(join(cwd, '.dvc/config'), `[cache]\n    type = ${type}\n`)
  await add(['data'], { cwd, env })
  expect(await unprotect(['data'], { cwd, env, dryRun: true })).toEqual(['data/a', 'data/b'])
  expect(await unprotect(['data/a'], { cwd, env })).toEqual(['data/a'])
  const object = objectPathIn(join(cwd, '.dvc/cache'), md5Of('one'))
  const found = lstatSync(join(cwd, 'data/a'))
  expect([found.isFile(), found.nlink, found.mode & 0o200]).toEqual([true, 1, 0o200])
  writeFileSync(join(cwd, 'data/a'), 'mine')
  expect(readFileSync(object, 'utf8')).toBe('one')
  expect(statSync(object).mode & 0o777).toBe(0o444)
  expect(await status([], { cwd, env })).toEqual({ 'data.dvc': [{ 'changed outs': { data: 'modified' } }] })
})

test('a link of DVC’s that may be executed becomes a file that may be executed', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  const object = objectPathIn(join(cwd, '.dvc/cache'), md5Of('one'))
  chmodSync(object, 0o544)
  rmSync(join(cwd, 'a'))
  symlinkSync(object, join(cwd, 'a'))
  await unprotect(['a'], { cwd, env })
  expect([lstatSync(join(cwd, 'a')).isFile(), lstatSync(join(cwd, 'a')).mode & 0o100]).toEqual([true, 0o100])
})

test('what is not there is an error, what is a file of its own stays', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  expect(await unprotect(['a'], { cwd, env })).toEqual([])
  expect(await codeOf(unprotect(['b'], { cwd, env }))).toBe('DS_DVC_PATH_MISSING')
})

test('copies are on the disk before they take the names of links', async () => {
  const cwd = await repoWith({ '.dvc/config': '[cache]\n    type = hardlink\n', 'data/a': '1', 'data/b': '2' }, [
    'data',
  ])
  const steps: string[] = []
  vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    steps.push('rename')
    copyFileSync(from, to)
  })
  const { open } = promises
  vi.spyOn(promises, 'open').mockImplementation(async (path, ...rest) => {
    if (/\.dayshift\.tmp/.test(String(path))) steps.push('sync')
    return open(path, ...rest)
  })
  syncBuiltinESMExports()
  await unprotect(['data'], { cwd, env })
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  expect(steps).toEqual(['sync', 'sync', 'rename', 'rename'])
})
