import { lstatSync, rmSync } from 'node:fs'
import type { Finding } from '@dayshift/core/ground'
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
import { objectPlace } from './cache/layout.ts'
import { bringBack, sweepTrash, weightOf, throwAway, trashedLots } from './cache/trash.ts'
import { copiesOf, remoteNames, type Copies } from './transfer/copies.ts'
import {
  findGarbage,
  leftoversOf,
  needCleaning,
  removeGarbage,
  removeKeys,
  type RemoteGarbage,
} from './transfer/garbage.ts'
import { needObjects, remotesAsked, withRemotes, type RemoteSession, type TransferOptions } from './transfer/session.ts'

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
  /** Objects that nothing refers to, and that stay all the same: no remote has them. */
  readonly lastCopies: readonly UnusedObject[]
  /** What goes from remotes. */
  readonly remotes: readonly RemoteGc[]
  /** What a person should know, such as remotes that could not be asked. */
  readonly findings: readonly Finding[]
  /** The folder that the objects are in now, for {@link TRASH_DAYS} days; absent where they are gone for good. */
  readonly trash?: string
  /** Files that processes have left unfinished; they go too. */
  readonly strays: readonly string[]
  /** Of all that goes from the cache. */
  readonly bytes: number
}

/** What goes from a remote. */
export interface RemoteGc {
  readonly name: string
  /** Where it is, without secrets. */
  readonly url: string
  /** Manifests and files; the place of each in the remote's tree is its key. */
  readonly unused: readonly RemoteGarbage[]
  /** Objects that nothing refers to, and that stay all the same: no other place would have them. */
  readonly lastCopies: number
  /** Objects that something refers to. */
  readonly kept: number
  /** Keys of what killed processes have left there a day ago or earlier; folders only. It goes too. */
  readonly strays: readonly string[]
  readonly bytes: number
}

/** What stays, and how garbage is collected. */
export interface GcOptions extends Scope, RepoOptions, Pick<TransferOptions, 'jobs' | 'open' | 'onRetry'> {
  /** Says that what only the workspace uses stays, where nothing else is said. It stays anyway. */
  readonly workspace?: boolean | undefined
  /** Folders of other repositories with the same cache: what the same scope means there stays too. */
  readonly projects?: readonly string[] | undefined
  /** Whether revisions that cannot be read are passed over; false by default: then nothing goes. */
  readonly skipFailed?: boolean | undefined
  /** Whether remotes are cleaned too: those named, else the default one; false by default. */
  readonly cloud?: boolean | undefined
  /** Whether what a remote has goes from the cache, though something refers to it; false by default. */
  readonly notInRemote?: boolean | undefined
  /** The remotes that `cloud` and `notInRemote` mean; the default one by default. */
  readonly remotes?: readonly string[] | undefined
  /** Whether an object may go that no other place has. False by default: where remotes are configured, they are asked. */
  readonly lastCopies?: boolean | undefined
  /** Whether objects of the cache can be had back for {@link TRASH_DAYS} days: {@link undoGc}; true by default. */
  readonly trash?: boolean | undefined
  /** Whether nothing is removed; false by default. */
  readonly dryRun?: boolean | undefined
}

/**
 * Removes what nothing refers to from the cache, as `dvc gc` does, and from remotes where that is asked for. Where remotes
 * are configured, an object that no place would have then stays unless `lastCopies` lets it go. What the workspace and the scope refer to stays, with
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
  if (options.cloud && options.notInRemote) {
    throw failure('DS_DVC_SCOPE', 'a remote is either cleaned, or what it has goes from the cache: not both')
  }
  const repo = await needRepo(cwd, options.env, options.user)
  const others = await Promise.all(projects.map((folder) => needRepo(folder, options.env, options.user)))
  const repos = [...new Map([repo, ...others].map((one) => [one.root, one])).values()]
  // In one order everywhere, so that two of us never wait for each other.
  return whileLocked(
    repos.toSorted((a, b) => (a.root < b.root ? -1 : 1)),
    options,
    () =>
      withRemotes(repo, options, async (session) => {
        if (options.cloud) await refuseUncleanable(repo, session, options)
        const plan = await planGc(repos, session, options)
        return options.dryRun ? plan : execute(repo, plan, session, options)
      }),
  )
}

/** What came back from the trash. */
export interface UndoneGc {
  /** When it was thrown away; absent where there is nothing in the trash. */
  readonly at?: Date
  readonly objects: number
  readonly bytes: number
}

/**
 * Puts back what the last {@link gc} threw away, if that was not too long ago.
 *
 * @throws DS_DVC_REPO_MISSING, DS_LOCKED, DS_DVC_WRITE, DS_ABORTED
 * @example (await undoGc({ cwd: process.cwd() })).objects // 3
 */
