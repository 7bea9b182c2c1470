import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { unwritable } from './write.ts'

/** DVC takes an object of exactly this mode for whole, and never hashes it again. */
export const PROTECTED = 0o444

/** Where a cache lies, and whether a group shares it (`cache.shared`): then its folders belong to all of the group. */
export interface CachePlace {
  readonly dir: string
  readonly shared: boolean
}

/**
 * The folder that holds the objects of a cache.
 *
 * @example objectsIn('/r/.dvc/cache') // /r/.dvc/cache/files/md5
 */
export function objectsIn(cacheDir: string): string {
  return join(cacheDir, 'files', 'md5')
}

/**
 * Where the cache keeps an object.
 *
 * @param cacheDir the cache's folder
 * @param md5 with `.dir` at the end for a manifest
 * @example objectPathIn('/r/.dvc/cache', 'd41d8cd98f00b204e9800998ecf8427e') // /r/.dvc/cache/files/md5/d4/1d8cd9…
 */
export function objectPathIn(cacheDir: string, md5: string): string {
  return join(objectsIn(cacheDir), md5.slice(0, 2), md5.slice(2))
}

/** Where DVC 2 kept an object, known by the hash of its text with line ends of Unix. */
export function legacyPathIn(cacheDir: string, digits: string): string {
  return join(cacheDir, digits.slice(0, 2), digits.slice(2))
}

/**
 * Makes a folder of a cache, with those above it.
 *
 * @throws DS_DVC_WRITE
 */
export function makeCacheFolder({ shared }: CachePlace, path: string): void {
  try {
    const first = mkdirSync(path, { recursive: true })
    if (!shared || first === undefined) return
    for (let folder = path; folder.length >= first.length; folder = join(folder, '..')) chmodSync(folder, 0o2775)
  } catch (error) {
    throw unwritable(path, error)
  }
}
