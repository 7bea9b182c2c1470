import { posix } from 'node:path'
import type { DataHash } from '../cache/hash.ts'
import { isObjectLost, loadManifest } from '../cache/manifest.ts'
import type { Output } from '../outputs.ts'
import { isWithin } from '../within.ts'
import type { DvcRepo } from '../repo.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'

/** What a record says of a path. */
export interface PathRecord {
  readonly hash: DataHash
  /** The `.dvc` or `dvc.yaml` file that says so. */
  readonly file: string
  /** Of all data; absent where the record does not say it. */
  readonly bytes?: number
  /** Files of a directory. */
  readonly files?: number
}

/**
 * Finds what is recorded of a path: of an output, or of a file in a directory that is one.
 *
 * @param path relative to the repository's root, POSIX
 * @returns `undefined` where it is not tracked, or its directory's manifest is missing or broken
 */
export async function recordOf(
  repo: DvcRepo,
  outputs: readonly Output[],
  path: string,
): Promise<PathRecord | undefined> {
  const output = outputs.find((one) => isWithin(path, one.path))
  if (!output?.hash) return undefined
  const { hash, file, size: bytes, nfiles: files } = output
  if (output.path === path) {
    return { hash, file, ...(bytes === undefined ? {} : { bytes }), ...(files === undefined ? {} : { files }) }
  }
  if (!hash.digits.endsWith(DIR_SUFFIX)) return undefined
  const relpath = posix.relative(output.path, path)
  try {
    const entry = (await loadManifest(repo.config.cacheDir, hash)).find((one) => one.relpath === relpath)
    return entry && { hash: { algorithm: hash.algorithm, digits: entry.md5 }, file }
  } catch (error) {
    if (isObjectLost(error)) return undefined
    throw error
  }
}

/** Whether two hashes mean the same content. */
export function sameHash(a: DataHash | undefined, b: DataHash | undefined): boolean {
  return a?.digits === b?.digits && a?.algorithm === b?.algorithm
}
