import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkout } from '../src/checkout.ts'
import { fetch } from '../src/fetch.ts'
import { importData, type ImportOptions } from '../src/import.ts'
import { pull } from '../src/pull.ts'
import { push } from '../src/push.ts'
import { status } from '../src/status.ts'
import { commitAll, commitOf, otherRepo, published } from './elsewhere/repository.ts'
import { codeOf, env, filesIn, git, put, repoWith } from './sandbox.ts'

const read = (cwd: string, path: string): string => readFileSync(join(cwd, path), 'utf8')

/** What a repository holds that a failed work must not change. */
const held = (cwd: string): string[] => filesIn(cwd).filter((path) => !/^\.git\/|^\.dvc\/(?:tmp|cache)\//.test(path))

async function setUp(): Promise<{
  other: string
  cwd: string
  take: (path: string, options?: Partial<ImportOptions>) => ReturnType<typeof importData>
}> {
  const [other, cwd] = [await otherRepo(), await repoWith({}, [])]
  return { other, cwd, take: (path, options) => importData(other, path, { cwd, env, ...options }) }
}

describe('an import', () => {
  test('has data, a record that says where it is from, and a line in .gitignore', async () => {
    const { other, cwd, take } = await setUp()
    expect(await take('data')).toEqual({
      root: cwd,
      path: 'data',
      shown: 'data',
      file: 'data.dvc',
      commit: commitOf(other),
      digits: 'abfe9826c8d8221ca1eb68a08a4fb6fb.dir',
      bytes: 3,
      unstaged: ['.gitignore', 'data.dvc'],
    })
    expect(read(cwd, 'data/a')).toBe('a2')
    expect(read(cwd, '.gitignore')).toBe('/data\n')
    expect(read(cwd, 'data.dvc').replace(/^md5: [0-9a-f]{32}\n/, '')).toBe(
      `frozen: true\ndeps:\n- path: data\n  repo:\n    url: ${other}\n    rev_lock: ${commitOf(other)}\nouts:\n` +
        '- md5: abfe9826c8d8221ca1eb68a08a4fb6fb.dir\n  size: 3\n  nfiles: 2\n  hash: md5\n  path: data\n',
    )
    expect(await status([], { cwd, env })).toEqual({})
    expect(readdirSync(join(cwd, '.dvc/tmp')).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('may be a part of tracked data, or files of git, at a revision', async () => {
    const { other, cwd, take } = await setUp()
    mkdirSync(join(cwd, 'in'))
    await take('data/a', { out: 'in', revision: 'v1' })
    await take('data/deep', { out: 'in/deep' })
    await take('README.md', { out: 'in/read' })
    await take('code')
    expect(read(cwd, 'in/a')).toBe('a1')
    expect(read(cwd, 'in/deep/b')).toBe('b')
    expect(read(cwd, 'in/read')).toBe('read me')
    expect(read(cwd, 'in/a.dvc')).toContain(`    rev: v1\n    rev_lock: ${commitOf(other, 'v1')}\n`)
    expect(await status([], { cwd, env })).toEqual({})
  })

  test('is of a commit, also where the folder has changes that are not committed', async () => {
    const { other, cwd, take } = await setUp()
    put(other, 'README.md', 'changed')
    await take('README.md')
    expect(read(cwd, 'README.md')).toBe('read me')
  })

  test('may stop at the record', async () => {
    const { other, cwd, take } = await setUp()
    expect(await take('data', { extent: 'record' })).not.toHaveProperty('digits')
    expect(read(cwd, 'data.dvc')).toContain(`rev_lock: ${commitOf(other)}\nouts:\n- hash: md5\n  path: data\n`)
    await take('one.csv', { extent: 'nothing', remote: { url: '/x' } })
    expect(read(cwd, 'one.csv.dvc')).toBe(
      `frozen: true\ndeps:\n- path: one.csv\n  repo:\n    url: ${other}\n    remote:\n      url: /x\nouts:\n- hash: md5\n  path: one.csv\n`,
    )
    expect(held(cwd)).not.toContain('one.csv')
  })

  test('replaces what is there with force only', async () => {
    const { cwd, take } = await setUp()
    put(cwd, 'data/mine', 'mine')
    expect(await codeOf(take('data'))).toBe('DS_DVC_EXISTS')
    await take('data', { force: true })
    expect(filesIn(join(cwd, 'data'))).toEqual(['a', 'deep/b'])
  })

  test('of several outputs and files of git is one directory', async () => {
    const { other, cwd, take } = await setUp()
    put(other, '.gitignore', '/data\n/one.csv\n')
    await take('', { out: 'all' })
    expect(filesIn(join(cwd, 'all'))).toContain('data/deep/b')
    expect(await status([], { cwd, env })).toEqual({})
  })
})

test('what cannot be imported changes nothing', async () => {
  const { other, cwd, take } = await setUp()
  await take('data')
  put(cwd, 'tracked.csv', 'x')
  git(cwd, 'add', 'tracked.csv')
  const before = held(cwd)
  const codes: Record<string, () => Promise<unknown>> = {
    DS_DVC_OVERLAP: () => take('one.csv', { out: 'data/x', force: true }),
    DS_DVC_PATH_MISSING: () => take('nothing'),
    DS_GIT_REVISION: () => take('one.csv', { revision: 'v9' }),
    DS_DVC_PATH_OUTSIDE: () => take('one.csv', { out: '../out' }),
    DS_DVC_GIT_TRACKED: () => take('one.csv', { out: 'tracked.csv', force: true }),
    DS_GIT_ADDRESS: () => importData('ext::sh', 'x', { cwd, env }),
    DS_GIT_REMOTE: () => importData('file:///nowhere/at/all', 'x', { cwd, env }),
    DS_DVC_SECRET: () => take('one.csv', { remote: { password: 'x' }, extent: 'nothing' }),
    DS_REMOTE_UNKNOWN: () => importData(`file://${other}`, 'one.csv', { cwd, env, remote: 'none' }),
  }
  for (const [code, work] of Object.entries(codes)) expect(await codeOf(work())).toBe(code)
  expect(await codeOf(take('one.csv', { out: 'no/folder' }))).toBe('DS_DVC_PATH_MISSING')
  expect(await codeOf(importData(`file://${other}`, 'one.csv', { cwd, env }))).toBe('DS_DVC_OBJECT_MISSING')
  expect(await codeOf(take('one.csv', { signal: AbortSignal.abort() }))).toBe('DS_ABORTED')
  expect(held(cwd)).toEqual(before)
  expect(readdirSync(join(cwd, '.dvc/tmp')).filter((name) => name.startsWith('.'))).toEqual([])
})

test('names that would lead out of a directory lead nowhere', async () => {
  const { other, cwd, take } = await setUp()
  const blob = git(other, 'rev-parse', 'HEAD:README.md').trim()
  const tree = (file: string): string => git(other, 'hash-object', '-w', '--literally', '-t', 'tree', file).trim()
  put(other, 'raw', Buffer.concat([Buffer.from('100644 ..\0'), Buffer.from(blob, 'hex')]))
  const evil = tree('raw')
  put(other, 'top', Buffer.concat([Buffer.from('40000 code\0'), Buffer.from(evil, 'hex')]))
  const commit = git(other, 'commit-tree', '-m', 'evil', tree('top')).trim()
  const before = held(cwd)
  await take('code', { revision: commit })
  expect(held(cwd)).toEqual([...before, '.gitignore', 'code.dvc'].toSorted())
})

describe('where the cache lacks it', () => {
  test('fetch and pull get it from where it came, at the commit that is recorded', async () => {
    const { other, cwd, take } = await setUp()
    await take('data')
    await take('README.md')
    put(other, 'README.md', 'newer')
    commitAll(other, 'third')
    rmSync(join(cwd, '.dvc/cache'), { recursive: true })
    rmSync(join(cwd, 'README.md'))
    rmSync(join(cwd, 'data'), { recursive: true })
    const planned = await fetch([], { cwd, env, dryRun: true })
    expect(planned.transfers.flatMap(({ plan }) => plan.objects.map(({ path }) => path))).toEqual(['README.md', 'data'])
    const { checkout: done, isComplete } = await pull([], { cwd, env })
    expect(isComplete).toBe(true)
    expect(done?.added).toEqual(['data/', 'README.md'])
    expect(read(cwd, 'README.md')).toBe('read me')
    expect((await fetch([], { cwd, env })).transfers).toEqual([])
  })

  test('one that cannot be brought keeps no other from it, and is told', async () => {
    const { other, cwd, take } = await setUp()
    await take('data')
    const gone = await otherRepo()
    await importData(gone, 'one.csv', { cwd, env })
    rmSync(gone, { recursive: true })
    rmSync(join(cwd, '.dvc/cache'), { recursive: true })
    const { transfers, missing, isComplete } = await fetch([], { cwd, env })
    expect(isComplete).toBe(false)
    expect(missing.map(({ path }) => path)).toEqual(['one.csv'])
    expect(transfers.flatMap(({ failed }) => failed.map(({ error }) => error.code))).toEqual(['DS_GIT_ADDRESS'])
    expect((await checkout(['data'], { cwd, env })).failed).toEqual([])
    expect(other).not.toBe(gone)
  })

  test('a push leaves it to where it came from', async () => {
    const { cwd, take } = await setUp()
    await take('data')
    const result = await push([], { cwd, env })
    expect(result.transfers).toEqual([])
  })
})

test('an address is imported from as a folder is', async () => {
  const other = await otherRepo()
  const bare = await published(other)
  const cwd = await repoWith({}, [])
  const { commit } = await importData(`file://${bare}`, 'data', { cwd, env })
  expect(commit).toBe(commitOf(bare))
  expect(read(cwd, 'data.dvc')).toContain(`    url: file://${bare}\n    rev_lock: ${commit}\n`)
  expect(await status([], { cwd, env })).toEqual({})
  expect(existsSync(join(cwd, 'data/deep/b'))).toBe(true)
})

test('names that no directory can have are told before anything comes', async () => {
  const { other, cwd, take } = await setUp()
  put(other, 'sub/a', 'a file of git')
  put(other, 'sub/r.dvc', `outs:\n- md5: ${'0'.repeat(32)}\n  hash: md5\n  path: a/b\n`)
  commitAll(other, 'both')
  await expect(take('sub')).rejects.toMatchObject({
    code: 'DS_DVC_PATH_NAME',
    message: `'sub' of ${other} lists 'a' as a file and as a folder`,
  })
  expect(filesIn(join(cwd, '.dvc')).filter((path) => path.startsWith('cache'))).toEqual([])
})
