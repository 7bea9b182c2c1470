import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { checkout, type CheckoutResult } from '../src/checkout.ts'
import { remove } from '../src/remove.ts'
import { initRepo } from '../src/repo.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { md5Of } from '../src/cache/hash.ts'
import { status } from '../src/status.ts'
import { built, codeOf, env, filesIn, git, newFolder, newGitRepo, put } from './sandbox.ts'

async function repoWith(files: Record<string, string>, targets: string[], config = ''): Promise<string> {
  const cwd = newGitRepo()
  await initRepo(cwd, false, env)
  if (config) writeFileSync(join(cwd, '.dvc/config'), config)
  for (const [path, content] of Object.entries(files)) put(cwd, path, content)
  await add(targets, { cwd, env })
  return cwd
}

const object = (cwd: string, content: string): string => objectPathIn(join(cwd, '.dvc/cache'), md5Of(content))

/** What is in the making in a folder. */
const staged = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.dayshift.tmp'))

function told({ added, modified, deleted, stats, failed }: CheckoutResult): object {
  return { added, modified, deleted, stats: Object.values(stats).join(' '), failed }
}

test('what is gone comes back, what differs is replaced, and nothing is done twice', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/b/c': 'two', 'data/keep': 'k', file: 'three' }, ['data', 'file'])
  rmSync(join(cwd, 'file'))
  rmSync(join(cwd, 'data/b'), { recursive: true })
  put(cwd, 'data/a', 'two')
  put(cwd, 'data/more', 'one')
  const kept = statSync(join(cwd, 'data/keep'))
  expect(told(await checkout([], { cwd, env, dryRun: true }))).toMatchObject({ stats: '2 1 1' })
  expect(existsSync(join(cwd, 'file'))).toBe(false)
  expect(told(await checkout([], { cwd, env }))).toEqual({
    added: ['file'],
    modified: ['data/'],
    deleted: [],
    stats: '2 1 1',
    failed: [],
  })
  expect(filesIn(join(cwd, 'data'))).toEqual(['a', 'b/c', 'keep'])
  expect(readFileSync(join(cwd, 'data/a'), 'utf8')).toBe('one')
  expect(statSync(join(cwd, 'data/keep')).ino).toBe(kept.ino)
  expect(statSync(join(cwd, 'file')).mode & 0o777).toBe(0o666 & ~process.umask())
  expect(told(await checkout([], { cwd, env }))).toMatchObject({ added: [], modified: [], stats: '0 0 0' })
  expect(await status([], { cwd, env })).toEqual({})
  expect(readdirSync(join(cwd, '.dvc/tmp')).toSorted()).toEqual(['btime', 'dayshift', 'lock'])
})

test('one file of a directory, a folder of it, and a stage’s own .dvc file are targets', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/b/c': 'two', 'data/b/d': 'x' }, ['data'])
  rmSync(join(cwd, 'data'), { recursive: true })
  expect(told(await checkout(['data/b/c'], { cwd, env }))).toMatchObject({ added: ['data/'], stats: '1 0 0' })
  expect(filesIn(join(cwd, 'data'))).toEqual(['b/c'])
  await checkout(['b'], { cwd: join(cwd, 'data'), env })
  expect(filesIn(join(cwd, 'data'))).toEqual(['b/c', 'b/d'])
  await checkout(['data.dvc'], { cwd, env })
  expect(filesIn(join(cwd, 'data'))).toEqual(['a', 'b/c', 'b/d'])
  expect(await codeOf(checkout(['nothing'], { cwd, env }))).toBe('DS_DVC_TARGET')
})

test('data that no version holds is neither overwritten nor removed without force', async () => {
  const cwd = await repoWith({ 'data/a': 'one', file: 'three' }, ['data', 'file'])
  put(cwd, 'data/new', 'mine')
  put(cwd, 'file', 'mine too')
  expect(await codeOf(checkout([], { cwd, env }))).toBe('DS_DVC_UNSAVED')
  expect(readFileSync(join(cwd, 'data/new'), 'utf8')).toBe('mine')
  expect(readFileSync(join(cwd, 'file'), 'utf8')).toBe('mine too')
  await checkout([], { cwd, env, force: true })
  expect(filesIn(join(cwd, 'data'))).toEqual(['a'])
  expect(readFileSync(join(cwd, 'file'), 'utf8')).toBe('three')
})

