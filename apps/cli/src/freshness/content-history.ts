import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { isDayshiftError } from '@dayshift/core/ground'
import { dataStatus, findRepo, hashFile, recordedVersion, versions, type UserConfig } from '@dayshift/dvc'
import type { ContentHistory } from '@dayshift/monitor'
import { userConfigOf } from '../dvc/user-config.ts'
import type { FreshnessPlace } from './place.ts'
import type { PastReports } from './past-reports.ts'

/** What no version has: data that was changed, and not recorded yet. */
const UNRECORDED = 'unrecorded'

/** Errors by which a path has no versions. */
const NO_VERSIONS: ReadonlySet<string> = new Set([
  'DS_DVC_VERSION_UNKNOWN',
  'DS_DVC_REPO_MISSING',
  'DS_DVC_PATH_OUTSIDE',
  'DS_GIT_NO_REPO',
  'DS_GIT_MISSING',
])

/** The versions of a path that commits recorded, and those that the history of reports saw, with the one that it is now. */
export async function readContentHistory(
  place: FreshnessPlace,
  past: PastReports,
): Promise<ContentHistory | undefined> {
  const { path, root, env, signal } = place
  const repo = { cwd: root, user: userConfigOf(env), signal }
  const recorded = await versions(path, repo).catch(noVersions)
  const known = [
    ...recorded.flatMap(({ hash, date }) => (date === undefined ? [] : [{ hash, at: date }])),
    ...past.versions,
  ]
  if (known.length === 0) return undefined
  return { current: await currentHash(path, repo), versions: known, isCut: await isShallow(repo) }
}

/** Whether git has only a part of the commits here, so that older versions are missing. */
async function isShallow(repo: Repo): Promise<boolean> {
  const found = await findRepo(repo.cwd, undefined, repo.user).catch(() => undefined)
  return (await found?.git?.ask('rev-parse', '--is-shallow-repository'))?.trim() === 'true'
}

export interface Repo {
  readonly cwd: string
  readonly user: UserConfig
  readonly signal: AbortSignal
}

/** The hash of data as it is now: of a file from its bytes, of a folder from its record, where it is as that says. */
export async function currentHash(path: string, repo: Repo): Promise<string> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
    return `md5:${(await hashFile(path, { signal: repo.signal })).md5}`
  }
  return (await recordedContent(path, repo)) ?? UNRECORDED
}

/** The version that is recorded of data, where it is as the record says; undefined where it is not, or there is none. */
export async function recordedContent(path: string, repo: Repo): Promise<string | undefined> {
  const recorded = await recordedVersion(path, repo).catch(() => undefined)
  const found = await findRepo(repo.cwd, undefined, repo.user)
  if (!recorded || !found) return undefined
  const { uncommitted } = await dataStatus({ ...repo, targets: [path] })
  const own = relative(found.root, path).replaceAll('\\', '/')
  const isOwn = (changed: string): boolean => changed === own || changed.startsWith(`${own}/`)
  const changes = [uncommitted.added, uncommitted.deleted, uncommitted.modified, uncommitted.unknown].flatMap(
    (paths) => paths ?? [],
  )
  return changes.some(isOwn) ? undefined : recorded.hash
}

function noVersions(error: unknown): [] {
  if (isDayshiftError(error) && NO_VERSIONS.has(error.code)) return []
  throw error
}
