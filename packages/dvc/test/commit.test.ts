import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { commit } from '../src/commit.ts'
import { md5Of } from '../src/cache/hash.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { status } from '../src/status.ts'
import { codeOf, env, put, repoWith } from './sandbox.ts'

test('data that was added without a commit goes into the cache', async () => {
  const cwd = await repoWith({ a: 'one' }, [])
  await add(['a'], { cwd, env, commit: false })
  expect(await status([], { cwd, env })).toEqual({ 'a.dvc': [{ 'changed outs': { a: 'not in cache' } }] })
  await commit([], { cwd, env })
  expect(existsSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of('one')))).toBe(true)
  expect(await status([], { cwd, env })).toEqual({})
})

test('changed data is recorded by force only, comments and annotations stay', async () => {
  const cwd = await repoWith({ a: 'one', 'data/b': 'x', 'data/c': 'y' }, ['a', 'data'])
  put(cwd, 'a.dvc', `# mine\n${readFileSync(join(cwd, 'a.dvc'), 'utf8')}  desc: text\n`)
  put(cwd, 'a', 'two')
  expect(await codeOf(commit([], { cwd, env }))).toBe('DS_DVC_UNCOMMITTED')
  expect(existsSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of('two')))).toBe(false)
  expect((await commit(['a'], { cwd, env, force: true, dryRun: true })).writes).toHaveLength(1)
  expect(await status([], { cwd, env })).toEqual({ 'a.dvc': [{ 'changed outs': { a: 'modified' } }] })
  await commit([], { cwd, env, force: true })
  expect(readFileSync(join(cwd, 'a.dvc'), 'utf8')).toBe(
    `# mine\nouts:\n- md5: ${md5Of('two')}\n  size: 3\n  hash: md5\n  path: a\n  desc: text\n`,
  )
  put(cwd, 'data/b', 'z')
  put(cwd, 'data/c', 'z')
  await commit(['data/b'], { cwd, env, force: true })
  expect(await status([], { cwd, env })).toEqual({ 'data.dvc': [{ 'changed outs': { data: 'modified' } }] })
  await commit(['data/c'], { cwd, env, force: true })
  expect(await status([], { cwd, env })).toEqual({})
})

test('what is not there is an error, or passed over', async () => {
  const cwd = await repoWith({ a: 'one', b: 'two' }, ['a', 'b'])
  rmSync(join(cwd, 'a'))
  expect(await codeOf(commit([], { cwd, env }))).toBe('DS_DVC_PATH_MISSING')
  expect((await commit([], { cwd, env, allowMissing: true })).outputs.map(({ path }) => path)).toEqual(['b'])
})

test('an output that cannot be looked at keeps no other from being stored', async () => {
  const cwd = await repoWith({ 'data/a': 'a', z: 'z' }, ['data', 'z'])
  symlinkSync('nowhere', join(cwd, 'data/broken'))
  put(cwd, 'z', 'Z')
  const { failed, outputs } = await commit([], { cwd, env, force: true })
  expect(failed.map(({ path, error }) => [path, error.code])).toEqual([['data', 'DS_DVC_PATH_KIND']])
  expect(outputs).toEqual([{ path: 'z', digits: md5Of('Z'), changed: true }])
  expect(readFileSync(join(cwd, 'z.dvc'), 'utf8')).toContain(md5Of('Z'))
})

test('a changed output of a stage is told, and keeps no other from being recorded', async () => {
  const cwd = await repoWith({ a: 'one', made: 'made' }, ['a'])
  put(cwd, 'dvc.yaml', 'stages:\n  make:\n    cmd: x\n    outs:\n    - made\n')
  put(cwd, 'a', 'two')
  const { failed, outputs } = await commit([], { cwd, env, force: true })
  expect(failed).toEqual([
    {
      path: 'made',
      error: {
        code: 'DS_DVC_FILE_UNSUPPORTED',
        message: 'it has changed, and is made by a stage of dvc.yaml',
        hint: expect.stringContaining('the real `dvc commit`') as string,
      },
    },
  ])
  expect(outputs).toEqual([{ path: 'a', digits: md5Of('two'), changed: true }])
  expect(readFileSync(join(cwd, 'a.dvc'), 'utf8')).toContain(md5Of('two'))
  expect(existsSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of('made')))).toBe(false)
})
