import { isDayshiftError, readTextFile, systemCode } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { md5Of, unreadable, type DataHash } from './hash.ts'
import { objectPathIn } from './objects.ts'
import { DIR_SUFFIX, readManifest, type TreeEntry } from '../formats/tree.ts'

/**
 * Reads a directory's manifest from a cache, and holds it against its name.
 *
 * @param hash its digits end with `.dir`; bare digits are of DVC 3
 * @throws DS_DVC_OBJECT_MISSING, DS_DVC_OBJECT_CORRUPT, DS_DVC_UNREADABLE
 */
export async function loadManifest(cacheDir: string, hash: DataHash | string): Promise<TreeEntry[]> {
  const { algorithm, digits } = typeof hash === 'string' ? ({ algorithm: 'md5', digits: hash } as const) : hash
  const path = objectPathIn(cacheDir, digits, algorithm)
  let text: string
  try {
    text = await readTextFile(path)
  } catch (error) {
    throw systemCode(error) === 'ENOENT' ? missingObject(digits, error) : unreadable(digits, error)
  }
  if (md5Of(text) + DIR_SUFFIX !== digits) throw corruptObject(path)
  return readManifest(text, path)
}

/** The error for an object that the cache does not have. */
export function missingObject(digits: string, cause?: unknown): Error {
  return failure('DS_DVC_OBJECT_MISSING', `md5:${digits} is not in the cache`, { where: `md5:${digits}`, cause })
}

/** The error for an object that is not what its name says. */
export function corruptObject(path: string, hint?: string): Error {
  const message = `the content of ${path} is not what its name says`
  return failure('DS_DVC_OBJECT_CORRUPT', message, { where: path, ...(hint === undefined ? {} : { hint }) })
}

/** Whether an error says that an object is missing, or not what its name says. */
export function isObjectLost(error: unknown): boolean {
  return isDayshiftError(error) && (error.code === 'DS_DVC_OBJECT_MISSING' || error.code === 'DS_DVC_OBJECT_CORRUPT')
}
