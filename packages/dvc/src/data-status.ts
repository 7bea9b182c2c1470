import { join, relative, resolve, sep } from 'node:path'
import { compareIndexes, comparePaths, lostOf, shownPath, subjectOf, type Difference } from './history/compare.ts'
import { recordIndex, workspaceIndex, type DataIndex } from './history/data-index.ts'
import { hasCommits } from './git/history.ts'
import { readGitStatus, type GitStatus } from './git/status.ts'
import type { ReadOptions } from './cache/hash.ts'
import { openIgnore } from './workspace/ignore.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { outputsOf, type Output } from './outputs.ts'
import { isWithin } from './within.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { openState } from './cache/state.ts'
import { absentOnRemotes, type AbsentOptions } from './transfer/absent.ts'
import { emptyTelling, tellProblem, type Telling } from './workspace/problem.ts'
import { pathInRepo } from './workspace/survey.ts'
import { shownFrom } from './workspace/targets.ts'
import { DIR_SUFFIX } from './formats/tree.ts'
import { checkCall } from './call.ts'

/** What differs between two of git's last commit, the records and the workspace. Lists that are empty are absent. */
export interface DataChanges {
  readonly added?: readonly string[]
  readonly deleted?: readonly string[]
  readonly modified?: readonly string[]
  readonly renamed?: readonly { readonly old: string; readonly new: string }[]
  /** Paths beneath a directory whose manifest is not in the cache, and outputs that cannot be looked at. */
  readonly unknown?: readonly string[]
}

/**
 * What `dvc data status` knows. Its JSON is this without `git`, without `unchanged` and `untracked` where they were not
 * asked for, and without what is empty. Paths are relative to the repository's root and those of directories end with a
 * slash; only untracked ones are relative to the working directory.
 */
export interface DataStatus {
  readonly not_in_cache: readonly string[]
  /** What remotes lack; empty where nobody asked for it. */
  readonly not_in_remote: readonly string[]
  /** Between git's last commit and the records of the workspace. */
  readonly committed: DataChanges
  /** Between the records and the data of the workspace. */
  readonly uncommitted: DataChanges
  readonly untracked: readonly string[]
  readonly unchanged: readonly string[]
  /** Absent without git. */
  readonly git?: GitStatus
}

/** What is looked at. */
export interface DataStatusOptions
  extends
    ReadOptions,
    RepoOptions,
    Telling,
    Pick<AbsentOptions, 'remotes' | 'jobs' | 'open' | 'onRetry' | 'attempts' | 'pause'> {
  /** Paths, tracked or above or beneath such; everything by default. */
  readonly targets?: readonly string[] | undefined
  /** Whether files in directories are told one by one; false by default. */
  readonly granular?: boolean | undefined
  /** Whether files that neither git nor DVC knows are looked for; false by default. */
  readonly untracked?: boolean | undefined
  /** Whether remotes are asked for what they lack; false by default: without it no network is needed. */
  readonly notInRemote?: boolean | undefined
}

/**
 * Compares git's last commit with the records of the workspace, and these with its data, as `dvc data status` does. An
 * output that cannot be looked at is told.
 *
 * @throws DS_DVC_PATH_OUTSIDE, DS_DVC_FILE_MALFORMED, DS_LOCKED and what reading throws; of remotes, what `push` throws
 * @example (await dataStatus({ cwd: process.cwd() })).uncommitted // { modified: ['data/'] }
 */
