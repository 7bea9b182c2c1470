import { chmod, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, systemCode } from '@dayshift/core'
import { failure } from './codes.ts'
import { hashFile, hashWhileCopying, md5Of, unreadable, type Content, type ReadOptions } from './hash.ts'
import { DIR_SUFFIX } from './tree.ts'
import { fillFile, syncFolder, TEMPORARY, temporaryName, unwritable } from './write.ts'

/** DVC takes an object of exactly this mode for whole, and never hashes it again. */
const PROTECTED = 0o444

/** Files up to this many bytes are read whole, and written only where the cache has no such object. */
const SMALL = 1 << 20

/** Unfinished files this old, in milliseconds, were left by a process that was killed. */
const ABANDONED = 24 * 60 * 60 * 1000

/** The objects of a DVC cache. Nothing becomes visible under its final name before it is whole and on the disk. */
export interface Store {
  /**
   * Brings a file's content into the cache. The file itself is only read.
   *
   * @param hashFirst whether the cache is likely to have the content already: then a large file is hashed before it is
   *   copied; else it is copied and hashed in one pass
   * @throws DS_DVC_WRITE, DS_DVC_UNREADABLE, DS_DVC_CHANGED, DS_ABORTED
   */
  putFile(path: string, hashFirst: boolean, options?: ReadOptions): Promise<Content>
  /** Brings a directory's manifest into the cache; its files have to be there before. */
  putManifest(text: string): Promise<void>
  /** Brings the names of all objects put so far to the disk. */
  sync(): Promise<void>
}

/**
 * Where the cache keeps an object.
 *
 * @param cacheDir the cache's folder
 * @param md5 with `.dir` at the end for a manifest
 * @example objectPathIn('/r/.dvc/cache', 'd41d8cd98f00b204e9800998ecf8427e') // /r/.dvc/cache/files/md5/d4/1d8cd9…
 */
export function objectPathIn(cacheDir: string, md5: string): string {
  return join(cacheDir, 'files', 'md5', md5.slice(0, 2), md5.slice(2))
}

/** Opens a cache for writing, which makes its folder and clears away what killed processes left. */
export async function openStore(cacheDir: string): Promise<Store> {
  const top = join(cacheDir, 'files', 'md5')
  const touched = new Set<string>()
  await makeFolder(top)
  await sweep(top)

  /** Fills a temporary file, and gives it its final name where the cache has no such object. */
  const take = async (fill: Parameters<typeof fillFile<Content>>[1], suffix = ''): Promise<Content> => {
    const temporary = join(top, temporaryName())
    try {
      const content = await fillFile(temporary, async (file, path) => {
        const filled = await fill(file, path)
        await chmod(path, PROTECTED)
        return filled
      })
      const target = objectPathIn(cacheDir, content.md5 + suffix)
      if (await isWhole(target, content)) await rm(temporary, { force: true })
      else {
        await makeFolder(dirname(target))
        await rename(temporary, target)
        touched.add(dirname(target))
      }
      return content
    } catch (error) {
      await rm(temporary, { force: true })
      throw unwritable(top, error)
    }
  }

  const putBytes = async (bytes: Uint8Array, content: Content, suffix = ''): Promise<Content> => {
    if (await isWhole(objectPathIn(cacheDir, content.md5 + suffix), content)) return content
    return take(async (file) => {
      await file.writeFile(bytes)
      return content
    }, suffix)
  }

  return {
    async putFile(path, hashFirst, options = {}) {
      const { size } = await stat(path).catch((error: unknown) => Promise.reject(unreadable(path, error)))
      if (size <= SMALL) {
        const pieces: Uint8Array[] = []
        const content = await hashFile(path, options, async (piece) => void pieces.push(Uint8Array.from(piece)))
        return putBytes(Buffer.concat(pieces), content)
      }
      if (hashFirst) {
        const content = await hashFile(path, options)
        if (await isWhole(objectPathIn(cacheDir, content.md5), content)) return content
        return take((file) => hashWhileCopying(path, file, { signal: options.signal }))
      }
      return take((file) => hashWhileCopying(path, file, options))
    },
    async putManifest(text) {
      const bytes = Buffer.from(text)
      await putBytes(bytes, { md5: md5Of(bytes), bytes: bytes.length }, DIR_SUFFIX)
    },
    async sync() {
      for (const folder of touched) await syncFolder(folder)
      if (touched.size > 0) await syncFolder(top)
      touched.clear()
    },
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw unwritable(path, error)
  }
}

/**
 * Whether the cache has an object that may be trusted: of the right size, and either protected, as DVC has it, or of
 * the right hash. The latter becomes protected.
 */
async function isWhole(path: string, content: Content): Promise<boolean> {
  const found = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw failure('DS_DVC_UNREADABLE', `cannot look at ${path}: ${messageOf(error)}`, { where: path, cause: error })
  })
  if (!found?.isFile() || found.size !== content.bytes) return false
  if ((found.mode & 0o777) === PROTECTED) return true
  if ((await hashFile(path)).md5 !== content.md5) return false
  // In a cache that several users share, only the owner may do this; the object is right all the same.
  await chmod(path, PROTECTED).catch(() => undefined)
  return true
}

async function sweep(top: string): Promise<void> {
  for (const name of await readdir(top)) {
    if (!name.endsWith(TEMPORARY)) continue
    const path = join(top, name)
    const found = await stat(path).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > ABANDONED) await rm(path, { force: true })
  }
}
