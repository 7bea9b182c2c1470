import { posix } from 'node:path'
import { openAt, treePath } from './list.ts'
import { visitOf, visitSource, type ElsewhereOptions } from './elsewhere/visit.ts'
import { compareCodePoints } from './formats/python.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import type { RepoTree, TreeNode, TreeOptions } from './history/repo-tree.ts'
import { checkCall } from './call.ts'

/** The sizes in a folder, or that of a file. */
export interface DiskUsage {
  /** By path; none for a file, and where only the sum was asked for. Paths are relative to the repository's root. */
  readonly entries: readonly { readonly path: string; readonly bytes: number }[]
  readonly total: number
}

/** What is weighed. */
export interface DuOptions extends ElsewhereOptions, Omit<RepoOptions, 'lockTimeout' | 'onWait'> {
  /** The file or folder to weigh, from the root where `url` names another repository; the repository's root by default. */
  readonly path?: string | undefined
  /** Whether only the sum is told; false by default. */
  readonly summarize?: boolean | undefined
}

/**
 * Weighs what a repository holds in its workspace or at a revision, as `dvc du` does: data that is not there counts by its
 * record; the files of DVC itself do not count.
 *
 * @throws as `list`
 * @example (await du({ cwd, revision: 'v1' })).total // bytes
 */
export async function du(options: DuOptions): Promise<DiskUsage> {
  checkCall(options)
  const { cwd, url } = options
  if (url !== undefined) {
    return visitSource(visitOf(url, options), options.path ?? '', options, ({ repo, path }, looking) =>
      usageAt(repo, path, options, looking),
    )
  }
  const repo = await needRepo(cwd, options.env, options.user)
  return usageAt(repo, await treePath(repo, options.path, cwd), options, options)
}

async function usageAt(
  repo: DvcRepo,
  path: string,
  { summarize = false }: DuOptions,
  looking: TreeOptions,
): Promise<DiskUsage> {
  const { tree, node } = await openAt(repo, path, looking)
  if (!node.isDirectory || summarize) return { entries: [], total: await weigh(tree, node) }
  const entries: { path: string; bytes: number }[] = []
  for (const one of await contentsOf(tree, node)) entries.push({ path: one.path, bytes: await weigh(tree, one) })
  return {
    entries: entries.toSorted((a, b) => compareCodePoints(a.path, b.path)),
    total: entries.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

async function weigh(tree: RepoTree, node: TreeNode): Promise<number> {
  if (!node.isDirectory || (!node.isThere && node.bytes !== undefined)) return node.bytes ?? 0
  let sum = 0
  for (const one of await contentsOf(tree, node)) sum += await weigh(tree, one)
  return sum
}

async function contentsOf(tree: RepoTree, { path }: TreeNode): Promise<TreeNode[]> {
  return (await tree.within(path)).filter((one) => {
    const name = posix.basename(one.path)
    return !name.endsWith('.dvc') && name !== 'dvc.yaml' && name !== '.dvcignore'
  })
}
