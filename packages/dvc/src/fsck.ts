import { lstatSync, rmSync } from 'node:fs'
import { messageOf, throwIfAborted, type Finding } from '@dayshift/core/ground'
import { mapConcurrently } from './concurrent.ts'
import { hashFile, type DataHash, type ReadOptions } from './cache/hash.ts'
import { takeInventory } from './cache/inventory.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { isObjectLost, loadManifest } from './cache/manifest.ts'
import { DIR_SUFFIX } from './formats/tree.ts'
import { objectPathIn } from './cache/objects.ts'
import { lackingObjects } from './history/lacking.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { isAbandoned, TEMPORARY } from './write.ts'
import { checkCall } from './call.ts'
import { openRepair } from './transfer/repair.ts'
import { withRemotes, type RemoteSession, type TransferOptions } from './transfer/session.ts'

/** What is wrong with an object. */
export interface BrokenObject {
  readonly hash: DataHash
  /** Where it lies; where it was, after a repair. */
  readonly path: string
  readonly repaired: boolean
}

/** An object that the cache does not have. */
export interface MissingObject {
  readonly hash: DataHash
  readonly repaired: boolean
}

/** The manifest of a directory that is what its name says, and that no directory can be like. */
export interface UnusableManifest {
  readonly hash: DataHash
  readonly path: string
  /** What is wrong with what it lists. */
  readonly reason: string
}

/** What a check of the cache has found. */
export interface FsckResult {
  /** Objects that were read. */
  readonly objects: number
  readonly bytes: number
  readonly broken: readonly BrokenObject[]
  /** Directories are to be recorded once more for these: a repair would bring the same. */
  readonly unusable: readonly UnusableManifest[]
  /** What records of the workspace refer to and the cache did not have; a directory without its manifest counts as one. */
  readonly missing: readonly MissingObject[]
  /** What processes have left that were killed a day ago or earlier; it is removed. */
  readonly leftovers: readonly string[]
}

/** How the cache is checked. */
export interface FsckOptions extends ReadOptions, RepoOptions, Pick<TransferOptions, 'open' | 'onRetry'> {
  /** Whether broken and missing objects are got again from remotes; false by default. */
  readonly repair?: boolean | undefined
  /** The remotes that are asked; all that the config names by default, the default one first. */
  readonly remotes?: readonly string[] | undefined
  /** Called with what a person should know, such as remotes that could not be asked. */
  readonly onFinding?: ((finding: Finding) => void) | undefined
}

/** Objects that are read at the same time. */
const READERS = 4

/**
 * Reads every object of the cache and holds it against its name, whatever its mode. A broken one gives way to its repair
 * when that has come and is right; without a repair it stays as it is, for the user to judge. Its mode stays too: DVC
 * deletes what is not protected and not what its name says, and a file of the workspace that is a link to it, edited by
 * the user, may have no other content. What records of the workspace refer to and the cache does not have is told as well.
 *
 * @throws DS_DVC_REPO_MISSING, DS_LOCKED, DS_DVC_UNREADABLE, DS_ABORTED
 * @example (await fsck({ cwd: process.cwd() })).broken // []
 */
export async function fsck(options: FsckOptions): Promise<FsckResult> {
  checkCall(options)
  const repo = await needRepo(options.cwd, options.env, options.user)
  const { lockTimeout: timeout, signal, onWait } = options
  return withRepoLock(repo, { timeout, signal, onWait, reading: options.repair !== true }, () =>
    withRemotes(repo, options, (session) => check(repo, session, options)),
  )
}

async function check(repo: DvcRepo, session: RemoteSession, options: FsckOptions): Promise<FsckResult> {
  const { signal, onProgress } = options
  const { cacheDir } = repo.config
  const repair = options.repair ? openRepair(repo, session, options) : undefined
  const { objects: found, strays } = takeInventory(cacheDir)
  const leftovers = strays.filter((path) => path.endsWith(TEMPORARY) && sweep(path))
  let bytes = 0
  const unusable: UnusableManifest[] = []
  const checked = await mapConcurrently(found, READERS, async (hash) => {
    throwIfAborted(signal)
    const path = objectPathIn(cacheDir, hash.digits, hash.algorithm)
    const content = await hashFile(path, { signal, onProgress, algorithm: hash.algorithm })
    bytes += content.bytes
    if (content.md5 === hash.digits.slice(0, 32)) {
      const reason = hash.digits.endsWith(DIR_SUFFIX) ? await faultOf(cacheDir, hash) : undefined
      if (reason !== undefined) unusable.push({ hash, path, reason })
      return undefined
    }
    return { hash, path, repaired: (await repair?.(hash)) ?? false }
  })
  const broken = checked.filter((one) => one !== undefined)
  const missing = await findMissing(repo, repair, signal)
  return { objects: found.length, bytes, broken, unusable, missing, leftovers }
}

/** What is wrong with a manifest that is what its name says. */
async function faultOf(cacheDir: string, hash: DataHash): Promise<string | undefined> {
  return loadManifest(cacheDir, hash).then(
    () => undefined,
    (error: unknown) => {
      if (isObjectLost(error)) return messageOf(error)
      throw error
    },
  )
}

async function findMissing(
  repo: DvcRepo,
  repair: ReturnType<typeof openRepair> | undefined,
  signal: AbortSignal | undefined,
): Promise<MissingObject[]> {
  const missing: MissingObject[] = []
  const asked = new Set<string>()
  // A manifest that has come names more.
  for (;;) {
    const lacking = await lackingObjects(repo, signal)
    const open = lacking.filter(({ algorithm, digits }) => !asked.has(`${algorithm}:${digits}`))
    if (open.length === 0) return missing
    for (const hash of open) {
      throwIfAborted(signal)
      asked.add(`${hash.algorithm}:${hash.digits}`)
      missing.push({ hash, repaired: (await repair?.(hash)) ?? false })
    }
  }
}

/** Removes an unfinished file that is old. */
function sweep(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!isAbandoned(found)) return false
  try {
    rmSync(path, { force: true })
  } catch {
    // Whoever may only read leaves it to others.
    return false
  }
  return true
}
