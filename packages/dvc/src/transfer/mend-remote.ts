import type { DataHash } from '../cache/hash.ts'
import { bytesOf } from '../cache/inventory.ts'
import { objectPlace } from '../cache/layout.ts'
import { objectPathIn } from '../cache/objects.ts'
import { isSound } from '../cache/sound.ts'
import type { State } from '../cache/state.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import { problemOf, type Problem } from '../workspace/problem.ts'
import { ownManifest } from './manifests.ts'
import { transferEach } from './pool.ts'
import { withRetries, type RetryOptions } from './retry.ts'
import { uploadOf } from './upload.ts'

/** An object of a remote that did not come, or did not get there. */
export interface FailedRemoteObject {
  readonly hash: DataHash
  readonly error: Problem
}

/** How a remote is mended. */
export interface MendOptions extends RetryOptions {
  readonly state: State
  /** Objects at a time. */
  readonly jobs: number
}

/** What has come of mending. */
interface Mended {
  /** Of the objects that are there now as they should be. */
  readonly keys: ReadonlySet<string>
  readonly failed: readonly FailedRemoteObject[]
}

/** Where nothing was to be mended. */
export const NOTHING_MENDED: Mended = { keys: new Set(), failed: [] }

/** Whether an object is the manifest of a directory. */
export function isManifest({ digits }: DataHash): boolean {
  return digits.endsWith(DIR_SUFFIX)
}

/**
 * Puts objects onto a remote in place of what is wrong there, from the cache where that has them right. A manifest, which is
 * proof of its files, goes only where these are there.
 *
 * @param wrong what is broken there, or missing
 * @param isThere whether the remote has an object as it should be, by its key
 * @throws DS_REMOTE_DENIED, DS_REMOTE_FAILED, DS_ABORTED
 */
export async function mendRemote(
  repo: DvcRepo,
  remote: Remote,
  wrong: readonly DataHash[],
  isThere: (key: string) => boolean,
  options: MendOptions,
): Promise<Mended> {
  const { cacheDir } = repo.config
  const keys = new Set<string>()
  const failed: FailedRemoteObject[] = []
  const isProven = async (manifest: DataHash): Promise<boolean> => {
    const entries = await ownManifest(cacheDir, manifest)
    const places = entries?.map(({ md5 }) => objectPlace({ algorithm: manifest.algorithm, digits: md5 }))
    return places?.every((place) => keys.has(place) || isThere(place)) ?? false
  }
  const put = async (hash: DataHash): Promise<void> => {
    if (!(await isSound(repo, hash, options.state, options))) return
    if (isManifest(hash) && !(await isProven(hash))) return
    const key = objectPlace(hash)
    const upload = uploadOf(objectPathIn(cacheDir, hash.digits, hash.algorithm), hash, bytesOf(cacheDir, hash))
    await withRetries(`${remote.url}/${key}`, options, async () => remote.put?.(key, upload, options))
    keys.add(key)
  }
  for (const isLast of [false, true]) {
    const part = wrong.filter((hash) => isManifest(hash) === isLast)
    for (const { item, error } of await transferEach(part, options.jobs, options.signal, put)) {
      failed.push({ hash: item, error: problemOf(error) })
    }
    await remote.settle?.()
  }
  return { keys, failed }
}
