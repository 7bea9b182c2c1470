import { lstatSync, readFileSync, type BigIntStats } from 'node:fs'
import { hashFile, md5Of, unreadable, type DataHash, type ReadOptions } from './hash.ts'
import { SMALL } from './intake.ts'
import { objectPathIn, PROTECTED } from './objects.ts'
import type { DvcRepo } from '../repo.ts'
import { stampOf, type Stamp } from './stamp.ts'
import type { State } from './state.ts'

/**
 * Whether the cache has an object that is what its name says. One that is remembered is not read again while it is
 * protected and the system tells the same of it.
 *
 * @param hash of a file, or of a directory's manifest
 * @throws DS_DVC_UNREADABLE, DS_DVC_CHANGED, DS_ABORTED
 */
export async function isSound(
  { config }: DvcRepo,
  hash: DataHash,
  state: State,
  { signal }: ReadOptions = {},
): Promise<boolean> {
  const { algorithm, digits } = hash
  const object = objectPathIn(config.cacheDir, digits, algorithm)
  const found = lstatSync(object, { bigint: true, throwIfNoEntry: false })
  if (!found?.isFile()) return false
  const md5 = digits.slice(0, 32)
  const isProtected = (Number(found.mode) & 0o777) === PROTECTED
  if (isProtected && state.find(keyOf(hash), objectStamp(found)) === md5) return true
  const since = Date.now()
  const isSmall = found.size <= SMALL && algorithm === 'md5'
  const held = isSmall ? hashSmall(object) : (await hashFile(object, { signal, algorithm })).md5
  if (held !== md5) return false
  rememberObject(hash, found, state, since)
  return true
}

/**
 * Remembers that an object was read, and is what its name says.
 *
 * @param found what the system told of it before
 * @param since milliseconds at which the reading began
 */
export function rememberObject(hash: DataHash, found: BigIntStats, state: State, since: number): void {
  state.put(keyOf(hash), objectStamp(found), hash.digits.slice(0, 32), since)
}

/** Of many small objects, most of the time would go into waiting. */
function hashSmall(object: string): string {
  try {
    return md5Of(readFileSync(object))
  } catch (error) {
    throw unreadable(object, error)
  }
}

function keyOf({ algorithm, digits }: DataHash): string {
  return `/${algorithm}/${digits}`
}

/** By what an object is known again. Each link that is made or removed changes its ctime, so that this cannot count. */
function objectStamp(found: BigIntStats): Stamp {
  return { ...stampOf(found), ctimeNs: found.mtimeNs }
}
