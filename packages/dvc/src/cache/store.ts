import { renameSync, rmSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { breather } from '../breather.ts'
import { flush } from './flush.ts'
import { md5Of, type ReadOptions } from './hash.ts'
import { isObjectOf, type IntakeJob, type Taken } from './intake.ts'
import { takeAll } from './intake-pool.ts'
import { makeCacheFolder, objectPathIn, objectsIn, PROTECTED, type CachePlace } from './objects.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import { isAbandoned, replaceFile, syncFolder, TEMPORARY, unwritable } from '../write.ts'

/** Objects wait for their names until there are so many: then all are brought to the disk together. */
const WAITING = 20_000

/** The objects of a DVC cache. Nothing becomes visible under its final name before it is whole and on the disk. */
export interface Store {
  /**
   * Brings files' content into the cache, each read once. The files themselves are only read.
   *
   * @param onTaken gets each file's content, with its index among the jobs
   * @throws DS_DVC_WRITE, DS_DVC_UNREADABLE, DS_DVC_CHANGED, DS_ABORTED
   */
  putFiles(jobs: readonly IntakeJob[], options: ReadOptions, onTaken: (taken: Taken, at: number) => void): Promise<void>
  /** Brings a directory's manifest into the cache; its files have to be there before. */
  putManifest(text: string): Promise<void>
  /** Brings the names of all objects put so far to the disk. */
  sync(): Promise<void>
}

/** Opens a cache for writing, which makes its folder and clears away what killed processes left. */
export async function openStore(place: CachePlace): Promise<Store> {
  const top = objectsIn(place.dir)
  const touched = new Set<string>()
  let waiting: { readonly temporary: string; readonly target: string }[] = []
  makeCacheFolder(place, top)
  await sweep(top)

  /** Gives the objects that wait their names. */
  const settle = async (signal?: AbortSignal): Promise<void> => {
    const list = waiting
    waiting = []
    try {
      await flush(
        list.map(({ temporary }) => temporary),
        top,
      )
      const breathe = breather(signal)
      while (list.length > 0) {
        await breathe()
        const { temporary, target } = list.at(-1) as (typeof list)[number]
        const folder = dirname(target)
        if (!touched.has(folder)) makeCacheFolder(place, folder)
        touched.add(folder)
        renameSync(temporary, target)
        list.pop()
      }
    } catch (error) {
      discard(list)
      throw unwritable(top, error)
    }
  }

  return {
    async putFiles(jobs, options, onTaken) {
      try {
        await takeAll(jobs, place, options, (taken, at) => {
          const { temporary, md5 } = taken
          if (temporary !== undefined) waiting.push({ temporary, target: objectPathIn(place.dir, md5) })
          onTaken(taken, at)
          return waiting.length >= WAITING ? settle(options.signal) : undefined
        })
      } catch (error) {
        discard(waiting)
        throw unwritable(top, error)
      }
      await settle(options.signal)
    },
    async putManifest(text) {
      await settle()
      const bytes = Buffer.from(text)
      const md5 = md5Of(bytes)
      const target = objectPathIn(place.dir, md5 + DIR_SUFFIX)
      if (isObjectOf(target, bytes)) return
      makeCacheFolder(place, dirname(target))
      await replaceFile(target, async (file) => {
        await file.writeFile(bytes)
        await file.chmod(PROTECTED)
      })
      touched.add(dirname(target))
    },
    async sync() {
      for (const folder of touched) await syncFolder(folder)
      if (touched.size > 0) await syncFolder(top)
      touched.clear()
    },
  }
}

function discard(waiting: { readonly temporary: string }[]): void {
  for (const { temporary } of waiting.splice(0)) rmSync(temporary, { force: true })
}

async function sweep(top: string): Promise<void> {
  for (const name of await readdir(top)) {
    if (!name.endsWith(TEMPORARY)) continue
    const path = join(top, name)
    const found = await stat(path).catch(() => undefined)
    if (isAbandoned(found)) await rm(path, { force: true })
  }
}
