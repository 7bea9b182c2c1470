import { lstatSync, readdirSync, statSync, type BigIntStats, type Dirent } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode, throwIfAborted } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { unreadable } from '../cache/hash.ts'
import { IGNORE_FILE, type DvcIgnore } from './ignore.ts'
import { compareCodePoints } from '../formats/python.ts'
import { stampOf, type Stamp } from '../cache/stamp.ts'
import type { KnownFiles } from '../cache/state.ts'
import type { Lookout } from './lookout.ts'
import { breather } from '../breather.ts'
import { isStaging } from './staging.ts'

/** A file found in a directory. */
export interface FoundFile {
  /** Relative to the directory, POSIX; empty for a file by itself. */
  readonly relpath: string
  readonly bytes: number
  /** What it holds, where that is known without reading it. */
  readonly md5?: string
}

/** How files are looked at. */
export interface WalkOptions {
  readonly signal?: AbortSignal | undefined
  /** What is known of files without reading them. */
  readonly known?: Acquaintance | undefined
}

/** What is known of files, by their paths relative to the root. */
export interface Acquaintance {
  /** Gives the md5 of a file that is known by its path and its stamp. */
  md5Of(path: string, stamp: Stamp): string | undefined
  /** Files that were known before this process began, in the order of a walk. */
  readonly before?: KnownFiles | undefined
  /** What a look ahead has found of these. */
  readonly ahead?: Lookout | undefined
}

/** What DVC's rules find in a directory, and what they leave out of its versions. */
export interface FoundTree {
  readonly files: readonly FoundFile[]
  /** The manifest's digits, where every file is what it was when these were taken. */
  readonly digits?: string | undefined
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
  /** Files that were known before stand here by their numbers. */
  const found: (number | FoundFile)[] = []
  const skippedLinks: string[] = []
  const skippedRepos: string[] = []
  const gitRepos: string[] = []
  const followedLinks: string[] = []
  const emptyDirectories: string[] = []
  const executables: string[] = []
  const breathe = breather(signal)
  const top = join(root, directory)
  const before = known?.before
  const ahead = known?.ahead
  const within = directory.length + 1
  const recorded = before?.trees.get(directory)
  let isRecorded = recorded !== undefined

  const take = (entry: Dirent, path: string, folder: string): void => {
    const key = path.slice(root.length + 1)
    if (entry.name === IGNORE_FILE) {
      throw failure('DS_DVC_IGNORE_INSIDE', `${path} lies inside of the data to be versioned`, { where: path })
    }
    const isLink = entry.isSymbolicLink()
    const at = before?.indexOf(key) ?? -1
    const seen = at >= 0 && !isLink ? ahead?.seen(at) : undefined
    const file = seen === undefined ? statFile(path, isLink) : undefined
    if (file?.isDirectory()) {
      skippedLinks.push(key.slice(within))
      return
    }
    if (file && !file.isFile()) throw notAFile(path)
    if (isLink) followedLinks.push(key.slice(within))
    if (seen === 'executable' || (file && isExecutable(Number(file.mode)))) executables.push(key.slice(within))
    const isSame = file === undefined || (at >= 0 && before?.isSame(at, stampOf(file)) === true)
    isRecorded &&= isSame && recorded !== undefined && at === recorded.first + found.length
    // A part of the path would keep the whole of it in memory.
    found.push(isSame ? at : foundFile(folder === '' ? entry.name : `${folder}/${entry.name}`, key, file, known))
  }

  const visit = async (folder: string): Promise<void> => {
    const count = found.length
    const place = folder === '' ? directory : `${directory}/${folder}`
    const prefix = `${root}/${place}/`
    ahead?.reached(place)
    for (const entry of list(`${root}/${place}`)) {
      const pause = breathe()
      if (pause) await pause
      const { name } = entry
      if (isStaging(name)) continue
      if (name === '.git') gitRepos.push(folder === '' ? '.' : folder)
      const isDirectory = entry.isDirectory()
      const ignored = ignore.ignoredBy(`${place}/${name}`, isDirectory)
      if (ignored !== undefined && (await ignored) !== undefined) continue
      refuseOtherNames(`${root}/${place}`, name)
      const path = prefix + name
      if (!isDirectory) take(entry, path, folder)
      else if (isRepo(path)) skippedRepos.push(path.slice(top.length + 1))
      else await visit(path.slice(top.length + 1))
    }
    if (found.length === count && folder !== '') emptyDirectories.push(folder)
  }

  throwIfAborted(signal)
  if (isRepo(top)) {
    throw failure('DS_DVC_NESTED', `${directory} is a DVC repository itself`, { where: directory })
  }
  await visit('')
  const digits = isRecorded && recorded?.count === found.length ? recorded.digits : undefined
  let files: readonly FoundFile[] | undefined
  return {
    get files() {
      files ??= found.map((one) => (typeof one === 'number' ? knownFile(before as KnownFiles, one, within) : one))
      return files
    },
    ...(digits === undefined ? {} : { digits }),
    skippedLinks,
    skippedRepos,
    gitRepos,
    followedLinks,
    emptyDirectories,
    executables,
  }
}

function knownFile(known: KnownFiles, at: number, within: number): FoundFile {
  return { relpath: known.keyAt(at).slice(within), bytes: known.bytesAt(at), md5: known.md5At(at) }
}

/** A file as a walk gives it. */
export function foundFile(relpath: string, path: string, found: BigIntStats, known: WalkOptions['known']): FoundFile {
  const md5 = known?.md5Of(path, stampOf(found))
  const bytes = Number(found.size)
  return md5 === undefined ? { relpath, bytes } : { relpath, bytes, md5 }
}

/** Sorted so that a walk gives whole paths in order: a folder counts with the slash that follows its name. */
function list(folder: string): Dirent[] {
  let entries: Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw unreadable(folder, error)
  }
  const folders = entries.filter((entry) => entry.isDirectory())
  if (folders.length === 0) return entries.sort((a, b) => compareCodePoints(a.name, b.name))
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
