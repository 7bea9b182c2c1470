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

/** The versions of a path that commits recorded, the newest first; none where it has none. */
export async function recordedVersions({ path, root, user, signal }: VersionedPath): Promise<readonly PathVersion[]> {
  return versions(path, { cwd: root, user, signal }).catch((error: unknown) => {
    if (isDayshiftError(error) && NO_VERSIONS.has(error.code)) return []
    throw error
  })
}

/**
 * All versions of a path that are known, with the times at which they were recorded, or seen by runs. What only runs saw is left out where
 * the cache has it no more.
 */
export async function knownVersions(
  place: VersionedPath,
  { namespace, name }: Pick<DatasetRef, 'namespace' | 'name'>,
): Promise<TimedVersion[]> {
  const recorded = await recordedVersions(place)
  const committed = recorded.flatMap(({ hash, date }) => (date === undefined ? [] : [{ hash, at: date }]))
  const repo = await findRepo(place.root, undefined, place.user).catch(() => undefined)
  if (!repo) return committed
  const isKept = new Map(recorded.map(({ hash }) => [hash, true]))
  const seen: TimedVersion[] = []
  await readJournalLines(
    join(place.root, HISTORY_FILE),
    ({ record }) => {
      const { dataset, at } = record as unknown as AnyReport
      const hash = dataset?.version
      if (hash === undefined || dataset.name !== name || dataset.namespace !== namespace) return
      if (!isKept.has(hash)) isKept.set(hash, existsSync(objectPath(repo, hash)))
      // A run looks at a version several times, once a step.
      if (isKept.get(hash) && !(seen.at(-1)?.hash === hash && seen.at(-1)?.at === at)) seen.push({ hash, at })
    },
    { signal: place.signal },
  )
  return [...committed, ...seen]
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
