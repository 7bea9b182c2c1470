import { createHash } from 'node:crypto'
import { closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { throwIfAborted } from '@dayshift/core/ground'
import {
  hashFile,
  hashStamped,
  hashWhileCopying,
  refuseChanged,
  unreadable,
  type Content,
  type ReadOptions,
} from './hash.ts'
import { makeCacheFolder, objectPathIn, objectsIn, PROTECTED, type CachePlace } from './objects.ts'
import { stampOf, type Stamp } from './stamp.ts'
import { temporaryName } from '../write.ts'

/** A file that is to be read. */
export interface IntakeJob {
  readonly path: string
  /** What it is believed to hold, in bytes. */
  readonly bytes: number
  /** Whether the cache is likely to have the content: then a large file is hashed before it is copied. */
  readonly hashFirst: boolean
}

/** What a file holds, and the copy that waits for its final name. */
export interface Taken extends Content {
  readonly stamp: Stamp
  /** Milliseconds at which the reading began. */
  readonly since: number
  /** Absent where the cache has the object already, or none is wanted. */
  readonly temporary?: string
}

/** Reads files one after the other; one of these works in each thread. */
export interface Intake {
  take(job: IntakeJob, options?: ReadOptions): Promise<Taken>
}

/** Files up to this many bytes are read at once. */
export const SMALL = 1 << 20

/**
 * Opens an intake.
 *
 * @param place the cache that copies are made for; without it files are only hashed
 */
export function openIntake(place?: CachePlace): Intake {
  const scratch = Buffer.allocUnsafeSlow(SMALL + 1)
  const made = new Set<string>()
  const shards = new Set<string>()
  let canClone = true

  const isThere = async (content: Content): Promise<boolean> =>
    place !== undefined && (made.has(content.md5) || (await isWhole(objectPathIn(place.dir, content.md5), content)))

  const takeSmall = async (job: IntakeJob, options: ReadOptions): Promise<Taken | undefined> => {
    const since = Date.now()
    const read = readSmall(job.path, scratch)
    if (!read) return undefined
    const { bytes, stamp } = read
    const piece = scratch.subarray(0, bytes)
    const md5 = createHash('md5').update(piece).digest('hex')
    options.onProgress?.(bytes)
    const taken = { md5, bytes, stamp, since }
    if (!place || (await isThere(taken))) return taken
    const shard = dirname(objectPathIn(place.dir, md5))
    if (!shards.has(shard)) makeCacheFolder(place, shard)
    shards.add(shard)
    const temporary = join(shard, temporaryName())
    writeObject(temporary, piece)
    made.add(md5)
    return { ...taken, temporary }
  }

  const takeLarge = async (job: IntakeJob, options: ReadOptions): Promise<Taken> => {
    const since = Date.now()
    if (!place || job.hashFirst) {
      const { stamp, ...content } = await hashStamped(job.path, options)
      if (!place || (await isThere(content))) return { ...content, stamp, since }
      return { ...(await copyLarge(job.path, { signal: options.signal })), since }
    }
    return { ...(await copyLarge(job.path, options)), since }
  }

  const copyLarge = async (path: string, options: ReadOptions): Promise<Omit<Taken, 'since'>> => {
    const temporary = join(objectsIn((place as CachePlace).dir), temporaryName())
    try {
      const clone = canClone ? await cloneAndHash(path, temporary, options) : undefined
      if (!clone) canClone = false
      const { stamp, ...content } = clone ?? (await copyAndHash(path, temporary, options))
      if (!(await isThere(content))) return { ...content, stamp, temporary }
      rmSync(temporary, { force: true })
      return { ...content, stamp }
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  }

  return {
    async take(job, options = {}) {
      throwIfAborted(options.signal)
      return (job.bytes <= SMALL ? await takeSmall(job, options) : undefined) ?? (await takeLarge(job, options))
    },
  }
}

/**
 * Whether the cache has an object that may be trusted: of the right size, and either protected, as DVC has it, or of
 * the right hash. The latter becomes protected.
 */
export async function isWhole(path: string, content: Content): Promise<boolean> {
  let found
  try {
    found = lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw unreadable(path, error)
  }
  if (!found?.isFile() || found.size !== content.bytes) return false
  if ((found.mode & 0o777) === PROTECTED) return true
  if ((await hashFile(path)).md5 !== content.md5) return false
  // In a cache that several users share, only the owner may do this; the object is right all the same.
  try {
    const file = openSync(path, 'r')
    try {
      fchmodSync(file, PROTECTED)
    } finally {
      closeSync(file)
    }
  } catch {}
  return true
}

/** @returns `undefined` where the file turns out to be larger */
function readSmall(path: string, scratch: Buffer): { bytes: number; stamp: Stamp } | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    throw unreadable(path, error)
  }
  try {
    const before = fstatSync(file, { bigint: true })
    if (before.size > SMALL) return undefined
    // A regular file gives all it has in one go; the byte more would show that it has grown.
    const bytes = readSync(file, scratch, 0, Number(before.size) + 1, null)
    refuseChanged(path, before, fstatSync(file, { bigint: true }), bytes)
    return { bytes, stamp: stampOf(before) }
  } catch (error) {
    throw isChanged(error) ? error : unreadable(path, error)
  } finally {
    closeSync(file)
  }
}

function isChanged(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'DS_DVC_CHANGED'
}

/** Creates an object under a temporary name; what the process masks out of modes is put back. */
function writeObject(temporary: string, bytes: Uint8Array): void {
  const file = openSync(temporary, 'wx', PROTECTED)
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
    if ((process.umask() & PROTECTED) !== 0) fchmodSync(file, PROTECTED)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

type Stamped = Content & { readonly stamp: Stamp }

async function copyAndHash(path: string, temporary: string, options: ReadOptions): Promise<Stamped> {
  const target = await open(temporary, 'wx', PROTECTED)
  try {
    const done = await hashWhileCopying(path, target, options)
    await target.chmod(PROTECTED)
    return done
  } finally {
    await target.close()
  }
}

/** A clone shares the blocks of the file, and cannot change while it is hashed. */
async function cloneAndHash(path: string, temporary: string, options: ReadOptions): Promise<Stamped | undefined> {
  const before = lstatSync(path, { bigint: true })
  if (!before.isFile()) return undefined
  try {
    await copyFile(path, temporary, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
  } catch {
    rmSync(temporary, { force: true })
    return undefined
  }
  const content = await hashStamped(temporary, options)
  refuseChanged(path, before, lstatSync(path, { bigint: true }), content.bytes)
  const clone = await open(temporary, 'r')
  try {
    await clone.chmod(PROTECTED)
  } finally {
    await clone.close()
  }
  return { ...content, stamp: stampOf(before) }
}