export async function undoGc(options: RepoOptions & { readonly dryRun?: boolean | undefined }): Promise<UndoneGc> {
  checkCall(options)
  const repo = await needRepo(options.cwd, options.env, options.user)
  const { lockTimeout: timeout, onWait, signal } = options
  return withRepoLock(repo, { timeout, signal, onWait }, async () => {
    const [last] = trashedLots(repo)
    if (!last) return { objects: 0, bytes: 0 }
    return { at: last.at, ...(options.dryRun ? weightOf(last) : await bringBack(repo, last, signal)) }
  })
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

async function planGc(repos: readonly DvcRepo[], session: RemoteSession, options: GcOptions): Promise<GcPlan> {
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
  const isPushed = await pushedObjects(repo, session, objects.filter(isUsed), options)
  const candidates = objects.filter((hash) => !isUsed(hash) || isPushed(hash))
  const { remotes: holders, findings } = await askedCopies(repo, session, candidates, options)
  const isLast = (hash: DataHash): boolean => holders !== undefined && !holders.has(objectPlace(hash))
  const unusedOf = (hash: DataHash): UnusedObject => ({
    hash,
    path: objectPathIn(cacheDir, hash.digits, hash.algorithm),
    bytes: bytesOf(cacheDir, hash),
  })
  const unused = candidates.filter((hash) => !isLast(hash)).map(unusedOf)
  const lastCopies = candidates.filter(isLast).map(unusedOf)
  const isShared = !isWithin(cacheDir, repo.dvcDir)
  // In a shared cache another process may be writing just now, without any lock that we could see.
  const abandoned = isShared ? strays.filter(isOld) : strays
  const sizes = [...unused.map(({ bytes }) => bytes), ...abandoned.map(sizeOf)]
  const stays = new Set(lastCopies.map(({ hash }) => objectPlace(hash)))
  return {
    root: repo.root,
    cacheDir,
    isShared,
    revisions: [...new Set(used.flatMap(({ revisions }) => revisions))],
    skipped: used.flatMap(({ skipped }) => skipped),
    kept: objects.length - unused.length,
    unused: unused.toSorted((a, b) => Number(isManifest(b)) - Number(isManifest(a))),
    lastCopies,
    remotes: options.cloud ? await planRemotes(repo, session, isUsed, stays, options) : [],
    findings: [...findings, ...used.flatMap(({ empty }) => empty.map(emptyFinding))],
    strays: abandoned,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
  }
}

function emptyFinding(file: string): Finding {
  return {
    severity: 'warn',
    code: 'gc.empty',
    message: `${file} is empty: for that commit nothing is kept of what it stood for`,
  }
}

/** Which objects a remote has that the cache need not keep, where that was asked for. */
async function pushedObjects(
  repo: DvcRepo,
  session: RemoteSession,
  used: readonly DataHash[],
  options: GcOptions,
): Promise<(hash: DataHash) => boolean> {
  if (!options.notInRemote) return () => false
  const names = remotesAsked(repo, options.remotes)
  const { remotes, findings } = await copiesOf(session, names, used, options)
  const [finding] = findings
  if (finding) throw failure('DS_REMOTE_FAILED', finding.message)
  return (hash) => remotes.has(objectPlace(hash))
}

/** Which remotes have what is to go; nobody asks where there are none, or where it does not matter. */
async function askedCopies(
  repo: DvcRepo,
  session: RemoteSession,
  candidates: readonly DataHash[],
  options: GcOptions,
): Promise<{ readonly remotes?: Copies['remotes']; readonly findings: Copies['findings'] }> {
  const names = remoteNames(repo)
  if (options.lastCopies || names.length === 0 || candidates.length === 0) return { findings: [] }
  return copiesOf(session, names, candidates, options)
}

/** Refuses a remote that cannot be cleaned, before anything is asked of it. */
async function refuseUncleanable(repo: DvcRepo, session: RemoteSession, { remotes }: GcOptions): Promise<void> {
  for (const name of remotesAsked(repo, remotes)) {
    needObjects(session, name, 'gc')
    needCleaning(await session.open(name), name)
  }
}

/** @param stays places of objects that stay in the cache, so that they are copies of what goes */
async function planRemotes(
  repo: DvcRepo,
  session: RemoteSession,
  isUsed: (hash: DataHash) => boolean,
  stays: ReadonlySet<string>,
  options: GcOptions,
): Promise<RemoteGc[]> {
  const cleaned = remotesAsked(repo, options.remotes)
  const others = remoteNames(repo).filter((name) => !cleaned.includes(name))
  const plans: RemoteGc[] = []
  for (const name of cleaned) {
    const remote = await session.open(name)
    const { garbage, kept } = await findGarbage(remote, isUsed, options)
    const hashes = garbage.map(({ hash }) => hash)
    const copies = options.lastCopies ? undefined : (await copiesOf(session, others, hashes, options)).remotes
    const unused = garbage.filter(({ key }) => !copies || copies.has(key) || stays.has(key))
    const strays = await leftoversOf(remote, options)
    plans.push({
      name,
      url: remote.url,
      unused,
      lastCopies: garbage.length - unused.length,
      kept,
      strays: strays.map(({ key }) => key),
      bytes: [...unused, ...strays].reduce((sum, { bytes }) => sum + bytes, 0),
    })
  }
  return plans
}

async function execute(repo: DvcRepo, plan: GcPlan, session: RemoteSession, options: GcOptions): Promise<GcPlan> {
  const { unused, strays, cacheDir } = plan
  const { signal } = options
  const now = new Date()
  const paths = unused.map(({ path }) => path)
  const isKept = options.trash !== false && paths.length > 0
  if (isKept) await throwAway(repo, paths, now, signal)
  const breathe = breather(signal)
  try {
    for (const path of isKept ? strays : [...paths, ...strays]) {
      await breathe()
      rmSync(path, { force: true })
    }
  } catch (error) {
    throw unwritable(cacheDir, error)
  }
  sweepTrash(repo, now)
  for (const { name, unused: garbage, strays: left } of plan.remotes) {
    const remote = await session.open(name)
    await removeGarbage(remote, garbage, options)
    await removeKeys(remote, left, options)
  }
  const [last] = isKept ? trashedLots(repo) : []
  return last ? { ...plan, trash: last.folder } : plan
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
