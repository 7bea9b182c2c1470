import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { needCommit, needGit } from '../git/revision.ts'
import { recordIndex, type IndexEntry, type ReadManifest } from './data-index.ts'
import type { Git } from '../git/git.ts'
import { unreadable } from '../cache/hash.ts'
import { IGNORE_FILE, openIgnore } from '../workspace/ignore.ts'
import { outputsOf } from '../outputs.ts'
import { isWithin } from '../within.ts'
import type { DvcRepo } from '../repo.ts'
import { isExecutable } from '../workspace/walk.ts'

/** A file or folder of a repository: of git or the workspace, tracked by DVC, or both. */
export interface TreeNode {
  /** Relative to the repository's root, POSIX; empty for the root. */
  readonly path: string
  readonly isDirectory: boolean
  /** Whether it is an output, or lies in one. */
  readonly isOutput: boolean
  /** Never for folders and links. */
  readonly isExecutable: boolean
  /** Bytes: those of the file, of a link's target, else what the record says; of a folder what its file system says. */
  readonly bytes?: number
  /** What DVC knows it by; with `.dir` for a directory. */
  readonly digits?: string
  /** Whether there is more than a record of it. */
  readonly isThere: boolean
}

/** A repository as it looks to those who have all of its data. */
export interface RepoTree {
  node(path: string): Promise<TreeNode | undefined>
  /** What lies right in a folder. */
  within(path: string): Promise<TreeNode[]>
}

