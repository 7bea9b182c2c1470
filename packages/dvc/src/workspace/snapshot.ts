import { join } from 'node:path'
import { breather } from '../breather.ts'
import { lookAt } from './content.ts'
import type { DvcIgnore } from './ignore.ts'
import { mapConcurrently } from '../concurrent.ts'
import { hashFile, type HashAlgorithm, type ReadOptions } from '../cache/hash.ts'
import { SMALL, type IntakeJob } from '../cache/intake.ts'
import { takeAll } from '../cache/intake-pool.ts'
import { isSoundlyKept, rememberMade } from '../cache/sound.ts'
import type { DvcRepo } from '../repo.ts'
import type { Stamp } from '../cache/stamp.ts'
import { stateKey, type State } from '../cache/state.ts'
import type { Store } from '../cache/store.ts'
import { manifestOf, type TreeEntry } from '../formats/tree.ts'
import {
  foundFile,
  isExecutable,
  notAFile,
  walkDirectory,
  type FoundFile,
  type FoundTree,
  type WalkOptions,
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
  const known = knownBy(reading.state, reading.algorithm)
  if (!found) return { path, kind: 'nothing', entries: [], files: [], bytes: 0, isexec: false }
  if (found.isDirectory()) {
    const tree = await walkDirectory(repo.root, path, ignore, { signal: reading.signal, known })
    return snapshotOf(repo, path, tree.files, reading, { tree })
  }
  if (!found.isFile()) throw notAFile(path)
  return snapshotOf(repo, path, [foundFile('', path, found, known)], reading, {
    isexec: isExecutable(Number(found.mode)),
  })
}

/** Asks a state what files hold. */
export function knownBy(state: State, algorithm?: HashAlgorithm): NonNullable<WalkOptions['known']> {
  return (path, stamp) => state.find(stateKey(path, algorithm), stamp)
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
  await reading.store?.putManifest(text)
  return { path, kind: 'directory', digits: md5, entries, files, bytes, isexec: false, manifest: text, tree }
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
  const jobs = open.map((at): IntakeJob => {
    const file = files[at] as FoundFile
    return { path: join(repo.root, path, file.relpath), bytes: file.bytes, hashFirst: isLikely?.(file) ?? false }
  })
  const large = { made: [] as number[], found: [] as number[] }
  const take: Parameters<Store['putFiles']>[2] = ({ md5, bytes, stamp, since, temporary }, job) => {
    const at = open[job] as number
    md5s[at] = md5
    if (bytes > SMALL) (temporary === undefined ? large.found : large.made).push(job)
    state.put(stateKey(pathWithin(path, (files[at] as FoundFile).relpath), algorithm), stamp, md5, since)
  }
  if (algorithm !== 'md5') {
    await mapConcurrently(jobs, LEGACY_READERS, async (job, at) => {
      const since = Date.now()
      const content = await hashFile(job.path, { ...options, algorithm })
      take({ ...content, stamp: (files[open[at] as number] as FoundFile).stamp as Stamp, since }, at)
    })
  } else if (store) {
    await store.putFiles(jobs, options, take)
    const md5Of = (job: number): string => md5s[open[job] as number] as string
    const broken: number[] = []
    for (const job of large.found) if (!(await isKept(md5Of(job)))) broken.push(job)
    const again = broken.map((job): IntakeJob => ({ ...(jobs[job] as IntakeJob), replaces: true }))
    await store.putFiles(again, { signal }, (taken, at) => take(taken, broken[at] as number))
    // To read them once more costs most.
    for (const job of large.made) rememberMade(repo, { algorithm: 'md5', digits: md5Of(job) }, state)
  } else
    await takeAll(jobs, undefined, options, (taken, at) => {
      take(taken, at)
      return undefined
    })
  return md5s
}
