import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { md5Of } from '../src/cache/hash.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { push } from '../src/push.ts'
import { remoteFsck } from '../src/remote-fsck.ts'
import { localRemote } from '../src/remotes/local.ts'
import { Interruption, type Remote } from '../src/remotes/remote.ts'
import { codeOf, filesIn } from './sandbox.ts'
import { repoWithRemote } from './transfer/faulty.ts'

const LARGE = 'x'.repeat(3_000_000)
const FILES = { 'd/a': 'one', 'd/b': 'two', large: LARGE }

async function pushed() {
  const all = await repoWithRemote(FILES, ['d', 'large'])
  await push([], all.options)
  const at = (content: string, top = all.store): string => objectPathIn(top, md5Of(content))
  const manifest = filesIn(all.store).find((path) => path.endsWith('.dir')) ?? ''
  return { ...all, at, manifest, cache: join(all.cwd, '.dvc/cache') }
}

async function* nothing(): AsyncGenerator<never> {}

/** Changes an object in place. */
function spoil(object: string, content: string): void {
  chmodSync(object, 0o644)
  writeFileSync(object, content)
  chmodSync(object, 0o444)
}

test('a whole remote is whole, read to the last byte, and left as it is', async () => {
  const { store, options } = await pushed()
  mkdirSync(join(store, 'runs/ab'), { recursive: true })
  writeFileSync(join(store, 'README'), 'people put things here')
  const before = filesIn(store)
  const told: number[] = []
  const { remotes, unreached, isWhole } = await remoteFsck({
    ...options,
    onCheck: ({ bytes, ofBytes }) => told.push(bytes / ofBytes),
  })
  expect([isWhole, unreached]).toEqual([true, []])
  expect(remotes).toMatchObject([
    { remote: 'store', url: store, objects: 4, read: 4, broken: [], missing: [], failed: [] },
  ])
  expect(told.at(-1)).toBe(1)
  expect(filesIn(store)).toEqual(before)
})

test('what is wrong by its size is known before it is read, and what is wrong by its content when it is', async () => {
  const { store, options, at } = await pushed()
  spoil(at('one'), 'eno')
  chmodSync(at(LARGE), 0o644)
  truncateSync(at(LARGE), 10)
  const asked: string[] = []
  const remote = localRemote({ dir: store, shared: false })
  const counting = {
    ...remote,
    get: async (...words: Parameters<typeof remote.get>) => {
      asked.push(words[0])
      return remote.get(...words)
    },
  }
  const all = await remoteFsck({ ...options, open: async () => counting })
  expect(all.isWhole).toBe(false)
  expect(all.remotes[0]?.broken.map(({ hash, by, repaired }) => [hash.digits, by, repaired])).toEqual(
    expect.arrayContaining([
      [md5Of('one'), 'content', false],
      [md5Of(LARGE), 'size', false],
    ]),
  )
  expect(all.remotes[0]?.broken).toHaveLength(2)
  expect(asked).toHaveLength(3)
  asked.length = 0
  const quick = await remoteFsck({ ...options, open: async () => counting, quick: true })
  expect(quick.remotes[0]?.broken.map(({ hash }) => hash.digits)).toEqual([md5Of(LARGE)])
  expect(asked.every((key) => key.endsWith('.dir'))).toBe(true)
  // Where the cache lacks it, nobody knows how large it should be.
  rmSync(join(options.cwd, '.dvc/cache'), { recursive: true })
  expect((await remoteFsck({ ...options, quick: true })).isWhole).toBe(true)
  expect((await remoteFsck(options)).remotes[0]?.broken).toHaveLength(2)
})

