import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, rmSync, statSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode, throwIfAborted } from '@dayshift/core/ground'
import { breather } from '../breather.ts'
import { openLanding, type Landing } from '../cache/landing.ts'
import type { CachePlace } from '../cache/objects.ts'
import { cutBuffer } from '../cache/slab.ts'
import { failure } from '../codes.ts'
import { isAbandoned, TEMPORARY } from '../write.ts'
import type { Download, Listed, Pieces, Remote, Upload } from './remote.ts'

/** Files up to this many bytes are read at once. */
const SMALL = 1 << 20

/** Objects that a page of a listing holds at most. */
const PAGE = 5000

/**
 * A folder of this machine, or one that is mounted, as a remote.
 *
 * @param place `shared`: whether it belongs to all of a group, as `shared = group` in its settings
 * @example localRemote({ dir: '/mnt/data/store', shared: false })
 */
export function localRemote(place: CachePlace): Remote {
  const { dir } = place
  let landing: Landing | undefined
  return {
    url: dir,
    // Calls of the file system do not wait: more at a time would only take turns.
    jobs: 4,
    async has(key, { signal } = {}) {
      throwIfAborted(signal)
      const found = look(join(dir, key))
      if (!found) refuseFile(dir)
      return found?.isFile() ? { bytes: found.size } : undefined
    },
    async get(key, { from = 0, signal } = {}) {
      throwIfAborted(signal)
      const found = read(join(dir, key), from)
      if (!found) needFolder(dir)
      return found
    },
    async put(key, upload, { signal } = {}) {
      throwIfAborted(signal)
      if (!landing) refuseFile(dir)
      await keep((landing ??= openLanding(place)), key, upload, signal)
      return { bytes: upload.bytes }
    },
    async settle() {
      await landing?.settle()
    },
    list(prefix, { signal } = {}) {
      refuseFile(dir)
      return walk(dir, prefix, signal)
    },
    leftovers({ signal } = {}) {
      return walk(dir, '', signal, isLeft)
    },
    async remove(keys, { signal } = {}) {
      const breathe = breather(signal)
      for (const key of keys) {
        await breathe()
        try {
          rmSync(join(dir, key), { force: true })
        } catch (error) {
          throw broken(join(dir, key), error)
        }
      }
    },
    async close() {
      landing?.discard()
    },
  }
}

async function keep(landing: Landing, key: string, upload: Upload, signal: AbortSignal | undefined): Promise<void> {
  const pieces = upload.open()
  if (Symbol.iterator in pieces && upload.bytes <= SMALL) {
    landing.write(key, joined([...pieces]))
  } else {
    const draft = await landing.begin(key)
    try {
      for await (const piece of pieces) {
        throwIfAborted(signal)
        await draft.write(piece)
      }
      await draft.keep()
    } catch (error) {
      await draft.drop()
      throw error
    }
  }
  await landing.settleMany()
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces)
}

function read(path: string, from: number): Download | undefined {
  let file: number
  try {
    // A pipe would keep whoever opens it waiting.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    if (isGone(error)) return undefined
    throw broken(path, error)
  }
  try {
    const found = fstatSync(file)
    if (!found.isFile()) return undefined
    const bytes = found.size
    const wanted = Math.max(0, bytes - from)
    if (wanted > SMALL) return { from, bytes, pieces: stream(path, from) }
    const content = cutBuffer(wanted)
    let filled = 0
    while (filled < wanted) {
      const got = readSync(file, content, filled, wanted - filled, from + filled)
      if (got === 0) break
      filled += got
    }
    return { from, bytes, pieces: [content.subarray(0, filled)] }
  } catch (error) {
    throw broken(path, error)
  } finally {
    closeSync(file)
  }
}

/** Reads ahead by a piece: the disk works while the last is hashed and written. */
async function* stream(path: string, from: number): Pieces & AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => Promise.reject(broken(path, error)))
  try {
    const buffers = [Buffer.allocUnsafe(SMALL), Buffer.allocUnsafe(SMALL)] as const
    let at = from
    const next = async (buffer: Buffer): Promise<Buffer> => {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
      at += bytesRead
      return buffer.subarray(0, bytesRead)
    }
    let reading = next(buffers[0])
    for (let turn = 1; ; turn++) {
      const piece = await reading
      if (piece.length === 0) return
      reading = next(buffers[(turn % 2) as 0 | 1])
      reading.catch(() => undefined)
      yield piece
    }
  } catch (error) {
    throw broken(path, error)
  } finally {
    await file.close()
  }
}

/** The files beneath a folder, page by page. Hidden names are nobody's objects: unfinished files have such. */
async function* walk(
  dir: string,
  prefix: string,
  signal: AbortSignal | undefined,
  isTaken: (name: string, found: Stats) => boolean = isFinished,
): AsyncGenerator<readonly Listed[]> {
  const breathe = breather(signal)
  const folders = [prefix.slice(0, prefix.lastIndexOf('/') + 1)]
  let page: Listed[] = []
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    throwIfAborted(signal)
    for (const name of namesIn(join(dir, folder))) {
      await breathe()
      const key = folder + name
      const isBeneath = key.startsWith(prefix)
      if (!(isBeneath || prefix.startsWith(`${key}/`))) continue
      const found = look(join(dir, key))
      if (found?.isDirectory()) folders.push(`${key}/`)
      else if (found?.isFile() && isBeneath && isTaken(name, found)) page.push({ key, bytes: found.size })
      if (page.length < PAGE) continue
      yield page
      page = []
    }
  }
  if (page.length > 0) yield page
}

/** DVC's unfinished files end with `.tmp` as ours do. */
function isUnfinished(name: string): boolean {
  return name.startsWith('.') && (name.endsWith(TEMPORARY) || name.endsWith('.tmp'))
}

function isFinished(name: string): boolean {
  return !isUnfinished(name)
}

function isLeft(name: string, found: Stats): boolean {
  return isUnfinished(name) && isAbandoned(found)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (isGone(error)) return []
    throw broken(folder, error)
  }
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (isGone(error)) return undefined
    throw broken(path, error)
  }
}

/** A folder that is not there has nothing to give: it may be on a disk that is not mounted. */
function needFolder(dir: string): void {
  refuseFile(dir)
  if (look(dir)) return
  throw failure('DS_REMOTE_FAILED', `${dir} does not exist`, {
    where: dir,
    hint: 'Check the remote’s url, and that the disk is mounted; a push makes the folder.',
  })
}

function refuseFile(dir: string): void {
  const found = look(dir)
  if (!found || found.isDirectory()) return
  throw failure('DS_REMOTE_FAILED', `${dir} is no folder`, { where: dir, hint: 'Check the remote’s url.' })
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')
}

function broken(path: string, error: unknown): unknown {
  const isDenied = ['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error) ?? '')
  return failure(isDenied ? 'DS_REMOTE_DENIED' : 'DS_REMOTE_FAILED', `${path}: ${(error as Error).message}`, {
    where: path,
    cause: error,
  })
}
