import type { DataHash } from '../cache/hash.ts'
import type { DvcIgnore } from '../workspace/ignore.ts'
import { isObjectLost, loadManifest } from '../cache/manifest.ts'
import type { Output } from '../outputs.ts'
import type { DvcRepo } from '../repo.ts'
import { pathWithin, takeSnapshot, type Reading } from '../workspace/snapshot.ts'
import { DIR_SUFFIX, type TreeEntry } from '../formats/tree.ts'

/** What is known of a path: of an output, of a file in one, or of a folder on the way to them. */
export interface IndexEntry {
  /** Relative to the repository's root, POSIX; empty for the root. */
  readonly path: string
  readonly isDirectory: boolean
  /** Absent for folders that are no outputs, and for data that was never hashed. */
  readonly hash?: DataHash
  /** Bytes, where the record says it. */
  readonly bytes?: number
}

/** A tree of tracked data, by the records or by what the workspace holds. */
export interface DataIndex {
  entry(path: string): Promise<IndexEntry | undefined>
  /**
   * The entries right beneath a path.
   *
   * @returns `undefined` where nobody knows: the manifest of the directory is missing or broken
   */
  within(path: string): Promise<readonly IndexEntry[] | undefined>
}

/** A tree that is being made. */
interface OpenIndex extends DataIndex {
  put(entry: IndexEntry): void
}

/** Gets the files of a directory. */
export type ReadManifest = (hash: DataHash) => Promise<readonly TreeEntry[]>

/**
 * What records say is tracked. Manifests are read from the cache when somebody looks into their directories.
 *
 * @param outputs those that the cache does not keep are left out, as DVC does
 * @param manifest where manifests come from; the cache by default
 */
export function recordIndex(
  repo: DvcRepo,
  outputs: readonly Output[],
  manifest: ReadManifest = (hash) => loadManifest(repo.config.cacheDir, hash),
): DataIndex {
  const index = openIndex(async (entry) => {
    const { path, hash } = entry
    if (!hash?.digits.endsWith(DIR_SUFFIX)) return true
    try {
      for (const { relpath, md5 } of await manifest(hash)) {
        const { algorithm } = hash
        index.put({ path: `${path}/${relpath}`, isDirectory: false, hash: { algorithm, digits: md5 } })
      }
      return true
    } catch (error) {
      if (isObjectLost(error)) return false
      throw error
    }
  })
  for (const { path, hash, size, cache } of outputs) {
    if (!cache) continue
    const isDirectory = hash?.digits.endsWith(DIR_SUFFIX) ?? false
    index.put({ path, isDirectory, ...(hash ? { hash } : {}), ...(size === undefined ? {} : { bytes: size }) })
  }
  return index
}

/** Data of the workspace that is to be looked at. */
export interface IndexedPath {
  readonly path: string
  /** False for a part of a directory, which has no hash of its own. */
  readonly isOutput: boolean
  readonly algorithm: DataHash['algorithm']
}

/**
 * What the workspace holds at some paths. What is not there is not in it.
 *
 * @param unseen gets a path that cannot be looked at, which is not in it either; or throws
 * @throws what {@link takeSnapshot} throws
 */
export async function workspaceIndex(
  repo: DvcRepo,
  paths: readonly IndexedPath[],
  ignore: DvcIgnore,
  reading: Reading,
  unseen: (path: string, error: unknown) => void,
): Promise<DataIndex> {
  const index = openIndex(async () => true)
  for (const { path, isOutput, algorithm } of paths) {
    const now = await takeSnapshot(repo, path, ignore, { ...reading, algorithm }).catch((error: unknown) =>
      unseen(path, error),
    )
    if (!now || now.kind === 'nothing') continue
    const { kind, digits = '', entries } = now
    const isDirectory = kind === 'directory'
    if (isDirectory) {
      for (const { relpath, md5 } of entries) {
        index.put({ path: pathWithin(path, relpath), isDirectory: false, hash: { algorithm, digits: md5 } })
      }
    }
    index.put({ path, isDirectory, ...(isOutput || !isDirectory ? { hash: { algorithm, digits } } : {}) })
  }
  return index
}

/** @param load puts what is beneath an entry, when that is asked for first; false where it cannot be known */
function openIndex(load: (entry: IndexEntry) => Promise<boolean>): OpenIndex {
  const entries = new Map<string, IndexEntry>([['', { path: '', isDirectory: true }]])
  const beneath = new Map<string, Set<string>>()
  const loaded = new Map<string, boolean>()

  const link = (path: string): void => {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    const known = beneath.get(parent)
    if (known) {
      known.add(path)
      return
    }
    beneath.set(parent, new Set([path]))
    if (parent === '') return
    if (!entries.has(parent)) entries.set(parent, { path: parent, isDirectory: true })
    link(parent)
  }

  const fill = async (path: string): Promise<boolean> => {
    const entry = entries.get(path)
    const isKnown = loaded.get(path) ?? (entry === undefined || (await load(entry)))
    if (entry) loaded.set(path, isKnown)
    return isKnown
  }

  return {
    put(entry) {
      entries.set(entry.path, entry)
      link(entry.path)
    },
    async entry(path) {
      for (let at = path.indexOf('/'); at > 0 && !entries.has(path); at = path.indexOf('/', at + 1)) {
        await fill(path.slice(0, at))
      }
      return entries.get(path)
    },
    async within(path) {
      if (!(await fill(path))) return undefined
      return [...(beneath.get(path) ?? [])].map((child) => entries.get(child) as IndexEntry)
    },
  }
}