test('a repair sends what the cache has right, and a directory after its files', async () => {
  const { store, options, at, manifest, cache } = await pushed()
  spoil(at('one'), 'eno')
  rmSync(at('two'))
  spoil(join(store, manifest), '[]')
  spoil(at(LARGE), 'y')
  spoil(at(LARGE, cache), 'z')
  const puts: string[] = []
  const remote = localRemote({ dir: store, shared: false })
  const open = async () => ({
    ...remote,
    put: async (...words: Parameters<NonNullable<typeof remote.put>>) => {
      puts.push(words[0])
      return (await remote.put?.(...words)) ?? {}
    },
  })
  const { remotes, isWhole } = await remoteFsck({ ...options, open, repair: true })
  expect(isWhole).toBe(false)
  expect(remotes[0]?.missing).toEqual([{ hash: { algorithm: 'md5', digits: md5Of('two') }, repaired: true }])
  expect(remotes[0]?.broken.filter(({ repaired }) => !repaired).map(({ hash }) => hash.digits)).toEqual([md5Of(LARGE)])
  expect(readFileSync(at(LARGE), 'utf8')).toBe('y')
  expect(puts).toHaveLength(3)
  expect(puts.at(-1)).toBe(manifest)
  spoil(at(LARGE, cache), LARGE)
  expect((await remoteFsck({ ...options, repair: true })).isWhole).toBe(true)
  expect((await remoteFsck(options)).remotes[0]?.broken).toEqual([])
})

test('a manifest never goes where one of its files is nowhere', async () => {
  const { store, options, at, manifest, cache } = await pushed()
  for (const top of [store, cache]) rmSync(at('two', top))
  rmSync(join(store, manifest))
  mkdirSync(dirname(join(store, manifest)), { recursive: true })
  writeFileSync(join(store, manifest), 'cut')
  const { remotes, isWhole } = await remoteFsck({ ...options, repair: true })
  expect(isWhole).toBe(false)
  expect(remotes[0]?.broken.map(({ key, repaired }) => [key, repaired])).toEqual([[manifest, false]])
  expect(remotes[0]?.missing.map(({ repaired }) => repaired)).toEqual([false])
  expect(existsSync(at('two'))).toBe(false)
})

test('objects that do not come are told; a remote that gives nothing, lists nothing or is read-only is an error', async () => {
  const { store, options, faulty, at } = await pushed()
  const stubborn = faulty({
    before(_verb, key) {
      if (key.endsWith(md5Of('one').slice(2))) throw new Interruption('busy')
    },
  })
  const { remotes, isWhole } = await remoteFsck({ ...stubborn, jobs: 3 })
  expect(isWhole).toBe(false)
  expect(remotes[0]?.failed).toMatchObject([{ hash: { digits: md5Of('one') }, error: { code: 'DS_REMOTE_FAILED' } }])
  const down = faulty({
    before() {
      throw new Interruption('no answer')
    },
  })
  expect(await codeOf(remoteFsck({ ...down, jobs: 1 }))).toBe('DS_REMOTE_FAILED')
  const whole = localRemote({ dir: store, shared: false })
  const silent: Remote = { url: store, jobs: 1, has: async (key) => whole.has(key), get: async (key) => whole.get(key) }
  expect(await codeOf(remoteFsck({ ...options, open: async () => silent }))).toBe('DS_REMOTE_UNSUPPORTED')
  const closed: Remote = { ...silent, list: (prefix) => whole.list?.(prefix) ?? nothing() }
  expect((await remoteFsck({ ...options, open: async () => closed })).isWhole).toBe(true)
  expect(await codeOf(remoteFsck({ ...options, open: async () => closed, repair: true }))).toBe('DS_REMOTE_UNSUPPORTED')
  const stop = AbortSignal.abort()
  expect(await codeOf(remoteFsck({ ...options, signal: stop }))).toBe('DS_ABORTED')
  expect(existsSync(at('one'))).toBe(true)
})

test('texts of DVC 2 may have several sizes under one name', async () => {
  const { store, options } = await pushed()
  // The md5-dos2unix of both, from DVC's own tests.
  const digits = 'dd8c6a395b5dd36c56d23275028f526c'
  for (const [top, content] of [
    [store, 'a\nb\n'],
    [join(options.cwd, '.dvc/cache'), 'a\r\nb\r\n'],
  ] as const) {
    const place = objectPathIn(top, digits, 'md5-dos2unix')
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, content)
  }
  expect((await remoteFsck(options)).remotes).toMatchObject([{ objects: 5, read: 5, broken: [] }])
})
