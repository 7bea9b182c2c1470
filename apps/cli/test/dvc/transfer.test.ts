import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { dayshift, newFolder } from '../cli.ts'
import { dvc, git, json, put, read, repository } from './repository.ts'

// Each command is a process of its own.
vi.setConfig({ testTimeout: 60_000 })

const FILES = { 'd/a': '1\n', 'd/b': '2\n', foo: 'f\n' }
const B = 'files/md5/26/ab0db90d72e28ad0ba1e22ee510510'

async function withStore(): Promise<{ readonly cwd: string; readonly store: string }> {
  const cwd = await repository(FILES, ['d', 'foo'])
  const store = newFolder()
  expect(await dvc(cwd, 'remote', 'add', '-d', 'store', store)).toMatchObject({ code: 0 })
  return { cwd, store }
}

test('push, status -c and pull say what they do, in the words of DVC 3.67.1', async () => {
  const { cwd, store } = await withStore()
  expect((await dvc(cwd, 'status', '-c')).stdout.split('\n').toSorted().join('\n').trim()).toBe(
    ['d', 'd/a', 'd/b', 'foo']
      .map((path) => `\tnew:                ${path}`)
      .join('\n')
      .trim(),
  )
  expect(await json(cwd, 'status', '-c')).toEqual({ d: 'new', 'd/a': 'new', 'd/b': 'new', foo: 'new' })
  expect(await dvc(cwd, 'status', '-c', '-q')).toEqual({ code: 1, stdout: '', stderr: '' })
  const planned = await dvc(cwd, 'push', '--dry-run')
  expect(planned).toMatchObject({ code: 0, stderr: '' })
  expect(planned.stdout).toBe(
    `push to store (${store}): 4 objects, 128 B\n  foo  2 B\n  d/a  2 B\n  d/b  2 B\n  d  122 B\n`,
  )
  expect(await dvc(cwd, 'push')).toEqual({ code: 0, stdout: '4 files pushed\n', stderr: '' })
  expect(await dvc(cwd, 'push')).toEqual({ code: 0, stdout: 'Everything is up to date.\n', stderr: '' })
  expect((await dvc(cwd, 'status', '-c')).stdout).toBe("Cache and remote 'store' are in sync.\n")
  for (const path of ['.dvc/cache', 'd', 'foo']) rmSync(join(cwd, path), { recursive: true })
  expect((await dvc(cwd, 'fetch', 'd/a')).stdout).toBe('2 files fetched\n')
  expect(await dvc(cwd, 'pull')).toEqual({
    code: 0,
    stdout: 'A       d/\nA       foo\n2 files fetched and 3 files added\n',
    stderr: '',
  })
  expect((await dvc(cwd, 'pull')).stdout).toBe('Everything is up to date.\n')
  expect(await json(cwd, 'push')).toMatchObject({
    status: 'pass',
    result: { isComplete: true, transfers: [{ remote: 'store', url: store, objects: [], present: 2 }] },
  })
})

test('what is missing everywhere is named, and is never up to date', async () => {
  const { cwd, store } = await withStore()
  await dvc(cwd, 'push')
  for (const path of ['.dvc/cache', 'd', 'foo', join(store, B)])
    rmSync(path === join(store, B) ? path : join(cwd, path), { recursive: true })
  const pulled = await dvc(cwd, 'pull')
  expect(pulled.code).toBe(1)
  expect(pulled.stderr).toContain(
    'Neither the cache nor a remote (store) has:\n  d/b  md5:26ab0db90d72e28ad0ba1e22ee510510\n',
  )
  expect(read(cwd, 'd/a')).toBe('1\n')
  expect(read(cwd, 'foo')).toBe('f\n')
  expect(await dvc(cwd, 'pull', '--allow-missing')).toMatchObject({ code: 0 })
  expect(await dvc(cwd, 'push')).toMatchObject({ code: 1, stdout: '0 files pushed\n' })
  expect(await json(cwd, 'status', '--cloud')).toEqual({ 'd/b': 'missing' })
  const document = await json(cwd, 'fetch')
  expect(document).toMatchObject({ status: 'fail', exitCode: 1, result: { missing: [{ path: 'd/b' }] } })
})

