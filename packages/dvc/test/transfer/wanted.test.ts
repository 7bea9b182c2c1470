import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { add } from '../../src/add.ts'
import { md5Of } from '../../src/cache/hash.ts'
import { objectPathIn } from '../../src/cache/objects.ts'
import { fetch } from '../../src/fetch.ts'
import { push, type PushResult } from '../../src/push.ts'
import { remoteStatus } from '../../src/remote-status.ts'
import { codeOf, env, filesIn, git, newFolder, put } from '../sandbox.ts'
import { repoWithRemote, setRemote } from './faulty.ts'

function sent({ transfers }: PushResult): string[] {
  return transfers.flatMap(({ done }) => done.map(({ path }) => path)).toSorted()
}

describe('targets', () => {
  test('within a directory send their files, and the manifest when all the others are there', async () => {
    const { options } = await repoWithRemote({ 'd/a': 'a', 'd/b': 'b', 'd/s/c': 'c', foo: 'foo' }, ['d', 'foo'])
    expect(sent(await push(['d/a'], options))).toEqual(['d/a'])
    expect(sent(await push(['d/s'], options))).toEqual(['d/s/c'])
    expect(sent(await push(['d/b'], options))).toEqual(['d', 'd/b'])
    expect(await codeOf(push(['nothing'], options))).toBe('DS_DVC_TARGET')
  })

  test('that are globs mean outputs and files in directories', async () => {
    const files = { 'd/a.csv': 'a', 'd/b.txt': 'b', 'd/s/c.csv': 'c', 'e.csv': 'e', 'f.txt': 'f' }
    const { cwd, options } = await repoWithRemote(files, ['d', 'e.csv', 'f.txt'])
    const glob = { ...options, glob: true }
    expect(sent(await push(['*.csv'], glob))).toEqual(['e.csv'])
    expect(sent(await push(['d/*.csv'], glob))).toEqual(['d/a.csv'])
    expect(sent(await push(['**/*.csv'], glob))).toEqual(['d/s/c.csv'])
    expect(sent(await push(['*.csv'], { ...glob, cwd: join(cwd, 'd/s') }))).toEqual([])
    expect(await codeOf(push(['*.png'], glob))).toBe('DS_DVC_TARGET')
  })

  test('of a folder mean all beneath it with -R, and of a stage what it depends on with -d', async () => {
    const { cwd, options } = await repoWithRemote({ 'in/x': 'x', 'in/y': 'y', z: 'z' }, ['in/x', 'in/y', 'z'])
    expect(sent(await push(['in'], { ...options, recursive: true }))).toEqual(['in/x', 'in/y'])
    put(cwd, 'dvc.yaml', 'stages:\n  make:\n    cmd: x\n    deps: [z]\n    outs: [made]\n')
    put(
      cwd,
      'dvc.lock',
      `schema: '2.0'\nstages:\n  make:\n    cmd: x\n    outs:\n    - path: made\n      hash: md5\n      md5: ${md5Of('made')}\n      size: 4\n`,
    )
    put(cwd, 'made', 'made')
    const { isComplete, transfers } = await push(['make'], { ...options, withDeps: true })
    expect([isComplete, transfers[0]?.done.map(({ path }) => path)]).toEqual([false, ['z']])
    expect(transfers[0]?.plan.missing.map(({ path }) => path)).toEqual(['made'])
  })
})

test('data that is too large stays away', async () => {
  const { cwd, options } = await repoWithRemote({ 'd/a': '12345', 'd/b': '67890', small: '12' }, ['d', 'small'])
  await push([], options)
  rmSync(join(cwd, '.dvc/cache'), { recursive: true })
  expect((await fetch([], { ...options, maxSize: 9 })).transfers[0]?.done.map(({ path }) => path)).toEqual(['small'])
  expect((await fetch([], { ...options, maxSize: 10 })).transfers[0]?.done).toHaveLength(3)
})

