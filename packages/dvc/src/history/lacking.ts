import { existsSync } from 'node:fs'
import type { DataHash } from '../cache/hash.ts'
import { isObjectLost, loadManifest } from '../cache/manifest.ts'
import { objectPathIn } from '../cache/objects.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import { outputsOf } from '../outputs.ts'
import type { DvcRepo } from '../repo.ts'

/**
 * The objects that the records of the workspace refer to and the cache does not have. Of a directory whose manifest it does
 * not have, that is all that can be known.
 *
 * @throws DS_DVC_FILE_MALFORMED, DS_DVC_UNREADABLE, DS_ABORTED
 */
export async function lackingObjects(repo: DvcRepo, signal?: AbortSignal): Promise<DataHash[]> {
  const lacking = new Map<string, DataHash>()
  const look = (hash: DataHash): boolean => {
    const place = objectPathIn(repo.config.cacheDir, hash.digits, hash.algorithm)
    const isThere = existsSync(place)
    if (!isThere) lacking.set(place, hash)
    return isThere
  }
  for (const { hash, cache, files } of await outputsOf(repo, { signal, outside: true })) {
    if (!cache) continue
    // The record says itself what a manifest would.
    for (const { md5 } of files ?? []) if (typeof md5 === 'string') look({ algorithm: 'md5', digits: md5 })
    if (!hash || files || !look(hash) || !hash.digits.endsWith(DIR_SUFFIX)) continue
    for (const { md5 } of await entriesOf(repo, hash)) look({ algorithm: hash.algorithm, digits: md5 })
  }
  return [...lacking.values()]
}

/** A manifest that is broken is told as such. */
async function entriesOf(repo: DvcRepo, hash: DataHash): Promise<readonly { readonly md5: string }[]> {
  try {
    return await loadManifest(repo.config.cacheDir, hash)
  } catch (error) {
    if (isObjectLost(error)) return []
    throw error
  }
}
