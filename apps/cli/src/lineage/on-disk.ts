import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isDayshiftError, systemCode } from '@dayshift/core/ground'
import { hashFile, planVersion, type UserConfig } from '@dayshift/dvc'
import type { GraphDataset } from '@dayshift/lineage'

/** What lies where a recorded version is said to be. */
export type OnDisk =
  | { readonly state: 'same' }
  | { readonly state: 'missing' }
  | { readonly state: 'differs'; readonly found: string }
  /** It is no local file, or its hash is none that can be computed here. */
  | { readonly state: 'unknown'; readonly why: string }

/**
 * Compares the bytes on disk with the version that lineage recorded of them.
 *
 * @param version `md5:…`; with `.dir` at the end of a directory
 */
export async function onDisk(
  { namespace, name }: GraphDataset,
  version: string,
  options: { readonly user: UserConfig; readonly signal: AbortSignal },
): Promise<OnDisk> {
  if (namespace !== 'file') return { state: 'unknown', why: 'it is not on this machine' }
  if (!version.startsWith('md5:')) return { state: 'unknown', why: `its version is no md5: ${version}` }
  const found = await stat(name).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
    throw error
  })
  if (!found) return { state: 'missing' }
  const hash = found.isDirectory() ? await directoryHash(name, options) : `md5:${(await hashFile(name, options)).md5}`
  if (hash === undefined) return { state: 'unknown', why: 'it is a directory outside of a DVC repository' }
  return hash === version ? { state: 'same' } : { state: 'differs', found: hash }
}

/** The hash of a directory's manifest, as DVC has it; undefined where there is no repository to take its rules from. */
async function directoryHash(
  path: string,
  options: { readonly user: UserConfig; readonly signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { files } = await planVersion([path], { ...options, cwd: dirname(path) })
    return files[0]?.hash
  } catch (error) {
    if (isDayshiftError(error) && error.code !== 'DS_ABORTED') return undefined
    throw error
  }
}
