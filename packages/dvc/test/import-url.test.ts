import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importUrl, type ImportUrlOptions } from '../src/import-url.ts'
import { pull } from '../src/pull.ts'
import { status } from '../src/status.ts'
import { update } from '../src/update.ts'
import { memoryServer } from './elsewhere/memory-remote.ts'
import { codeOf, env, filesIn, newFolder, put, repoWith } from './sandbox.ts'

const read = (cwd: string, path: string): string => readFileSync(join(cwd, path), 'utf8')

/** What stands before the outputs. */
const depsOf = (cwd: string, file: string): string => /^deps:\n([^]*)^outs:/m.exec(read(cwd, file))?.[1] ?? ''

async function setUp(): Promise<{
  cwd: string
  away: string
  take: (url: string, options?: Partial<ImportUrlOptions>) => ReturnType<typeof importUrl>
}> {
  const [cwd, away] = [await repoWith({ 'own.csv': 'own' }, []), newFolder()]
  put(away, 'dir/a', 'a')
  put(away, 'dir/deep/b', 'b')
  put(away, 'one.csv', 'one')
  return { cwd, away, take: (url, options) => importUrl(url, { cwd, env, ...options }) }
}

describe('from this machine', () => {
  test('a file is known by its hash', async () => {
    const { cwd, away, take } = await setUp()
    const found = await take(join(away, 'one.csv'))
    expect(found).toMatchObject({ path: 'one.csv', file: 'one.csv.dvc', from: join(away, 'one.csv'), bytes: 3 })
    expect(depsOf(cwd, 'one.csv.dvc')).toBe(
      `- md5: f97c5d29941bfb1b2fdab0874906ab82\n  size: 3\n  hash: md5\n  path: ${away}/one.csv\n`,
    )
    expect(read(cwd, 'one.csv')).toBe('one')
    expect(await status([], { cwd, env })).toEqual({})
    chmodSync(join(away, 'one.csv'), 0o755)
    await take(join(away, 'one.csv'), { out: 'two.csv' })
    expect(depsOf(cwd, 'two.csv.dvc')).toContain('  isexec: true\n')
  })

  test('paths are recorded from beside the record, and lead there again', async () => {
    const { cwd, take } = await setUp()
    mkdirSync(join(cwd, 'sub'))
    expect((await take(join(cwd, 'own.csv'), { out: 'sub' })).from).toBe('own.csv')
    expect(depsOf(cwd, 'sub/own.csv.dvc')).toContain('path: ../own.csv\n')
    put(cwd, 'own.csv', 'newer')
    const { imports } = await update(['sub/own.csv'], { cwd, env })
    expect(imports).toEqual([{ file: 'sub/own.csv.dvc', path: 'sub/own.csv', from: 'own.csv', changed: true }])
    expect(read(cwd, 'sub/own.csv')).toBe('newer')
    expect((await update(['sub/own.csv'], { cwd, env })).imports[0]?.changed).toBe(false)
  })

  test('a directory is one, without links that lead around in circles', async () => {
    const { cwd, away, take } = await setUp()
    symlinkSync('..', join(away, 'dir/up'))
    await take(join(away, 'dir'))
    expect(filesIn(join(cwd, 'dir'))).toEqual(['a', 'deep/b'])
    expect(depsOf(cwd, 'dir.dvc')).toContain('  size: 2\n  nfiles: 2\n')
    put(away, 'dir/c', 'c')
    rmSync(join(away, 'dir/a'))
    await update(['dir'], { cwd, env })
    expect(filesIn(join(cwd, 'dir'))).toEqual(['c', 'deep/b'])
  })

  test('data may go to a remote and nowhere else', async () => {
    const { cwd, away, take } = await setUp()
    const store = newFolder()
    expect(await codeOf(take(join(away, 'dir'), { extent: 'remote' }))).toBe('DS_REMOTE_UNKNOWN')
    writeFileSync(join(cwd, '.dvc/config'), `[core]\n    remote = store\n['remote "store"']\n    url = ${store}\n`)
    await take(join(away, 'dir'), { extent: 'remote' })
    expect(existsSync(join(cwd, 'dir'))).toBe(false)
    expect(filesIn(store)).toHaveLength(3)
    expect(existsSync(join(cwd, '.dvc/cache/files/md5/0c'))).toBe(false)
    expect((await pull([], { cwd, env })).isComplete).toBe(true)
    expect(filesIn(join(cwd, 'dir'))).toEqual(['a', 'deep/b'])
    put(away, 'dir/a', 'changed')
    expect((await update(['dir'], { cwd, env, toRemote: true })).imports[0]?.changed).toBe(true)
    expect(read(cwd, 'dir/a')).toBe('a')
    await pull([], { cwd, env })
    expect(read(cwd, 'dir/a')).toBe('changed')
  })
})

