import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { commit } from '../src/commit.ts'
import { loadManifest } from '../src/cache/manifest.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { stampOf } from '../src/cache/stamp.ts'
import { openState } from '../src/cache/state.ts'
import { outputsOf } from '../src/outputs.ts'
import { needRepo } from '../src/repo.ts'
import { md5Of } from '../src/cache/hash.ts'
import { codeOf, env, filesIn, git, newFolder, put, repoWith } from './sandbox.ts'

const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8')

test('a path in a tracked directory changes that path alone; the size is known only where files were added', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/b/c': 'two', 'data/d': 'x' }, ['data'])
  put(cwd, 'data/d', 'changed, but not added')
  put(cwd, 'data/b/e', 'three')
  await add(['data/b/e'], { cwd, env })
  // DVC 3.67.1 writes the very same after the same steps (interop/dvc/data.test.ts).
  expect(read(cwd, 'data.dvc')).toContain('  size: 12\n  nfiles: 4\n')
  rmSync(join(cwd, 'data/a'))
  await add(['a'], { cwd: join(cwd, 'data'), env })
  expect(read(cwd, 'data.dvc')).not.toContain('size')
  expect(read(cwd, 'data.dvc')).toContain('  nfiles: 3\n')
  expect(await codeOf(add(['data/never'], { cwd, env }))).toBe('DS_DVC_PATH_MISSING')
})

test('several paths of one directory are added together', async () => {
  const cwd = await repoWith({ 'data/a': 'one' }, ['data'])
  put(cwd, 'data/b', 'two')
  put(cwd, 'data/c', 'three')
  await add(['data/b', 'data/c'], { cwd, env })
  const together = read(cwd, 'data.dvc')
  await add(['data'], { cwd, env })
  expect(read(cwd, 'data.dvc')).toBe(together)
})

test('without commit only the record is written, and a dry run writes nothing', async () => {
  const cwd = await repoWith({ a: 'one', 'data/b': 'two' }, [])
  const plan = await add(['a', 'data'], { cwd, env, dryRun: true })
  expect(plan.writes.map(({ path }) => path)).toEqual(['.gitignore', 'a.dvc', 'data.dvc'])
  expect(filesIn(cwd).filter((path) => path.endsWith('.dvc') && !path.startsWith('.git'))).toEqual([])
  await add(['a', 'data'], { cwd, env, commit: false })
  expect(filesIn(join(cwd, '.dvc')).filter((path) => path.startsWith('cache/'))).toEqual([])
  expect(read(cwd, 'a.dvc')).toContain(md5Of('one'))
})

test('what the state knows is stored all the same where the cache has lost it', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/b': 'two' }, ['data'])
  const object = objectPathIn(join(cwd, '.dvc/cache'), md5Of('one'))
  rmSync(object)
  await add(['data'], { cwd, env })
  expect(readFileSync(object, 'utf8')).toBe('one')
  expect(statSync(object).mode & 0o777).toBe(0o444)
})

const large = Buffer.alloc(3_000_000, 'dayshift').toString()

test.each([
  ['small', 'hello'],
  ['large', large],
])('a %s object that was changed in place gives way to the content', async (_, content) => {
  const files = { a: content, b: content }
  const cwd = await repoWith(files, ['a'])
  const object = objectPathIn(join(cwd, '.dvc/cache'), md5Of(content))
  const spoil = (): void => {
    chmodSync(object, 0o644)
    writeFileSync(object, content.replace('h', 'j'))
    chmodSync(object, 0o444)
  }
  // What the state knows, what it does not know, and what has to be read anew since it was touched.
  for (const path of ['a', 'b', 'a']) {
    await sleep(40)
    spoil()
    await add([path], { cwd, env })
    expect(readFileSync(object, 'utf8') === content).toBe(true)
    expect(statSync(object).mode & 0o777).toBe(0o444)
    writeFileSync(join(cwd, 'a'), content)
  }
  put(cwd, 'dir/a', content)
  spoil()
  await add(['dir'], { cwd, env })
  expect(readFileSync(object, 'utf8') === content).toBe(true)
  const manifest = objectPathIn(
    join(cwd, '.dvc/cache'),
    (await add(['dir'], { cwd, env })).files[0]?.hash.slice(4) ?? '',
  )
  const text = readFileSync(manifest, 'utf8')
  chmodSync(manifest, 0o644)
  writeFileSync(manifest, text.replace('"a"', '"b"'))
  chmodSync(manifest, 0o444)
  await add(['dir'], { cwd, env })
  expect(readFileSync(manifest, 'utf8')).toBe(text)
})

