import { join } from 'node:path'
import { isDayshiftError } from '@dayshift/core/ground'
import { compareIndexes, comparePaths, lostOf, shownPath } from './history/compare.ts'
import { failure } from './codes.ts'
import { recordIndex, workspaceIndex, type DataIndex, type IndexedPath, type IndexEntry } from './history/data-index.ts'
import { hasCommits } from './git/history.ts'
import type { ReadOptions } from './cache/hash.ts'
import { openIgnore } from './workspace/ignore.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { outputsOf, type Output } from './outputs.ts'
import { isWithin } from './within.ts'
import { compareCodePoints } from './formats/python.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { tellProblem, type Telling } from './workspace/problem.ts'
import { pathWithin } from './workspace/snapshot.ts'
import { openState } from './cache/state.ts'
import { selectOutputs, shownFrom, type SelectedOutput } from './workspace/targets.ts'
import { checkCall } from './call.ts'

/** A path that came or went. Paths of directories end with a slash; a hash is `null` where data was never hashed. */
export interface DiffEntry {
  readonly path: string
  readonly hash: string | null
}

/** A path whose data changed. */
export interface ModifiedEntry {
  readonly path: string
  readonly hash: { readonly old: string | null; readonly new: string | null }
}

/** Data that is at another path now. */
export interface RenamedEntry {
  readonly path: { readonly old: string; readonly new: string }
  readonly hash: string | null
}

/** The JSON of `dvc diff --json --show-hash`, each list by path; without any key where nothing differs. */
export interface DiffReport {
  readonly added?: readonly DiffEntry[]
  readonly deleted?: readonly DiffEntry[]
  readonly modified?: readonly ModifiedEntry[]
  readonly renamed?: readonly RenamedEntry[]
  /** What the cache does not have of the older side; only against the workspace. */
  readonly 'not in cache'?: readonly DiffEntry[]
}

/** What is compared. */
export interface DiffOptions extends ReadOptions, RepoOptions, Telling {
  /** The older side, a git revision or tag; `HEAD` by default. */
  readonly from?: string | undefined
  /** The newer side; the workspace by default. */
  readonly to?: string | undefined
  /** As {@link selectOutputs} takes them; everything by default. Each has to be there on one side at least. */
  readonly targets?: readonly string[] | undefined
  readonly recursive?: boolean | undefined
}

/**
 * Tells what differs between two revisions, or between one and the workspace, as `dvc diff` does: outputs, and the files
 * in directories, by the hashes of their content. Paths are relative to the repository's root. An output of the workspace
 * that cannot be looked at is told, and is not in the report.
 *
 * @throws DS_DVC_TARGET, DS_GIT_REVISION, DS_DVC_FILE_MALFORMED, DS_LOCKED and what reading throws
 * @example (await diff({ cwd, from: 'v1', to: 'v2' })).modified // [{ path: 'data/a.csv', hash: { old: '…', new: '…' } }]
 */
export async function diff(options: DiffOptions): Promise<DiffReport> {
  checkCall(options, { targets: options?.targets ?? [] })
  const { cwd, from = 'HEAD', to, signal, lockTimeout: timeout, onWait } = options
  const repo = await needRepo(cwd, options.env, options.user)
  const isNamed = options.from !== undefined || to !== undefined
  if (repo.git && !isNamed && !(await hasCommits(repo.git))) return {}
  const before = await sideOf(repo, await outputsOf(repo, { revision: from, signal }), options)
  const onOutside = to === undefined && options.targets === undefined ? options.onFinding : undefined
  const after = await sideOf(repo, await outputsOf(repo, { revision: to, signal, onOutside }), options)
  const unknown = before.missing.find((target) => after.missing.includes(target))
  if (unknown !== undefined) {
    throw failure('DS_DVC_TARGET', `${unknown} is nothing that DVC tracks on either side`, { where: unknown })
  }
  const roots = outermost([...before.paths, ...after.paths].map(({ path }) => path))
  if (to !== undefined) {
    return compare(repo, recordIndex(repo, before.outputs), recordIndex(repo, after.outputs), roots, options)
  }
  const tmpDir = join(repo.dvcDir, 'tmp')
  return withRepoLock(repo, { timeout, signal, onWait, reading: true }, async () => {
    const state = openState(tmpDir)
    const reading = { signal, onProgress: options.onProgress, state }
    const unseen: string[] = []
    const now = await workspaceIndex(repo, after.paths, openIgnore(repo.root), reading, (path, error) => {
      tellProblem(shownFrom(repo, cwd, path), error, options)
      unseen.push(path)
    })
    await state.save()
    const isSeen = (path: string): boolean => !unseen.some((one) => isWithin(path, one))
    const seen = recordIndex(
      repo,
      before.outputs.filter(({ path }) => isSeen(path)),
    )
    return compare(repo, seen, now, roots.filter(isSeen), options)
  })
}