test('a missing object keeps nothing else from coming, and takes nothing away', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/b': 'two', 'data/c': 'three', file: 'four' }, ['data', 'file'])
  for (const content of ['two', 'four']) rmSync(object(cwd, content))
  rmSync(join(cwd, 'data/a'))
  put(cwd, 'data/b', 'three')
  put(cwd, 'file', 'three')
  expect(told(await checkout([], { cwd, env }))).toEqual({
    added: [],
    modified: ['data/'],
    deleted: [],
    stats: '1 0 0',
    failed: [
      { path: 'data/', missing: ['data/b'] },
      { path: 'file', missing: ['file'] },
    ],
  })
  expect(readFileSync(join(cwd, 'data/a'), 'utf8')).toBe('one')
  expect(readFileSync(join(cwd, 'data/b'), 'utf8')).toBe('three')
  expect(readFileSync(join(cwd, 'file'), 'utf8')).toBe('three')
})

test('an object that was changed in place is found out, whatever the link type', async () => {
  for (const type of ['copy', 'hardlink', 'symlink']) {
    const cwd = await repoWith({ file: 'one' }, ['file'], `[cache]\n    type = ${type}\n`)
    rmSync(join(cwd, 'file'))
    chmodSync(object(cwd, 'one'), 0o644)
    writeFileSync(object(cwd, 'one'), 'eno')
    chmodSync(object(cwd, 'one'), 0o444)
    expect(told(await checkout([], { cwd, env }))).toMatchObject({ failed: [{ path: 'file', missing: ['file'] }] })
    expect(existsSync(join(cwd, 'file'))).toBe(false)
  }
})

test('files become links of the type that is configured, both ways, and again after a change of it', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/empty': '' }, ['data'], '[cache]\n    type = hardlink\n')
  const place = join(cwd, 'data/a')
  expect(statSync(place).ino).toBe(statSync(object(cwd, 'one')).ino)
  expect(statSync(place).mode & 0o777).toBe(0o444)
  expect(statSync(join(cwd, 'data/empty')).nlink).toBe(1)
  expect(await status([], { cwd, env })).toEqual({})
  writeFileSync(join(cwd, '.dvc/config'), '[cache]\n    type = symlink\n')
  expect(told(await checkout([], { cwd, env }))).toMatchObject({ stats: '0 0 0' })
  expect(lstatSync(place).isSymbolicLink()).toBe(false)
  await checkout([], { cwd, env, relink: true })
  expect(readlinkSync(place)).toBe(object(cwd, 'one'))
  expect(await status([], { cwd, env })).toEqual({})
  writeFileSync(join(cwd, '.dvc/config'), '[cache]\n    type = copy\n')
  await checkout([], { cwd, env, relink: true })
  expect([lstatSync(place).isFile(), statSync(place).nlink, statSync(place).mode & 0o200]).toEqual([true, 1, 0o200])
  expect(readFileSync(object(cwd, 'one'), 'utf8')).toBe('one')
})

test.each(['copy', 'hardlink', 'symlink'])(
  'a file that may be executed keeps that right, its object is trusted, and checkout gives the right back (%s)',
  async (type) => {
    const cwd = newGitRepo()
    await initRepo(cwd, false, env)
    writeFileSync(join(cwd, '.dvc/config'), `[cache]\n    type = ${type}\n`)
    put(cwd, 'run', 'one')
    put(cwd, 'dir/a', 'two')
    const place = join(cwd, 'run')
    chmodSync(place, 0o755)
    await add(['run', 'dir'], { cwd, env })
    expect(readFileSync(join(cwd, 'run.dvc'), 'utf8')).toContain('isexec: true')
    const modes = (): (number | boolean)[] => [
      lstatSync(place).isFile() && lstatSync(place).nlink === 1,
      statSync(place).mode & 0o111 & ~process.umask(),
      statSync(object(cwd, 'one')).mode & 0o777,
    ]
    const right = [true, 0o111 & ~process.umask(), 0o444]
    expect(modes()).toEqual(right)
    rmSync(place)
    await checkout([], { cwd, env })
    expect(modes()).toEqual(right)
    chmodSync(place, 0o644)
    // DVC 3.67.1 tells no status of it either, and checkout so.
    expect(await status([], { cwd, env })).toEqual({})
    expect(told(await checkout([], { cwd, env }))).toMatchObject({ modified: ['run'], stats: '0 1 0' })
    expect(modes()).toEqual(right)
    expect(told(await checkout([], { cwd, env, relink: true }))).toMatchObject({ modified: [], stats: '0 0 0' })
    // As DVC links it: the object itself may be executed, and DVC does not trust it any more.
    rmSync(place)
    linkSync(object(cwd, 'one'), place)
    chmodSync(place, 0o555)
    expect(told(await checkout([], { cwd, env }))).toMatchObject({ modified: [] })
    await add(['run'], { cwd, env })
    expect(told(await checkout([], { cwd, env }))).toMatchObject({ modified: type === 'copy' ? ['run'] : [] })
    expect(modes()).toEqual(right)
  },
)

