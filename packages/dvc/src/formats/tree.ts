import { failure } from '../codes.ts'
import { md5Of } from '../cache/hash.ts'
import { compareCodePoints, pythonString } from './python.ts'
import { isReserved } from './reserved.ts'

/** One file of a tracked directory. */
export interface TreeEntry {
  readonly md5: string
  /** Relative to the directory, POSIX, in the very characters of the file system: no Unicode normalisation. */
  readonly relpath: string
}

/** What follows the hash of a manifest, in .dvc files and in the cache. */
export const DIR_SUFFIX = '.dir'

/** So many entries become text at once: of more, the lines would fill the memory. */
const PIECE = 1000

/**
 * The `.dir` manifest of a directory, byte for byte as DVC's Python writes it, and the hash it is known by.
 *
 * @param entries in any order
 * @example manifestOf([]) // { text: '[]', md5: 'd751713988987e9331980363e24189ce.dir' }
 */
export function manifestOf(entries: readonly TreeEntry[]): { readonly text: string; readonly md5: string } {
  const sorted = isSorted(entries) ? entries : entries.toSorted((a, b) => compareCodePoints(a.relpath, b.relpath))
  const pieces: string[] = []
  for (let at = 0; at < sorted.length; at += PIECE) {
    const lines = sorted
      .slice(at, at + PIECE)
      .map(({ md5, relpath }) => `{"md5": "${md5}", "relpath": ${pythonString(relpath)}}`)
    pieces.push(lines.join(', '))
  }
  const text = `[${pieces.join(', ')}]`
  return { text, md5: md5Of(text) + DIR_SUFFIX }
}

function isSorted(entries: readonly TreeEntry[]): boolean {
  return entries.every(
    ({ relpath }, at) => at === 0 || compareCodePoints((entries[at - 1] as TreeEntry).relpath, relpath) <= 0,
  )
}

/**
 * Reads a manifest.
 *
 * @param where the object's path, for errors
 * @throws DS_DVC_OBJECT_CORRUPT where it is no manifest, or no directory can be like that: a path in it would lead out, or
 *   into a folder of git's or DVC's, or is a file and a folder
 */
export function readManifest(text: string, where: string): TreeEntry[] {
  let entries: unknown
  try {
    entries = JSON.parse(text)
  } catch (error) {
    throw unusable(where, 'is no JSON', error)
  }
  if (!Array.isArray(entries) || !entries.every(isEntry)) {
    throw unusable(where, 'is no manifest of a directory')
  }
  const wrong = impossibleName(entries)
  if (wrong !== undefined) throw unusable(where, `lists ${wrong}`)
  return entries
}

/** Of names that no directory can have together, the first, and what is wrong with it: `'a' as a file and as a folder`. */
export function impossibleName(entries: readonly Pick<TreeEntry, 'relpath'>[]): string | undefined {
  const folders = foldersOf(entries)
  for (const { relpath } of entries) {
    if (!isPath(relpath)) return `'${relpath}', which is no path within a directory`
    if (folders.has(relpath)) return `'${relpath}' as a file and as a folder`
    if (isReserved(relpath)) return `'${relpath}', in a folder of git or DVC`
  }
  return undefined
}

function unusable(where: string, what: string, cause?: unknown): Error {
  return failure('DS_DVC_OBJECT_CORRUPT', `${where} ${what}`, {
    where,
    cause,
    hint: 'Record the directory as a whole once more, with `dayshift dvc add`.',
  })
}

/**
 * The entries of a directory in which some are new. What is in the way of these goes: `x` where `x/y` is new, and `x/y`
 * where `x` is.
 */
export function withEntries(before: readonly TreeEntry[], added: readonly TreeEntry[]): TreeEntry[] {
  const files = new Set(added.map(({ relpath }) => relpath))
  const folders = foldersOf(added)
  const kept = before.filter(
    (entry) =>
      !files.has(entry.relpath) &&
      !folders.has(entry.relpath) &&
      ![...foldersOf([entry])].some((one) => files.has(one)),
  )
  return [...kept, ...added]
}

/** All folders of some entries; one that is known is above others that are. */
function foldersOf(entries: readonly Pick<TreeEntry, 'relpath'>[]): ReadonlySet<string> {
  const folders = new Set<string>()
  let last = ''
  for (const { relpath } of entries) {
    let end = relpath.lastIndexOf('/')
    // Of most files the one before lies in the same folder.
    if (end === last.length && relpath.startsWith(last)) continue
    last = relpath.slice(0, Math.max(end, 0))
    for (; end > 0; end = relpath.lastIndexOf('/', end - 1)) {
      const folder = relpath.slice(0, end)
      if (folders.has(folder)) break
      folders.add(folder)
    }
  }
  return folders
}

function isEntry(value: unknown): value is TreeEntry {
  if (typeof value !== 'object' || value === null) return false
  const { md5, relpath } = value as Partial<Record<string, unknown>>
  return typeof md5 === 'string' && /^[0-9a-f]{32}$/.test(md5) && typeof relpath === 'string'
}

function isPath(relpath: string): boolean {
  return relpath.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'))
}
