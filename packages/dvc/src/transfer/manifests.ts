import type { DataHash } from '../cache/hash.ts'
import { objectPlace } from '../cache/layout.ts'
import { isObjectLost, loadManifest } from '../cache/manifest.ts'
import { readManifest, type TreeEntry } from '../formats/tree.ts'
import type { Remote } from '../remotes/remote.ts'
import { readObject } from './receive.ts'
import type { RetryOptions } from './retry.ts'

/** The manifest of a directory as the cache has it; `undefined` where it lacks it, or has something else under its name. */
export async function ownManifest(cacheDir: string, hash: DataHash): Promise<TreeEntry[] | undefined> {
  return orLost(loadManifest(cacheDir, hash))
}

/**
 * The manifest of a directory as a remote has it, and its bytes; `undefined` where it lacks it.
 *
 * @throws DS_DVC_OBJECT_CORRUPT where the remote has something else under its name, DS_REMOTE_FAILED, DS_REMOTE_DENIED
 */
export async function theirManifest(
  remote: Remote,
  hash: DataHash,
  options: RetryOptions,
): Promise<{ readonly entries: readonly TreeEntry[]; readonly content: Buffer } | undefined> {
  const key = objectPlace(hash)
  const content = await readObject(remote, key, hash, options)
  return content && { content, entries: readManifest(content.toString(), `${remote.url}/${key}`) }
}

/** What comes of work; `undefined` where an object turns out to be missing, or not what its name says. */
export async function orLost<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work
  } catch (error) {
    if (isObjectLost(error)) return undefined
    throw error
  }
}