test('links to the same objects are no edits of each other', async () => {
  const cwd = await repoWith({ 'd/a': 'one', 'd/b': 'two' }, ['d'], '[cache]\n    type = hardlink\n')
  renameSync(join(cwd, 'd/a'), join(cwd, 'd/c'))
  renameSync(join(cwd, 'd/b'), join(cwd, 'd/a'))
  renameSync(join(cwd, 'd/c'), join(cwd, 'd/b'))
  expect(told(await checkout([], { cwd, env }))).toMatchObject({ modified: ['d/'], stats: '0 2 0', failed: [] })
  expect(await status([], { cwd, env })).toEqual({})
})

test('a file becomes a directory, and a directory a file', async () => {
  const cwd = await repoWith({ x: 'one' }, ['x'])
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-qm', 'file')
  rmSync(join(cwd, 'x'))
  put(cwd, 'x/y/z', 'two')
  await add(['x'], { cwd, env })
  git(cwd, 'commit', '-qam', 'directory')
  git(cwd, 'checkout', '-q', 'HEAD~')
  await checkout([], { cwd, env })
  expect(readFileSync(join(cwd, 'x'), 'utf8')).toBe('one')
  git(cwd, 'checkout', '-q', '-')
  await checkout([], { cwd, env })
  expect(readFileSync(join(cwd, 'x/y/z'), 'utf8')).toBe('two')
})

test('outputs that a switch of branches drops go, unless somebody touched them', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-qm', 'a')
  put(cwd, 'data/b', 'two')
  put(cwd, 'c', 'three')
  await add(['data', 'c'], { cwd, env })
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-qm', 'more')
  for (const path of ['data', 'c']) rmSync(join(cwd, path), { recursive: true })
  await checkout([], { cwd, env })
  put(cwd, 'c', 'mine')
  git(cwd, 'checkout', '-q', 'HEAD~')
  expect(told(await checkout([], { cwd, env }))).toMatchObject({ deleted: ['data/'], stats: '0 0 1' })
  expect(existsSync(join(cwd, 'data'))).toBe(false)
  expect(readFileSync(join(cwd, 'c'), 'utf8')).toBe('mine')
})

test('data of the branch that was left goes, whoever placed it, but only what is recorded and in the cache', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-qm', 'a')
  git(cwd, 'checkout', '-qb', 'more')
  for (const path of ['same', 'edited', 'lost', 'data/in', 'grown/in', 'kept']) put(cwd, path, path)
  await add(['same', 'edited', 'lost', 'data', 'grown', 'kept'], { cwd, env })
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-qm', 'more')
  // As the real DVC leaves it: nothing of ours says who placed what.
  rmSync(join(cwd, '.dvc/tmp'), { recursive: true })
  put(cwd, 'edited', 'mine')
  put(cwd, 'grown/mine', 'mine')
  rmSync(object(cwd, 'lost'))
  git(cwd, 'checkout', '-q', 'main')
  put(cwd, 'kept.dvc', git(cwd, 'show', 'more:kept.dvc'))
  const gone = { deleted: ['data/', 'same'], stats: '0 0 2', failed: [] }
  expect(told(await checkout([], { cwd, env, dryRun: true }))).toMatchObject(gone)
  expect(told(await checkout(['a'], { cwd, env }))).toMatchObject({ deleted: [] })
  const done = await checkout([], { cwd, env })
  expect(told(done)).toMatchObject(gone)
  expect(done.findings.map(({ message }) => message)).toEqual([expect.stringMatching(/^lost stays/)])
  expect(
    ['same', 'data', 'edited', 'grown/in', 'grown/mine', 'lost', 'kept'].filter((path) => existsSync(join(cwd, path))),
  ).toEqual(['edited', 'grown/in', 'grown/mine', 'lost', 'kept'])
  rmSync(join(cwd, 'kept.dvc'))
  git(cwd, 'checkout', '-q', 'more')
  await checkout(['same'], { cwd, env })
  expect(readFileSync(join(cwd, 'same'), 'utf8')).toBe('same')
})