test('of several remotes, one that cannot be reached is told and keeps the others from nothing', async () => {
  const { cwd, store } = await withStore()
  await dvc(cwd, 'push')
  await dvc(cwd, 'remote', 'add', 'gone', join(store, B))
  const why = /the remote 'gone' could not be reached: .*\n/
  const pushed = await dvc(cwd, 'push', '-r', 'gone', '-r', 'store')
  expect(pushed).toMatchObject({ code: 3, stdout: '0 files pushed\n' })
  expect(pushed.stderr).toMatch(why)
  for (const path of ['.dvc/cache', 'd', 'foo']) rmSync(join(cwd, path), { recursive: true })
  const pulled = await dvc(cwd, 'pull', '-r', 'gone', '-r', 'store')
  expect(pulled).toMatchObject({ code: 0, stdout: 'A       d/\nA       foo\n4 files fetched and 3 files added\n' })
  expect(pulled.stderr).toMatch(new RegExp(`^warn {2}${why.source} +Check the remote’s url.\n$`))
  rmSync(join(cwd, '.dvc/cache'), { recursive: true })
  rmSync(join(store, B))
  const lacking = await dvc(cwd, 'fetch', '-r', 'gone', '-r', 'store')
  expect(lacking).toMatchObject({ code: 3, stdout: '3 files fetched\n' })
  expect(lacking.stderr).toContain('Neither the cache nor a remote (store) has:\n  d/b  md5:26ab0')
})

test('fsck --cloud holds a remote against its names, and repairs it from the cache', async () => {
  const { cwd, store } = await withStore()
  await dvc(cwd, 'push')
  expect(await dvc(cwd, 'fsck', '--cloud')).toEqual({
    code: 0,
    stdout: `✔ store (${store}): 4 objects (128 B), each what its name says\n`,
    stderr: '',
  })
  chmodSync(join(store, B), 0o644)
  writeFileSync(join(store, B), '3\n')
  expect(await dvc(cwd, 'fsck', '-c', '--quick')).toMatchObject({ code: 0 })
  const found = await dvc(cwd, 'fsck', '-c', '-r', 'store')
  expect(found).toMatchObject({ code: 1, stderr: '' })
  expect(found.stdout).toBe(
    `✖ store (${store}): 1 of 4 objects is not what the name says\n  md5:26ab0db90d72e28ad0ba1e22ee510510  has other content\n  --repair sends them from the cache, where that has them right\n`,
  )
  expect(await json(cwd, 'fsck', '--cloud', '--repair')).toMatchObject({
    result: { isWhole: true, unreached: [], remotes: [{ broken: [{ by: 'content', repaired: true }] }] },
  })
  expect(await dvc(cwd, 'fsck', '--cloud')).toMatchObject({ code: 0 })
  expect(await dvc(cwd, 'fsck', '--quick')).toMatchObject({ code: 2 })
})

test('wrong bytes are refused, and a remote that cannot be used is told', async () => {
  const { cwd, store } = await withStore()
  await dvc(cwd, 'push')
  for (const path of ['.dvc/cache', 'd', 'foo']) rmSync(join(cwd, path), { recursive: true })
  chmodSync(join(store, B), 0o644)
  writeFileSync(join(store, B), '3\n')
  const pulled = await dvc(cwd, 'pull')
  expect(pulled.code).toBe(1)
  expect(pulled.stderr).toContain('error DS_DVC_OBJECT_CORRUPT: d/b: the content of ')
  expect(await dvc(cwd, 'push', '-r', 'stoer')).toMatchObject({ code: 2, stdout: '' })
  expect((await dvc(cwd, 'push', '-r', 'stoer')).stderr).toContain("Did you mean 'store'?")
  await dvc(cwd, 'remote', 'add', 'far', 'ssh://host/path')
  expect(await dvc(cwd, 'push', '-r', 'far')).toMatchObject({ code: 2, stdout: '' })
  await dvc(cwd, 'remote', 'default', '--unset')
  expect((await dvc(cwd, 'push')).stderr).toContain('DS_REMOTE_UNKNOWN: no remote was named, and none is the default')
})

test('what one remote gives wrong, the next one gives right, and nothing is told of as missing', async () => {
  const { cwd, store } = await withStore()
  await dvc(cwd, 'remote', 'add', 'second', newFolder())
  await dvc(cwd, 'push', '-r', 'store', '-r', 'second')
  for (const path of ['.dvc/cache', 'd', 'foo']) rmSync(join(cwd, path), { recursive: true })
  chmodSync(join(store, B), 0o644)
  writeFileSync(join(store, B), '3\n')
  const fetched = await dvc(cwd, 'fetch', '-r', 'store', '-r', 'second')
  expect(fetched).toEqual({ code: 0, stdout: '4 files fetched\n', stderr: '' })
})