test('an object that was proved, or is large, is remembered and not read again', async () => {
  const files = { small: 'hello', large, 'dir/a': 'a' }
  const cwd = await repoWith(files, ['small', 'large', 'dir'])
  const known = (content: string): string | undefined => {
    const found = stampOf(statSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of(content)), { bigint: true }))
    return openState(join(cwd, '.dvc/tmp')).find(`/md5/${md5Of(content)}`, { ...found, ctimeNs: found.mtimeNs })
  }
  expect(known(large)).toBe(md5Of(large))
  rmSync(join(cwd, '.dvc/tmp'), { recursive: true })
  for (const content of Object.values(files)) expect(known(content)).toBe(undefined)
  await sleep(40)
  await add(['small', 'large', 'dir'], { cwd, env })
  expect(known(large)).toBe(md5Of(large))
  await add(['small', 'large', 'dir'], { cwd, env })
  for (const content of Object.values(files)) expect(known(content)).toBe(md5Of(content))
})

test('many files are stored, each once', async () => {
  const files = Object.fromEntries(Array.from({ length: 700 }, (_, at) => [`data/${at % 7}/${at}`, `${at % 300}`]))
  const cwd = await repoWith(files, ['data'])
  const objects = filesIn(join(cwd, '.dvc/cache/files/md5'))
  expect(objects).toHaveLength(301)
  expect(objects.filter((path) => path.endsWith('.tmp'))).toEqual([])
})

test('a cache shared by a group keeps its folders open to it', async () => {
  const cwd = await repoWith({ a: 'one' }, [])
  writeFileSync(join(cwd, '.dvc/config'), '[cache]\n    shared = group\n')
  await add(['a'], { cwd, env })
  const object = objectPathIn(join(cwd, '.dvc/cache'), md5Of('one'))
  expect(lstatSync(join(object, '..')).mode & 0o7777).toBe(0o2775)
  expect(lstatSync(object).mode & 0o777).toBe(0o444)
})

test('with autostage the files are staged', async () => {
  const cwd = await repoWith({ a: 'one' }, [])
  writeFileSync(join(cwd, '.dvc/config'), '[core]\n    autostage = true\n')
  await add(['a'], { cwd, env })
  expect(git(cwd, 'diff', '--cached', '--name-only').trim().split('\n')).toEqual(
    expect.arrayContaining(['.gitignore', 'a.dvc']),
  )
})

test('what is left out of a version is told', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/inner/.dvc/config': '', 'data/inner/x': 'x' }, [])
  symlinkSync(newFolder(), join(cwd, 'data/link'))
  mkdirSync(join(cwd, 'data/empty'))
  put(cwd, 'data/clone/.git/HEAD', 'ref: refs/heads/main')
  put(cwd, 'data/clone/x', 'x')
  const { findings } = await add(['data'], { cwd, env })
  expect(findings.map(({ code }) => code).toSorted()).toEqual([
    'version.empty_directories',
    'version.git_nested',
    'version.nested_skipped',
    'version.symlink_skipped',
  ])
})

test('globs take files and folders, and find something or throw', async () => {
  const cwd = await repoWith({ 'in/a.csv': 'one', 'in/b.txt': 'two', 'in/c.csv/d': 'three' }, [])
  const plan = await add(['in/*.csv'], { cwd, env, glob: true })
  expect(plan.files.map(({ path }) => path)).toEqual(['in/a.csv', 'in/c.csv'])
  expect(plan.unstaged).toEqual(['in/.gitignore', 'in/a.csv.dvc', 'in/c.csv.dvc'])
  expect(await codeOf(add(['*.none'], { cwd, env, glob: true }))).toBe('DS_DVC_PATH_MISSING')
})

test('the user’s own config counts where it is named', async () => {
  const cwd = await repoWith({ a: 'one' }, [])
  const home = newFolder()
  put(home, 'config', '[cache]\n    dir = elsewhere\n')
  await add(['a'], { cwd, env, user: { global: join(home, 'config') } })
  expect(filesIn(join(home, 'elsewhere'))).toEqual(['files/md5/f9/7c5d29941bfb1b2fdab0874906ab82'])
})

test('what cannot be tracked is told by its name, not by the system', async () => {
  const cwd = await repoWith({ file: 'a', 'sub/b': 'b' }, [])
  mkdirSync(join(cwd, 'sub/.git'))
  const long = 'n'.repeat(253)
  put(cwd, long, 'a')
  const said = (path: string): Promise<unknown> => add([path], { cwd, env }).catch((error: unknown) => error)
  for (const [path, code, text] of [
    ['file/x', 'DS_DVC_PATH_MISSING', 'file/x does not exist'],
    ['.', 'DS_DVC_PATH_OUTSIDE', 'is the repository itself'],
    ['.git', 'DS_DVC_PATH_IGNORED', '.git is, or lies in, a folder of git or DVC'],
    ['sub/b', 'DS_DVC_PATH_OUTSIDE', 'lies in another git repository: '],
    [long, 'DS_DVC_PATH_NAME', 'too long a name'],
  ] as const) {
    expect(await said(path)).toMatchObject({ code, message: expect.stringContaining(text) })
  }
  expect(await said('.git')).toMatchObject({ hint: expect.not.stringContaining('.dvcignore') })
})