/** How a repository is looked at. */
export interface TreeOptions {
  /** A git revision or tag; the workspace by default. */
  readonly revision?: string | undefined
  /** Whether only what DVC tracks is there; false by default. */
  readonly dvcOnly?: boolean | undefined
  /** Where the manifests of directories come from; the cache by default. */
  readonly manifest?: ReadManifest | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens a repository with its data, whether that is in the workspace or not: what DVC tracks stands where it belongs.
 * Files that `.dvcignore` names and repositories within are left out.
 *
 * @throws DS_GIT_REVISION, DS_DVC_FILE_MALFORMED; the methods DS_DVC_UNREADABLE
 */
export async function openTree(
  repo: DvcRepo,
  { revision, dvcOnly = false, manifest, signal }: TreeOptions,
): Promise<RepoTree> {
  const outputs = (await outputsOf(repo, { revision, signal })).filter(({ cache }) => cache)
  const paths = outputs.map(({ path }) => path)
  const index = recordIndex(repo, outputs, manifest)
  const files = revision === undefined ? workspaceFiles(repo) : await filesAt(repo, revision)

  const merge = (path: string, file: FileInfo | undefined, record: IndexEntry | undefined): TreeNode => ({
    path,
    isDirectory: (file ?? record)?.isDirectory ?? false,
    isOutput: record !== undefined && paths.some((output) => isWithin(path, output)),
    isExecutable: file?.isExecutable ?? false,
    isThere: file !== undefined,
    ...bytesOf(file, record),
    ...(record?.hash ? { digits: record.hash.digits } : {}),
  })

  return {
    async node(path) {
      const [file, record] = [await files.look(path), await index.entry(path)]
      return file || record ? merge(path, file, record) : undefined
    },
    async within(path) {
      const [file, record] = [await files.look(path), await index.entry(path)]
      const isOther = file !== undefined && record !== undefined && file.isDirectory !== record.isDirectory
      const records = new Map((isOther ? [] : ((await index.within(path)) ?? [])).map((one) => [one.path, one]))
      const found = dvcOnly || !file?.isDirectory ? [] : await files.within(path)
      const nodes = found.map(([name, info]) => {
        const place = posix.join(path, name)
        const own = records.get(place)
        records.delete(place)
        return merge(place, info, own)
      })
      return [...nodes, ...[...records.values()].map((own) => merge(own.path, undefined, own))]
    },
  }
}

function bytesOf(file: FileInfo | undefined, record: IndexEntry | undefined): { readonly bytes?: number } {
  const bytes = file ? file.bytes : record?.bytes
  return bytes === undefined ? {} : { bytes }
}

interface FileInfo {
  readonly isDirectory: boolean
  readonly isExecutable: boolean
  readonly bytes: number
}

/** Where files are, tracked by DVC or not. */
interface Files {
  look(path: string): Promise<FileInfo | undefined>
  within(path: string): Promise<[name: string, info: FileInfo][]>
}

function workspaceFiles({ root }: DvcRepo): Files {
  const ignore = openIgnore(root)
  const look = (path: string): FileInfo | undefined => {
    const place = join(root, path)
    const own = lstatSync(place, { throwIfNoEntry: false })
    if (!own) return undefined
    const { size } = own.isSymbolicLink() ? (statSync(place, { throwIfNoEntry: false }) ?? { size: 0 }) : own
    return { isDirectory: own.isDirectory(), isExecutable: own.isFile() && isExecutable(own.mode), bytes: size }
  }
  return {
    async look(path) {
      const found = look(path)
      if (path === '' || !found) return found
      return (await ignore.ignoredBy(path, found.isDirectory)) === undefined ? found : undefined
    },
    async within(path) {
      const found: [string, FileInfo][] = []
      for (const name of namesIn(join(root, path))) {
        const place = posix.join(path, name)
        const info = look(place)
        if (!info || (await ignore.ignoredBy(place, info.isDirectory)) !== undefined) continue
        if (info.isDirectory && lstatSync(join(root, place, '.dvc'), { throwIfNoEntry: false })) continue
        found.push([name, info])
      }
      return found
    },
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw unreadable(folder, error)
  }
}

async function filesAt(repo: DvcRepo, revision: string): Promise<Files> {
  const git = needGit(repo, 'revisions')
  const commit = await needCommit(git, revision)
  const { bytes, folders, ignoreFiles } = await readTree(git, commit)
  const isRepo = (folder: string): boolean => folders.get(folder)?.get('.dvc')?.isDirectory ?? false
  const ignore = openIgnore({
    read: async (path) => ignoreFiles.get(path) ?? '',
    isRepo: async (folder) => isRepo(folder),
  })
  const look = (path: string): FileInfo | undefined =>
    path === ''
      ? { isDirectory: true, isExecutable: false, bytes }
      : folders.get(parentOf(path))?.get(posix.basename(path))
  return {
    look: async (path) => look(path),
    async within(path) {
      const found: [string, FileInfo][] = []
      for (const [name, info] of folders.get(path) ?? []) {
        const place = posix.join(path, name)
        if (isRepo(place) || (await ignore.ignoredBy(place, info.isDirectory)) !== undefined) continue
        found.push([name, info])
      }
      return found
    },
  }
}

/** The files of a commit beneath git's folder. */
interface CommitTree {
  /** The size of git's own object for the folder at the top. */
  readonly bytes: number
  /** What lies in each folder, by name. */
  readonly folders: ReadonlyMap<string, ReadonlyMap<string, FileInfo>>
  /** The texts of its `.dvcignore` files, by path. */
  readonly ignoreFiles: ReadonlyMap<string, string>
}

async function readTree(git: Git, commit: string): Promise<CommitTree> {
  const folders = new Map<string, Map<string, FileInfo>>()
  const text = await git.ask('ls-tree', '-r', '-t', '-l', '-z', commit)
  const trees: { readonly path: string; readonly id: string }[] = []
  const ignoring: { readonly path: string; readonly id: string }[] = []
  for (const line of text.split('\0')) {
    const [about = '', path = ''] = line.split(/\t(.*)/s)
    const [mode = '', type, id = '', bytes] = about.split(/ +/)
    if (type === 'tree') trees.push({ path, id })
    if (type !== 'tree' && type !== 'blob') continue
    if (posix.basename(path) === IGNORE_FILE) ignoring.push({ path, id })
    const info = { isDirectory: type === 'tree', isExecutable: mode === '100755', bytes: Number(bytes) || 0 }
    const folder = folders.get(parentOf(path)) ?? new Map<string, FileInfo>()
    folders.set(parentOf(path), folder.set(posix.basename(path), info))
  }
  const [bytes = 0, ...sizes] = await git.sizes([`${commit}:./`, ...trees.map(({ id }) => id)])
  for (const [at, size] of sizes.entries()) {
    const { path } = trees[at] as (typeof trees)[number]
    folders.get(parentOf(path))?.set(posix.basename(path), { isDirectory: true, isExecutable: false, bytes: size })
  }
  const texts = await git.readBlobs(ignoring.map(({ id }) => id))
  return { bytes, folders, ignoreFiles: new Map(ignoring.map(({ path }, at) => [path, String(texts[at])])) }
}

function parentOf(path: string): string {
  const folder = posix.dirname(path)
  return folder === '.' ? '' : folder
}
