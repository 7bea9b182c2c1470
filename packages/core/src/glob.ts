import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, parse, sep } from 'node:path'

/** Whether a path has characters that a glob gives a meaning to. */
export function isGlob(path: string): boolean {
  return /[*?[]/.test(path)
}

/**
 * The paths that a glob matches, in the order of their names. `*` and `?` stay within a name, `[a-c]` and `[!a-c]` match
 * one character, `**` any depth of folders. Names that begin with a dot match only where the glob writes the dot. A
 * folder whose name stands in the glob as it is, as `[old]`, is that folder and no pattern.
 *
 * @param pattern absolute
 * @param folders whether folders match too, rather than files only
 * @throws the system's error where a folder exists but cannot be listed
 * @example await glob('/data/2026-*\/part-?.csv')
 */
export async function glob(pattern: string, folders = false): Promise<string[]> {
  const { root } = parse(pattern)
  const segments = pattern.slice(root.length).split(sep)
  return [...new Set(await matches(root, segments, folders))].sort()
}

/**
 * Whether a path is one that a glob matches, by the words of {@link glob} alone: nothing is looked for.
 *
 * @param path with `/`, as the glob
 * @param pattern as {@link glob} takes it, relative or absolute as the path
 * @example matchesGlob('data/2026/a.csv', 'data/**\/*.csv') // true
 */
export function matchesGlob(path: string, pattern: string): boolean {
  return fits(path.split('/'), pattern.split('/'))
}

function fits(names: readonly string[], segments: readonly string[]): boolean {
  const [segment, ...rest] = segments
  if (segment === undefined) return names.length === 0
  const [name, ...others] = names
  if (segment !== '**') return name !== undefined && isNamed(name, segment) && fits(others, rest)
  if (rest.length > 0 && fits(names, rest)) return true
  return (
    name !== undefined &&
    !name.startsWith('.') &&
    (others.length === 0 && rest.length === 0 ? true : fits(others, segments))
  )
}

function isNamed(name: string, segment: string): boolean {
  return isGlob(segment) ? nameExpression(segment).test(name) : name === segment
}

async function matches(folder: string, segments: readonly string[], folders: boolean): Promise<string[]> {
  const [segment, ...rest] = segments as [string, ...string[]]
  const deep = segment === '**'
  if (rest.length > 0 && !deep && (!isGlob(segment) || (await isFolder(join(folder, segment))))) {
    return matches(join(folder, segment), rest, folders)
  }
  const pattern = deep ? /^[^.]/ : nameExpression(segment)
  const found: string[] = deep && rest.length > 0 ? await matches(folder, rest, folders) : []
  for (const entry of await entriesOf(folder)) {
    if (!pattern.test(entry.name)) continue
    const path = join(folder, entry.name)
    // A link may lead to a folder: following it is left to a listing that fails softly. `**` follows none, so it ends.
    const mayDescend = entry.isDirectory() || (entry.isSymbolicLink() && !deep)
    if (rest.length === 0 && (folders || !entry.isDirectory())) found.push(path)
    if (mayDescend && (deep || rest.length > 0)) found.push(...(await matches(path, deep ? segments : rest, folders)))
  }
  return found
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

/** More letters than a name of any file system has, with sets for each. */
const LONGEST = 4096

function nameExpression(segment: string): RegExp {
  if (segment.length > LONGEST) return /^(?!)/
  const body = segment.replaceAll(/\[!?[^\]]+\]|[*?.+^${}()|[\]\\]/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (part.length === 1) return `\\${part}`
    const set = part.slice(1, -1).replaceAll(/[\\^]/g, '\\$&')
    return set.startsWith('!') ? `[^${set.slice(1)}]` : `[${set}]`
  })
  try {
    return new RegExp(`^${segment.startsWith('.') ? '' : '(?!\\.)'}${body}$`, 'su')
  } catch {
    // A set whose range runs backwards, as [z-a], holds no character.
    return /^(?!)/
  }
}