test.each(['add', 'commit'])('a folder takes the place of a file, and the other way round (%s)', async (verb) => {
  const cwd = await repoWith({ 'data/x': '1', 'data/k': '2' }, ['data'])
  const record = async (path: string): Promise<unknown> =>
    verb === 'add' ? add([path], { cwd, env }) : commit([path], { cwd, env, force: true })
  const paths = async (): Promise<string[]> => {
    const [output] = await outputsOf(await needRepo(cwd, env))
    const entries = await loadManifest(join(cwd, '.dvc/cache'), output?.hash ?? '')
    return entries.map(({ relpath }) => relpath)
  }
  rmSync(join(cwd, 'data/x'))
  put(cwd, 'data/x/y', '3')
  await record('data/x/y')
  expect(await paths()).toEqual(['k', 'x/y'])
  rmSync(join(cwd, 'data/x'), { recursive: true })
  put(cwd, 'data/x', '4')
  await record('data/x')
  expect(await paths()).toEqual(['k', 'x'])
})

test.each([
  ['a file', Buffer.from('f\u00ff', 'latin1'), 'f\ufffd'],
  ['a folder', Buffer.from('d\u00ff/in', 'latin1'), 'd\ufffd/in'],
])('two names that would be read as one are refused: %s', async (_, name, other) => {
  const cwd = await repoWith({ 'k/a': 'one' }, [])
  const odd = Buffer.concat([Buffer.from(`${cwd}/k/`), name])
  mkdirSync(odd.subarray(0, odd.lastIndexOf('/')), { recursive: true })
  writeFileSync(odd, 'two')
  expect(await codeOf(add(['k'], { cwd, env }))).toBe('DS_DVC_PATH_NAME')
  put(cwd, `k/${other}`, 'three')
  expect(await codeOf(add(['k'], { cwd, env }))).toBe('DS_DVC_PATH_NAME')
  expect(await codeOf(add([`k/${other}`], { cwd, env }))).toBe('DS_DVC_PATH_NAME')
  rmSync(odd)
  if (other.includes('/')) rmdirSync(odd.subarray(0, odd.lastIndexOf('/')))
  expect(await codeOf(add(['k'], { cwd, env }))).toBe('no error')
})

test.skipIf(!existsSync('/proc/self'))('a cache where no folder can be made is an error, not a wait', async () => {
  const cwd = await repoWith({ a: 'a' }, [])
  put(cwd, '.dvc/config', '[cache]\n    dir = /proc/nope\n')
  expect(await codeOf(add(['a'], { cwd, env }))).toBe('DS_DVC_WRITE')
})

function uncached(md5: string, path: string, more = ''): string {
  return `outs:\n- md5: ${md5}\n  size: 3\n${more}  hash: md5\n  cache: false\n  path: ${path}\n`
}

test('data that is not to be cached is hashed and recorded, as DVC 3.67.1 does, and may be git’s', async () => {
  const cwd = await repoWith({ nc: 'nc\n', 'd/a': 'one' }, [])
  put(cwd, 'nc.dvc', uncached(md5Of('before'), 'nc'))
  put(cwd, 'd.dvc', uncached(`${md5Of('before')}.dir`, 'd', '  nfiles: 1\n'))
  git(cwd, 'add', 'nc')
  const { files } = await add(['nc', 'd'], { cwd, env })
  expect(files.map(({ changed }) => changed)).toEqual([true, true])
  expect(read(cwd, 'nc.dvc')).toBe(uncached(md5Of('nc\n'), 'nc'))
  expect(existsSync(join(cwd, '.gitignore'))).toBe(false)
  expect(filesIn(cwd).filter((path) => path.startsWith('.dvc/cache/'))).toEqual([])
  expect(await codeOf(add(['d/a'], { cwd, env }))).toBe('DS_DVC_FILE_UNSUPPORTED')
})

test('a glob that meets records takes the data beside them', async () => {
  const cwd = await repoWith({ odd1: '1', odd2: '2' }, ['odd1'])
  const { files } = await add(['odd*'], { cwd, env, glob: true })
  expect(files.map(({ path, changed }) => [path, changed])).toEqual([
    ['odd1', false],
    ['odd2', true],
  ])
  expect(await codeOf(add(['*1.dvc'], { cwd, env, glob: true }))).toBe('DS_DVC_PATH_NAME')
})
