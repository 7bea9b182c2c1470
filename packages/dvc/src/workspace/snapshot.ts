import { join } from 'node:path'
import { breather } from '../breather.ts'
import { lookAt } from './content.ts'
import type { DvcIgnore } from './ignore.ts'
import { mapConcurrently } from '../concurrent.ts'
import { hashStamped, type HashAlgorithm, type ReadOptions } from '../cache/hash.ts'
import { SMALL, type IntakeJob, type IntakeJobs, type Taken } from '../cache/intake.ts'
import { takeAll } from '../cache/intake-pool.ts'
import { isSoundlyKept, rememberMade } from '../cache/sound.ts'
import type { DvcRepo } from '../repo.ts'
import { stateKey, type State } from '../cache/state.ts'
import type { Store } from '../cache/store.ts'
import type { Lookout } from './lookout.ts'
import { manifestOf, type TreeEntry } from '../formats/tree.ts'
import {
  foundFile,
  isExecutable,
  notAFile,
  walkDirectory,
  type Acquaintance,
  type FoundFile,
  type FoundTree,
} from './walk.ts'

/** Files that are read at the same time for hashes of DVC 2. */
const LEGACY_READERS = 8

/** What a path of the workspace holds now. */
export interface Snapshot {
  /** Relative to the repository's root, POSIX. */
  readonly path: string
  readonly kind: 'nothing' | 'file' | 'directory'
  /** The hash of what is there as `.dvc` files write it, with `.dir` for a directory; absent where nothing is. */
  readonly digits?: string
  /** The files of a directory, or the file by itself with an empty relpath; in the order of manifests. */
  readonly entries: readonly TreeEntry[]
  /** Where each of the entries was found. */
  readonly files: readonly FoundFile[]
  readonly bytes: number
  /** Whether anyone may execute the file; never for directories. */
  readonly isexec: boolean
  /** A directory's manifest. */
  readonly manifest?: string
  /** What was left out of a directory's version, and what comes back otherwise. */
  readonly tree?: FoundTree
}

/** By what files are read. */
export interface Reading extends ReadOptions {
  readonly state: State
  /** What a look ahead finds of files that the state knows. */
  readonly ahead?: Lookout | undefined
  /** Where content is kept; without it files are only hashed. */
  readonly store?: Store | undefined
  /** Whether nothing is read: files that the state does not know have an empty hash then. */
  readonly isKnownOnly?: boolean | undefined
  /** Whether the cache is likely to have a file's content already: then it is hashed before it is copied. */
  readonly isLikely?: ((file: FoundFile) => boolean) | undefined
}

/**
 * Says what a path holds. What the state knows is not read again.
 *
 * @param path relative to the repository's root, POSIX
 * @throws what {@link walkDirectory} and the store throw; DS_DVC_PATH_KIND for a pipe, a socket or a device
 */
export async function takeSnapshot(
  repo: DvcRepo,
  path: string,
  ignore: DvcIgnore,
  reading: Reading,
): Promise<Snapshot> {
  const found = lookAt(join(repo.root, path))
  const known = knownBy(reading.state, reading.algorithm, reading.ahead)
  if (!found) return { path, kind: 'nothing', entries: [], files: [], bytes: 0, isexec: false }
  if (found.isDirectory()) {
    const tree = await walkDirectory(repo.root, path, ignore, { signal: reading.signal, known })
    return tree.digits !== undefined && !reading.store
      ? unchangedSnapshot(path, tree, tree.digits)
      : snapshotOf(repo, path, tree.files, reading, { tree })
  }
  if (!found.isFile()) throw notAFile(path)
  return snapshotOf(repo, path, [foundFile('', path, found, known)], reading, {
    isexec: isExecutable(Number(found.mode)),
  })
}

/** Asks a state what files hold. */
export function knownBy(state: State, algorithm: HashAlgorithm = 'md5', ahead?: Lookout): Acquaintance {
  const md5Of: Acquaintance['md5Of'] = (path, stamp) => state.find(stateKey(path, algorithm), stamp)
  return algorithm === 'md5' ? { md5Of, before: state.known, ahead } : { md5Of }
}

