import { lstatSync, statSync, type BigIntStats } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '@dayshift/core/ground'
import { hashFile, unreadable, type HashAlgorithm, type ReadOptions } from '../cache/hash.ts'
import { stampOf } from '../cache/stamp.ts'
import { stateKey, type State } from '../cache/state.ts'

/**
 * The hash of what a file of the workspace holds at this moment, through a link. What the state knows is not read again.
 *
 * @param path relative to the root, POSIX
 * @returns `undefined` where there is no file: nothing, a folder, a pipe, a link that leads nowhere
 * @throws DS_DVC_UNREADABLE, DS_DVC_CHANGED, DS_ABORTED
 */
export async function contentOf(
  root: string,
  path: string,
  state: State,
  { signal, algorithm = 'md5' }: ReadOptions = {},
): Promise<string | undefined> {
  const place = join(root, path)
  const found = lookAt(place)
  if (!found?.isFile()) return undefined
  const key = stateKey(path, algorithm)
  const stamp = stampOf(found)
  const known = state.find(key, stamp)
  if (known !== undefined) return known
  const since = Date.now()
  const { md5 } = await hashFile(place, { signal, algorithm })
  state.put(key, stamp, md5, since)
  return md5
}

/** Whether a file still holds what it is known to have held: a last look before it goes. */
export async function isStill(
  root: string,
  path: string,
  md5: string,
  state: State,
  algorithm?: HashAlgorithm,
): Promise<boolean> {
  try {
    return (await contentOf(root, path, state, { algorithm })) === md5
  } catch {
    // Someone writes to it, or closed it to readers: who knows what it holds.
    return false
  }
}

/** Looks at a path through a link; `undefined` where nothing is. */
export function lookAt(place: string): BigIntStats | undefined {
  const found = lookAtLink(place)
  if (!found?.isSymbolicLink()) return found
  try {
    return statSync(place, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    // A link that leads to itself, or through a file.
    if (systemCode(error) === 'ELOOP' || systemCode(error) === 'ENOTDIR') return undefined
    throw unreadable(place, error)
  }
}

/** Looks at a path, and at the link itself where it is one; `undefined` where nothing is. */
export function lookAtLink(place: string): BigIntStats | undefined {
  try {
    return lstatSync(place, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    if (systemCode(error) === 'ENOTDIR') return undefined
    throw unreadable(place, error)
  }
}