/** What one side has of the targets. */
interface Side {
  readonly outputs: readonly Output[]
  readonly paths: readonly IndexedPath[]
  /** Targets that are not there. */
  readonly missing: readonly string[]
}

async function sideOf(repo: DvcRepo, outputs: readonly Output[], options: DiffOptions): Promise<Side> {
  const missing: string[] = []
  const selected: SelectedOutput[] = []
  const { targets = [] } = options
  for (const target of targets) {
    try {
      selected.push(...(await selectOutputs(repo, outputs, [target], options)))
    } catch (error) {
      if (!isDayshiftError(error) || error.code !== 'DS_DVC_TARGET') throw error
      missing.push(target)
    }
  }
  const chosen = targets.length === 0 ? outputs.map((output): SelectedOutput => ({ output })) : selected
  const kept = chosen.filter(({ output }) => output.cache)
  const paths = kept.flatMap(({ output: { path, hash }, parts = [''] }) =>
    parts.map((part) => ({
      path: pathWithin(path, part),
      isOutput: part === '',
      algorithm: hash?.algorithm ?? ('md5' as const),
    })),
  )
  return { outputs: kept.map(({ output }) => output), paths, missing }
}

function outermost(paths: readonly string[]): string[] {
  const kept: string[] = []
  for (const path of paths.toSorted(comparePaths)) {
    const last = kept.at(-1)
    if (last === undefined || !isWithin(path, last)) kept.push(path)
  }
  return kept
}

async function compare(
  repo: DvcRepo,
  before: DataIndex,
  after: DataIndex,
  roots: readonly string[],
  { to, signal }: DiffOptions,
): Promise<DiffReport> {
  const isWorkspace = to === undefined
  const all = await compareIndexes(before, after, { by: 'entry', roots, isComplete: isWorkspace, signal })
  const shown = all.filter((one) => !isFolder(one.before) && !isFolder(one.after))
  const lost = isWorkspace ? lostOf(repo.config.cacheDir, shown).map(entryOf) : []
  const report = {
    added: shown.flatMap((one) => (one.kind === 'added' ? [entryOf(one.after)] : [])),
    deleted: shown.flatMap((one) => (one.kind === 'deleted' ? [entryOf(one.before)] : [])),
    modified: shown.flatMap((one) => (one.kind === 'modified' ? [modifiedOf(one.before, one.after)] : [])),
    renamed: shown.flatMap((one) => (one.kind === 'renamed' ? [renamedOf(one.before, one.after)] : [])),
    ...(isWorkspace ? { 'not in cache': lost } : {}),
  }
  if (Object.values(report).every((list) => list.length === 0)) return {}
  return Object.fromEntries(
    Object.entries(report).map(([key, list]) => [
      key,
      (list as readonly DiffEntry[]).toSorted((a, b) => compareCodePoints(sortKey(a), sortKey(b))),
    ]),
  ) as DiffReport
}

/** Folders on the way, and in directories, are nothing of their own. */
function isFolder(entry: IndexEntry | undefined): boolean {
  return entry !== undefined && entry.isDirectory && !entry.hash
}

function entryOf(entry: IndexEntry): DiffEntry {
  return { path: shownPath(entry), hash: entry.hash?.digits ?? null }
}

function modifiedOf(before: IndexEntry, after: IndexEntry): ModifiedEntry {
  return { path: shownPath(before), hash: { old: before.hash?.digits ?? null, new: after.hash?.digits ?? null } }
}

function renamedOf(before: IndexEntry, after: IndexEntry): RenamedEntry {
  return { path: { old: shownPath(before), new: shownPath(after) }, hash: before.hash?.digits ?? null }
}

function sortKey({ path }: { readonly path: string | { readonly old: string } }): string {
  return typeof path === 'string' ? path : path.old
}
