import { hash } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { throwIfAborted } from '@dayshift/core/ground'
import { breather } from '../breather.ts'
import { flushEach } from './flush.ts'
import { hashStamped, refuseChanged, unreadable, writeAll, type Content, type ReadOptions } from './hash.ts'
import { makeCacheFolder, objectsIn, protect, PROTECTED, type CachePlace } from './objects.ts'
import { stampOf, type Stamp } from './stamp.ts'
import { TEMPORARY, temporaryName } from '../write.ts'

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

/** Files that are to be read, such as an array of them. */
export interface IntakeJobs {
  readonly length: number
  at(nth: number): IntakeJob | undefined
}

/** What a file holds. */
export interface Taken extends Content {
  readonly stamp: Stamp
  /** Milliseconds at which the reading began. */
  readonly since: number
  /**
   * Whether a copy waits for its final name; false where the cache has the object already, or none is wanted. A small object
   * that it has was held against the content; of a large one only the size was looked at.
   */
  readonly isMade: boolean
}

/** Reads files one after the other; one of these works in each thread. */
export interface Intake {
  /** Reads a file. Its copy waits under a temporary name. */
  take(job: IntakeJob, options?: ReadOptions): Promise<Taken>
  /**
   * Gives those copies their names that have waited longest.
   *
   * @param count how many; they are on the disk already, unless `isToFlush`
   */
  settle(count: number, isToFlush: boolean, signal?: AbortSignal): Promise<void>
  /** Removes all copies that wait. */
  discard(): void
}

/** A copy that waits for its name. */
interface Waiting {
  readonly md5: string
  readonly temporary: string
  /** Ends when a large copy is on the disk: that has begun while it was made. */
  readonly flushed?: Promise<void> | undefined
}

/** Files up to this many bytes are read at once. */
export const SMALL = 1 << 20

/** Of so many objects the names are kept; in a larger cache each is looked for by itself. */
const MOST_NAMES = 500_000

/**
 * Opens an intake.
 *
 * @param place the cache that copies are made for; without it files are only hashed
 */
