import { join, posix, resolve } from 'node:path'
import { isDayshiftError, throwIfAborted } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { Git } from './git/git.ts'
import { commitsChanging, tagsOf, type Commit, type GitTag } from './git/history.ts'
import { isObjectLost } from './cache/manifest.ts'
import type { HashAlgorithm } from './cache/hash.ts'
import { isSound } from './cache/sound.ts'
import { openState, type State } from './cache/state.ts'
import { openedVersion, type OpenedVersion } from './open-version.ts'
import { dvcFileFor, outputsAt, outputsOf } from './outputs.ts'
import { recordOf, sameHash, type PathRecord } from './history/record.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { pathInRepo } from './workspace/survey.ts'
import { checkCall } from './call.ts'

/** A version of a path that is or was recorded. */
export interface PathVersion {
  /** `md5:…`; with `.dir` at the end for a directory. */
  readonly hash: string
  /** What the digits of the hash are of: DVC 2 hashed texts in another way. */
  readonly algorithm: HashAlgorithm
  /** The commit that recorded it first; absent for a record that is not committed yet. */
  readonly commit?: string
  /** When that was committed, in ISO 8601. */
  readonly date?: string
  readonly author?: string
  readonly message?: string
  /** Tags at which the path has this version. */
  readonly tags: readonly string[]
  /** Of the data; absent where no record says it. */
  readonly bytes?: number
  /** Files of a directory. */
  readonly files?: number
  /** Rows where it is a table that the cache has. */
  readonly rows?: number
  /** Whether the cache has all of it. */
  readonly isCached: boolean
}

/** How versions are listed. */
export interface VersionListOptions extends Pick<RepoOptions, 'cwd' | 'env' | 'user' | 'signal'> {
  /**
   * Counts the rows of a version that lies in the cache.
   *
   * @returns `undefined` where it is no table
   */
  readonly countRows?: ((version: OpenedVersion, signal?: AbortSignal) => Promise<number | undefined>) | undefined
}

/**
 * Lists every version of a path, newest first: what the workspace records and no commit does, and then each version that a
 * commit of any branch or tag recorded. A path may be an output, or a file in a directory that is one.
 *
 * @throws DS_DVC_VERSION_UNKNOWN where the path never was tracked, DS_DVC_PATH_OUTSIDE, DS_GIT_FAILED, DS_ABORTED
 * @example (await versions('data/train.csv', { cwd })).map(({ tags, bytes }) => [tags, bytes]) // [[['v2'], 2294215], …]
 */
export async function versions(path: string, options: VersionListOptions): Promise<PathVersion[]> {
  checkCall(options, {}, { path })
  const { cwd, env, user, signal } = options
  const repo = await needRepo(cwd, env, user)
  const place = await pathInRepo(repo, resolve(cwd, path))
  const now = await recordOf(repo, await outputsOf(repo, { signal }), place)
  const past = repo.git ? await recordedIn(repo, repo.git, place, now?.file, signal) : []
  const open = now && !past.some(({ hash }) => sameHash(hash, now.hash)) ? [now] : []
  if (open.length + past.length === 0) {
    throw failure('DS_DVC_VERSION_UNKNOWN', `${path} is not tracked, and never was`, { where: path })
  }
  const tags = repo.git ? await tagsOn(repo, repo.git, past, place, signal) : new Map<Recorded, string[]>()
  const state = openState(join(repo.dvcDir, 'tmp'))
  const listed: PathVersion[] = []
  for (const record of [...open, ...past]) {
    throwIfAborted(signal)
    listed.push(await versionOf(repo, record, place, tags.get(record) ?? [], state, options))
  }
  return listed
}

/** A record, and who made it. */
interface Recorded extends PathRecord {
  readonly commit?: Commit
}

/** The files that may ever have spoken of a path, as far as that can be known without reading all of history. */
function filesFor(path: string, file: string | undefined): string[] {
  const parts = path.split('/')
  const own = parts.map((_, at) => dvcFileFor(parts.slice(0, at + 1).join('/')))
  const folders = parts.map((_, at) => posix.join(...parts.slice(0, at), 'dvc.lock'))
  return [...new Set([...own, ...folders, ...(file === undefined ? [] : [file])])]
}

