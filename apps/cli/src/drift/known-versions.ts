import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyReport, DatasetRef } from '@dayshift/core'
import { isDayshiftError, readJournalLines } from '@dayshift/core/ground'
import { findRepo, objectPath, versions, type PathVersion, type UserConfig } from '@dayshift/dvc'
import type { TimedVersion } from '@dayshift/monitor'
import { HISTORY_FILE } from '../places.ts'

/** A path, and the repository that has its versions. */
export interface VersionedPath {
  /** Absolute. */
  readonly path: string
  /** The project's folder, or the working directory. */
  readonly root: string
  readonly user: UserConfig
  readonly signal: AbortSignal
}

/** Errors by which a path has no versions. */
const NO_VERSIONS: ReadonlySet<string> = new Set([
  'DS_DVC_VERSION_UNKNOWN',
  'DS_DVC_REPO_MISSING',
  'DS_DVC_PATH_OUTSIDE',
  'DS_GIT_NO_REPO',
  'DS_GIT_MISSING',
])

/** A version, and what is known of it. */
export interface KnownVersion extends TimedVersion {
  readonly tags: readonly string[]
  readonly commit?: string
  /** Whether the cache has all of it. */
  readonly isCached: boolean
}

/** The versions of a path that are recorded, the newest first; none where it has none. */
async function recordedVersions({ path, root, user, signal }: VersionedPath): Promise<readonly PathVersion[]> {
  return versions(path, { cwd: root, user, signal }).catch((error: unknown) => {
    if (isDayshiftError(error) && NO_VERSIONS.has(error.code)) return []
    throw error
  })
}

type Name = Pick<DatasetRef, 'namespace' | 'name'>

/**
 * All versions of a path that are known, with the times at which they were recorded, or seen by runs. What only runs saw is left out where
 * the cache has it no more.
 */
export async function knownVersions(place: VersionedPath, name: Name): Promise<TimedVersion[]> {
  const recorded = await recordedVersions(place)
  const seen = await seenVersions(place, name, recorded)
  return [...recorded.flatMap(({ hash, date }) => (date === undefined ? [] : [{ hash, at: date }])), ...seen]
}

/** The same, each as often as commits recorded it, or once where only runs saw it: the oldest first. */
export async function versionsInOrder(place: VersionedPath, name: Name): Promise<KnownVersion[]> {
  const recorded = await recordedVersions(place)
  const seen = await seenVersions(place, name, recorded)
  const first = new Map<string, string>()
  for (const { hash, at } of seen) {
    const before = first.get(hash)
    if (before === undefined || at < before) first.set(hash, at)
  }
  const known: KnownVersion[] = recorded.toReversed().map(({ hash, date, tags, commit, isCached }) => ({
    hash,
    at: date ?? first.get(hash) ?? new Date().toISOString(),
    tags,
    isCached,
    ...(commit === undefined ? {} : { commit }),
  }))
  const others = [...first].filter(([hash]) => !known.some((one) => one.hash === hash))
  return [...known, ...others.map(([hash, at]) => ({ hash, at, tags: [], isCached: true }))].toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  )
}

const HASH = /^md5:[0-9a-f]{32}(?:\.dir)?$/

/** When runs saw which version, by the history of reports. */
async function seenVersions(
  { root, user, signal }: VersionedPath,
  { namespace, name }: Name,
  recorded: readonly PathVersion[],
): Promise<TimedVersion[]> {
  const repo = await findRepo(root, undefined, user).catch(() => undefined)
  if (!repo) return []
  const isKept = new Map(recorded.map(({ hash }) => [hash, true]))
  const seen: TimedVersion[] = []
  await readJournalLines(
    join(root, HISTORY_FILE),
    ({ record }) => {
      const { dataset, at } = record as unknown as AnyReport
      const hash = dataset?.version
      if (
        hash === undefined ||
        !HASH.test(hash) ||
        Number.isNaN(Date.parse(at)) ||
        dataset.name !== name ||
        dataset.namespace !== namespace
      )
        return
      if (!isKept.has(hash)) isKept.set(hash, existsSync(objectPath(repo, hash)))
      if (isKept.get(hash)) seen.push({ hash, at })
    },
    { signal },
  )
  return seen
}

/**
 * When a version came: the first time of the last stretch in which it was seen without another in between.
 *
 * @returns `undefined` where it never was seen
 */
export function cameAt(known: readonly TimedVersion[], hash: string): string | undefined {
  const newest = known.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
  const from = newest.findIndex((one) => one.hash === hash)
  if (from < 0) return undefined
  const end = newest.findIndex((one, at) => at > from && one.hash !== hash)
  return newest[(end < 0 ? newest.length : end) - 1]?.at
}
