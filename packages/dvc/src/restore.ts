import { lstat, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failure } from './codes.ts'
import { mapConcurrently } from './concurrent.ts'
import { hashWhileCopying, type ReadOptions } from './cache/hash.ts'
import { corruptObject, loadManifest, missingObject } from './cache/manifest.ts'
import { objectPathIn } from './cache/objects.ts'
import type { DvcRepo } from './repo.ts'
import { DIR_SUFFIX } from './formats/tree.ts'
import { fillFile, replaceFile, syncFolder, temporaryName, unwritable } from './write.ts'

/** A hash as reports write it, or the bare digits; ends with `.dir` for a directory. */
export type VersionHash = string

/**
 * Reads a hash.
 *
 * @returns the digits, with `.dir` at the end for a directory
 * @throws DS_DVC_VERSION_UNKNOWN where it is none
 * @example digitsOf('md5:D41D8CD98F00B204E9800998ECF8427E') // 'd41d8cd98f00b204e9800998ecf8427e'
 */
export function digitsOf(hash: VersionHash): string {
  const digits = hash.replace(/^md5:/, '').toLowerCase()
  if (/^[0-9a-f]{32}(?:\.dir)?$/.test(digits)) return digits
  throw failure('DS_DVC_VERSION_UNKNOWN', `'${hash}' is no md5 hash`, { where: hash })
}

/**
 * Where the cache of a repository keeps a version; of a directory, its manifest. It need not be there.
 *
 * @throws DS_DVC_VERSION_UNKNOWN where the hash is none
 * @example objectPath(repo, 'md5:d41d8cd98f00b204e9800998ecf8427e') // /r/.dvc/cache/files/md5/d4/1d8cd98f00b204e9800998ecf8427e
 */
export function objectPath(repo: DvcRepo, hash: VersionHash): string {
  return objectPathIn(repo.config.cacheDir, digitsOf(hash))
}

/**
 * Puts a version from the cache to a place. Each file is hashed on the way; the place has the whole version or what was
 * there before.
 *
 * @param target a file is replaced; a directory must not be there, or be empty
 * @throws DS_DVC_OBJECT_MISSING, DS_DVC_OBJECT_CORRUPT, DS_DVC_EXISTS, DS_DVC_WRITE, DS_ABORTED
 */
export async function restore(
  repo: DvcRepo,
  hash: VersionHash,
  target: string,
  options: ReadOptions = {},
): Promise<void> {
  const digits = digitsOf(hash)
  await refuseOccupied(target, digits.endsWith(DIR_SUFFIX))
  await mkdir(dirname(target), { recursive: true }).catch((error: unknown) => Promise.reject(unwritable(target, error)))
  if (digits.endsWith(DIR_SUFFIX)) return restoreDirectory(repo, digits, target, options)
  await replaceFile(target, (file) => copyObject(repo, digits, file, options))
}

async function restoreDirectory(repo: DvcRepo, digits: string, target: string, options: ReadOptions): Promise<void> {
  const entries = await loadManifest(repo.config.cacheDir, digits)
  const draft = join(dirname(target), temporaryName())
  try {
    await mkdir(draft)
    for (const folder of new Set(entries.map(({ relpath }) => dirname(relpath)))) {
      await mkdir(join(draft, folder), { recursive: true })
    }
    await mapConcurrently(entries, 8, ({ md5, relpath }) =>
      fillFile(join(draft, relpath), (file) => copyObject(repo, md5, file, options)),
    )
    await rmdir(target).catch(() => undefined)
    await rename(draft, target)
    await syncFolder(dirname(target))
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw unwritable(target, error)
  }
}

async function copyObject(
  repo: DvcRepo,
  digits: string,
  file: Parameters<typeof hashWhileCopying>[1],
  options: ReadOptions,
): Promise<void> {
  const object = objectPath(repo, digits)
  if (!(await lstat(object).catch(() => undefined))) throw missingObject(digits)
  const { md5 } = await hashWhileCopying(object, file, options)
  if (md5 !== digits) throw corruptObject(object)
}

async function refuseOccupied(target: string, isDirectory: boolean): Promise<void> {
  const found = await lstat(target).catch(() => undefined)
  if (!found) return
  const inTheWay = isDirectory
    ? !found.isDirectory() || (await readdir(target)).length > 0
    : !found.isFile() && !found.isSymbolicLink()
  if (inTheWay) throw failure('DS_DVC_EXISTS', `${target} is in the way`, { where: target })
}
