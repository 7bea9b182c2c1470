import { execFileSync } from 'node:child_process'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { dataStatus, type DataStatusOptions } from '../src/data-status.ts'
import { md5Of } from '../src/cache/hash.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { push } from '../src/push.ts'
import { Interruption } from '../src/remotes/remote.ts'
import { initRepo } from '../src/repo.ts'
import { codeOf, env, git, newFolder, put, repoWith } from './sandbox.ts'
import { faultyRemote, repoWithRemote, setRemote } from './transfer/faulty.ts'

async function committed(): Promise<string> {
  const cwd = await repoWith({ 'one.csv': '1', 'data/a': 'a', 'data/deep/b': 'b' }, ['one.csv', 'data'])
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'one')
  return cwd
}

const clean = { not_in_cache: [], not_in_remote: [], committed: {}, uncommitted: {}, untracked: [] }

test('of a clean repository everything is unchanged', async () => {
  const cwd = await committed()
  const { git: about, ...status } = await dataStatus({ cwd, env })
  expect(status).toEqual({ ...clean, unchanged: ['data/', 'one.csv'] })
  expect(about).toEqual({ staged: {}, unstaged: [], untracked: [], is_empty: false, is_dirty: false })
  expect((await dataStatus({ cwd, env, granular: true })).unchanged).toEqual([
    'data/',
    'data/a',
    'data/deep/b',
    'one.csv',
  ])
})

test('what is recorded and what is not are told apart, one by one where that is asked for', async () => {
  const cwd = await committed()
  put(cwd, 'one.csv', '2')
  await add(['one.csv'], { cwd, env })
  put(cwd, 'data/c', 'b')
  rmSync(join(cwd, 'data/deep/b'))
  put(cwd, 'data/a', 'A')
  put(cwd, 'new/two.csv', '2')
  const short = await dataStatus({ cwd, env, untracked: true })
  expect(short.committed).toEqual({ modified: ['one.csv'] })
  expect(short.uncommitted).toEqual({ modified: ['data/'] })
  expect(short.untracked).toEqual(['new/two.csv'])
  expect(short.git).toMatchObject({ unstaged: ['one.csv.dvc'], is_dirty: true })
  const long = await dataStatus({ cwd: join(cwd, 'new'), env, granular: true, untracked: true })
  expect(long.uncommitted).toEqual({ modified: ['data/', 'data/a'], renamed: [{ old: 'data/deep/b', new: 'data/c' }] })
  expect(long.untracked).toEqual(['two.csv'])
  const part = await dataStatus({ cwd, env, granular: true, targets: ['data/a', 'new'], untracked: true })
  expect(part).toMatchObject({ ...clean, uncommitted: { modified: ['data/a'] }, untracked: ['new/two.csv'] })
})

test('what the cache has lost, with all files beneath a lost manifest unknown', async () => {
  const cwd = await committed()
  const cache = join(cwd, '.dvc/cache')
  rmSync(objectPathIn(cache, md5Of('b')))
  expect((await dataStatus({ cwd, env })).not_in_cache).toEqual([])
  expect((await dataStatus({ cwd, env, granular: true })).not_in_cache).toEqual(['data/deep/b'])
  const digits = /md5: (\S+)/.exec(git(cwd, 'show', 'HEAD:data.dvc'))?.[1] ?? ''
  rmSync(objectPathIn(cache, digits))
  const { not_in_cache, uncommitted } = await dataStatus({ cwd, env, granular: true })
  expect(not_in_cache).toEqual(['data/'])
  expect(uncommitted).toEqual({ unknown: ['data/a', 'data/deep/', 'data/deep/b'] })
})

test('before the first commit everything is added, and without git nothing is committed', async () => {
  const cwd = await repoWith({ 'one.csv': '1' }, ['one.csv'])
  expect(await dataStatus({ cwd, env })).toMatchObject({
    committed: { added: ['one.csv'] },
    unchanged: [],
    git: { is_empty: true, staged: { add: ['.dvc/.gitignore', '.dvc/config', '.dvcignore'] } },
  })
  const bare = newFolder()
  await initRepo(bare, true)
  put(bare, 'a')
  await add(['a'], { cwd: bare, env })
  expect(await dataStatus({ cwd: bare, env })).toEqual({ ...clean, unchanged: ['a'] })
})

test('targets may be absolute', async () => {
  const cwd = await committed()
  put(cwd, 'one.csv', 'changed')
  const changed = { uncommitted: { modified: ['one.csv'] } }
  expect(await dataStatus({ cwd, env, targets: ['one.csv'] })).toMatchObject(changed)
  expect(await dataStatus({ cwd, env, targets: [join(cwd, 'one.csv')] })).toMatchObject(changed)
})

test('an output that cannot be looked at is unknown and told, and the others are compared', async () => {
  const cwd = await committed()
  execFileSync('mkfifo', [join(cwd, 'data/fifo')])
  put(cwd, 'one.csv', 'changed')
  const codes: string[] = []
  const found = await dataStatus({ cwd, env, granular: true, onFinding: ({ code }) => void codes.push(code) })
  expect(found).toMatchObject({
    not_in_cache: [],
    not_in_remote: [],
    committed: {},
    uncommitted: { modified: ['one.csv'], unknown: ['data/'] },
    unchanged: [],
  })
  expect(found.uncommitted.deleted).toBe(undefined)
  expect(codes).toEqual(['DS_DVC_PATH_KIND'])
  expect(await codeOf(dataStatus({ cwd, env }))).toBe('DS_DVC_PATH_KIND')
})

test('what remotes lack is told where that is asked for, each output by its own remote', async () => {
  const { cwd, store, options } = await repoWithRemote({ 'd/a': 'a', 'd/b': 'b', one: 'one', own: 'x', kept: 'k' }, [
    'd',
    'one',
    'own',
    'kept',
  ])
  await setRemote(cwd, 'other', newFolder())
  appendFileSync(join(cwd, 'own.dvc'), '  remote: other\n')
  appendFileSync(join(cwd, 'kept.dvc'), '  push: false\n')
  const absent = async (more: Partial<DataStatusOptions> = {}): Promise<readonly string[]> =>
    (await dataStatus({ ...options, notInRemote: true, ...more })).not_in_remote
  expect((await dataStatus(options)).not_in_remote).toEqual([])
  expect(await absent()).toEqual(['d/', 'one', 'own'])
  await push(['d/a', 'own'], options)
  expect(await absent()).toEqual(['d/', 'one'])
  expect(await absent({ granular: true })).toEqual(['d/', 'd/b', 'one'])
  expect(await absent({ granular: true, targets: ['d/b'] })).toEqual(['d/b'])
  expect(await absent({ remotes: ['other'] })).toEqual(['d/', 'one'])
  await push([], options)
  expect(await absent({ granular: true })).toEqual([])
  const down = faultyRemote(store, {
    before() {
      throw new Interruption('no answer')
    },
  })
  expect(await codeOf(dataStatus({ ...options, notInRemote: true, open: async () => down, attempts: 1 }))).toBe(
    'DS_REMOTE_FAILED',
  )
  expect(await codeOf(dataStatus({ ...options, notInRemote: true, remotes: ['nobody'] }))).toBe('DS_REMOTE_UNKNOWN')
})