test('what a commit or a merge stops to track stays: somebody may have wanted to keep it', async () => {
  const cwd = await repoWith({ a: 'one', b: 'two' }, ['a', 'b'])
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-qm', 'both')
  git(cwd, 'checkout', '-qb', 'less')
  await remove(['b.dvc'], { cwd, env })
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-qm', 'less')
  expect(told(await checkout([], { cwd, env }))).toMatchObject({ deleted: [] })
  git(cwd, 'checkout', '-q', 'main')
  git(cwd, 'merge', '-q', 'less')
  rmSync(join(cwd, '.dvc/tmp'), { recursive: true })
  expect(told(await checkout([], { cwd, env }))).toMatchObject({ deleted: [] })
  expect(readFileSync(join(cwd, 'b'), 'utf8')).toBe('two')
})

test('links to folders, ignored files and empty folders in tracked directories are left alone', async () => {
  const cwd = await repoWith({ 'data/a': 'one', '.dvcignore': '*.tmp\n', 'other/x': 'x' }, ['data'])
  symlinkSync('../other', join(cwd, 'data/link'))
  put(cwd, 'data/b.tmp', 'mine')
  mkdirSync(join(cwd, 'data/empty'))
  rmSync(join(cwd, 'data/a'))
  await checkout([], { cwd, env })
  expect(readdirSync(join(cwd, 'data')).toSorted()).toEqual(['a', 'b.tmp', 'empty', 'link'])
})

test('files that the walk of a directory leaves out are no less unsaved', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/sub/b': 'two', 'data/c': 'three' }, ['data'])
  put(cwd, '.dvcignore', 'data/a\n')
  mkdirSync(join(cwd, 'data/sub/.dvc'))
  for (const path of ['data/a', 'data/sub/b']) {
    put(cwd, path, 'mine only')
    expect(await codeOf(checkout([path], { cwd, env }))).toBe('DS_DVC_UNSAVED')
    expect(readFileSync(join(cwd, path), 'utf8')).toBe('mine only')
    put(cwd, path, 'three')
  }
  expect(told(await checkout([], { cwd, env }))).toMatchObject({ modified: ['data/'], stats: '0 2 0' })
  expect(readFileSync(join(cwd, 'data/a'), 'utf8')).toBe('one')
  put(cwd, 'data/sub/b', 'given up')
  await checkout([], { cwd, env, force: true })
  expect(readFileSync(join(cwd, 'data/sub/b'), 'utf8')).toBe('two')
})

test('nothing is written or removed through a symbolic link, and the other outputs come', async () => {
  const cwd = await repoWith({ 'data/sub/a': 'one', 'deep/b': 'two', c: 'three', 'd/x': 'four' }, [
    'data',
    'deep/b',
    'c',
    'd',
  ])
  const outside = newFolder()
  for (const [path, name] of [
    ['data/sub', 'sub'],
    ['deep', 'deep'],
    ['d', 'd'],
  ] as const) {
    if (path === 'deep') rmSync(join(cwd, 'deep/b'))
    renameSync(join(cwd, path), join(outside, name))
    symlinkSync(join(outside, name), join(cwd, path))
  }
  put(outside, 'sub/a', 'mine')
  rmSync(join(outside, 'd/x'))
  rmSync(join(cwd, 'c'))
  git(cwd, 'config', 'core.symlinks', 'true')
  put(cwd, 'e.dvc', readFileSync(join(outside, 'deep/b.dvc'), 'utf8').replace('path: b', 'path: deep/b'))
  for (const force of [false, true]) {
    const { failed, added } = await checkout([], { cwd, env, force })
    expect(added).toEqual(force ? [] : ['c'])
    expect(failed.map(({ path, error }) => [path, error?.code])).toEqual([
      ['d/', 'DS_DVC_PATH_SYMLINK'],
      ['data/', 'DS_DVC_PATH_SYMLINK'],
      ['deep/b', 'DS_DVC_PATH_SYMLINK'],
    ])
  }
  expect(filesIn(outside)).toEqual(['deep/.gitignore', 'deep/b.dvc', 'sub/a'])
  expect(readFileSync(join(outside, 'sub/a'), 'utf8')).toBe('mine')
})

