import { chmodSync, lstatSync, renameSync, rmSync } from 'node:fs'
import { throwIfAborted } from '@dayshift/core/ground'
import { mapConcurrently } from './concurrent.ts'
import { hashFile, type DataHash, type ReadOptions } from './cache/hash.ts'
import { takeInventory } from './cache/inventory.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { objectPathIn, PROTECTED } from './cache/objects.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { isAbandoned, TEMPORARY } from './write.ts'
import { checkCall } from './call.ts'

/** What is wrong with an object. */
export interface BrokenObject {
  readonly hash: DataHash
  /** Where it lies; where it was, after a repair. */
  readonly path: string
  readonly repaired: boolean
}

/** What a check of the cache has found. */
export interface FsckResult {
  /** Objects that were read. */
  readonly objects: number
  readonly bytes: number
  readonly broken: readonly BrokenObject[]
  /** What processes have left that were killed a day ago or earlier; it is removed. */
  readonly leftovers: readonly string[]
}

/** How the cache is checked. */
export interface FsckOptions extends ReadOptions, RepoOptions {
  /**
   * Gets a broken object once more, from a remote for one. It writes a file that does not exist yet.
   *
   * @returns false where it does not have the object
   */
  readonly repair?: ((hash: DataHash, target: string, signal?: AbortSignal) => Promise<boolean>) | undefined
}

/** Objects that are read at the same time. */
const READERS = 4

/**
 * Reads every object of the cache and holds it against its name, whatever its mode. A broken one gives way to its repair
 * when that has come and is right; without a repair it stays as it is, for the user to judge. Its mode stays too: DVC
 * deletes what is not protected and not what its name says, and a file of the workspace that is a link to it, edited by
 * the user, may have no other content.
 *
 * @throws DS_DVC_REPO_MISSING, DS_LOCKED, DS_DVC_UNREADABLE, DS_ABORTED
 * @example (await fsck({ cwd: process.cwd() })).broken // []
 */
export async function fsck(options: FsckOptions): Promise<FsckResult> {
  checkCall(options)
  const repo = await needRepo(options.cwd, options.env, options.user)
  return withRepoLock(repo, { timeout: options.lockTimeout, signal: options.signal, onWait: options.onWait }, () =>
    check(repo, options),
  )
}

async function check(repo: DvcRepo, { signal, onProgress, repair }: FsckOptions): Promise<FsckResult> {
  const { cacheDir } = repo.config
  const { objects: found, strays } = takeInventory(cacheDir)
  const leftovers = strays.filter((path) => path.endsWith(TEMPORARY) && sweep(path))
  let bytes = 0
  const checked = await mapConcurrently(found, READERS, async (hash) => {
    throwIfAborted(signal)
    const path = objectPathIn(cacheDir, hash.digits, hash.algorithm)
    const content = await hashFile(path, { signal, onProgress, algorithm: hash.algorithm })
    bytes += content.bytes
    if (content.md5 === hash.digits.slice(0, 32)) return undefined
    return { hash, path, repaired: await tryRepair(hash, path, repair, signal) }
  })
  return { objects: found.length, bytes, broken: checked.filter((one) => one !== undefined), leftovers }
}

async function tryRepair(
  hash: DataHash,
  path: string,
  repair: FsckOptions['repair'],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const fresh = `${path}${TEMPORARY}`
  try {
    if (!repair || !(await repair(hash, fresh, signal))) return false
    if ((await hashFile(fresh, { signal, algorithm: hash.algorithm })).md5 !== hash.digits.slice(0, 32)) return false
    chmodSync(fresh, PROTECTED)
    renameSync(fresh, path)
    return true
  } finally {
    rmSync(fresh, { force: true })
  }
}

/** Removes an unfinished file that is old. */
function sweep(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!isAbandoned(found)) return false
  rmSync(path, { force: true })
  return true
}