describe('from a server of HTTP', () => {
  const url = 'https://example.org/raw/one.csv'

  test('a file is known by its entity tag, and comes again when that changes', async () => {
    const { cwd, take } = await setUp()
    const server = memoryServer({ [url]: 'one' })
    await take(url, { open: server.open })
    expect(depsOf(cwd, 'one.csv.dvc')).toBe(
      `- checksum: '"f97c5d29941bfb1b2fdab0874906ab82"'\n  size: 3\n  hash: md5\n  path: ${url}\n`,
    )
    expect(await status([], { cwd, env })).toEqual({})
    server.asked.length = 0
    expect((await update(['one.csv'], { cwd, env, open: server.open })).imports[0]?.changed).toBe(false)
    expect(server.asked).toEqual([`has ${url}`])
    server.objects.set(url, 'newer')
    server.breaks = 1
    const waits: number[] = []
    await update(['one.csv'], { cwd, env, open: server.open, onRetry: ({ wait }) => waits.push(wait) })
    expect(read(cwd, 'one.csv')).toBe('newer')
    expect(waits).toHaveLength(1)
  })

  test('where the server tells nothing, the content itself counts', async () => {
    const { cwd, take } = await setUp()
    const server = memoryServer({ [url]: 'one' })
    server.tells = false
    await take(url, { open: server.open })
    expect((await update(['one.csv'], { cwd, env, open: server.open })).imports[0]?.changed).toBe(false)
    server.objects.set(url, 'two')
    expect((await update(['one.csv'], { cwd, env, open: server.open })).imports[0]?.changed).toBe(true)
    expect(read(cwd, 'one.csv')).toBe('two')
  })

  test('the record may stop before the data, or before the server', async () => {
    const { cwd, take } = await setUp()
    const server = memoryServer({ [url]: 'one' })
    await take(url, { open: server.open, extent: 'record', out: 'a' })
    await take(url, { extent: 'nothing', out: 'b' })
    expect(server.asked).toEqual([`has ${url}`])
    expect(read(cwd, 'b.dvc')).toBe(`frozen: true\ndeps:\n- hash: md5\n  path: ${url}\nouts:\n- hash: md5\n  path: b\n`)
    await update(['a', 'b'], { cwd, env, open: server.open })
    expect([read(cwd, 'a'), read(cwd, 'b')]).toEqual(['one', 'one'])
    expect(await status([], { cwd, env })).toEqual({})
  })
})

test('a bucket’s directory is known by what the bucket tells, as DVC has it', async () => {
  const { cwd, take } = await setUp()
  const server = memoryServer({ 's3://lake/dir/a': 'a', 's3://lake/dir/deep/b': 'b', 's3://lake/dir/': '' })
  writeFileSync(join(cwd, '.dvc/config'), `['remote "store"']\n    url = s3://lake\n    region = eu\n`)
  await take('remote://store/dir', { open: server.open })
  // From DVC 3.67.1, of a bucket with the same two files.
  expect(depsOf(cwd, 'dir.dvc')).toBe(
    '- md5: 042d363ab84c12292ead5013f27747b5.dir\n  size: 2\n  nfiles: 2\n  hash: md5\n  path: remote://store/dir\n',
  )
  expect(read(cwd, 'dir.dvc')).toContain('- md5: 7cf0877f823d56ac43f549da32d61dcf.dir\n')
  expect(filesIn(join(cwd, 'dir'))).toEqual(['a', 'deep/b'])
  await take('s3://lake/dir/a', { open: server.open, settings: { endpointurl: 'http://127.0.0.1' } })
  expect(depsOf(cwd, 'a.dvc')).toBe(
    '- etag: 0cc175b9c0f1b6a831c399e269772661\n  size: 1\n  hash: md5\n  path: s3://lake/dir/a\n' +
      '  fs_config:\n    endpointurl: http://127.0.0.1\n',
  )
  expect((await update(['dir', 'a'], { cwd, env, open: server.open })).imports.map(({ changed }) => changed)).toEqual([
    false,
    false,
  ])
})

