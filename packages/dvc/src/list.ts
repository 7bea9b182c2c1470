import { posix, relative, resolve, sep } from 'node:path'
import { failure } from './codes.ts'
import { compareCodePoints } from './formats/python.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { openTree, type RepoTree, type TreeNode, type TreeOptions } from './history/repo-tree.ts'
import { visitOf, visitSource, type ElsewhereOptions } from './elsewhere/visit.ts'
import { pathInRepo } from './workspace/survey.ts'
import { checkCall } from './call.ts'

/** An entry of `dvc list --json`. */
export interface ListEntry {
  /** Whether DVC tracks it: it is an output, or lies in one. */
  readonly isout: boolean
  readonly isdir: boolean
  readonly isexec: boolean
  /** Bytes; `null` where no record says it. */
  readonly size: number | null
  /** With `.dir` for a directory; `null` for what DVC does not track. */
  readonly md5: string | null
  /** Relative to the path that was listed. */
  readonly path: string
}

/** What is listed. */
export interface ListOptions
  extends ElsewhereOptions, Omit<TreeOptions, 'manifest'>, Omit<RepoOptions, 'lockTimeout' | 'onWait'> {
  /** The file or folder to list, from the root where `url` names another repository; the repository's root by default. */
  readonly path?: string | undefined
  /** Whether folders are looked into, instead of named; false by default. */
  readonly recursive?: boolean | undefined
  /** How deep a recursive list goes: folders there are named; without limit by default. */
  readonly level?: number | undefined
  /** Whether a recursive list names folders too; false by default. */
  readonly folders?: boolean | undefined
  /** Whether the first entry is the folder itself, as `.`; a file is its own entry always. False by default. */
  readonly itself?: boolean | undefined
}

/**
 * Lists what a repository holds in its workspace or at a revision, as `dvc list` does: files of git and data of DVC, there
 * or not, ordered by path.
 *
 * @throws DS_DVC_PATH_MISSING, DS_DVC_PATH_OUTSIDE, DS_GIT_REVISION, DS_DVC_FILE_MALFORMED, DS_DVC_UNREADABLE; for another
 *   repository DS_GIT_ADDRESS, DS_GIT_REMOTE
 * @example await list({ cwd, path: 'data', revision: 'v1' }) // [{ isout: true, …, size: 3, md5: '…', path: 'a.csv' }]
 */
export async function list(options: ListOptions): Promise<ListEntry[]> {
  checkCall(options)
  const { cwd } = options
  const { url } = options
  if (url !== undefined) {
    return visitSource(visitOf(url, options), options.path ?? '', options, ({ repo, path }, looking) =>
      entriesAt(repo, path, { ...options, ...looking }),
    )
  }
  const repo = await needRepo(cwd, options.env, options.user)
  return entriesAt(repo, await treePath(repo, options.path, cwd), options)
}

async function entriesAt(repo: DvcRepo, top: string, options: ListOptions & TreeOptions): Promise<ListEntry[]> {
  const { recursive = false, level, folders = false, itself = false } = options
  const { tree, node } = await openAt(repo, top, options)
  if (!node.isDirectory || (recursive && level === 0)) return [entryOf(node, posix.basename(top) || '.')]
  const found: TreeNode[] = []
  const visit = async (path: string, depth: number): Promise<void> => {
    for (const one of await tree.within(path)) {
      const isOpened = one.isDirectory && recursive && (level === undefined || depth < level)
      if (!isOpened || folders) found.push(one)
      if (isOpened) await visit(one.path, depth + 1)
    }
  }
  await visit(top, 1)
  const entries = found
    .map((one) => entryOf(one, posix.relative(top, one.path)))
    .toSorted((a, b) => compareCodePoints(a.path, b.path))
  return itself ? [entryOf(node, '.'), ...entries] : entries
}

/**
 * Opens a repository at a path in it.
 *
 * @throws DS_DVC_PATH_MISSING and as {@link openTree}
 */
export async function openAt(
  repo: DvcRepo,
  path: string,
  options: TreeOptions,
): Promise<{ readonly tree: RepoTree; readonly node: TreeNode }> {
  const tree = await openTree(repo, options)
  const node = await tree.node(path)
  if (node) return { tree, node }
  const at = options.revision === undefined ? '' : ` at '${options.revision}'`
  throw failure('DS_DVC_PATH_MISSING', `${path} does not exist${at}`, { where: path })
}

/** A path as trees have it: empty for the root. */
export async function treePath(repo: DvcRepo, path: string | undefined, cwd: string): Promise<string> {
  if (path === undefined) return ''
  const absolute = resolve(cwd, path)
  return relative(repo.root, absolute) === '' ? '' : (await pathInRepo(repo, absolute)).split(sep).join('/')
}

function entryOf({ isOutput, isDirectory, isExecutable, bytes, digits }: TreeNode, path: string): ListEntry {
  return {
    isout: isOutput,
    isdir: isDirectory,
    isexec: isExecutable,
    size: bytes ?? null,
    md5: digits ?? null,
    path,
  }
}
