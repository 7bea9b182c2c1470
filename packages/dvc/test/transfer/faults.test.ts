import { chmodSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { failure } from '../../src/codes.ts'
import { md5Of } from '../../src/cache/hash.ts'
import { objectPathIn } from '../../src/cache/objects.ts'
import { fetch } from '../../src/fetch.ts'
import { pull } from '../../src/pull.ts'
import { push } from '../../src/push.ts'
import { remoteStatus } from '../../src/remote-status.ts'
import { Interruption, type Pieces } from '../../src/remotes/remote.ts'
import { codeOf, filesIn } from '../sandbox.ts'
import { repoWithRemote } from './faulty.ts'

const LARGE = 'x'.repeat(3_000_000) + 'y'.repeat(2_000_000)
const FILES = { 'd/a': 'a', 'd/b': 'b', 'd/c': 'c', large: LARGE }
const TARGETS = ['d', 'large']

/** A repository whose data lies on the remote only. */
async function pushed(files: Readonly<Record<string, string>> = FILES, targets: readonly string[] = TARGETS) {
  const all = await repoWithRemote(files, targets)
  expect((await push([], all.options)).isComplete).toBe(true)
  for (const path of ['.dvc/cache', ...targets]) rmSync(join(all.cwd, path), { recursive: true })
  return all
}

function place(root: string, content: string): string {
  return objectPathIn(root, md5Of(content))
}

async function* cut(pieces: Pieces, most: number, error?: Error): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of pieces) {
    yield piece.subarray(0, Math.max(0, most - bytes))
    bytes += piece.length
    if (bytes < most) continue
    if (error) throw error
    return
  }
}

describe('a download', () => {
  test.each([['with an error', new Interruption('the connection broke')] as const, ['in silence', undefined] as const])(
    'that ends early %s goes on where it stopped',
    async (_, error) => {
      const { cwd, faulty } = await pushed()
      const asked: number[] = []
      const { isComplete } = await pull(['large'], {
        ...faulty({
          pieces(download, _key, { from = 0 }) {
            asked.push(from)
            return asked.length < 5 ? cut(download.pieces, 1_000_000, error) : download.pieces
          },
        }),
      })
      expect(isComplete).toBe(true)
      expect(asked).toEqual([0, 1_000_000, 2_000_000, 3_000_000, 4_000_000])
      expect(readFileSync(join(cwd, 'large'), 'utf8')).toBe(LARGE)
    },
  )

  test('from a remote that cannot begin in the middle skips what has come already', async () => {
    const { cwd, store, faulty } = await pushed()
    let times = 0
    const { open, ...rest } = faulty({
      pieces: (download) =>
        ++times < 3 ? cut(download.pieces, 2_500_000, new Interruption('broken')) : download.pieces,
    })
    const done = await fetch(['large'], {
      ...rest,
      open: async () => {
        const remote = await open()
        return { ...remote, get: (key, getting) => remote.get(key, { ...getting, from: 0 }) }
      },
    })
    expect(done.isComplete).toBe(true)
    expect(readFileSync(place(join(cwd, '.dvc/cache'), LARGE)).equals(readFileSync(place(store, LARGE)))).toBe(true)
  })

  test('of other bytes never gets into the cache, and stops nothing else', async () => {
    const { cwd, store, options } = await pushed()
    for (const content of ['b', LARGE]) {
      const path = place(store, content)
      chmodSync(path, 0o644)
      writeFileSync(path, content.replace(/.$/, '!'))
    }
    const { isComplete, transfers, missing, checkout } = await pull([], options)
    expect(isComplete).toBe(false)
    expect(transfers[0]?.failed.map(({ path, error }) => [path, error.code])).toEqual(
      expect.arrayContaining([
        ['d/b', 'DS_DVC_OBJECT_CORRUPT'],
        ['large', 'DS_DVC_OBJECT_CORRUPT'],
      ]),
    )
    expect(missing).toHaveLength(2)
    expect(checkout?.stats.added).toBe(2)
    expect(existsSync(place(join(cwd, '.dvc/cache'), 'b'))).toBe(false)
    expect(existsSync(place(join(cwd, '.dvc/cache'), LARGE))).toBe(false)
    expect(filesIn(join(cwd, '.dvc/cache')).filter((path) => path.endsWith('.tmp'))).toEqual([])
  })

  test('of a manifest that is not what its name says is told as such', async () => {
    const { store, options } = await pushed()
    const manifest = filesIn(store).find((path) => path.endsWith('.dir')) ?? ''
    chmodSync(join(store, manifest), 0o644)
    writeFileSync(join(store, manifest), '[]')
    const { missing, transfers } = await fetch([], options)
    expect(missing).toMatchObject([{ path: 'd', problem: expect.stringContaining('not what its name says') }])
    expect(transfers[0]?.done.map(({ path }) => path)).toEqual(['large'])
  })

  test('that is truncated on the remote itself is refused', async () => {
    const { store, options } = await pushed()
    chmodSync(place(store, LARGE), 0o644)
    truncateSync(place(store, LARGE), 1_500_000)
    const { transfers } = await fetch([], options)
    expect(transfers[0]?.failed.map(({ path }) => path)).toEqual(['large'])
    expect(transfers[0]?.done).toHaveLength(4)
  })

  test('of parts that do not belong together begins again', async () => {
    const { faulty } = await pushed()
    let times = 0
    const { isComplete } = await fetch(['large'], {
      ...faulty({
        pieces: (download) =>
          ++times === 1
            ? (async function* () {
                yield Buffer.alloc(1_000_000)
                throw new Interruption('broken')
              })()
            : download.pieces,
      }),
    })
    expect(isComplete).toBe(true)
    expect(times).toBe(3)
  })

  test('that is called off leaves nothing half, and the next one gets the rest', async () => {
    const { cwd, options, faulty } = await pushed()
    const stop = new AbortController()
    const work = fetch([], {
      ...faulty({
        pieces: (download, key) =>
          key.includes(md5Of(LARGE).slice(2))
            ? (async function* () {
                yield* cut(download.pieces, 2_000_000)
                stop.abort()
                yield Buffer.alloc(1)
              })()
            : download.pieces,
      }),
      signal: stop.signal,
    })
    expect(await codeOf(work)).toBe('DS_ABORTED')
    expect(filesIn(join(cwd, '.dvc/cache')).filter((path) => path.endsWith('.tmp'))).toEqual([])
    expect(existsSync(place(join(cwd, '.dvc/cache'), LARGE))).toBe(false)
    expect((await fetch([], options)).isComplete).toBe(true)
  })
})

