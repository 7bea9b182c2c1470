import { lstatSync, readdirSync, statSync, type BigIntStats, type Dirent } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode, throwIfAborted } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { unreadable } from '../cache/hash.ts'
import { IGNORE_FILE, type DvcIgnore } from './ignore.ts'
import { compareCodePoints } from '../formats/python.ts'
import { stampOf, type Stamp } from '../cache/stamp.ts'
import { breather } from '../breather.ts'
import { isStaging } from './staging.ts'

/** A file found in a directory. */
export interface FoundFile {
  /** Relative to the directory, POSIX; empty for a file by itself. */
  readonly relpath: string
  readonly bytes: number
  /** What it holds, where that is known without reading it. */
  readonly md5?: string
  /** Absent where the content is known: of many files it would fill the memory. */
  readonly stamp?: Stamp
}

/** How files are looked at. */
export interface WalkOptions {
  readonly signal?: AbortSignal | undefined
  /** Gives the md5 of a file that is known by its path, relative to the root, and its stamp. */
  readonly known?: ((path: string, stamp: Stamp) => string | undefined) | undefined
}

/** What DVC's rules find in a directory, and what they leave out of its versions. */
export interface FoundTree {
  readonly files: readonly FoundFile[]
  /** Links to directories: their content is not part of the version. */
  readonly skippedLinks: readonly string[]
  /** Folders that are DVC repositories themselves: not part of the version. */
  readonly skippedRepos: readonly string[]
  /** Folders that are git repositories: their files are taken, what git keeps of them is not. */
  readonly gitRepos: readonly string[]
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
 * `.dvcignore` names and folders that are DVC repositories themselves left out, and what dayshift has in the making. The files come in the order of code
 * points of their paths, which is that of manifests.
 *
 * @param root the repository's folder
 * @param directory relative to the root, POSIX
 * @throws DS_DVC_NESTED, DS_DVC_IGNORE_INSIDE, DS_DVC_PATH_KIND, DS_DVC_PATH_NAME, DS_DVC_UNREADABLE, DS_ABORTED
 */
export async function walkDirectory(
  root: string,
  directory: string,
  ignore: DvcIgnore,
  { signal, known }: WalkOptions = {},
): Promise<FoundTree> {
  const files: FoundFile[] = []
  const skippedLinks: string[] = []
  const skippedRepos: string[] = []
  const gitRepos: string[] = []
  const followedLinks: string[] = []
  const emptyDirectories: string[] = []
  const executables: string[] = []
  const breathe = breather(signal)
  const top = join(root, directory)

  const take = (entry: Dirent, relpath: string): void => {
    const path = `${top}/${relpath}`
    if (entry.name === IGNORE_FILE) {
      throw failure('DS_DVC_IGNORE_INSIDE', `${path} lies inside of the data to be versioned`, { where: path })
    }
    const isLink = entry.isSymbolicLink()
    const found = statFile(path, isLink)
    if (found.isDirectory()) {
      skippedLinks.push(relpath)
      return
    }
    if (!found.isFile()) throw notAFile(path)
    if (isLink) followedLinks.push(relpath)
    if (isExecutable(Number(found.mode))) executables.push(relpath)
    files.push(foundFile(relpath, `${directory}/${relpath}`, found, known))
  }

  const visit = async (folder: string): Promise<void> => {
    const before = files.length
    const place = folder === '' ? directory : `${directory}/${folder}`
    for (const entry of list(`${root}/${place}`)) {
      await breathe()
      if (isStaging(entry.name)) continue
      if (entry.name === '.git') gitRepos.push(folder === '' ? '.' : folder)
      const isDirectory = entry.isDirectory()
      if ((await ignore.ignoredBy(`${place}/${entry.name}`, isDirectory)) !== undefined) continue
      refuseOtherNames(`${root}/${place}`, entry.name)
      const relpath = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (!isDirectory) take(entry, relpath)
      else if (isRepo(`${top}/${relpath}`)) skippedRepos.push(relpath)
      else await visit(relpath)
    }
    if (files.length === before && folder !== '') emptyDirectories.push(folder)
  }

  throwIfAborted(signal)
  if (isRepo(top)) {
    throw failure('DS_DVC_NESTED', `${directory} is a DVC repository itself`, { where: directory })
  }
  await visit('')
  return { files, skippedLinks, skippedRepos, gitRepos, followedLinks, emptyDirectories, executables }
}

/** A file as a walk gives it. */
export function foundFile(relpath: string, path: string, found: BigIntStats, known: WalkOptions['known']): FoundFile {
  const stamp = stampOf(found)
  const md5 = known?.(path, stamp)
  const bytes = Number(found.size)
  return md5 === undefined ? { relpath, bytes, stamp } : { relpath, bytes, md5 }
}

/** Sorted so that a walk gives whole paths in order: a folder counts with the slash that follows its name. */
function list(folder: string): Dirent[] {
  let entries: Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw unreadable(folder, error)
  }
  return entries
    .map((entry) => ({ entry, key: entry.isDirectory() ? `${entry.name}/` : entry.name }))
    .sort((a, b) => compareCodePoints(a.key, b.key))
    .map(({ entry }) => entry)
}

function isRepo(folder: string): boolean {
  try {
    return lstatSync(join(folder, '.dvc'), { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    throw unreadable(folder, error)
  }
}

/**
 * Refuses a name that also stands for one that is not UTF-8: who reads the one would take it for the other.
 *
 * @throws DS_DVC_PATH_NAME
 */
export function refuseOtherNames(folder: string, name: string): void {
  if (!name.includes('\uFFFD')) return
  const own = Buffer.from(name)
  if (readdirSync(folder, { encoding: 'buffer' }).some((other) => other.toString() === name && !other.equals(own))) {
    throw failure('DS_DVC_PATH_NAME', `${folder}/${name}: the name is not UTF-8`, { where: `${folder}/${name}` })
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
 * @throws DS_DVC_PATH_KIND for a broken link, DS_DVC_UNREADABLE
 */
function statFile(path: string, isLink: boolean): BigIntStats {
  try {
    return isLink ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true })
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ELOOP') throw unreadable(path, error)
    throw failure('DS_DVC_PATH_KIND', `${path} is a link that leads nowhere`, { where: path, cause: error })
  }
}

/** The error for a pipe, a socket or a device. */
export function notAFile(path: string): Error {
  return failure('DS_DVC_PATH_KIND', `${path} is neither a file nor a directory`, { where: path })
}