export function openIntake(place?: CachePlace): Intake {
  const scratch = Buffer.allocUnsafeSlow(SMALL + 1)
  const top = place ? objectsIn(place.dir) : ''
  const names = place ? openNames(place, top) : undefined
  // Asking for the mask sets it for a moment, for all threads: so it is asked for once.
  const isMasked = (process.umask() & PROTECTED) !== 0
  const own = temporaryName()
  let waiting: Waiting[] = []
  let count = 0
  let canClone = true
  /** One copy at a time is brought to the disk while the next is made. */
  let flushing: Promise<void> | undefined

  /** As random as any such name, and cheaper by the thousand. */
  const nextName = (): string => `${own.slice(0, -TEMPORARY.length)}-${count++}${TEMPORARY}`

  const isThere = ({ md5, bytes }: Content, piece?: Uint8Array): boolean => {
    const said = names?.look(md5) ?? 'missing'
    if (said !== 'unknown') return said === 'made'
    const object = `${top}/${placeOf(md5)}`
    return piece ? isObjectOf(object, piece) : sizeOfFile(object) === bytes
  }

  const waitFor = (md5: string, temporary: string, flushed?: Promise<void>): void => {
    names?.make(md5)
    waiting.push({ md5, temporary, flushed })
  }

  const takeSmall = async (job: IntakeJob, options: ReadOptions): Promise<Taken | undefined> => {
    const since = Date.now()
    const read = readSmall(job.path, scratch)
    if (!read) return undefined
    const { bytes, stamp } = read
    const piece = scratch.subarray(0, bytes)
    const md5 = hash('md5', piece)
    options.onProgress?.(bytes)
    if (!place || isThere({ md5, bytes }, piece)) return { md5, bytes, stamp, since, isMade: false }
    const temporary = `${top}/${md5.slice(0, 2)}/${nextName()}`
    writeObject(temporary, piece, isMasked)
    waitFor(md5, temporary)
    return { md5, bytes, stamp, since, isMade: true }
  }

  const takeLarge = async (job: IntakeJob, options: ReadOptions): Promise<Taken> => {
    const since = Date.now()
    if (!place || job.hashFirst) {
      const { stamp, ...content } = await hashStamped(job.path, options)
      if (!place || (!job.replaces && isThere(content))) return { ...content, stamp, since, isMade: false }
      return { ...(await copyLarge(job, { signal: options.signal })), since }
    }
    return { ...(await copyLarge(job, options)), since }
  }

  const copyLarge = async (job: IntakeJob, options: ReadOptions): Promise<Omit<Taken, 'since'>> => {
    const { path } = job
    const temporary = `${top}/${nextName()}`
    try {
      const clone = canClone ? await cloneAndHash(path, temporary, options) : undefined
      if (!clone) canClone = false
      const { stamp, flushed, ...content } = clone ?? (await copyAndHash(path, temporary, options, () => !flushing))
      await flushing
      flushing = flushed?.catch(() => undefined).finally(() => (flushing = undefined))
      const isMade = job.replaces === true || !isThere(content)
      if (isMade) waitFor(content.md5, temporary, flushed)
      else rmSync(temporary, { force: true })
      return { ...content, stamp, isMade }
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
    async settle(number, isToFlush, signal) {
      const list = waiting.slice(0, number).toReversed()
      waiting = waiting.slice(number)
      try {
        await Promise.all(list.flatMap(({ flushed }) => flushed ?? []))
        if (isToFlush) await flushEach(list.flatMap(({ temporary, flushed }) => (flushed ? [] : [temporary])))
        const breathe = breather(signal)
        for (let last = list.at(-1); last; last = list.at(-1)) {
          const pause = breathe()
          if (pause) await pause
          renameSync(last.temporary, `${top}/${placeOf(last.md5)}`)
          list.pop()
        }
      } finally {
        waiting.unshift(...list)
      }
    },
    discard() {
      for (const { temporary } of waiting.splice(0)) rmSync(temporary, { force: true })
    },
  }
}

/** Where an object lies among the others. */
function placeOf(md5: string): string {
  return `${md5.slice(0, 2)}/${md5.slice(2)}`
}

/** Which objects a cache has: to list its folders once costs less than to look for each object. */
interface ObjectNames {
  /** Whether an object was made here, or has to be looked for; its folder is made where there is none. */
  look(md5: string): 'missing' | 'made' | 'unknown'
  make(md5: string): void
}

function openNames(place: CachePlace, top: string): ObjectNames {
  /** By folder, whether it was listed. Of one that was not, all objects may be there. */
  const shards = new Map<string, boolean>()
  /** Objects that are there, and whether they were made here. */
  const objects = new Map<string, boolean>()

  const enter = (shard: string): boolean => {
    const known = shards.get(shard)
    if (known !== undefined) return known
    const folder = `${top}/${shard}`
    makeCacheFolder(place, folder)
    const found = objects.size < MOST_NAMES ? readdirSync(folder) : []
    const isListed = objects.size + found.length < MOST_NAMES
    if (isListed) for (const name of found) objects.set(shard + name, false)
    shards.set(shard, isListed)
    return isListed
  }

  return {
    look(md5) {
      const isListed = enter(md5.slice(0, 2))
      const isMade = objects.get(md5)
      if (isMade === undefined) return isListed ? 'missing' : 'unknown'
      return isMade ? 'made' : 'unknown'
    },
    make(md5) {
      enter(md5.slice(0, 2))
      objects.set(md5, true)
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
function writeObject(temporary: string, bytes: Uint8Array, isMasked: boolean): void {
  const file = openSync(temporary, 'wx', PROTECTED)
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
    if (isMasked) fchmodSync(file, PROTECTED)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

type Stamped = Content & { readonly stamp: Stamp; readonly flushed?: Promise<void> }

/** So many bytes are brought to the disk while the next are read. */
const FLUSHED = 32 << 20

/** @param mayFlush whether the disk has nothing else to do; threads that wait for it would keep others from reading */
async function copyAndHash(
  path: string,
  temporary: string,
  options: ReadOptions,
  mayFlush: () => boolean,
): Promise<Stamped> {
  const target = await open(temporary, 'wx', PROTECTED)
  let flushing: Promise<void> | undefined
  let failed: unknown
  let left = FLUSHED
  const flush = async (work: Promise<void>): Promise<void> => {
    // The system tells of a failure but once.
    await work.catch((error: unknown) => (failed ??= error))
    flushing = undefined
  }
  const take = async (piece: Uint8Array): Promise<void> => {
    await writeAll(target, piece)
    left -= piece.length
    if (left > 0 || flushing || !mayFlush()) return
    left = FLUSHED
    flushing = flush(target.datasync())
  }
  const end = async (): Promise<void> => {
    try {
      await flushing
      await flush(target.sync())
      if (failed !== undefined) throw failed
    } finally {
      await target.close()
    }
  }
  try {
    const done = await hashStamped(path, options, take)
    await target.chmod(PROTECTED)
    if (done.bytes < FLUSHED) {
      await target.close()
      return done
    }
    const flushed = end()
    flushed.catch(() => undefined)
    return { ...done, flushed }
  } catch (error) {
    await flushing
    await target.close()
    throw error
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