test('a link that appears while the checkout is at work leads nowhere', async () => {
  const cwd = await repoWith({ 'data/sub/a': 'one', 'data/sub/b': 'two', 'deep/c': 'three' }, ['data', 'deep/c'])
  const outside = newFolder()
  for (const path of ['data/sub/a', 'deep/c']) rmSync(join(cwd, path))
  const onProgress = (): void => {
    for (const path of ['data/sub', 'deep']) {
      rmSync(join(cwd, path), { recursive: true, force: true })
      symlinkSync(outside, join(cwd, path))
    }
  }
  const { added, modified, failed } = await checkout([], { cwd, env, onProgress })
  expect([added, modified]).toEqual([[], []])
  expect(failed.map(({ error }) => error?.code)).toEqual(['DS_DVC_PATH_SYMLINK', 'DS_DVC_PATH_SYMLINK'])
  expect(filesIn(outside)).toEqual([])
})

test('an output that was dropped is not removed through a symbolic link', async () => {
  const cwd = await repoWith({ 'sub/a': 'one', b: 'two' }, ['sub/a', 'b'])
  rmSync(join(cwd, 'sub/a'))
  await checkout([], { cwd, env })
  const outside = newFolder()
  renameSync(join(cwd, 'sub'), join(outside, 'sub'))
  rmSync(join(outside, 'sub/a.dvc'))
  symlinkSync(join(outside, 'sub'), join(cwd, 'sub'))
  expect(told(await checkout([], { cwd, env }))).toMatchObject({ deleted: [], failed: [] })
  expect(readFileSync(join(outside, 'sub/a'), 'utf8')).toBe('one')
})

test('what is edited while the checkout is at work stays and is told, and the rest comes', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/b': 'two', 'data/c': 'three', note: 'four' }, ['data', 'note'])
  put(cwd, 'data/a', 'two')
  rmSync(join(cwd, 'data/b'))
  put(cwd, 'data/gone', 'four')
  put(cwd, 'note', 'three')
  put(cwd, 'data/c', 'two')
  const edited = ['data/a', 'data/b', 'data/gone', 'note']
  const onProgress = (): void => edited.forEach((path) => put(cwd, path, `${path} is mine`))
  expect(told(await checkout([], { cwd, env, onProgress }))).toEqual({
    added: [],
    modified: ['data/'],
    deleted: [],
    stats: '0 1 0',
    failed: [
      { path: 'data/', missing: [], changed: ['data/gone', 'data/a', 'data/b'] },
      { path: 'note', missing: [], changed: ['note'] },
    ],
  })
  for (const path of edited) expect(readFileSync(join(cwd, path), 'utf8')).toBe(`${path} is mine`)
  expect(readFileSync(join(cwd, 'data/c'), 'utf8')).toBe('three')
  expect(await codeOf(checkout([], { cwd, env }))).toBe('DS_DVC_UNSAVED')
})

test('data is saved only where its object is what its name says', async () => {
  for (const broken of ['', 'owt']) {
    const cwd = await repoWith({ a: 'one', 'data/x': 'two' }, ['a', 'data'])
    put(cwd, 'a', 'two')
    chmodSync(object(cwd, 'two'), 0o644)
    writeFileSync(object(cwd, 'two'), broken)
    chmodSync(object(cwd, 'two'), 0o444)
    expect(await codeOf(checkout(['a'], { cwd, env }))).toBe('DS_DVC_UNSAVED')
    expect(readFileSync(join(cwd, 'a'), 'utf8')).toBe('two')
  }
})

