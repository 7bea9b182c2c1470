import { readdir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { isDayshiftError, readTextFile, systemCode } from '@dayshift/core/ground'
import { unreadable } from './cache/hash.ts'
import { failure } from './codes.ts'
import { mapConcurrently } from './concurrent.ts'
import type { ReadText } from './formats/template.ts'
import type { Git } from './git/git.ts'
import { needCommit, needGit } from './git/revision.ts'
import type { DvcRepo } from './repo.ts'
import { openIgnore, type DvcIgnore } from './workspace/ignore.ts'
import { exists, refuseOtherNames } from './workspace/walk.ts'

/** Files that are read at the same time. */
const READERS = 32

/** Where records are read from. */
export interface RecordSource {
  /** The repository's folder. */
  readonly root: string
  /** What stands before paths in errors. */
  readonly prefix: string
  /** The `.dvc` and `dvc.yaml` files of this repository. */
  files(): Promise<string[]>
  /** What a file and its content are known by, where that never changes. */
  keyOf(file: string): string | undefined
  /** Their texts; files that are gone are left out. */
  read(files: readonly string[]): Promise<[file: string, text: string][]>
  readonly readText: ReadText
}

/** The records that lie in the workspace. */
export function recordsOfWorkspace(repo: DvcRepo): RecordSource {
  const readText: ReadText = (path) => readIfThere(join(repo.root, path))
  return {
    root: repo.root,
    prefix: '',
    keyOf: () => undefined,
    async files() {
      const ignore = openIgnore(repo.root)
      if (!repo.git) return walkForDvcFiles(repo.root, '', ignore)
      const isForeign = foreignFolders(repo.root)
      const listed = await listDvcFiles(repo.root, '', repo.git, ignore)
      const kept = await mapConcurrently(listed, READERS, async (file) =>
        (await ignore.ignoredBy(file, false)) !== undefined || (await isForeign(posix.dirname(file))) ? [] : [file],
      )
      return kept.flat()
    },
    async read(files) {
      const texts = await mapConcurrently(files, READERS, async (file) => [file, await readText(file)] as const)
      return texts.flatMap(([file, text]) => (text === undefined ? [] : [[file, text]]))
    },
    readText,
  }
}

/** Says whether a folder is or lies in a repository within this one. */
function foreignFolders(root: string): (folder: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>([['.', Promise.resolve(false)]])
  const isForeign = (folder: string): Promise<boolean> => {
    const answer = known.get(folder) ?? look(folder)
    known.set(folder, answer)
    return answer
  }
  const look = async (folder: string): Promise<boolean> =>
    (await isForeign(posix.dirname(folder))) || exists(join(root, folder, '.dvc'))
  return isForeign
}

/** Git lists nothing of the repositories within, submodules for one; DVC looks into them, unless they are its own. */
async function listDvcFiles(root: string, folder: string, git: Git, ignore: DvcIgnore): Promise<string[]> {
  const { files, repositories } = await git.listFiles(isDvcFile)
  const found = files.map((file) => posix.join(folder, file))
  for (const name of repositories) {
    const path = posix.join(folder, name)
    const isPassed = (await ignore.ignoredBy(path, true)) !== undefined || (await exists(join(root, path, '.dvc')))
    if (!isPassed && (await exists(join(root, path)))) {
      found.push(...(await listRepository(root, path, git.within(name), ignore)))
    }
  }
  return found
}

async function listRepository(root: string, path: string, git: Git, ignore: DvcIgnore): Promise<string[]> {
  try {
    if (await exists(join(root, path, '.git'))) return await listDvcFiles(root, path, git, ignore)
  } catch (error) {
    // What git cannot use holds files all the same.
    if (!(isDayshiftError(error) && error.code === 'DS_GIT_FAILED')) throw error
  }
  return walkForDvcFiles(root, path, ignore)
}

async function walkForDvcFiles(root: string, folder: string, ignore: DvcIgnore): Promise<string[]> {
  const found: string[] = []
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) =>
    Promise.reject(unreadable(folder, error)),
  )
  for (const entry of entries) {
    const path = posix.join(folder, entry.name)
    const isDirectory = entry.isDirectory()
    if (!isDirectory && !(isDvcFile(entry.name) && (entry.isFile() || entry.isSymbolicLink()))) continue
    if ((await ignore.ignoredBy(path, isDirectory)) !== undefined) continue
    refuseOtherNames(join(root, folder), entry.name)
    if (!isDirectory) found.push(path)
    else if (!(await exists(join(root, path, '.dvc')))) found.push(...(await walkForDvcFiles(root, path, ignore)))
  }
  return found
}

/**
 * The records of a git revision or tag.
 *
 * @throws DS_GIT_REVISION, DS_GIT_NO_REPO, DS_DVC_PATH_NAME
 */
export async function recordsAt(repo: DvcRepo, revision: string): Promise<RecordSource> {
  const git = needGit(repo, 'revisions')
  const commit = await needCommit(git, revision)
  const listed = await git.filesAt(commit)
  const blobs = new Map(listed.map(({ path, id }) => [path, id]))
  if (blobs.size < listed.length) {
    throw failure('DS_DVC_PATH_NAME', `${revision} has names that are not UTF-8`, { where: revision })
  }
  const foreign = new Set(
    [...blobs.keys()].flatMap((path) => {
      const at = path.lastIndexOf('/.dvc/')
      return at > 0 ? [path.slice(0, at)] : []
    }),
  )
  return {
    root: repo.root,
    prefix: `${revision}:`,
    keyOf: (file) => `${blobs.get(file) as string} ${file}`,
    async files() {
      return [...blobs.keys()].filter(
        (path) => isDvcFile(posix.basename(path)) && !parentsOf(path).some((folder) => foreign.has(folder)),
      )
    },
    async read(files) {
      const texts = await git.readBlobs(files.map((file) => blobs.get(file) as string))
      return files.map((file, at) => [file, (texts[at] as Buffer).toString()])
    },
    readText: async (path) => readBlob(git, blobs.get(path)),
  }
}

async function readBlob(git: Git, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined
  const [text] = await git.readBlobs([id])
  return text?.toString()
}

function isDvcFile(name: string): boolean {
  return /.\.dvc$/.test(name) || name === 'dvc.yaml'
}

/** The folders that a path lies in, the outermost first. */
export function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readTextFile(path)
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '')) throw unreadable(path, error)
    // Git lists a file that it tracks also where it was deleted; a folder may be called x.dvc.
    if (systemCode(error) !== 'ENOENT' || !(await exists(path))) return undefined
    throw failure('DS_DVC_UNREADABLE', `${path} is a link that leads nowhere`, { where: path, cause: error })
  }
}
