import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { ConformanceTest } from '@dayshift/core/testing'
import type { Listed, Pieces, Remote, Upload } from './remotes/remote.ts'

export type { ConformanceTest }

/** Keys as an object store meets them: the tree of DVC 3, that of DVC 2, and files of people. */
const KEYS = [
  'files/md5/ab/cdef0123456789abcdef0123456789',
  'ab/cdef0123456789abcdef0123456789.dir',
  'Ünï cödé/a+b %20#?.csv',
]

/** Larger than what remotes read and send at once. */
const LARGE = (9 << 20) + 7

/**
 * What every {@link Remote} must do, as tests for any test runner. What it has no member for is not asked of it.
 *
 * @param make gives a remote on an empty place of its own, and another on the same place each time it is called again with
 *   that place
 * @example
 * for (const { name, run } of remoteConformance(() => localRemote({ dir: newFolder(), shared: false }))) test(name, run)
 */
export function remoteConformance(make: () => Promise<Remote> | Remote): readonly ConformanceTest[] {
  const tests: Record<string, (remote: Remote) => Promise<void>> = {
    'what was never put is not there': async (remote) => {
      assert.equal(await remote.has('files/md5/00/nothing'), undefined)
      assert.equal(await remote.get('files/md5/00/nothing'), undefined)
    },

    'its address holds no secrets': async (remote) => {
      assert.doesNotMatch(remote.url, /:\/\/[^/]*@|secret|token/i)
      assert.ok(remote.jobs >= 1)
    },

    'what is put comes back byte for byte': async (remote) => {
      if (!remote.put) return
      for (const [at, key] of KEYS.entries()) {
        const content = bytesOf([0, 1, 70_000][at] ?? 0, at)
        await put(remote, key, content)
        assert.deepEqual(await contentOf(remote, key), content, key)
        assert.equal((await remote.has(key))?.bytes, content.length, key)
      }
    },

    'a large object comes back byte for byte, and from its middle': async (remote) => {
      if (!remote.put) return
      const content = bytesOf(LARGE, 7)
      await put(remote, 'large', content)
      assert.ok(content.equals(await contentOf(remote, 'large')))
      const from = LARGE - 1000
      const download = await remote.get('large', { from })
      assert.ok(download)
      assert.ok(download.from === from || download.from === 0)
      assert.ok(content.subarray(download.from).equals(await joined(download.pieces)))
      assert.equal(download.bytes, LARGE)
    },

    'one that is put again is replaced': async (remote) => {
      if (!remote.put) return
      await put(remote, KEYS[0] as string, bytesOf(10, 1))
      await put(remote, KEYS[0] as string, bytesOf(20, 2))
      assert.deepEqual(await contentOf(remote, KEYS[0] as string), bytesOf(20, 2))
    },

    'an upload that fails in its middle leaves nothing': async (remote) => {
      if (!remote.put) return
      const broken: Upload = {
        bytes: LARGE,
        async *open() {
          yield bytesOf(1 << 20, 1)
          throw new Error('the disk is gone')
        },
      }
      await assert.rejects(remote.put('broken', broken))
      await remote.settle?.()
      assert.equal(await remote.has('broken'), undefined)
    },

    'a small upload that fails leaves nothing': async (remote) => {
      if (!remote.put) return
      const broken: Upload = {
        bytes: 4,
        open() {
          throw new Error('the disk is gone')
        },
      }
      await assert.rejects(remote.put('broken', broken))
      await remote.settle?.()
      assert.equal(await remote.has('broken'), undefined)
    },

    'many are put and asked for at once': async (remote) => {
      const send = remote.put?.bind(remote)
      if (!send) return
      const keys = Array.from({ length: 40 }, (_, at) => `many/${at}`)
      await Promise.all(keys.map((key, at) => send(key, uploadOf(bytesOf(100 + at, at)))))
      await remote.settle?.()
      const held = await Promise.all(keys.map(async (key) => (await remote.has(key))?.bytes))
      assert.deepEqual(
        held,
        keys.map((_, at) => 100 + at),
      )
    },

    'a listing gives each key beneath its prefix once, with its size': async (remote) => {
      if (!remote.put || !remote.list) return
      const keys = [...Array.from({ length: 12 }, (_, at) => `p/${at % 3}/${at}`), 'p', 'px/1', 'q/1']
      for (const [at, key] of keys.filter((one) => one !== 'p').entries()) {
        await remote.put(key, uploadOf(bytesOf(at, at)))
      }
      await remote.settle?.()
      const listed = (prefix: string): Promise<Listed[]> => allOf(remote.list?.(prefix) ?? [])
      assert.deepEqual((await listed('p/')).map(({ key }) => key).toSorted(), keys.slice(0, 12).toSorted())
      assert.deepEqual((await listed('p')).map(({ key }) => key).toSorted(), [...keys.slice(0, 12), 'px/1'].toSorted())
      assert.deepEqual((await listed('p/1/1')).map(({ key }) => key).toSorted(), ['p/1/1', 'p/1/10'])
      assert.equal((await listed('p/2/11')).find(({ key }) => key === 'p/2/11')?.bytes, 11)
      assert.deepEqual(await listed('nowhere/'), [])
    },

    'what is removed is gone, and nothing else': async (remote) => {
      if (!remote.put || !remote.remove) return
      const keys = Array.from({ length: 5 }, (_, at) => `gone/${at}`)
      for (const key of keys) await remote.put(key, uploadOf(bytesOf(3, 1)))
      await remote.settle?.()
      await remote.remove([...keys.slice(0, 4), 'gone/never'])
      const held = await Promise.all(keys.map(async (key) => (await remote.has(key)) !== undefined))
      assert.deepEqual(held, [false, false, false, false, true])
    },

    'work that is called off ends': async (remote) => {
      const signal = AbortSignal.abort()
      await assert.rejects(remote.has('x', { signal }), isAborted)
      await assert.rejects(remote.get('x', { signal }), isAborted)
      if (remote.put) await assert.rejects(remote.put('x', uploadOf(bytesOf(10, 1)), { signal }), isAborted)
    },
  }
  return Object.entries(tests).map(([name, check]) => ({
    name,
    run: async () => {
      const remote = await make()
      try {
        await check(remote)
      } finally {
        await remote.close?.()
      }
    },
  }))
}

function isAborted(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'DS_ABORTED'
}

/** Bytes that repeat nowhere soon. */
function bytesOf(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let state = seed + 1
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = state >>> 16
  }
  return bytes
}

function uploadOf(content: Buffer): Upload {
  const md5 = createHash('md5').update(content).digest('hex')
  return { bytes: content.length, md5, open: () => [content] }
}

async function put(remote: Remote, key: string, content: Buffer): Promise<void> {
  await remote.put?.(key, uploadOf(content))
  await remote.settle?.()
}

async function contentOf(remote: Remote, key: string): Promise<Buffer> {
  const download = await remote.get(key)
  assert.ok(download, `${key} is there`)
  assert.equal(download.from, 0)
  return joined(download.pieces)
}

async function joined(pieces: Pieces): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const piece of pieces) all.push(Buffer.from(piece))
  return Buffer.concat(all)
}

async function allOf(pages: AsyncIterable<readonly Listed[]> | Iterable<readonly Listed[]>): Promise<Listed[]> {
  const all: Listed[] = []
  for await (const page of pages) all.push(...page)
  return all
}
