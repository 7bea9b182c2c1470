import { messageOf, throwIfAborted } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { allCommits, branchesOf, lineOf, tagsOf, forsakenCommits } from '../git/history.ts'
import { loadManifest } from '../cache/manifest.ts'
import { emptyRecord, outputsAt, outputsOf, type Output } from '../outputs.ts'
import type { DvcRepo } from '../repo.ts'
import { DIR_SUFFIX, manifestOf } from '../formats/tree.ts'
import type { YamlMapping } from '../formats/yaml.ts'
import { needCommit, needGit } from '../git/revision.ts'

/** Which versions of a repository are meant. The workspace always is. */
export interface Scope {
  readonly allBranches?: boolean | undefined
  readonly allTags?: boolean | undefined
  /** All commits of all branches, tags and other refs, and those that git's reflog leads to. */
  readonly allCommits?: boolean | undefined
  /** A git revision or tag. */
  readonly revision?: string | undefined
  /** How many commits of the revision, or of each branch, by first parents; 1 by default. */
  readonly count?: number | undefined
  /** All commits of that day and later, as `2026-01-31`, by this machine's clock. */
  readonly since?: string | undefined
}

/** Objects of a cache, by what their digits are of. */
type ObjectSet = Readonly<Record<'md5' | 'md5-dos2unix', Set<string>>>

/** What some versions of a repository refer to. */
export interface UsedObjects {
  readonly objects: ObjectSet
  /** The commits that were looked at. */
  readonly revisions: readonly string[]
  /** Revisions that could not be read, with the reason; only where that was allowed. */
  readonly skipped: readonly { readonly revision: string; readonly reason: string }[]
  /** Records of the revisions that name no data, as `REVISION:FILE`. */
  readonly empty: readonly string[]
}

/**
 * The commits that a scope means.
 *
 * @throws DS_GIT_REVISION, DS_DVC_SCOPE
 */
export async function revisionsOf(repo: DvcRepo, scope: Scope): Promise<string[]> {
  const { allBranches, allTags, revision, count = 1, since } = scope
  const isAsked = allBranches || allTags || scope.allCommits || revision !== undefined || since !== undefined
  if (!isAsked) return []
  const git = needGit(repo, 'commits: only what the workspace refers to can stay')
  if (!Number.isInteger(count) || count < 1) throw failure('DS_DVC_SCOPE', `${count} is no number of commits`)
  const found = new Set<string>()
  const take = (commits: readonly string[]): void => commits.forEach((commit) => found.add(commit))
  if (revision !== undefined) {
    take(await lineOf(git, await needCommit(git, revision), count))
  }
  if (allBranches) for (const { commit } of await branchesOf(git)) take(await lineOf(git, commit, count))
  if (allTags) take((await tagsOf(git)).map(({ commit }) => commit))
  if (scope.allCommits || since !== undefined) {
    const start = since === undefined ? 0 : startOf(since)
    take((await allCommits(git)).filter(({ time }) => scope.allCommits || time >= start).map(({ commit }) => commit))
  }
  return [...found]
}

/**
 * Collects the objects that the workspace and the commits of a scope refer to, with the files of all directories.
 *
 * @param isLenient whether revisions that cannot be read are passed over; then objects that only they use are not in it
 * @throws DS_DVC_OBJECT_MISSING, DS_DVC_OBJECT_CORRUPT for a manifest without which nobody knows what is used,
 *   DS_DVC_FILE_MALFORMED, also for a record of the workspace that is empty, DS_GIT_REVISION, DS_DVC_SCOPE, DS_ABORTED
 */
export async function usedObjects(
  repo: DvcRepo,
  scope: Scope,
  { isLenient = false, signal }: { readonly isLenient?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<UsedObjects> {
  const objects: ObjectSet = { md5: new Set(), 'md5-dos2unix': new Set() }
  const skipped: { revision: string; reason: string }[] = []
  const revisions = await revisionsOf(repo, scope)
  const forsaken = scope.allCommits && repo.git ? await forsakenCommits(repo.git) : []
  const lost: string[] = []
  const outputs = await outputsOf(repo, { signal, outside: true, onEmpty: (file) => lost.push(file) })
  // What stood in it stands nowhere any more: its data would go with what nothing refers to.
  if (lost[0] !== undefined) throw emptyRecord(lost[0])
  await collect(repo, outputs, objects)
  const empty = new Set<string>()
  const onEmpty = (file: string): void => void empty.add(file)
  for (let at = 0; at < revisions.length; at++) {
    try {
      for await (const version of outputsAt(repo, revisions.slice(at), { signal, outside: true, onEmpty })) {
        await collect(repo, version.outputs, objects)
        at++
      }
    } catch (error) {
      throwIfAborted(signal)
      if (!isLenient) throw error
      skipped.push({ revision: revisions[at] as string, reason: messageOf(error) })
    }
  }
  await collectForsaken(repo, forsaken, objects, signal)
  return { objects, revisions: [...new Set([...revisions, ...forsaken])], skipped, empty: [...empty] }
}

/** Takes what can be known of commits that were given up: what of them is gone already is no reason to keep everything. */
async function collectForsaken(
  repo: DvcRepo,
  revisions: readonly string[],
  objects: ObjectSet,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let at = 0; at < revisions.length; at++) {
    try {
      for await (const { outputs } of outputsAt(repo, revisions.slice(at), { signal, outside: true })) {
        await collect(repo, outputs, objects)
        at++
      }
    } catch {
      throwIfAborted(signal)
    }
  }
}

/** Takes all that can be known, also where something else is missing. */
async function collect(repo: DvcRepo, outputs: readonly Output[], objects: ObjectSet): Promise<void> {
  const errors: unknown[] = []
  for (const { hash, cache, files } of outputs) {
    if (!cache) continue
    if (files) takeListed(files, objects)
    if (!hash || objects[hash.algorithm].has(hash.digits)) continue
    const used = objects[hash.algorithm]
    try {
      const within = hash.digits.endsWith(DIR_SUFFIX) ? await loadManifest(repo.config.cacheDir, hash) : []
      for (const { md5 } of within) used.add(md5)
      used.add(hash.digits)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}

/** The files of a directory whose versions a remote keeps, and the manifest that names them all. */
function takeListed(files: readonly YamlMapping[], objects: ObjectSet): void {
  const entries = files.flatMap(({ md5, relpath }) =>
    typeof md5 === 'string' && typeof relpath === 'string' ? [{ md5, relpath }] : [],
  )
  for (const used of Object.values(objects)) {
    for (const { md5 } of entries) used.add(md5)
    used.add(manifestOf(entries).md5)
  }
}

/** The first second of a day, by this machine's clock, as DVC takes it. */
function startOf(day: string): number {
  const [, year, month, date] = /^(\d{4})-(\d\d?)-(\d\d?)$/.exec(day) ?? []
  const start = new Date(Number(year), Number(month) - 1, Number(date))
  if (start.getMonth() + 1 !== Number(month) || start.getDate() !== Number(date)) {
    throw failure('DS_DVC_SCOPE', `'${day}' is no date like 2026-01-31`, { where: day })
  }
  return start.getTime() / 1000
}