describe('a remote', () => {
  test('that answers nobody is given up, not asked for each of many objects', async () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`m/${at}`, `${at}`]))
    const { faulty } = await pushed(many, ['m'])
    let asked = 0
    const down = faulty({
      before(_verb, key) {
        if (key.endsWith('.dir')) return
        asked++
        throw new Interruption('no answer')
      },
    })
    expect(await codeOf(fetch([], { ...down, jobs: 4 }))).toBe('DS_REMOTE_FAILED')
    expect(asked).toBeLessThanOrEqual(8 * 3)
  })

  test('that is busy now and then gets everything through', async () => {
    const { options, faulty } = await pushed()
    let turn = 0
    const told: string[] = []
    const busy = faulty({
      before() {
        if (++turn % 2 === 1) throw new Interruption('503 slow down', { after: 1 })
      },
    })
    const { isComplete } = await fetch([], { ...busy, jobs: 1, onRetry: ({ message }) => told.push(message) })
    expect(isComplete).toBe(true)
    expect(told).toContain('503 slow down')
    expect((await fetch([], options)).transfers[0]?.plan.objects).toEqual([])
  })

  test('that lets nobody in ends the work at once', async () => {
    const { faulty } = await pushed()
    let asked = 0
    const closed = faulty({
      before() {
        asked++
        throw failure('DS_REMOTE_DENIED', 'expired')
      },
    })
    expect(await codeOf(fetch([], closed))).toBe('DS_REMOTE_DENIED')
    expect(await codeOf(push([], closed))).toBe('DS_REMOTE_DENIED')
    expect(asked).toBe(2)
  })
})