test('gc leaves last copies, cleans remotes where that is asked for, and can be undone', async () => {
  const { cwd, store } = await withStore()
  git(cwd, 'config', 'user.email', 'ada@example.com')
  git(cwd, 'config', 'user.name', 'Ada')
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'one')
  await dvc(cwd, 'push', 'd')
  put(cwd, 'foo', 'changed\n')
  put(cwd, 'd/b', 'changed too\n')
  await dvc(cwd, 'add', 'foo', 'd')
  const removed = await dvc(cwd, 'gc', '-w', '-f')
  expect(removed.stdout).toBe(
    "Removed 2 objects from repo cache.\nNo unused 'legacy' cache to remove.\n1 object that nothing refers to stay: no other place has them (--last-copies).\n124 B lie in the trash for 7 days; --undo brings them back.\n",
  )
  const { stdout } = await dvc(cwd, 'gc', '--undo', '--dry-run')
  expect(stdout).toContain('Would bring back 2 objects (124 B)')
  expect((await dvc(cwd, 'gc', '--undo')).stdout).toContain('Brought back 2 objects (124 B)')
  expect((await dvc(cwd, 'gc', '--undo')).code).toBe(1)
  expect(await dvc(cwd, 'gc', '-w', '-r', 'store', '-f')).toMatchObject({ code: 2 })
  const kept = await json(cwd, 'gc', '-w', '-c', '-f')
  expect(kept).toMatchObject({ result: { lastCopies: [{}], remotes: [{ unused: [], lastCopies: 2, kept: 1 }] } })
  const cleaned = await json(cwd, 'gc', '-w', '-c', '-f', '--last-copies', '--no-trash')
  expect(cleaned).toMatchObject({ result: { unused: [{}], remotes: [{ unused: [{}, {}], kept: 1 }] } })
  expect(await dvc(cwd, 'push')).toMatchObject({ code: 0, stdout: '3 files pushed\n' })
  expect((await json(cwd, 'gc', '-w', '--not-in-remote', '-f', '--no-trash')) as object).toMatchObject({
    result: { unused: [{}, {}, {}, {}] },
  })
  expect(await json(cwd, 'status', '-c')).toMatchObject({ foo: 'deleted' })
  void store
})

test('whereis tells where each version lies', async () => {
  const { cwd } = await withStore()
  await dvc(cwd, 'push', 'foo')
  put(cwd, 'foo', 'changed\n')
  git(cwd, 'add', '--all')
  git(cwd, '-c', 'user.email=a@b.c', '-c', 'user.name=Ada', 'commit', '--quiet', '-m', 'one')
  await dvc(cwd, 'add', 'foo')
  const found = await json(cwd, 'whereis', 'foo')
  expect(found).toMatchObject({
    result: {
      versions: [
        { isCached: true, remotes: [] },
        { isCached: true, remotes: ['store'] },
      ],
    },
  })
  expect((await dvc(cwd, 'whereis', 'foo')).stdout).toMatch(/cache\n.*cache, store\n$/)
  rmSync(join(cwd, '.dvc/cache'), { recursive: true })
  expect(await dvc(cwd, 'whereis', 'foo')).toMatchObject({ code: 1 })
})

test('version --push records and sends', async () => {
  const { cwd } = await withStore()
  put(cwd, 'foo', 'changed\n')
  const made = await dayshift(cwd, ['version', 'foo', '--push', '--no-commit'])
  expect(made).toMatchObject({ code: 0 })
  expect(made.stdout).toContain('1 object pushed to store')
  expect(await json(cwd, 'status', '-c', 'foo')).toEqual({})
  await dvc(cwd, 'remote', 'default', '--unset')
  expect(await dayshift(cwd, ['version', 'foo', '--push'])).toMatchObject({ code: 2 })
})

test('a remote’s broken object is told with what mends it', async () => {
  const { cwd, store } = await withStore()
  await dvc(cwd, 'push')
  for (const path of ['.dvc/cache', 'd', 'foo']) rmSync(join(cwd, path), { recursive: true })
  rmSync(join(store, B))
  put(store, B, 'broken')
  const pulled = await dvc(cwd, 'pull')
  expect(pulled.code).toBe(1)
  expect(pulled.stderr).toContain('is not what its name says\n')
  expect(pulled.stderr).toContain('dayshift dvc fsck --cloud --repair\n')
})

test('settings that swallow the address are told', async () => {
  const cwd = await repository({}, [])
  for (const words of [
    ['--fs-config', 'k=v', 's3://b/x'],
    ['s3://b/x', '--fs-config', 'k=v', 'out'],
  ]) {
    const { code, stderr } = await dvc(cwd, 'get-url', ...words)
    expect([code, stderr]).toEqual([2, expect.stringContaining('--fs-config takes all words up to the next flag')])
  }
})

test('fsck exits with 1 for a list of a directory that nobody can use', async () => {
  const { cwd } = await withStore()
  // The md5 of a left bracket.
  put(cwd, '.dvc/cache/files/md5/81/5417267f76f6f460a4a61f9db75fdb.dir', '[')
  const { code, stdout } = await dvc(cwd, 'fsck')
  expect([code, stdout]).toEqual([1, expect.stringContaining('5417267f76f6f460a4a61f9db75fdb.dir is no JSON\n')])
})
