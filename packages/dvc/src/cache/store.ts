import { readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { md5Of, type ReadOptions } from './hash.ts'
import { isObjectOf, type IntakeJobs, type Taken } from './intake.ts'
import { takeAll } from './intake-pool.ts'
import { makeCacheFolder, objectPathIn, objectsIn, PROTECTED, type CachePlace } from './objects.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import { isAbandoned, replaceFile, syncFolder, TEMPORARY, unwritable } from '../write.ts'

/** The objects of a DVC cache. Nothing becomes visible under its final name before it is whole and on the disk. */
export interface Store {
  /**
   * Brings files' content into the cache, each read once. The files themselves are only read.
   *
   * @param onTaken gets each file's content, with its index among the jobs
   * @throws DS_DVC_WRITE, DS_DVC_UNREADABLE, DS_DVC_CHANGED, DS_ABORTED
   */
  putFiles(jobs: IntakeJobs, options: ReadOptions, onTaken: (taken: Taken, at: number) => void): Promise<void>
  /** Brings a directory's manifest into the cache; its files have to be there before. */
  putManifest(text: string): Promise<void>
  /** Brings the names of all objects put so far to the disk. */
  sync(): Promise<void>
}

/** Opens a cache for writing, which makes its folder and clears away what killed processes left. */
export async function openStore(place: CachePlace): Promise<Store> {
  const top = objectsIn(place.dir)
  const touched = new Set<string>()
  makeCacheFolder(place, top)
  await sweep(top)

  return {
    async putFiles(jobs, options, onTaken) {
      try {
        await takeAll(jobs, place, options, (taken, at) => {
          if (taken.isMade) touched.add(`${top}/${taken.md5.slice(0, 2)}`)
          onTaken(taken, at)
        })
      } catch (error) {
        throw unwritable(top, error)
      }
    },
    async putManifest(text) {
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

async function sweep(top: string): Promise<void> {
  for (const name of await readdir(top)) {
    if (!name.endsWith(TEMPORARY)) continue
    const path = join(top, name)
    const found = await stat(path).catch(() => undefined)
    if (isAbandoned(found)) await rm(path, { force: true })
  }
}