test('names of a bucket that would lead out of a directory are refused', async () => {
  const { cwd, take } = await setUp()
  const server = memoryServer({ 's3://lake/dir/../../out': 'x' })
  await expect(take('s3://lake/dir', { open: server.open })).rejects.toMatchObject({
    code: 'DS_DVC_PATH_NAME',
    message: "s3://lake/dir lists '../../out', which is no path within a directory",
  })
  expect(existsSync(join(cwd, 'dir.dvc'))).toBe(false)
})

test('data that is not followed goes to the remote, and is data like any other', async () => {
  const { cwd, away, take } = await setUp()
  const store = newFolder()
  put(cwd, '.dvc/config', `[core]\n    remote = store\n['remote "store"']\n    url = ${store}\n`)
  const { file, unstaged, bytes } = await take(join(away, 'dir'), { extent: 'remote', isFollowed: false, out: 'put' })
  expect([file, unstaged, bytes]).toEqual(['put.dvc', ['put.dvc'], 2])
  expect(read(cwd, file)).toMatch(
    /^outs:\n- md5: [0-9a-f]{32}\.dir\n {2}size: 2\n {2}nfiles: 2\n {2}hash: md5\n {2}path: put\n$/,
  )
  expect(filesIn(store)).toHaveLength(3)
  expect([existsSync(join(cwd, 'put')), filesIn(join(cwd, '.dvc')).filter((path) => path.startsWith('cache'))]).toEqual(
    [false, []],
  )
  expect((await pull([], { cwd, env })).checkout?.stats.added).toBe(2)
  expect(read(cwd, 'put/deep/b')).toBe('b')
  expect(await status([], { cwd, env })).toEqual({})
})

test('what cannot be imported changes nothing', async () => {
  const { cwd, away, take } = await setUp()
  const before = filesIn(cwd).filter((path) => !path.startsWith('.dvc/tmp/'))
  const server = memoryServer({})
  expect(await codeOf(take(join(away, 'nothing')))).toBe('DS_DVC_PATH_MISSING')
  expect(await codeOf(take('https://example.org/nothing', { open: server.open }))).toBe('DS_DVC_PATH_MISSING')
  expect(await codeOf(take('foo://example.org/x'))).toBe('DS_REMOTE_UNSUPPORTED')
  expect(await codeOf(take('remote://none/x'))).toBe('DS_REMOTE_UNKNOWN')
  const settings = { secret_access_key: 'x' }
  expect(await codeOf(take('s3://lake/x', { open: server.open, settings }))).toBe('DS_DVC_SECRET')
  expect(await codeOf(take('https://ada:x@example.org/x', { open: server.open }))).toBe('DS_DVC_SECRET')
  expect(await codeOf(take('own.csv', { force: true }))).toBe('DS_DVC_OVERLAP')
  expect(await codeOf(take('own.csv'))).toBe('DS_DVC_EXISTS')
  expect(await codeOf(take(join(away, 'dir'), { signal: AbortSignal.abort() }))).toBe('DS_ABORTED')
  expect(await codeOf(take(join(away, 'dir'), { out: 'no/folder' }))).toBe('DS_DVC_PATH_MISSING')
  expect((await take(join(away, 'dir'), { dryRun: true })).unstaged).toEqual([])
  expect(filesIn(cwd).filter((path) => !path.startsWith('.dvc/tmp/'))).toEqual(before)
  expect(readdirSync(join(cwd, '.dvc/tmp')).filter((name) => name.startsWith('.'))).toEqual([])
})

test('a signed address is told what to do instead, without the signature', async () => {
  const { take } = await setUp()
  const work = take('https://h.example/x?v=3&X-Amz-Signature=abc&X-Amz-Date=1')
  await expect(work).rejects.toMatchObject({
    code: 'DS_DVC_SECRET',
    hint: expect.stringMatching(/dayshift dvc get-url.* Or give https:\/\/h\.example\/x\?v=3,/),
  })
  await expect(take('https://me:pw@h.example/x')).rejects.toMatchObject({
    hint: expect.stringMatching(/^Give https:\/\/h\.example\/x: /),
  })
})