/** A directory whose files are all as they were: who only asks for its hash costs no more than the walk. */
function unchangedSnapshot(path: string, tree: FoundTree, digits: string): Snapshot {
  let entries: readonly TreeEntry[] | undefined
  return {
    path,
    kind: 'directory',
    digits,
    get entries() {
      entries ??= tree.files.map(({ relpath, md5 = '' }) => ({ relpath, md5 }))
      return entries
    },
    get files() {
      return tree.files
    },
    get bytes() {
      return tree.files.reduce((sum, file) => sum + file.bytes, 0)
    },
    isexec: false,
    get manifest() {
      return manifestOf(this.entries).text
    },
    tree,
  }
}

/** Weighs what a walk has found. */
export async function snapshotOf(
  repo: DvcRepo,
  path: string,
  files: readonly FoundFile[],
  reading: Reading,
  { tree, isexec = false }: { readonly tree?: FoundTree | undefined; readonly isexec?: boolean },
): Promise<Snapshot> {
  const md5s = await weigh(repo, path, files, reading)
  const entries = files.map(({ relpath }, at) => ({ relpath, md5: md5s[at] as string }))
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  if (!tree) return { path, kind: 'file', digits: md5s[0] as string, entries, files, bytes, isexec }
  reading.state.cover(path)
  const { md5, text } = manifestOf(entries)
  if (isRemembered(reading)) reading.state.putTree(path, md5, entries)
  await reading.store?.putManifest(text)
  return { path, kind: 'directory', digits: md5, entries, files, bytes, isexec: false, manifest: text, tree }
}

function isRemembered({ algorithm = 'md5', isKnownOnly = false }: Reading): boolean {
  return algorithm === 'md5' && !isKnownOnly
}

/** The path of a directory's file. */
export function pathWithin(directory: string, relpath: string): string {
  return relpath === '' ? directory : `${directory}/${relpath}`
}

async function weigh(
  repo: DvcRepo,
  path: string,
  files: readonly FoundFile[],
  { state, store, isLikely, isKnownOnly = false, algorithm = 'md5', ...options }: Reading,
): Promise<string[]> {
  const md5s: string[] = []
  const open: number[] = []
  const { signal } = options
  const breathe = breather(signal)
  const isKept = (digits: string): Promise<boolean> =>
    isSoundlyKept(repo, { algorithm: 'md5', digits }, state, { signal })
  for (const [at, { md5, bytes }] of files.entries()) {
    if (store) await breathe()
    if (md5 !== undefined && (!store || (await isKept(md5)))) {
      md5s[at] = md5
      options.onProgress?.(bytes)
    } else open.push(at)
  }
  if (isKnownOnly) return files.map((_, at) => md5s[at] ?? '')
  const prefix = `${repo.root}/${path}`
  const jobs: IntakeJobs = {
    length: open.length,
    at(nth) {
      const file = files[open[nth] as number] as FoundFile
      return { path: pathWithin(prefix, file.relpath), bytes: file.bytes, hashFirst: isLikely?.(file) ?? false }
    },
  }
  const large = { made: [] as number[], found: [] as number[] }
  const take = ({ md5, bytes, stamp, since, isMade }: Taken, job: number): void => {
    const at = open[job] as number
    md5s[at] = md5
    if (bytes > SMALL) (isMade ? large.made : large.found).push(job)
    state.put(stateKey(pathWithin(path, (files[at] as FoundFile).relpath), algorithm), stamp, md5, since)
  }
  if (algorithm !== 'md5') {
    await mapConcurrently(open, LEGACY_READERS, async (_, at) => {
      const job = jobs.at(at) as IntakeJob
      const since = Date.now()
      take({ ...(await hashStamped(job.path, { ...options, algorithm })), since, isMade: false }, at)
    })
  } else if (store) {
    await store.putFiles(jobs, options, take)
    const md5Of = (job: number): string => md5s[open[job] as number] as string
    const broken: number[] = []
    for (const job of large.found) if (!(await isKept(md5Of(job)))) broken.push(job)
    const again = broken.map((job): IntakeJob => ({ ...(jobs.at(job) as IntakeJob), replaces: true }))
    await store.putFiles(again, { signal }, (taken, at) => take(taken, broken[at] as number))
    // To read them once more costs most.
    for (const job of large.made) rememberMade(repo, { algorithm: 'md5', digits: md5Of(job) }, state)
  } else await takeAll(jobs, undefined, options, take)
  return md5s
}