test('a dropped output stays where the cache does not hold it any more', async () => {
  const cwd = await repoWith({ 'a.csv': 'precious', 'data/x': 'one', 'data/y': 'two', b: 'three' }, [
    'a.csv',
    'data',
    'b',
  ])
  for (const path of ['a.csv', 'data', 'b']) rmSync(join(cwd, path), { recursive: true })
  await checkout([], { cwd, env })
  for (const path of ['a.csv', 'data', 'b']) rmSync(join(cwd, `${path}.dvc`))
  rmSync(object(cwd, 'precious'))
  rmSync(object(cwd, 'two'))
  const done = await checkout([], { cwd, env })
  expect(told(done)).toMatchObject({ deleted: ['b'], stats: '0 0 1', failed: [] })
  expect(done.findings.map(({ severity, message }) => [severity, message.split(' ')[0]])).toEqual([
    ['warn', 'a.csv'],
    ['warn', 'data'],
  ])
  expect(readFileSync(join(cwd, 'a.csv'), 'utf8')).toBe('precious')
  expect(filesIn(join(cwd, 'data'))).toEqual(['x', 'y'])
  expect((await checkout([], { cwd, env })).findings).toEqual([])
})

test('one file of a directory and the directory follow each other as what is tracked', async () => {
  const cwd = await repoWith({ 'data/a.csv': 'one', 'data/b.csv': 'two' }, ['data/a.csv'])
  rmSync(join(cwd, 'data/b.csv'))
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-qm', 'single')
  git(cwd, 'rm', '-q', 'data/a.csv.dvc', 'data/.gitignore')
  put(cwd, 'data/b.csv', 'two')
  await add(['data'], { cwd, env })
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-qm', 'directory')
  rmSync(join(cwd, 'data'), { recursive: true })
  git(cwd, 'checkout', '-q', 'HEAD~')
  await checkout([], { cwd, env })
  git(cwd, 'checkout', '-q', '-')
  expect(told(await checkout([], { cwd, env }))).toMatchObject({ modified: ['data/'], deleted: [], stats: '1 0 0' })
  expect(filesIn(join(cwd, 'data'))).toEqual(['a.csv', 'b.csv'])
  expect(await status([], { cwd, env })).toEqual({})
  put(cwd, 'a.csv.dvc', git(cwd, 'show', 'HEAD~:data/a.csv.dvc').replace('path: a.csv', 'path: data/a.csv'))
  rmSync(join(cwd, 'data.dvc'))
  expect(told(await checkout([], { cwd, env }))).toMatchObject({ deleted: ['data/'], stats: '0 0 1', failed: [] })
  expect(filesIn(join(cwd, 'data'))).toEqual(['a.csv'])
})

test('a folder that holds something is not cleared away for a file', async () => {
  const cwd = await repoWith({ a: 'one', c: 'two', 'd/e': 'three', '.dvcignore': '*.ign\n' }, ['a', 'c', 'd'])
  put(cwd, 'a', 'two')
  rmSync(join(cwd, 'c'))
  put(cwd, 'c/sub/keep.ign', 'mine')
  expect(await codeOf(checkout([], { cwd, env }))).toBe('DS_DVC_UNSAVED')
  expect(readFileSync(join(cwd, 'a'), 'utf8')).toBe('two')
  const onProgress = (): void => put(cwd, 'c/sub/late', 'mine')
  rmSync(join(cwd, 'c/sub/keep.ign'))
  expect(told(await checkout([], { cwd, env, onProgress }))).toMatchObject({
    modified: ['a'],
    failed: [{ path: 'c', changed: ['c'] }],
  })
  await checkout([], { cwd, env, force: true })
  expect(readFileSync(join(cwd, 'c'), 'utf8')).toBe('two')
  rmSync(join(cwd, 'd'), { recursive: true })
  put(cwd, 'd', 'one')
  await checkout([], { cwd, env })
  expect(filesIn(join(cwd, 'd'))).toEqual(['e'])
})