export async function dataStatus(options: DataStatusOptions): Promise<DataStatus> {
  checkCall(options, { targets: options?.targets ?? [] })
  const { cwd, granular = false, signal, lockTimeout: timeout, onWait } = options
  const repo = await needRepo(cwd, options.env, options.user)
  const targets = await Promise.all((options.targets ?? []).map((target) => pathInRepo(repo, resolve(cwd, target))))
  const tmpDir = join(repo.dvcDir, 'tmp')
  return withRepoLock(repo, { timeout, signal, onWait, reading: true }, async () => {
    const onOutside = targets.length === 0 ? options.onFinding : undefined
    const onEmpty = emptyTelling(onOutside)
    const outputs = (await outputsOf(repo, { signal, onOutside, onEmpty })).filter(
      ({ path, cache }) => cache && concerns(path, targets),
    )
    const records = recordIndex(repo, outputs)
    const state = openState(tmpDir)
    const paths = outputs.map(({ path, hash }) => ({
      path,
      isOutput: true,
      algorithm: hash?.algorithm ?? ('md5' as const),
    }))
    const reading = { signal, onProgress: options.onProgress, state }
    const unseen = new Set<string>()
    const now = await workspaceIndex(repo, paths, openIgnore(repo.root), reading, (path, error) => {
      tellProblem(shownFrom(repo, cwd, path), error, options)
      unseen.add(path)
    })
    await state.save()
    const compare = async (before: DataIndex, after: DataIndex): Promise<Difference[]> =>
      (await compareIndexes(before, after, { by: 'hash', isShallow: !granular, isComplete: true, signal })).filter(
        (one) =>
          isTold(one) && (targets.length === 0 || targets.some((target) => isWithin(subjectOf(one).path, target))),
      )
    const seen = outputs.filter(({ path }) => !unseen.has(path))
    const uncommitted = [
      ...(await compare(unseen.size === 0 ? records : recordIndex(repo, seen), now)),
      ...outputs.filter((output) => unseen.has(output.path)).map(unknownOf),
    ].toSorted((a, b) => comparePaths(subjectOf(a).path, subjectOf(b).path))
    const absent = options.notInRemote ? await absentOnRemotes(repo, outputs, options) : []
    const head = await headOutputs(repo, targets, options)
    const committed = head && (await compare(recordIndex(repo, head), records))
    const git = repo.git && (await readGitStatus(repo.git, options.untracked ?? false))
    return {
      not_in_cache: lostOf(repo.config.cacheDir, uncommitted).map(shownPath),
      not_in_remote: absent.filter(
        (path) => targets.length === 0 || targets.some((target) => isWithin(path.replace(/\/$/, ''), target)),
      ),
      committed: changesOf(committed ?? []),
      uncommitted: changesOf(uncommitted),
      untracked: (git?.untracked ?? [])
        .filter((path) => targets.length === 0 || targets.some((target) => isWithin(path, target)))
        .map((path) => relative(cwd, join(repo.root, path)).split(sep).join('/')),
      unchanged: unchangedOf(uncommitted, committed),
      ...(git ? { git } : {}),
    }
  })
}

function unknownOf({ path, hash }: Output): Difference {
  return { kind: 'unknown', after: { path, isDirectory: hash?.digits.endsWith(DIR_SUFFIX) ?? false } }
}

function concerns(path: string, targets: readonly string[]): boolean {
  return targets.length === 0 || targets.some((target) => isWithin(path, target) || isWithin(target, path))
}

/** @returns `undefined` without git; nothing before the first commit */
async function headOutputs(
  repo: DvcRepo,
  targets: readonly string[],
  { signal }: DataStatusOptions,
): Promise<Output[] | undefined> {
  if (!repo.git) return undefined
  if (!(await hasCommits(repo.git))) return []
  return (await outputsOf(repo, { revision: 'HEAD', signal })).filter(({ path }) => concerns(path, targets))
}

/** Folders are nothing of their own, and of what nobody knows only the newer side counts. */
function isTold(one: Difference): boolean {
  if (one.kind === 'unknown') return one.after !== undefined
  return one.kind !== 'unchanged' || one.before?.hash !== undefined || one.after?.hash !== undefined
}

function changesOf(all: readonly Difference[]): DataChanges {
  const lists = {
    added: pathsOf(all, 'added'),
    deleted: pathsOf(all, 'deleted'),
    modified: pathsOf(all, 'modified'),
    renamed: all.flatMap((one) =>
      one.kind === 'renamed' ? [{ old: shownPath(one.before), new: shownPath(one.after) }] : [],
    ),
    unknown: pathsOf(all, 'unknown'),
  }
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
}

function pathsOf(all: readonly Difference[], kind: Difference['kind']): string[] {
  return all.filter((one) => one.kind === kind).map((one) => shownPath(subjectOf(one)))
}

function unchangedOf(uncommitted: readonly Difference[], committed: readonly Difference[] | undefined): string[] {
  const ours = pathsOf(uncommitted, 'unchanged')
  if (!committed) return ours
  const theirs = new Set(pathsOf(committed, 'unchanged'))
  return ours.filter((path) => theirs.has(path))
}