describe('versions', () => {
  test('of branches, tags, all commits or one revision are sent and come back', async () => {
    const { cwd, store, options } = await repoWithRemote({ a: 'one' }, ['a'])
    const commit = async (content: string, tag?: string): Promise<void> => {
      put(cwd, 'a', content)
      await add(['a'], { cwd, env })
      git(cwd, 'add', '--all')
      git(cwd, 'commit', '--quiet', '-m', content)
      if (tag !== undefined) git(cwd, 'tag', tag)
    }
    await commit('one', 'v1')
    await commit('two')
    await commit('three')
    git(cwd, 'branch', 'other', 'HEAD~1')
    await commit('four')
    expect((await push([], options)).transfers[0]?.done).toHaveLength(1)
    expect((await push([], { ...options, allTags: true })).transfers[0]?.done).toHaveLength(1)
    expect((await push([], { ...options, allBranches: true })).transfers[0]?.done).toHaveLength(1)
    expect((await push([], { ...options, allCommits: true })).transfers[0]?.done).toHaveLength(1)
    expect(filesIn(store)).toHaveLength(4)
    rmSync(join(cwd, '.dvc/cache'), { recursive: true })
    expect((await fetch([], { ...options, revision: 'v1' })).transfers[0]?.done).toHaveLength(1)
    expect(existsSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of('one')))).toBe(true)
    expect((await fetch(['a'], { ...options, allCommits: true })).transfers[0]?.done).toHaveLength(3)
  })
})

describe('remotes', () => {
  test('are the output’s own, those that are named, or the default one', async () => {
    const { cwd, store, options } = await repoWithRemote({ a: 'a', b: 'b', c: 'c' }, ['a', 'b', 'c'])
    const [second, third] = [newFolder(), newFolder()]
    await setRemote(cwd, 'second', second)
    await setRemote(cwd, 'third', third)
    put(cwd, 'b.dvc', `outs:\n- md5: ${md5Of('b')}\n  size: 1\n  hash: md5\n  path: b\n  remote: third\n`)
    put(cwd, 'c.dvc', `outs:\n- md5: ${md5Of('c')}\n  size: 1\n  hash: md5\n  path: c\n  push: false\n`)
    expect((await remoteStatus([], options)).remotes).toEqual(['store', 'third'])
    expect(sent(await push([], { ...options, remotes: ['store', 'second'] }))).toEqual(['a', 'a', 'b'])
    expect([store, second, third].map((folder) => filesIn(folder).length)).toEqual([1, 1, 1])
    rmSync(join(cwd, '.dvc/cache'), { recursive: true })
    rmSync(join(store, 'files'), { recursive: true })
    const { isComplete, missing } = await fetch(['a', 'b'], { ...options, remotes: ['store', 'second'] })
    expect([isComplete, missing]).toEqual([true, []])
    expect((await fetch([], options)).missing.map(({ path }) => path)).toEqual(['c'])
    expect(await codeOf(push([], { ...options, remotes: ['nobody'] }))).toBe('DS_REMOTE_UNKNOWN')
  })

  test('that lead to others, to nothing, or speak what nobody understands', async () => {
    const { cwd, store, options } = await repoWithRemote({ a: 'a' }, ['a'])
    await setRemote(cwd, 'deeper', 'remote://store/in/there')
    await setRemote(cwd, 'loop', 'remote://loop/x')
    await setRemote(cwd, 'far', 'ssh://host/path')
    await push([], { ...options, remotes: ['deeper'] })
    expect(filesIn(store)).toEqual([`in/there/files/md5/${md5Of('a').slice(0, 2)}/${md5Of('a').slice(2)}`])
    expect(await codeOf(push([], { ...options, remotes: ['loop'] }))).toBe('DS_REMOTE_UNKNOWN')
    expect(await codeOf(push([], { ...options, remotes: ['far'] }))).toBe('DS_REMOTE_UNSUPPORTED')
  })

  test('keep data of DVC 2 in its own tree, by its own hash', async () => {
    const { cwd, store, options } = await repoWithRemote({ t: 'a\r\nb\r\n' }, [])
    // The md5-dos2unix of 'a\r\nb\r\n', from DVC's own tests.
    const digits = 'dd8c6a395b5dd36c56d23275028f526c'
    put(cwd, 't.dvc', `outs:\n- md5: ${digits}\n  size: 6\n  path: t\n`)
    put(join(cwd, '.dvc/cache'), `${digits.slice(0, 2)}/${digits.slice(2)}`, 'a\r\nb\r\n')
    expect((await push([], options)).isComplete).toBe(true)
    expect(filesIn(store)).toEqual([`${digits.slice(0, 2)}/${digits.slice(2)}`])
    rmSync(join(cwd, '.dvc/cache'), { recursive: true })
    expect((await fetch([], options)).isComplete).toBe(true)
    expect((await fetch([], options)).transfers[0]?.plan.present).toBe(1)
  })
})
