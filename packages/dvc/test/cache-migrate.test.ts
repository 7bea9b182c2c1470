import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { basename, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { add } from '../src/add.ts'
import { cacheMigrate } from '../src/cache-migrate.ts'
import { md5Of } from '../src/cache/hash.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { status } from '../src/status.ts'
import { manifestOf } from '../src/formats/tree.ts'
import { env, filesIn, put, repoWith } from './sandbox.ts'

/** A repository as DVC 2 has left it: a file and a directory, with texts whose lines end in CRLF. */
async function legacy(): Promise<string> {
  const cwd = await repoWith({ 'one.csv': 'one\r\n', 'data/crlf': 'a\r\nb\r\n', 'data/x': 'x' }, [])
  const object = (digits: string, content: string): void =>
    put(cwd, `.dvc/cache/${digits.slice(0, 2)}/${digits.slice(2)}`, content)
  const [one, crlf, x] = [md5Of('one\n'), md5Of('a\nb\n'), md5Of('x')]
  object(one, 'one\r\n')
  object(crlf, 'a\r\nb\r\n')
  object(x, 'x')
  const { md5: data, text } = manifestOf([
    { relpath: 'crlf', md5: crlf },
    { relpath: 'x', md5: x },
  ])
  object(data, text)
  put(cwd, 'one.csv.dvc', `# mine\nouts:\n- md5: ${one}\n  size: 5\n  path: one.csv\n`)
  put(cwd, 'data.dvc', `outs:\n- md5: ${data}\n  size: 7\n  nfiles: 2\n  path: data\n`)
  return cwd
}

test('objects are linked to where DVC 3 looks for them, and records follow as DVC 3.67.1 writes them', async () => {
  const cwd = await legacy()
  expect(await status([], { cwd, env })).toEqual({})
  const dry = await cacheMigrate({ cwd, env, dvcFiles: true, dryRun: true })
  expect(dry).toEqual({ objects: 4, migrated: 0, files: ['data.dvc', 'one.csv.dvc'], skipped: [], broken: [] })
  expect(await cacheMigrate({ cwd, env, dvcFiles: true })).toEqual({ ...dry, migrated: 4 })
  // The texts of DVC 3.67.1 for the same repository.
  expect(readFileSync(join(cwd, 'one.csv.dvc'), 'utf8')).toBe(
    '# mine\nouts:\n- md5: 444bbb761e4019a61231b6f54ab82280\n  size: 5\n  path: one.csv\n  hash: md5\n',
  )
  expect(readFileSync(join(cwd, 'data.dvc'), 'utf8')).toBe(
    'outs:\n- md5: 118717171b43f259a682dc097c629e20.dir\n  size: 7\n  nfiles: 2\n  path: data\n  hash: md5\n',
  )
  const cache = join(cwd, '.dvc/cache')
  const now = statSync(objectPathIn(cache, md5Of('a\r\nb\r\n')))
  expect(now.ino).toBe(statSync(objectPathIn(cache, md5Of('a\nb\n'), 'md5-dos2unix')).ino)
  expect(now.mode & 0o777).toBe(0o444)
  // One of both manifests names the old hashes: the real one takes it along as well.
  expect(filesIn(join(cache, 'files/md5'))).toHaveLength(5)
  expect(await status([], { cwd, env })).toEqual({})
  expect(await cacheMigrate({ cwd, env, dvcFiles: true })).toEqual({ ...dry, files: [] })
})

test('what is broken or missing stays as it was, and data that changed is not recorded', async () => {
  const cwd = await legacy()
  const broken = objectPathIn(join(cwd, '.dvc/cache'), md5Of('a\nb\n'), 'md5-dos2unix')
  put(cwd, broken.slice(cwd.length + 1), 'other')
  put(cwd, 'one.csv', 'changed')
  put(cwd, 'dvc.yaml', 'stages:\n  make:\n    cmd: x\n    outs:\n    - made\n')
  const made = `path: made\n      md5: ${md5Of('made')}`
  put(cwd, 'dvc.lock', `schema: '2.0'\nstages:\n  make:\n    cmd: x\n    outs:\n    - ${made}\n`)
  const before = readFileSync(join(cwd, 'data.dvc'), 'utf8')
  const result = await cacheMigrate({ cwd, env, dvcFiles: true })
  expect(result).toMatchObject({
    files: ['one.csv.dvc'],
    broken: [broken],
    skipped: [{ path: 'made' }, { path: 'data' }],
  })
  expect(readFileSync(join(cwd, 'data.dvc'), 'utf8')).toBe(before)
  expect(readFileSync(join(cwd, 'one.csv.dvc'), 'utf8')).toContain('444bbb761e4019a61231b6f54ab82280')
  rmSync(join(cwd, 'dvc.yaml'))
  expect(await cacheMigrate({ cwd, env })).toMatchObject({ objects: 4, migrated: 0, files: [], skipped: [] })
})

test('the names of objects are on the disk before a record names them', async () => {
  const cwd = await legacy()
  const folder = join(objectPathIn(join(cwd, '.dvc/cache'), md5Of('x')), '..')
  const steps: string[] = []
  const { open } = promises
  vi.spyOn(promises, 'open').mockImplementation(async (path, ...rest) => {
    if (String(path) === folder) steps.push('sync')
    if (/\.dvc.*\.dayshift\.tmp$/.test(basename(String(path)))) steps.push('record')
    return open(path, ...rest)
  })
  syncBuiltinESMExports()
  await cacheMigrate({ cwd, env, dvcFiles: true })
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  expect(steps).toEqual(['sync', 'record', 'record'])
})

test('add leaves what DVC 2 has recorded and is unchanged, and writes changed data as the real one does', async () => {
  const cwd = await legacy()
  const before = ['one.csv.dvc', 'data.dvc'].map((file) => readFileSync(join(cwd, file), 'utf8'))
  const { files } = await add(['one.csv', 'data'], { cwd, env })
  expect(files.map(({ changed }) => changed)).toEqual([false, false])
  expect(['one.csv.dvc', 'data.dvc'].map((file) => readFileSync(join(cwd, file), 'utf8'))).toEqual(before)
  put(cwd, 'one.csv', 'changed\r\n')
  put(cwd, 'data/x', 'y')
  await add(['one.csv', 'data'], { cwd, env })
  expect(readFileSync(join(cwd, 'one.csv.dvc'), 'utf8')).toBe(
    `# mine\nouts:\n- md5: ${md5Of('changed\r\n')}\n  size: 9\n  path: one.csv\n  hash: md5\n`,
  )
  expect(readFileSync(join(cwd, 'data.dvc'), 'utf8')).toMatch(/nfiles: 2\n {2}path: data\n {2}hash: md5\n$/)
  expect(existsSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of('a\r\nb\r\n')))).toBe(true)
  expect(await status([], { cwd, env })).toEqual({})
})

test('what DVC 2 has recorded and its cache has lost is kept by the cache of DVC 3', async () => {
  const cwd = await legacy()
  rmSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of('one\n'), 'md5-dos2unix'))
  const { files } = await add(['one.csv'], { cwd, env })
  expect(files).toMatchObject([{ hash: `md5:${md5Of('one\r\n')}`, changed: true }])
  expect(existsSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of('one\r\n')))).toBe(true)
})

test('a path in a directory of DVC 2 is refused with the way to go', async () => {
  const cwd = await legacy()
  put(cwd, 'data/x', 'y')
  await expect(add(['data/x'], { cwd, env })).rejects.toMatchObject({
    code: 'DS_DVC_FILE_UNSUPPORTED',
    where: 'data.dvc',
    hint: expect.stringContaining('`dayshift dvc cache migrate --dvc-files`') as string,
  })
})
