import { closeSync, fchmodSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { flush, flushAll } from './flush.ts'
import { writeAll } from './hash.ts'
import { makeCacheFolder, PROTECTED, type CachePlace } from './objects.ts'
import { syncFolder, temporaryName, TEMPORARY, unwritable } from '../write.ts'

/** A large object on its way into a tree of objects. */
export interface Draft {
  write(piece: Uint8Array): Promise<void>
  /** The object is whole, and waits for its name: another than it began with, where it is known only now. */
  keep(as?: string): Promise<void>
  /** Forgets it. */
  drop(): Promise<void>
}

/** Brings objects into a tree of objects: none takes its name before its content is on the disk. */
export interface Landing {
  /** Writes an object at once; it waits for its name. */
  write(key: string, content: Uint8Array): void
  /** Begins an object of unknown size. */
  begin(key: string): Promise<Draft>
  /** Whether an object waits for its name. */
  isWaiting(key: string): boolean
  /** Gives all that wait their names. */
  settle(): Promise<void>
  /** Gives them their names where so many wait that they would be too much to do again. */
  settleMany(): Promise<void>
  /** Removes all that wait. */
  discard(): void
}

/** So many objects wait for their names at most: a killed process leaves no more than these. */
const WAITING = 2000

/** @param place the tree's folder, such as a cache or a remote that is a folder */
export function openLanding(place: CachePlace): Landing {
  const top = place.dir
  let waiting = new Map<string, string>()
  let settling: Promise<void> | undefined
  const folders = new Set<string>()
  const own = temporaryName().slice(0, -TEMPORARY.length)
  let count = 0

  const folderFor = (key: string): string => {
    const folder = dirname(join(top, key))
    if (!folders.has(folder)) makeCacheFolder(place, folder)
    folders.add(folder)
    return folder
  }

  const draftFor = (key: string): string => {
    const folder = folderFor(key)
    return join(folder, `${own}-${count++}${TEMPORARY}`)
  }

  const settle = async (): Promise<void> => {
    const batch = waiting
    waiting = new Map()
    if (batch.size === 0) return
    try {
      await flush([...batch.values()], top)
      for (const [key, temporary] of batch) {
        renameSync(temporary, join(top, key))
        batch.delete(key)
      }
    } catch (error) {
      for (const temporary of batch.values()) rmSync(temporary, { force: true })
      throw unwritable(top, error)
    }
  }

  const inTurn = (): Promise<void> => {
    const before = settling ?? Promise.resolve()
    const now = before.then(settle, settle)
    settling = now
    return now
  }

  return {
    write(key, content) {
      const temporary = draftFor(key)
      try {
        const file = openSync(temporary, 'wx', PROTECTED)
        try {
          for (let written = 0; written < content.length;) written += writeSync(file, content, written)
          fchmodSync(file, PROTECTED)
        } finally {
          closeSync(file)
        }
      } catch (error) {
        rmSync(temporary, { force: true })
        throw unwritable(join(top, key), error)
      }
      waiting.set(key, temporary)
    },
    async begin(key) {
      const temporary = draftFor(key)
      const failed = (error: unknown): never => {
        rmSync(temporary, { force: true })
        throw unwritable(join(top, key), error)
      }
      const file = await open(temporary, 'wx', PROTECTED).catch(failed)
      let isOpen = true
      const close = async (): Promise<void> => {
        if (isOpen) await file.close()
        isOpen = false
      }
      return {
        write: (piece) => writeAll(file, piece).catch(failed),
        async keep(as = key) {
          try {
            if (as !== key) folderFor(as)
            await file.chmod(PROTECTED)
            await close()
          } catch (error) {
            failed(error)
          }
          waiting.set(as, temporary)
        },
        async drop() {
          await close()
          rmSync(temporary, { force: true })
        },
      }
    },
    isWaiting: (key) => waiting.has(key),
    async settle() {
      await inTurn()
      const isSynced = await flushAll(folders.size, top)
      if (!isSynced) for (const folder of [...folders, top]) await syncFolder(folder)
      folders.clear()
    },
    async settleMany() {
      if (waiting.size >= WAITING) await inTurn()
    },
    discard() {
      for (const temporary of waiting.values()) rmSync(temporary, { force: true })
      waiting = new Map()
    },
  }
}
