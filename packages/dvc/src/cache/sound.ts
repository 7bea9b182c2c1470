import { lstatSync, readFileSync, type BigIntStats } from 'node:fs'
import { hashFile, md5Of, unreadable, type DataHash, type ReadOptions } from './hash.ts'
import { SMALL } from './intake.ts'
import { objectPathIn, protect, PROTECTED } from './objects.ts'
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
  const found = lookAtObject(object)
  if (!found?.isFile()) return false
  const md5 = digits.slice(0, 32)
  const isProtected = (Number(found.mode) & 0o777) === PROTECTED
  if (isProtected && state.find(keyOf(hash), objectStamp(stampOf(found))) === md5) return true
  const since = Date.now()
  const isSmall = found.size <= SMALL && algorithm === 'md5'
  const held = isSmall ? hashSmall(object) : (await hashFile(object, { signal, algorithm })).md5
  if (held !== md5) return false
  rememberObject(hash, stampOf(found), state, since)
  return true
}

/** As {@link isSound}; an object that is sound becomes protected, so that DVC trusts it too. */
export async function isSoundlyKept(
  repo: DvcRepo,
  hash: DataHash,
  state: State,
  options: ReadOptions = {},
): Promise<boolean> {
  if (!(await isSound(repo, hash, state, options))) return false
  const object = objectPathIn(repo.config.cacheDir, hash.digits, hash.algorithm)
  const found = lookAtObject(object)
  if (found) protect(object, Number(found.mode))
  return found !== undefined
}

function lookAtObject(object: string): BigIntStats | undefined {
  try {
    return lstatSync(object, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    throw unreadable(object, error)
  }
}

/**
 * Remembers that an object is what its name says.
 *
 * @param stamp what the system told of it before it was read, or once it was made
 * @param since milliseconds at which the reading began; `undefined` where this process has just made it
 */
export function rememberObject(hash: DataHash, stamp: Stamp, state: State, since: number | undefined): void {
  state.put(keyOf(hash), objectStamp(stamp), hash.digits.slice(0, 32), since)
}

/** Remembers an object that this process has just made. */
export function rememberMade({ config }: DvcRepo, hash: DataHash, state: State): void {
  const found = lookAtObject(objectPathIn(config.cacheDir, hash.digits, hash.algorithm))
  if (found) rememberObject(hash, stampOf(found), state, undefined)
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
function objectStamp(stamp: Stamp): Stamp {
  return { ...stamp, ctimeNs: stamp.mtimeNs }
}
