import { lstatSync } from 'node:fs'
import { breather } from '../breather.ts'
import type { DataHash } from '../cache/hash.ts'
import { objectPlace } from '../cache/layout.ts'
import { openCacheNames } from '../cache/names.ts'
import { objectPathIn } from '../cache/objects.ts'
import { DIR_SUFFIX, type TreeEntry } from '../formats/tree.ts'
import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import { isSelected } from '../workspace/targets.ts'
import { orLost, ownManifest, theirManifest } from './manifests.ts'
import { presenceOf, type PresenceOptions } from './presence.ts'
import type { WantedData } from './wanted.ts'

/** Where an object is. */
export interface ComparedObject {
  readonly hash: DataHash
  /** Where the repository has it, from the root, POSIX. */
  readonly path: string
  /** Of the cache's object, else of the remote's where it says so. */
  readonly bytes?: number
  readonly inCache: boolean
  /** Whether the remote has it, of the same size as the cache where both are known. */
  readonly onRemote: boolean
}

/** Where a directory is. */
export interface ComparedDirectory extends ComparedObject {
  /**
   * Its files; of a directory that the remote has only those that the cache lacks. Absent where neither manifest can be
   * read, or nobody needs to know.
   */
  readonly members?: readonly ComparedMember[]
}

interface ComparedMember extends ComparedObject {
  /** Whether it is in the part of the directory that was asked for. */
  readonly isWanted: boolean
}

/** What the cache and a remote have of some data. */
export interface Comparison {
  readonly files: readonly ComparedObject[]
  readonly directories: readonly ComparedDirectory[]
}

/** How cache and remote are compared. */
export interface CompareOptions extends PresenceOptions {
  /** Whether manifests are looked at that only the remote has: a push has nothing to send of such directories. */
  readonly isThorough: boolean
  /** Whether a manifest on the remote is no proof of its files, so that each is asked for; false by default. */
  readonly isDoubted?: boolean | undefined
}

/**
 * Compares what the cache and a remote have of some data. Nothing is written.
 *
 * @throws DS_REMOTE_FAILED, DS_REMOTE_DENIED, DS_DVC_UNREADABLE, DS_ABORTED
 */
export async function compareWithRemote(
  { config: { cacheDir } }: DvcRepo,
  remote: Remote,
  wanted: readonly WantedData[],
  options: CompareOptions,
): Promise<Comparison> {
  const breathe = breather(options.signal)
  const singles = wanted.filter((data) => !isDirectory(data))
  const dirs = wanted.filter(isDirectory)
  const held = await presenceOf(remote, unique(dirs.map(({ hash }) => objectPlace(hash))), options)
  const compared = (hash: DataHash, path: string): ComparedObject => {
    const own = sizeOf(objectPathIn(cacheDir, hash.digits, hash.algorithm))
    const theirs = held.get(objectPlace(hash))
    const differs = own !== undefined && theirs?.bytes !== undefined && own !== theirs.bytes
    const bytes = own ?? theirs?.bytes
    const places = { inCache: own !== undefined, onRemote: theirs !== undefined && !differs }
    return { hash, path, ...places, ...(bytes === undefined ? {} : { bytes }) }
  }
  const opened: { data: WantedData; entries?: readonly TreeEntry[]; own: ComparedObject }[] = []
  for (const data of dirs) {
    const entries = await ownManifest(cacheDir, data.hash)
    const own = entries
      ? compared(data.hash, data.path)
      : { hash: data.hash, path: data.path, inCache: false, onRemote: held.has(objectPlace(data.hash)) }
    const { onRemote } = own
    const isTheirs = options.isThorough && !entries && onRemote
    const known = isTheirs ? (await orLost(theirManifest(remote, data.hash, options)))?.entries : entries
    opened.push({ data, own, ...(known ? { entries: known } : {}) })
  }

  const isCached = openCacheNames(cacheDir)
  const asked = new Set(singles.map(({ hash }) => objectPlace(hash)))
  for (const one of opened) {
    const { algorithm } = one.data.hash
    if (one.own.onRemote && !options.isDoubted) {
      // A manifest on the remote is proof of its files: no need to look at those that the cache has too.
      const lacking: TreeEntry[] = []
      for (const entry of one.entries ?? []) {
        await breathe()
        if (!isCached({ algorithm, digits: entry.md5 })) lacking.push(entry)
      }
      if (one.entries) one.entries = lacking
    }
    for (const { md5 } of one.entries ?? []) asked.add(objectPlace({ algorithm, digits: md5 }))
  }
  for (const [key, found] of await presenceOf(remote, [...asked], options)) held.set(key, found)

  const files: ComparedObject[] = []
  for (const { hash, path } of singles) {
    await breathe()
    files.push(compared(hash, path))
  }
  const directories: ComparedDirectory[] = []
  for (const { data, entries, own } of opened) {
    const members: ComparedMember[] = []
    for (const { md5, relpath } of entries ?? []) {
      await breathe()
      const hash = { algorithm: data.hash.algorithm, digits: md5 }
      const isWanted = isSelected(data.selection, relpath)
      members.push({ ...compared(hash, `${data.path}/${relpath}`), isWanted })
    }
    directories.push({ ...own, ...(entries ? { members } : {}) })
  }
  return { files, directories }
}

function isDirectory({ hash }: WantedData): boolean {
  return hash.digits.endsWith(DIR_SUFFIX)
}

/** @returns `undefined` where there is no file */
function sizeOf(path: string): number | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isFile() ? found.size : undefined
}

function unique(keys: readonly string[]): string[] {
  return [...new Set(keys)]
}
