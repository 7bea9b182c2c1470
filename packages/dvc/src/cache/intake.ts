import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { throwIfAborted } from '@dayshift/core/ground'
import { hashStamped, hashWhileCopying, refuseChanged, unreadable, type Content, type ReadOptions } from './hash.ts'
import { makeCacheFolder, objectPathIn, objectsIn, protect, PROTECTED, type CachePlace } from './objects.ts'
import { stampOf, type Stamp } from './stamp.ts'
import { temporaryName } from '../write.ts'

/** A file that is to be read. */
export interface IntakeJob {
  readonly path: string
  /** What it is believed to hold, in bytes. */
  readonly bytes: number
  /** Whether the cache is likely to have the content: then a large file is hashed before it is copied. */
  readonly hashFirst: boolean
  /** Whether the object that the cache has of it is broken, and gives way to a new one; no by default. */
  readonly replaces?: boolean
}

/** What a file holds, and the copy that waits for its final name. */
export interface Taken extends Content {
  readonly stamp: Stamp
  /** Milliseconds at which the reading began. */
  readonly since: number
  /**
   * Absent where the cache has the object already, or none is wanted. A small object was held against the content; of a
   * large one only the size was looked at.
   */
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

  const isThere = ({ md5, bytes }: Content, piece?: Uint8Array): boolean => {
    if (!place) return true
    const object = objectPathIn(place.dir, md5)
    return made.has(md5) || (piece ? isObjectOf(object, piece) : sizeOfFile(object) === bytes)
  }

  const takeSmall = async (job: IntakeJob, options: ReadOptions): Promise<Taken | undefined> => {
    const since = Date.now()
    const read = readSmall(job.path, scratch)
    if (!read) return undefined
    const { bytes, stamp } = read
    const piece = scratch.subarray(0, bytes)
    const md5 = createHash('md5').update(piece).digest('hex')
    options.onProgress?.(bytes)
    const taken = { md5, bytes, stamp, since }
    if (!place || isThere(taken, piece)) return taken
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
      if (!job.replaces && isThere(content)) return { ...content, stamp, since }
      return { ...(await copyLarge(job, { signal: options.signal })), since }
    }
    return { ...(await copyLarge(job, options)), since }
  }

  const copyLarge = async (job: IntakeJob, options: ReadOptions): Promise<Omit<Taken, 'since'>> => {
    const { path } = job
    const temporary = join(objectsIn((place as CachePlace).dir), temporaryName())
    try {
      const clone = canClone ? await cloneAndHash(path, temporary, options) : undefined
      if (!clone) canClone = false
      const { stamp, ...content } = clone ?? (await copyAndHash(path, temporary, options))
      if (job.replaces || !isThere(content)) return { ...content, stamp, temporary }
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
 * Whether there is an object with this very content, byte for byte: its mode and size alone would not tell of one that was
 * changed in place. It becomes protected where it is not.
 */
export function isObjectOf(path: string, content: Uint8Array): boolean {
  if (sizeOfFile(path) !== content.length) return false
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    if (!readFileSync(file).equals(content)) return false
    protect(file, fstatSync(file).mode)
    return true
  } catch (error) {
    throw unreadable(path, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** @returns `undefined` where there is no file */
function sizeOfFile(path: string): number | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    return found?.isFile() ? found.size : undefined
  } catch (error) {
    throw unreadable(path, error)
  }
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
