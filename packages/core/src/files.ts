import type { Stats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { failure } from './codes.ts'
import { isDayshiftError, messageOf, systemCode } from './errors.ts'
import { glob, isGlob } from './glob.ts'

/** Files looked at at a time. */
const AT_A_TIME = 256

/** A file that holds data, or part of it. */
export interface DataFile {
  /** Absolute. */
  readonly path: string
  readonly bytes: number
  /** Time of the last change of content: milliseconds since 1970, UTC. */
  readonly mtimeMs: number
}

/** The files that a path stands for. */
export interface FoundFiles {
  readonly kind: 'file' | 'folder' | 'glob'
  /** In the order of their paths. */
  readonly files: readonly DataFile[]
}

/**
 * The files of a path: itself, all files in a folder at any depth, or those that a glob matches. A name that exists as it
 * stands is no glob. Links count as what they lead to; names that begin with a dot, and links that lead nowhere or in a circle, are
 * left out of folders.
 *
 * @param path absolute
 * @returns `undefined` where nothing is there: no such path, or no file for the glob
 * @throws DS_SOURCE_UNREADABLE where the system does not let it be looked at
 * @example (await findFiles('/data/2026-*.csv'))?.files.map(({ path }) => path)
 */
export async function findFiles(path: string): Promise<FoundFiles | undefined> {
  try {
    const entry = await found(stat(path))
    if (entry) {
      if (!entry.isDirectory() && !entry.isFile()) throw notAFile(path)
      return { kind: entry.isDirectory() ? 'folder' : 'file', files: (await walk(path, new Set())) ?? [] }
    }
    if (!isGlob(path)) {
      if (await isCircle(path)) {
        throw failure('DS_SOURCE_UNREADABLE', `${path} is a link that leads in a circle`, { where: path })
      }
      return undefined
    }
    const matched: DataFile[] = []
    for await (const [match, file] of entriesOf(await glob(path))) {
      if (file?.isFile()) matched.push(fileOf(match, file))
    }
    return matched.length > 0 ? { kind: 'glob', files: matched } : undefined
  } catch (error) {
    if (isDayshiftError(error)) throw error
    throw failure('DS_SOURCE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { where: path, cause: error })
  }
}

async function isCircle(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => systemCode(error) === 'ELOOP',
  )
}

/** Pipes and devices would be waited for; data is read more than once. */
function notAFile(path: string): Error {
  return failure('DS_SOURCE_UNSUPPORTED', `${path} is a pipe or a device, not a file`, {
    where: path,
    hint: 'Write what comes out of it to a file first, and give that.',
  })
}

/** @param seen real paths of the folders above, so that a link to one of them does not lead round and round */
async function walk(path: string, seen: ReadonlySet<string>): Promise<DataFile[] | undefined> {
  const entry = await found(stat(path))
  return entry && walkFrom(path, entry, seen)
}

async function walkFrom(path: string, entry: Stats, seen: ReadonlySet<string>): Promise<DataFile[]> {
  if (!entry.isDirectory()) return entry.isFile() ? [fileOf(path, entry)] : []
  const real = await realpath(path)
  if (seen.has(real)) return []
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort()
  const files: DataFile[] = []
  for await (const [inner, within] of entriesOf(names.map((name) => join(path, name)))) {
    if (within) files.push(...(await walkFrom(inner, within, new Set([...seen, real]))))
  }
  return files
}

/** What is at paths, in their order; looked at several at a time, since most of a look is waiting. */
async function* entriesOf(paths: readonly string[]): AsyncGenerator<readonly [path: string, entry: Stats | undefined]> {
  for (let at = 0; at < paths.length; at += AT_A_TIME) {
    const some = paths.slice(at, at + AT_A_TIME)
    const entries = await Promise.all(some.map((path) => found(stat(path))))
    for (const [place, path] of some.entries()) yield [path, entries[place]]
  }
}

function fileOf(path: string, { size, mtimeMs }: Stats): DataFile {
  return { path, bytes: size, mtimeMs }
}

async function found<T>(entry: Promise<T>): Promise<T | undefined> {
  try {
    return await entry
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined
    throw error
  }
}

/** Bytes of some files together. */
export async function bytesOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