/** Each change of the record, newest first; commits that leave it as it was say nothing. */
async function recordedIn(
  repo: DvcRepo,
  git: Git,
  path: string,
  file: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Recorded[]> {
  const commits = await commitsChanging(git, filesFor(path, file))
  const found: Recorded[] = []
  for (const [at, record] of (await recordsAt(repo, commits, path, signal)).entries()) {
    const last = found.at(-1)
    if (last && record && sameHash(last.hash, record.hash)) found.pop()
    if (record) found.push({ ...record, commit: commits[at] as Commit })
  }
  return found
}

async function recordsAt(
  repo: DvcRepo,
  commits: readonly Pick<Commit, 'commit'>[],
  path: string,
  signal: AbortSignal | undefined,
): Promise<(PathRecord | undefined)[]> {
  const records: (PathRecord | undefined)[] = []
  while (records.length < commits.length) {
    const rest = commits.slice(records.length).map(({ commit }) => commit)
    try {
      for await (const { outputs } of outputsAt(repo, rest, { signal }))
        records.push(await recordOf(repo, outputs, path))
    } catch (error) {
      throwIfAborted(signal)
      if (!isDayshiftError(error)) throw error
      // What git's history holds is past mending: a broken file counts as no version.
      records.push(undefined)
    }
  }
  return records
}

/** Gives each tag to the newest version with the hash that the path has there, as long as it is not newer than the tag. */
async function tagsOn(
  repo: DvcRepo,
  git: Git,
  records: readonly Recorded[],
  path: string,
  signal: AbortSignal | undefined,
): Promise<Map<Recorded, string[]>> {
  const tags = await tagsOf(git)
  const times = await timesOf(git, tags)
  const found = new Map<Recorded, string[]>()
  for (const [at, there] of (await recordsAt(repo, tags, path, signal)).entries()) {
    const { name } = tags[at] as GitTag
    const same = records.filter(({ hash }) => there !== undefined && sameHash(hash, there.hash))
    const record = same.find(({ commit }) => (commit?.time ?? 0) <= (times[at] ?? 0)) ?? same.at(-1)
    if (record) found.set(record, [...(found.get(record) ?? []), name])
  }
  return found
}

async function timesOf(git: Git, tags: readonly GitTag[]): Promise<number[]> {
  if (tags.length === 0) return []
  const commits = tags.map(({ commit }) => commit)
  const lines = (await git.ask('log', '--no-walk=unsorted', '--format=%H %ct', ...new Set(commits), '--')).split('\n')
  const times = new Map(lines.map((line) => [line.slice(0, 40), Number(line.slice(41))]))
  return commits.map((commit) => times.get(commit) ?? 0)
}

async function versionOf(
  repo: DvcRepo,
  { hash, commit, bytes, files }: Recorded,
  path: string,
  tags: readonly string[],
  state: State,
  { countRows, signal }: VersionListOptions,
): Promise<PathVersion> {
  const opened = await openedVersion(repo, path, hash).catch((error: unknown) => {
    if (isObjectLost(error)) return undefined
    throw error
  })
  // Rows of what is not what its name says are nobody's.
  const isCounted = opened !== undefined && countRows !== undefined && (await isSound(repo, hash, state, { signal }))
  const rows = isCounted ? await countRows(opened, signal) : undefined
  const size = bytes ?? opened?.bytes
  return {
    hash: `md5:${hash.digits}`,
    algorithm: hash.algorithm,
    ...(commit ? aboutOf(commit) : {}),
    tags,
    ...(size === undefined ? {} : { bytes: size }),
    ...(files === undefined ? {} : { files }),
    ...(rows === undefined ? {} : { rows }),
    isCached: opened !== undefined,
  }
}

function aboutOf({
  commit,
  time,
  author,
  message,
}: Commit): Pick<PathVersion, 'commit' | 'date' | 'author' | 'message'> {
  return { commit, date: new Date(time * 1000).toISOString(), author, message }
}
