import type { Dirent, Stats } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { systemCode, throwIfAborted } from '@dayshift/core'
import { failure } from './codes.ts'
import { mapConcurrently } from './concurrent.ts'
import { unreadable } from './hash.ts'
import { IGNORE_FILE, type DvcIgnore } from './ignore.ts'

/** A file found in a directory. */
export interface FoundFile {
  /** Relative to the directory, POSIX. */
  readonly relpath: string
  /** Where it is on disk. */
  readonly path: string
  readonly bytes: number
}

/** What DVC's rules find in a directory, and what they leave out of its versions. */
export interface FoundTree {
  readonly files: readonly FoundFile[]
  /** Links to directories: their content is not part of the version. */
  readonly skippedLinks: readonly string[]
  /** Links to files: their content is stored, the link itself is not. */
  readonly followedLinks: readonly string[]
  /** Directories without a file beneath: not part of the version. */
  readonly emptyDirectories: readonly string[]
  /** Files that may be executed: that is not part of the version. */
  readonly executables: readonly string[]
}

/**
 * Whether anyone may execute a file.
 *
 * @param mode as `stat` gives it
 */
export function isExecutable(mode: number): boolean {
  return (mode & 0o111) !== 0
}

/**
 * Lists a directory's files by DVC's rules: links to directories are passed over, links to files followed, paths that
 * `.dvcignore` names and folders that are DVC repositories themselves left out.
 *
 * @param root the repository's folder
 * @param directory relative to the root, POSIX
 * @throws DS_DVC_NESTED, DS_DVC_IGNORE_INSIDE, DS_DVC_PATH_KIND, DS_DVC_PATH_NAME, DS_DVC_UNREADABLE, DS_ABORTED
 */
export async function walkDirectory(
  root: string,
  directory: string,
  ignore: DvcIgnore,
  signal?: AbortSignal,
): Promise<FoundTree> {
  const files: FoundFile[] = []
  const skippedLinks: string[] = []
  const followedLinks: string[] = []
  const emptyDirectories: string[] = []
  const executables: string[] = []

  /** Returns whether a file lies beneath. */
  const visit = async (folder: string): Promise<boolean> => {
    throwIfAborted(signal)
    const place = posix.join(directory, folder)
    const directories: string[] = []
    const kept = await mapConcurrently(await list(join(root, place)), 64, async (entry) => {
      const relpath = posix.join(folder, entry.name)
      const isDirectory = entry.isDirectory()
      if ((await ignore.ignoredBy(posix.join(place, entry.name), isDirectory)) !== undefined) return undefined
      if (isDirectory) {
        if (!(await exists(join(root, place, entry.name, '.dvc')))) directories.push(relpath)
        return undefined
      }
      const path = join(root, place, entry.name)
      if (entry.name === IGNORE_FILE) {
        throw failure('DS_DVC_IGNORE_INSIDE', `${path} lies inside of the data to be versioned`, { where: path })
      }
      const found = await statFile(path)
      if (found.isDirectory()) {
        skippedLinks.push(relpath)
        return undefined
      }
      if (!found.isFile()) throw notAFile(path)
      if (entry.isSymbolicLink()) followedLinks.push(relpath)
      if (isExecutable(found.mode)) executables.push(relpath)
      return { relpath, path, bytes: found.size }
    })
    const here = kept.filter((file) => file !== undefined)
    files.push(...here)
    let found = here.length > 0
    for (const child of directories.sort()) found = (await visit(child)) || found
    if (!found && folder !== '') emptyDirectories.push(folder)
    return found
  }

  if (await exists(join(root, directory, '.dvc'))) {
    throw failure('DS_DVC_NESTED', `${directory} is a DVC repository itself`, { where: directory })
  }
  await visit('')
  return { files, skippedLinks, followedLinks, emptyDirectories, executables }
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw unreadable(folder, error)
  }
}

/** Whether something of this name is there, a broken link too. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

/**
 * Looks at a file, through links.
 *
 * @throws DS_DVC_PATH_NAME for a name that is not UTF-8, DS_DVC_PATH_KIND for a broken link, DS_DVC_UNREADABLE
 */
async function statFile(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ELOOP') throw unreadable(path, error)
    if (path.includes('\uFFFD') && !(await exists(path))) {
      throw failure('DS_DVC_PATH_NAME', `${path}: the name is not UTF-8`, { where: path, cause: error })
    }
    throw failure('DS_DVC_PATH_KIND', `${path} is a link that leads nowhere`, { where: path, cause: error })
  }
}

/** The error for a pipe, a socket or a device. */
export function notAFile(path: string): Error {
  return failure('DS_DVC_PATH_KIND', `${path} is neither a file nor a directory`, { where: path })
}
