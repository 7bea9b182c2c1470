import { failure } from '../codes.ts'
import { md5Of } from '../cache/hash.ts'
import { compareCodePoints, pythonString } from './python.ts'

/** One file of a tracked directory. */
export interface TreeEntry {
  readonly md5: string
  /** Relative to the directory, POSIX, in the very characters of the file system: no Unicode normalisation. */
  readonly relpath: string
}

/** What follows the hash of a manifest, in .dvc files and in the cache. */
export const DIR_SUFFIX = '.dir'

/**
 * The `.dir` manifest of a directory, byte for byte as DVC's Python writes it, and the hash it is known by.
 *
 * @param entries in any order
 * @example manifestOf([]) // { text: '[]', md5: 'd751713988987e9331980363e24189ce.dir' }
 */
export function manifestOf(entries: readonly TreeEntry[]): { readonly text: string; readonly md5: string } {
  const lines = entries
    .toSorted((a, b) => compareCodePoints(a.relpath, b.relpath))
    .map(({ md5, relpath }) => `{"md5": "${md5}", "relpath": ${pythonString(relpath)}}`)
  const text = `[${lines.join(', ')}]`
  return { text, md5: md5Of(text) + DIR_SUFFIX }
}

/**
 * Reads a manifest.
 *
 * @param where the object's path, for errors
 * @throws DS_DVC_OBJECT_CORRUPT where it is no manifest, or a path in it would lead out of the directory
 */
export function readManifest(text: string, where: string): TreeEntry[] {
  let entries: unknown
  try {
    entries = JSON.parse(text)
  } catch (error) {
    throw failure('DS_DVC_OBJECT_CORRUPT', `${where} is no JSON`, { where, cause: error })
  }
  if (!Array.isArray(entries) || !entries.every(isEntry)) {
    throw failure('DS_DVC_OBJECT_CORRUPT', `${where} is no manifest of a directory`, { where })
  }
  return entries
}

function isEntry(value: unknown): value is TreeEntry {
  if (typeof value !== 'object' || value === null) return false
  const { md5, relpath } = value as Partial<Record<string, unknown>>
  if (typeof md5 !== 'string' || !/^[0-9a-f]{32}$/.test(md5) || typeof relpath !== 'string') return false
  return relpath.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'))
}
