import { readdirSync, readlinkSync, type Dirent } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { unreadable } from '../cache/hash.ts'
import type { DvcRepo } from '../repo.ts'
import { lookAt, lookAtLink } from './content.ts'
import { linkInTheWay } from './link-above.ts'

/**
 * Finds what has to go before files of an output can come, and is no file that is replaced: a file in place of a folder
 * above, a folder that holds something, a link to a folder or to nowhere, a pipe. Empty folders are no obstacle.
 *
 * @param output its path, relative to the root, POSIX, as all paths here
 * @param found files that the walk of the output has found
 * @param going files of it that go
 * @returns gives the obstacle to a file; throws DS_DVC_PATH_SYMLINK where a link to a folder leads to it
 */
export function openObstacles(
  repo: DvcRepo,
  output: string,
  found: { has(path: string): boolean },
  going: ReadonlySet<string>,
): (file: string) => string | undefined {
  const folders = new Map<string, string | undefined>()

  const onTheWay = (folder: string, file: string): string | undefined => {
    if (folders.has(folder)) return folders.get(folder)
    const above = folder === output ? undefined : onTheWay(posix.dirname(folder), file)
    const obstacle = above ?? (isFolderFree(folder, file) ? undefined : folder)
    folders.set(folder, obstacle)
    return obstacle
  }

  const isFolderFree = (folder: string, file: string): boolean => {
    const place = join(repo.root, folder)
    const there = lookAtLink(place)
    if (!there || there.isDirectory() || going.has(folder)) return true
    if (lookAt(place)?.isDirectory()) throw linkInTheWay(file, folder)
    return false
  }

  const isHollow = (folder: string): boolean =>
    entriesOf(join(repo.root, folder)).every((entry) => {
      const path = `${folder}/${entry.name}`
      return entry.isDirectory() ? isHollow(path) : going.has(path)
    })

  const isFree = (file: string): boolean => {
    const place = join(repo.root, file)
    const there = lookAtLink(place)
    if (!there) return true
    if (there.isDirectory()) return isHollow(file)
    const target = lookAt(place)
    return target ? target.isFile() : isLinkToCache(repo, place)
  }

  return (file) => {
    const above = file === output ? undefined : onTheWay(posix.dirname(file), file)
    if (above !== undefined || found.has(file)) return above
    return isFree(file) ? undefined : file
  }
}

/** Whether a link leads to where an object of the cache is, or was: nothing is lost with it. */
export function isLinkToCache(repo: DvcRepo, place: string): boolean {
  return lookAtLink(place)?.isSymbolicLink() === true && readlinkSync(place).startsWith(`${repo.config.cacheDir}${sep}`)
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw unreadable(folder, error)
  }
}
