import { chmodSync, fchmodSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolders } from '@dayshift/core/ground'
import type { DvcConfig } from '../config.ts'
import type { HashAlgorithm } from './hash.ts'
import { objectPlace } from './layout.ts'
import { unwritable } from '../write.ts'

/** DVC takes an object of exactly this mode for whole, and never hashes it again. */
export const PROTECTED = 0o444

/**
 * Protects an object that is right. In a cache that several users share only the owner may do this; it is right all the same.
 *
 * @param file open, or its path
 * @param mode what it has now
 */
export function protect(file: number | string, mode: number): void {
  if ((mode & 0o777) === PROTECTED) return
  try {
    if (typeof file === 'number') fchmodSync(file, PROTECTED)
    else chmodSync(file, PROTECTED)
  } catch {}
}

/** Where a cache lies, and whether a group shares it (`cache.shared`): then its folders belong to all of the group. */
export interface CachePlace {
  readonly dir: string
  readonly shared: boolean
}

/** Where a repository's cache lies. */
export function cachePlaceOf({ cacheDir, cacheShared = false }: DvcConfig): CachePlace {
  return { dir: cacheDir, shared: cacheShared }
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
 * @param digits with `.dir` at the end for a manifest
 * @param algorithm what the digits are of; `md5` by default
 * @example objectPathIn('/r/.dvc/cache', 'd41d8cd98f00b204e9800998ecf8427e') // /r/.dvc/cache/files/md5/d4/1d8cd9…
 */
export function objectPathIn(cacheDir: string, digits: string, algorithm: HashAlgorithm = 'md5'): string {
  return join(cacheDir, objectPlace({ algorithm, digits }))
}

/**
 * Makes a folder of a cache, with those above it.
 *
 * @throws DS_DVC_WRITE
 */
export function makeCacheFolder({ shared }: CachePlace, path: string): void {
  try {
    const first = makeFolders(path)
    if (!shared || first === undefined) return
    for (let folder = path; folder.length >= first.length; folder = join(folder, '..')) chmodSync(folder, 0o2775)
  } catch (error) {
    throw unwritable(path, error)
  }
}
