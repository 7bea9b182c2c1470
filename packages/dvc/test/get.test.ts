import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { get } from '../src/get.ts'
import { commitAll, commitOf, otherRepo, published } from './elsewhere/repository.ts'
import { codeOf, env, filesIn, git, newFolder, newGitRepo, put } from './sandbox.ts'

const read = (cwd: string, path: string): string => readFileSync(join(cwd, path), 'utf8')

describe('from a folder of this machine', () => {
  test('data comes as the folder has it now, and at a revision as it was', async () => {
    const [other, cwd] = [await otherRepo(), newFolder()]
    expect(await get(other, 'data', { cwd, env })).toEqual({ path: 'data', files: 2, bytes: 3 })
    expect(filesIn(cwd)).toEqual(['data/a', 'data/deep/b'])
    expect(read(cwd, 'data/a')).toBe('a2')
    const old = await get(other, 'data/a', { cwd, env, revision: 'v1', out: 'deep/down/old' })
    expect(old).toEqual({ path: 'deep/down/old', files: 1, bytes: 2, commit: commitOf(other, 'v1') })
    expect(read(cwd, 'deep/down/old')).toBe('a1')
  })

  test('files of git and data of DVC come together, without the files that are about them', async () => {
    const [other, cwd] = [await otherRepo(), newFolder()]
    chmodSync(join(other, 'README.md'), 0o444)
    await get(other, '.', { cwd, env, out: 'all' })
    const all = ['.gitignore', 'README.md', 'code/c.py', 'data/a', 'data/deep/b', 'one.csv']
    expect(filesIn(join(cwd, 'all'))).toEqual(all)
    await get(other, '/', { cwd, env, out: 'then', revision: 'v1' })
    expect(filesIn(join(cwd, 'then'))).toEqual(all)
    expect(read(cwd, 'then/data/a')).toBe('a1')
    put(cwd, 'mine', '')
    const { mode } = statSync(join(cwd, 'mine'))
    for (const path of ['all/README.md', 'all/data/a']) expect(statSync(join(cwd, path)).mode).toBe(mode)
  })

  test('files of the same content come each', async () => {
    const [other, cwd] = [await otherRepo(), newFolder()]
    put(other, 'code/d.py', 'code')
    await get(other, 'code', { cwd, env })
    expect([read(cwd, 'code/c.py'), read(cwd, 'code/d.py')]).toEqual(['code', 'code'])
  })

  test('a repository of git alone is read at its last commit', async () => {
    const [other, cwd] = [newGitRepo(), newFolder()]
    put(other, 'src/a', 'a')
    symlinkSync('/etc/passwd', join(other, 'src/link'))
    commitAll(other, 'one')
    put(other, 'src/a', 'changed')
    await get(other, 'src', { cwd, env })
    expect(filesIn(cwd)).toEqual(['src/a'])
    expect(read(cwd, 'src/a')).toBe('a')
    expect(await codeOf(get(other, 'src/link', { cwd, env }))).toBe('DS_DVC_PATH_MISSING')
  })
})

test('an address is read through git, and its data comes from its remote', async () => {
  const other = await otherRepo()
  const bare = await published(other)
  rmSync(other, { recursive: true })
  const cwd = newFolder()
  const url = `file://${bare}`
  const { commit } = await get(url, 'data', { cwd, env })
  expect(commit).toBe(commitOf(bare))
  expect(read(cwd, 'data/a')).toBe('a2')
  const first = commitOf(bare, 'v1')
  for (const [out, revision] of Object.entries({ tag: 'v1', sha: first, counted: 'HEAD~2', tip: 'main' })) {
    // The first commit names no remote yet.
    const config = { core: { remote: 'store' }, remote: { store: { url: storeOf(bare) } } }
    await get(url, 'data/a', { cwd, env, revision, out, config })
    expect(read(cwd, out)).toBe(out === 'tip' ? 'a2' : 'a1')
  }
  await get(bare, 'README.md', { cwd, env, revision: 'v1' })
  expect(read(cwd, 'README.md')).toBe('read me')
})

function storeOf(bare: string): string {
  return /url = (.*)/.exec(git(bare, 'show', 'HEAD:.dvc/config'))?.[1] ?? ''
}

test('what is there is replaced with force only, and nothing is left half done', async () => {
  const [other, cwd] = [await otherRepo(), newFolder()]
  put(cwd, 'data/mine', 'mine')
  const before = filesIn(cwd)
  expect(await codeOf(get(other, 'data', { cwd, env }))).toBe('DS_DVC_EXISTS')
  expect(await codeOf(get(other, 'nothing', { cwd, env, out: 'new/place' }))).toBe('DS_DVC_PATH_MISSING')
  expect(await codeOf(get(other, 'data', { cwd, env, out: 'x', revision: 'v9' }))).toBe('DS_GIT_REVISION')
  rmSync(join(other, '.dvc/cache'), { recursive: true })
  expect(await codeOf(get(other, 'data', { cwd, env, force: true }))).toBe('DS_REMOTE_FAILED')
  expect(await codeOf(get(other, 'data.dvc', { cwd, env }))).toBe('DS_DVC_PATH_NAME')
  expect(await codeOf(get(other, 'one.csv/within', { cwd, env }))).toBe('DS_DVC_PATH_MISSING')
  const stopped = get(other, 'code', { cwd, env, signal: AbortSignal.abort() })
  expect(await codeOf(stopped)).toBe('DS_ABORTED')
  expect(filesIn(cwd)).toEqual(before)
  expect(readdirSync(cwd)).toEqual(['data'])
  await get(other, 'code', { cwd, env, out: 'data', force: true })
  expect(filesIn(cwd)).toEqual(['data/code/c.py', 'data/mine'])
  mkdirSync(join(cwd, 'code'))
  await get(other, 'code', { cwd, env, force: true })
  expect(filesIn(join(cwd, 'code'))).toEqual(['c.py'])
})

test('a broken object is not handed on', async () => {
  const [other, cwd] = [await otherRepo(), newFolder()]
  const object = join(other, '.dvc/cache/files/md5/f9/7c5d29941bfb1b2fdab0874906ab82')
  expect(existsSync(object)).toBe(true)
  rmSync(object)
  put(other, object.slice(other.length + 1), 'two')
  expect(await codeOf(get(other, 'one.csv', { cwd, env }))).toBe('DS_DVC_OBJECT_MISSING')
  expect(readdirSync(cwd)).toEqual([])
})

test('DVC repositories within a repository have their own data', async () => {
  const [other, cwd] = [newGitRepo(), newFolder()]
  const { init } = await import('../src/init.ts')
  const { add } = await import('../src/add.ts')
  mkdirSync(join(other, 'team'))
  await init({ cwd: join(other, 'team'), env, subdir: true })
  put(other, 'team/data', 'data')
  await add(['data'], { cwd: join(other, 'team'), env })
  commitAll(other, 'one')
  const config = { core: { remote: 'cache' }, remote: { cache: { url: join(other, 'team/.dvc/cache') } } }
  await get(`file://${other}`, 'team/data', { cwd, env, config })
  expect(read(cwd, 'data')).toBe('data')
})
