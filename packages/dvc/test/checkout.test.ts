import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { checkout, type CheckoutResult } from '../src/checkout.ts'
import { initRepo } from '../src/repo.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { md5Of } from '../src/cache/hash.ts'
import { status } from '../src/status.ts'
import { built, codeOf, env, filesIn, git, newGitRepo, put } from './sandbox.ts'

async function repoWith(files: Record<string, string>, targets: string[], config = ''): Promise<string> {
  const cwd = newGitRepo()
  await initRepo(cwd, false, env)
  if (config) writeFileSync(join(cwd, '.dvc/config'), config)
  for (const [path, content] of Object.entries(files)) put(cwd, path, content)
  await add(targets, { cwd, env })
  return cwd
}

const object = (cwd: string, content: string): string => objectPathIn(join(cwd, '.dvc/cache'), md5Of(content))

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

test('links to folders, ignored files and empty folders in tracked directories are left alone', async () => {
  const cwd = await repoWith({ 'data/a': 'one', '.dvcignore': '*.tmp\n', 'other/x': 'x' }, ['data'])
  symlinkSync('../other', join(cwd, 'data/link'))
  put(cwd, 'data/b.tmp', 'mine')
  mkdirSync(join(cwd, 'data/empty'))
  rmSync(join(cwd, 'data/a'))
  await checkout([], { cwd, env })
  expect(readdirSync(join(cwd, 'data')).toSorted()).toEqual(['a', 'b.tmp', 'empty', 'link'])
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