test('a file that is ignored stands in the way of a folder, until it is given up', async () => {
  const cwd = await repoWith({ 'data/sub/a': 'one', 'data/b': 'two' }, ['data'])
  put(cwd, '.dvcignore', 'data/sub\n')
  rmSync(join(cwd, 'data/sub'), { recursive: true })
  put(cwd, 'data/sub', 'mine')
  expect(await codeOf(checkout([], { cwd, env }))).toBe('DS_DVC_UNSAVED')
  expect(readFileSync(join(cwd, 'data/sub'), 'utf8')).toBe('mine')
  await checkout([], { cwd, env, force: true })
  expect(filesIn(join(cwd, 'data'))).toEqual(['b', 'sub/a'])
})

test('one output that cannot be looked at or written keeps no other from coming', async () => {
  const cwd = await repoWith({ 'data/a': 'one', file: 'two', 'x/y': 'three', 'closed/z': 'four' }, [
    'data',
    'file',
    'x/y',
    'closed/z',
  ])
  symlinkSync('nowhere', join(cwd, 'data/broken'))
  for (const path of ['file', 'x/y', 'closed/z']) rmSync(join(cwd, path))
  put(cwd, 'w.dvc', readFileSync(join(cwd, 'x/y.dvc'), 'utf8').replace('path: y', 'path: x'))
  rmSync(join(cwd, 'x'), { recursive: true })
  put(cwd, 'v.dvc', readFileSync(join(cwd, 'w.dvc'), 'utf8').replace('path: x', 'path: plain/in'))
  put(cwd, 'plain', 'a file of git')
  const { added, failed } = await checkout([], { cwd, env })
  expect(added).toEqual(['closed/z', 'file', 'x'])
  expect(failed.map(({ path, error }) => [path, error?.code])).toEqual([
    ['data/', 'DS_DVC_PATH_KIND'],
    ['plain/in', 'DS_DVC_EXISTS'],
  ])
  expect(readFileSync(join(cwd, 'plain'), 'utf8')).toBe('a file of git')
})

test('a folder that may not be written to is named', async () => {
  const cwd = await repoWith({ a: 'one', 'closed/sub/z': 'two', 'closed/k': 'three' }, ['a', 'closed'])
  for (const path of ['a', 'closed/sub/z']) put(cwd, path, 'three')
  const user = process.getuid?.() === 0 ? 65534 : undefined
  const program = join(cwd, 'program.mjs')
  writeFileSync(
    program,
    `import { checkout } from ${JSON.stringify(built('checkout'))}
const { modified, failed } = await checkout([], { cwd: ${JSON.stringify(cwd)} })
console.log(JSON.stringify([modified, failed[0].error]))`,
  )
  if (user !== undefined) execFileSync('chown', ['-R', String(user), cwd])
  chmodSync(join(cwd, 'closed/sub'), 0o555)
  const { stdout, stderr } = spawnSync(process.execPath, [program], { uid: user, encoding: 'utf8' })
  chmodSync(join(cwd, 'closed/sub'), 0o755)
  expect(stderr).toBe('')
  const [modified, error] = JSON.parse(stdout) as [string[], { code: string; message: string }]
  expect(modified).toEqual(['a'])
  expect(error.code).toBe('DS_DVC_WRITE')
  expect(error.message).toContain(`cannot write ${join(cwd, 'closed/sub')}: `)
})

test('what a killed checkout left in .dvc/tmp goes, and what is in the making is no data', async () => {
  const cwd = await repoWith({ 'data/a': 'one' }, ['data'])
  put(cwd, '.dvc/tmp/.left.dayshift.tmp/0/0', 'much')
  put(cwd, '.dvc/tmp/.file.dayshift.tmp', 'of another work')
  put(cwd, 'data/.left.dayshift.tmp/0/0', 'much')
  expect(await status([], { cwd, env })).toEqual({})
  await checkout([], { cwd, env })
  expect(readdirSync(join(cwd, '.dvc/tmp')).filter((name) => name.startsWith('.'))).toEqual(['.file.dayshift.tmp'])
})

