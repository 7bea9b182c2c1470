import { closeSync, fchmodSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { flush, flushAll } from './flush.ts'
import { writeAll } from './hash.ts'
import { makeCacheFolder, PROTECTED, type CachePlace } from './objects.ts'
import { isAbandoned, syncFolder, temporaryName, TEMPORARY, unwritable } from '../write.ts'

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
  /** Gives all that wait their names. */
  settle(): Promise<void>
  /** Gives them their names where so many wait that they would be too much to do again. */
  settleMany(): Promise<void>
  /** Removes all that wait. */
  discard(): void
}

/** So many objects wait for their names at most: a killed process leaves no more than these. */
const WAITING = 2000

/** So many bytes of a large object are brought to the disk while the next come. */
const FLUSHED = 32 << 20

/** Objects are protected; records of runs and what people put beside them are files like any other. */
function modeOf(key: string): number {
  return /(?:^|\/)[0-9a-f]{2}\/[0-9a-f]{30}(?:\.dir)?$/.test(key) ? PROTECTED : 0o666
}

/** @param place the tree's folder, such as a cache or a remote that is a folder */
export function openLanding(place: CachePlace): Landing {
  const top = place.dir
  let waiting = new Map<string, string>()
  let settling: Promise<void> | undefined
  const folders = new Set<string>()
  const own = temporaryName().slice(0, -TEMPORARY.length)
  let count = 0

  // Asking for the mask sets it for a moment, for all threads: so it is asked for once.
  const isMasked = (process.umask() & PROTECTED) !== 0

  const folderFor = (key: string): string => {
    const folder = `${top}/${key.slice(0, Math.max(0, key.lastIndexOf('/')))}`
    if (!folders.has(folder)) {
      makeCacheFolder(place, folder)
      try {
        sweep(folder)
      } catch (error) {
        throw unwritable(folder, error)
      }
    }
    folders.add(folder)
    return folder
  }

  const draftFor = (key: string): string => {
    const folder = folderFor(key)
    return `${folder}/${own}-${count++}${TEMPORARY}`
  }

  const settle = async (): Promise<void> => {
    const batch = waiting
    waiting = new Map()
    if (batch.size === 0) return
    try {
      await flush([...batch.values()], top)
      for (const [key, temporary] of batch) {
        renameSync(temporary, `${top}/${key}`)
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
        const mode = modeOf(key)
        const file = openSync(temporary, 'wx', mode)
        try {
          for (let written = 0; written < content.length;) written += writeSync(file, content, written)
          if (isMasked && mode === PROTECTED) fchmodSync(file, mode)
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
      const mode = modeOf(key)
      const file = await open(temporary, 'wx', mode).catch(failed)
      let isOpen = true
      const close = async (): Promise<void> => {
        if (isOpen) await file.close()
        isOpen = false
      }
      let left = FLUSHED
      let flushing: Promise<unknown> | undefined
      let unflushed: unknown
      const flushNow = (): void => {
        left = FLUSHED
        // The system tells of a failure but once.
        const told = file.datasync().catch((error: unknown) => (unflushed ??= error))
        flushing = told.finally(() => (flushing = undefined))
      }
      return {
        async write(piece) {
          await writeAll(file, piece).catch(failed)
          left -= piece.length
          if (left <= 0 && !flushing) flushNow()
        },
        async keep(as = key) {
          try {
            await flushing
            if (unflushed !== undefined) throw unflushed
            if (as !== key) folderFor(as)
            const whole = modeOf(as)
            if (whole === PROTECTED) await file.chmod(whole)
            await close()
          } catch (error) {
            failed(error)
          }
          waiting.set(as, temporary)
        },
        async drop() {
          await flushing
          await close()
          rmSync(temporary, { force: true })
        },
      }
    },
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

/** Removes what killed processes of ours have left in a folder a day ago or earlier. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(TEMPORARY)) continue
    const path = `${folder}/${name}`
    if (isAbandoned(statSync(path, { throwIfNoEntry: false }))) rmSync(path, { force: true })
  }
}
