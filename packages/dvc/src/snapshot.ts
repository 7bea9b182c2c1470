import { lstatSync, statSync, type BigIntStats } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '@dayshift/core'
import type { DvcIgnore } from './ignore.ts'
import { unreadable, type ReadOptions } from './hash.ts'
import { isWhole, type IntakeJob } from './intake.ts'
import { takeAll } from './intake-pool.ts'
import { objectPathIn } from './objects.ts'
import type { DvcRepo } from './repo.ts'
import { stampOf } from './stamp.ts'
import type { State } from './state.ts'
import type { Store } from './store.ts'
import { manifestOf, type TreeEntry } from './tree.ts'
import { isExecutable, notAFile, walkDirectory, type FoundFile, type FoundTree } from './walk.ts'

/** What a path of the workspace holds now. */
export interface Snapshot {
  /** Relative to the repository's root, POSIX. */
  readonly path: string
  readonly kind: 'nothing' | 'file' | 'directory'
  /** The md5 of what is there as `.dvc` files write it, with `.dir` for a directory; absent where nothing is. */
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
  if (!found) return { path, kind: 'nothing', entries: [], files: [], bytes: 0, isexec: false }
  if (found.isDirectory()) {
    const tree = await walkDirectory(repo.root, path, ignore, reading.signal)
    return snapshotOf(repo, path, tree.files, reading, { tree })
  }
  if (!found.isFile()) throw notAFile(path)
  return snapshotOf(repo, path, [fileAt(repo.root, path, found)], reading, {
    isexec: isExecutable(Number(found.mode)),
  })
}

/** A file by itself, as a walk would give it. */
export function fileAt(root: string, path: string, found: BigIntStats): FoundFile {
  return { relpath: '', path: join(root, path), bytes: Number(found.size), stamp: stampOf(found) }
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

/** The key by which the state knows a file. */
export function stateKey(path: string, relpath: string): string {
  return relpath === '' ? path : `${path}/${relpath}`
}

async function weigh(
  repo: DvcRepo,
  path: string,
  files: readonly FoundFile[],
  { state, store, isLikely, ...options }: Reading,
): Promise<string[]> {
  const md5s: string[] = []
  const open: number[] = []
  for (const [at, { relpath, stamp, bytes }] of files.entries()) {
    const md5 = state.find(stateKey(path, relpath), stamp)
    const known =
      md5 !== undefined && (!store || (await isWhole(objectPathIn(repo.config.cacheDir, md5), { md5, bytes })))
    if (known) {
      md5s[at] = md5
      options.onProgress?.(bytes)
    } else open.push(at)
  }
  const jobs = open.map((at): IntakeJob => {
    const file = files[at] as FoundFile
    return { path: file.path, bytes: file.bytes, hashFirst: isLikely?.(file) ?? false }
  })
  const take: Parameters<Store['putFiles']>[2] = ({ md5, stamp, since }, job) => {
    const at = open[job] as number
    md5s[at] = md5
    state.put(stateKey(path, (files[at] as FoundFile).relpath), stamp, md5, since)
  }
  if (store) await store.putFiles(jobs, options, take)
  else
    await takeAll(jobs, undefined, options, (taken, at) => {
      take(taken, at)
      return undefined
    })
  return md5s
}

/** Looks at a path through a link to a file. */
function lookAt(place: string): BigIntStats | undefined {
  try {
    const found = lstatSync(place, { bigint: true, throwIfNoEntry: false })
    return found?.isSymbolicLink() ? statSync(place, { bigint: true, throwIfNoEntry: false }) : found
  } catch (error) {
    if (systemCode(error) === 'ENOTDIR') return undefined
    throw unreadable(place, error)
  }
}
