import { lstatSync, rmSync } from 'node:fs'
import { breather } from './breather.ts'
import { failure } from './codes.ts'
import type { DataHash } from './cache/hash.ts'
import { bytesOf, takeInventory } from './cache/inventory.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { objectPathIn } from './cache/objects.ts'
import { isWithin } from './within.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { DIR_SUFFIX } from './formats/tree.ts'
import { usedObjects, type Scope, type UsedObjects } from './history/used.ts'
import { isAbandoned, unwritable } from './write.ts'
import { checkCall } from './call.ts'

/** An object that nothing refers to. */
export interface UnusedObject {
  readonly hash: DataHash
  /** Absolute. */
  readonly path: string
  readonly bytes: number
}

/** What a collection of garbage comes to. Plain data: it can be printed and compared. */
export interface GcPlan {
  /** The repository's folder. */
  readonly root: string
  readonly cacheDir: string
  /** Whether the cache lies outside of the repository, so that others may use it: name them as `projects`. */
  readonly isShared: boolean
  /** The commits whose data stays, beside that of the workspace. */
  readonly revisions: readonly string[]
  /** Revisions that could not be read, with the reason; data that only they use is not safe. */
  readonly skipped: UsedObjects['skipped']
  /** Objects of the cache that stay. */
  readonly kept: number
  /** Objects that go, manifests first. */
  readonly unused: readonly UnusedObject[]
  /** Files that processes have left unfinished; they go too. */
  readonly strays: readonly string[]
  /** Of all that goes. */
  readonly bytes: number
}

/** What stays, and how garbage is collected. */
export interface GcOptions extends Scope, RepoOptions {
  /** Says that what only the workspace uses stays, where nothing else is said. It stays anyway. */
  readonly workspace?: boolean | undefined
  /** Folders of other repositories with the same cache: what the same scope means there stays too. */
  readonly projects?: readonly string[] | undefined
  /** Whether revisions that cannot be read are passed over; false by default: then nothing goes. */
  readonly skipFailed?: boolean | undefined
  /** Whether nothing is removed; false by default. */
  readonly dryRun?: boolean | undefined
}

/**
 * Removes what nothing refers to from the cache, as `dvc gc` does. What the workspace and the scope refer to stays, with
 * all files of directories; where a manifest of theirs is missing or broken, nobody knows which these are, and nothing
 * goes. Nothing goes either while another process is at work.
 *
 * @throws DS_DVC_SCOPE where nothing is said of what stays, DS_DVC_OBJECT_MISSING, DS_DVC_OBJECT_CORRUPT, DS_LOCKED,
 *   DS_GIT_REVISION, DS_DVC_FILE_MALFORMED, DS_DVC_WRITE, DS_ABORTED
 * @example (await gc({ cwd: process.cwd(), allCommits: true, dryRun: true })).bytes // 2294215
 */
export async function gc(options: GcOptions): Promise<GcPlan> {
  checkCall(options, { projects: options?.projects ?? [] })
  const { cwd, projects = [] } = options
  const isAsked = options.allBranches || options.allTags || options.allCommits || options.workspace
  if (!isAsked && options.revision === undefined && options.since === undefined) {
    throw failure('DS_DVC_SCOPE', 'nothing was said of what is to stay')
  }
  if (options.count !== undefined && options.revision === undefined && !options.allBranches) {
    throw failure('DS_DVC_SCOPE', 'a number of commits goes with a revision or all branches only')
  }
  const repo = await needRepo(cwd, options.env, options.user)
  const others = await Promise.all(projects.map((folder) => needRepo(folder, options.env, options.user)))
  const repos = [...new Map([repo, ...others].map((one) => [one.root, one])).values()]
  // In one order everywhere, so that two of us never wait for each other.
  return whileLocked(
    repos.toSorted((a, b) => (a.root < b.root ? -1 : 1)),
    options,
    async () => {
      const plan = await planGc(repos, options)
      if (!options.dryRun) await execute(plan, options)
      return plan
    },
  )
}

async function whileLocked(
  repos: readonly DvcRepo[],
  options: GcOptions,
  work: () => Promise<GcPlan>,
): Promise<GcPlan> {
  const [first, ...rest] = repos
  if (!first) return work()
  const { lockTimeout: timeout, onWait, signal } = options
  return withRepoLock(first, { timeout, signal, onWait }, () => whileLocked(rest, options, work))
}

async function planGc(repos: readonly DvcRepo[], options: GcOptions): Promise<GcPlan> {
  const [repo] = repos as [DvcRepo, ...DvcRepo[]]
  const { cacheDir } = repo.config
  const used: UsedObjects[] = []
  for (const one of repos) {
    // Manifests of the others are in the cache that they share with this one.
    const place = { ...one, config: { ...one.config, cacheDir } }
    used.push(await usedObjects(place, options, { isLenient: options.skipFailed ?? false, signal: options.signal }))
  }
  const isUsed = ({ algorithm, digits }: DataHash): boolean =>
    used.some(({ objects }) => objects[algorithm].has(digits))
  const { objects, strays } = takeInventory(cacheDir)
  const unused = objects
    .filter((hash) => !isUsed(hash))
    .map((hash) => ({
      hash,
      path: objectPathIn(cacheDir, hash.digits, hash.algorithm),
      bytes: bytesOf(cacheDir, hash),
    }))
  const isShared = !isWithin(cacheDir, repo.dvcDir)
  // In a shared cache another process may be writing just now, without any lock that we could see.
  const abandoned = isShared ? strays.filter(isOld) : strays
  const sizes = [...unused.map(({ bytes }) => bytes), ...abandoned.map(sizeOf)]
  return {
    root: repo.root,
    cacheDir,
    isShared,
    revisions: [...new Set(used.flatMap(({ revisions }) => revisions))],
    skipped: used.flatMap(({ skipped }) => skipped),
    kept: objects.length - unused.length,
    unused: unused.toSorted((a, b) => Number(isManifest(b)) - Number(isManifest(a))),
    strays: abandoned,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
  }
}

async function execute({ unused, strays, cacheDir }: GcPlan, { signal }: GcOptions): Promise<void> {
  const breathe = breather(signal)
  try {
    for (const path of [...unused.map((one) => one.path), ...strays]) {
      await breathe()
      rmSync(path, { force: true })
    }
  } catch (error) {
    throw unwritable(cacheDir, error)
  }
}

/** A manifest goes before the files that it names: what is left after a crash is no directory that lacks files. */
function isManifest({ hash }: UnusedObject): boolean {
  return hash.digits.endsWith(DIR_SUFFIX)
}

function isOld(path: string): boolean {
  return isAbandoned(lstatSync(path, { throwIfNoEntry: false }))
}

function sizeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0
}