describe('an upload', () => {
  test('of an object that was changed in place fails, and its directory stays away', async () => {
    const { cwd, store, options } = await repoWithRemote(FILES, TARGETS)
    for (const content of ['b', LARGE]) {
      const path = place(join(cwd, '.dvc/cache'), content)
      chmodSync(path, 0o644)
      writeFileSync(path, content.replace(/.$/, '!'))
      chmodSync(path, 0o444)
    }
    const { isComplete, transfers } = await push([], options)
    expect(isComplete).toBe(false)
    expect(transfers[0]?.failed.map(({ path, error }) => [path, error.code]).toSorted()).toEqual([
      ['d/b', 'DS_DVC_OBJECT_CORRUPT'],
      ['large', 'DS_DVC_OBJECT_CORRUPT'],
    ])
    const held = filesIn(store)
    expect(held).toHaveLength(2)
    expect(held.filter((path) => path.endsWith('.dir') || path.endsWith('.tmp'))).toEqual([])
  })

  test('that fails keeps its manifest back; the next push sends the rest', async () => {
    const { store, options, faulty } = await repoWithRemote(FILES, TARGETS)
    const broken = faulty({
      before(verb, key) {
        if (verb === 'put' && key.endsWith(md5Of('c').slice(2))) throw new Interruption('cut')
      },
    })
    const first = await push([], { ...broken, jobs: 2 })
    expect(first.transfers[0]?.failed.map(({ path, error }) => [path, error.code])).toEqual([
      ['d/c', 'DS_REMOTE_FAILED'],
    ])
    expect(filesIn(store).some((path) => path.endsWith('.dir'))).toBe(false)
    const second = await push([], options)
    expect(second.isComplete).toBe(true)
    expect(second.transfers[0]?.plan.objects.map(({ path }) => path)).toEqual(['d/c', 'd'])
  })

  test('takes the place of an object that is truncated on the remote', async () => {
    const { store, options } = await repoWithRemote(FILES, TARGETS)
    await push([], options)
    chmodSync(place(store, LARGE), 0o644)
    truncateSync(place(store, LARGE), 10)
    expect((await push([], options)).transfers[0]?.done.map(({ path }) => path)).toEqual(['large'])
    expect(readFileSync(place(store, LARGE), 'utf8')).toBe(LARGE)
  })

  test('that is asked for by name is not taken on a manifest’s word', async () => {
    const { cwd, store, options } = await repoWithRemote(FILES, TARGETS)
    await push([], options)
    for (const content of ['a', 'b']) rmSync(place(store, content))
    expect((await push([], options)).transfers[0]?.done).toEqual([])
    expect((await remoteStatus(['d/b'], options)).states).toEqual({ 'd/b': 'new' })
    expect((await push(['d/b'], options)).transfers[0]?.done.map(({ path }) => path)).toEqual(['d/b'])
    expect((await push(['d'], options)).transfers[0]?.done.map(({ path }) => path)).toEqual(['d/a'])
    rmSync(join(cwd, 'd'), { recursive: true })
  })

  test('is not needed where the cache’s manifest is broken and the remote has it', async () => {
    const { cwd, store, options } = await repoWithRemote(FILES, TARGETS)
    await push([], options)
    const manifest = filesIn(store).find((path) => path.endsWith('.dir')) ?? ''
    chmodSync(join(cwd, '.dvc/cache', manifest), 0o644)
    writeFileSync(join(cwd, '.dvc/cache', manifest), '[]')
    expect((await push([], options)).isComplete).toBe(true)
    expect((await remoteStatus([], options)).states).toEqual({ d: 'deleted' })
    expect((await fetch([], options)).isComplete).toBe(true)
    expect((await remoteStatus([], options)).states).toEqual({})
  })

  test('to what is no folder is refused, and so is a download from none', async () => {
    const { store, options } = await repoWithRemote(FILES, TARGETS)
    await push([], options)
    rmSync(store, { recursive: true })
    await Promise.all(['.dvc/cache', 'd', 'large'].map((path) => rm(join(options.cwd, path), { recursive: true })))
    expect(await codeOf(fetch([], options))).toBe('DS_REMOTE_FAILED')
    writeFileSync(store, 'a file')
    for (const work of [push, fetch, remoteStatus]) expect(await codeOf(work([], options))).toBe('DS_REMOTE_FAILED')
  })

  test('of a directory with files that are nowhere sends the others, and no manifest', async () => {
    const { cwd, store, options } = await repoWithRemote(FILES, TARGETS)
    rmSync(place(join(cwd, '.dvc/cache'), 'b'))
    const { isComplete, transfers } = await push([], options)
    expect(isComplete).toBe(false)
    expect(transfers[0]?.plan.missing.map(({ path }) => path)).toEqual(['d/b'])
    expect(filesIn(store)).toHaveLength(3)
    expect(filesIn(store).some((path) => path.endsWith('.dir'))).toBe(false)
  })

  test('does not take a manifest’s word for files that the cache lacks too', async () => {
    const { cwd, store, options } = await repoWithRemote(FILES, TARGETS)
    await push([], options)
    rmSync(place(join(cwd, '.dvc/cache'), 'b'))
    expect((await push([], options)).isComplete).toBe(true)
    rmSync(place(store, 'b'))
    const { isComplete, transfers } = await push([], options)
    expect([isComplete, transfers[0]?.plan.missing.map(({ path }) => path)]).toEqual([false, ['d/b']])
  })
})