test.skipIf(!existsSync('/dev/shm'))('files for another file system are made ready outside of the data', async () => {
  const cwd = await repoWith({ 'data/sub/a': 'one' }, ['data'])
  const other = mkdtempSync('/dev/shm/dayshift-dvc-')
  try {
    rmSync(join(cwd, '.dvc/tmp'), { recursive: true })
    symlinkSync(other, join(cwd, '.dvc/tmp'))
    put(cwd, '.left.dayshift.tmp/0/0', 'much')
    utimesSync(join(cwd, '.left.dayshift.tmp'), 1, 1)
    rmSync(join(cwd, 'data/sub/a'))
    const seen: string[] = []
    const onProgress = (): void =>
      void seen.push(...staged(cwd), ...staged(join(cwd, 'data')), ...staged(join(cwd, 'data/sub')))
    expect(told(await checkout([], { cwd, env, onProgress }))).toMatchObject({ stats: '1 0 0' })
    expect(seen).toHaveLength(1)
    expect(existsSync(join(cwd, seen[0] as string))).toBe(false)
    expect(readFileSync(join(cwd, 'data/sub/a'), 'utf8')).toBe('one')
    expect(staged(cwd)).toEqual([])
  } finally {
    rmSync(other, { recursive: true })
  }
})

test('a full disk leaves the workspace as it was', async () => {
  const cwd = await repoWith({ 'data/a': 'a'.repeat(3_000_000), 'data/b': 'two' }, ['data'])
  put(cwd, 'data/a', 'two')
  const program = join(cwd, 'program.mjs')
  writeFileSync(
    program,
    `import { checkout } from ${JSON.stringify(built('checkout'))}
await checkout([], { cwd: ${JSON.stringify(cwd)} }).catch((error) => console.log(error.code))`,
  )
  const script = `trap '' XFSZ; ulimit -f 1000; exec "$0" "$1"`
  const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, program], { encoding: 'utf8' })
  expect(stdout + stderr).toBe('DS_DVC_WRITE\n')
  expect(filesIn(join(cwd, 'data'))).toEqual(['a', 'b'])
  expect(readFileSync(join(cwd, 'data/a'), 'utf8')).toBe('two')
  expect(readdirSync(join(cwd, '.dvc/tmp')).filter((name) => name.startsWith('.'))).toEqual([])
})

test('a link to a folder in place of an output stays, and the hint says what to do', async () => {
  const cwd = await repoWith({ 'd/a': 'one' }, ['d'])
  rmSync(join(cwd, 'd'), { recursive: true })
  symlinkSync(newFolder(), join(cwd, 'd'))
  const { failed } = await checkout([], { cwd, env, force: true })
  expect(failed.map(({ error }) => [error?.code, error?.hint])).toEqual([
    ['DS_DVC_PATH_SYMLINK', "Remove the link, and run it again: rm 'd'"],
  ])
})

test('what an empty record stood for stays, and is told', async () => {
  const cwd = await repoWith({ a: 'a', b: 'b' }, ['a', 'b'])
  const all = { cwd, env }
  rmSync(join(cwd, 'a'))
  await checkout([], all)
  writeFileSync(join(cwd, 'a.dvc'), '')
  const { findings, deleted } = await checkout([], all)
  expect([deleted, readFileSync(join(cwd, 'a'), 'utf8')]).toEqual([[], 'a'])
  expect(findings).toMatchObject([{ severity: 'warn', message: expect.stringMatching(/^a\.dvc is empty/) }])
  rmSync(join(cwd, 'a.dvc'))
  expect((await checkout([], all)).deleted).toEqual(['a'])
})

test('a list of a directory that is what its name says, and that nobody can use, is told as such', async () => {
  const cwd = await repoWith({ 'd/x': 'x' }, ['d'])
  const text = JSON.stringify([{ md5: md5Of('x'), relpath: '../evil' }])
  const digits = `${md5Of(text)}.dir`
  const place = objectPathIn(join(cwd, '.dvc/cache'), digits)
  mkdirSync(join(place, '..'), { recursive: true })
  writeFileSync(place, text)
  writeFileSync(join(cwd, 'd.dvc'), `outs:\n- md5: ${digits}\n  hash: md5\n  path: d\n`)
  const { failed } = await checkout([], { cwd, env })
  expect(failed).toMatchObject([{ path: 'd/', missing: [], error: { code: 'DS_DVC_OBJECT_CORRUPT' } }])
  expect(failed[0]?.error?.message).toContain("lists '../evil', which is no path within a directory")
  expect(failed[0]?.error?.hint).toContain('dayshift dvc add')
  expect(readFileSync(join(cwd, 'd/x'), 'utf8')).toBe('x')
})
