import { extname } from 'node:path'
import type { DriftOptions } from '@dayshift/monitor'
import {
  chooseReference,
  columnHistories,
  drift,
  readReference,
  type ColumnHistory,
  type ReferenceOptions,
  type TimedVersion,
} from '@dayshift/monitor'
import type { Finding, OpenOptions, Status } from '@dayshift/core'
import { fileDataset, isDayshiftError, parseDuration, throwIfAborted } from '@dayshift/core/ground'
import { versionAt } from '@dayshift/dvc'
import { failure } from '../codes.ts'
import type { Context } from '../command.ts'
import { comparedOnce, keptOf, type ColumnSpread, type KeptComparison } from './kept-comparison.ts'
import { versionsInOrder, type KnownVersion, type VersionedPath } from './known-versions.ts'
import { openPooled } from './open-reference.ts'

/** A version on the way. */
export interface WalkedVersion extends TimedVersion {
  /** Its tags, else the beginning of its commit's hash, else of its own. */
  readonly label: string
  readonly tags: readonly string[]
  readonly commit?: string
  /** What it was compared with; none of the first, and of those that were passed over. */
  readonly reference?: readonly string[]
  readonly referenceRows?: number
  readonly rows?: number
  readonly status?: Status
  /** Columns that were compared. */
  readonly compared?: number
  readonly driftedColumns?: readonly string[]
  readonly findings?: readonly Finding[]
  /** Whether it had been compared before, and was not again. */
  readonly reused?: boolean
  /** Why it was not compared. */
  readonly skipped?: string
}

/** What happened to a dataset over its versions. Plain data. */
export interface DriftOverTime {
  /** The dataset's path. */
  readonly path: string
  /** As it was asked for. */
  readonly since: string
  /** `first`, `previous`, `@VERSION`, or a rule. */
  readonly against: string
  /** The oldest first; that which is asked for among them. */
  readonly versions: readonly WalkedVersion[]
  /** The places among the versions of what histories have. */
  readonly compared: readonly number[]
  readonly columns: readonly ColumnHistory[]
  /** How values were spread in each version that was compared. */
  readonly spreads: readonly (readonly ColumnSpread[])[]
}

/** What is asked of all versions. */
export interface WalkOptions {
  /** A revision, tag or hash, or a time: `30d`, `2026-11-01`. */
  readonly since: string
  readonly against: string
  readonly references: ReferenceOptions
  readonly reading: OpenOptions
  /** How versions are compared. */
  readonly drift: DriftOptions
  /** The chance of an alarm by history. */
  readonly learnAlpha: number
}

/**
 * Compares every version of a path since one of them, each with its reference. Of all versions no more than a pair is in memory and on the disk at
 * once; pairs that were compared before, by the same settings, are not again.
 *
 * @throws DS_USAGE where the path has no versions since then
 */
export async function walkVersions(
  place: VersionedPath,
  options: WalkOptions,
  context: Context,
): Promise<DriftOverTime> {
  const { since, against } = options
  const all = await versionsInOrder(place, fileDataset(place.path, place.root))
  const first = await firstSince(place, all, since)
  const versions: WalkedVersion[] = all.slice(first).map(labelled)
  const fixed = against.startsWith('@') ? all[await firstOf(place, all, against.slice(1))] : undefined
  const compared: number[] = []
  const found: KeptComparison[] = []
  for (const [at, version] of versions.entries()) {
    throwIfAborted(place.signal)
    context.terminal.progress(`drift ${version.label}`, at / versions.length)
    const reference = fixed ? [fixed] : referenceOf(against, all, first, first + at, options.references)
    if (typeof reference === 'string') {
      if (reference !== '') versions[at] = { ...version, skipped: reference }
      continue
    }
    const lost = [...reference, version].find(({ hash }) => all.some((one) => one.hash === hash && !one.isCached))
    if (lost) {
      versions[at] = {
        ...version,
        skipped: lost === version ? 'not in the cache' : 'its reference is not in the cache',
      }
      continue
    }
    const { comparison, isReused } = await compare(place, reference, version, options, context)
    const { referenceRows, rows, status, driftedColumns, findings, columns } = comparison
    const count = new Set(columns.map(({ column }) => column)).size
    versions[at] = {
      ...version,
      reference: reference.map(({ hash }) => hash),
      referenceRows,
      rows,
      status,
      compared: count,
      driftedColumns,
      findings,
      reused: isReused,
    }
    compared.push(at)
    found.push(comparison)
  }
  context.terminal.idle()
  const columns = columnHistories(
    found.map((comparison, order) => ({
      version: versions[compared[order] as number] as WalkedVersion,
      columns: comparison.columns,
    })),
    {
      learnAlpha: options.learnAlpha,
      timezone: options.references.timezone,
      correction: options.drift.correction,
    },
  )
  return { path: place.path, since, against, versions, compared, columns, spreads: found.map(({ spreads }) => spreads) }
}

async function compare(
  { path, root }: VersionedPath,
  reference: readonly TimedVersion[],
  current: TimedVersion,
  { reading, drift: settings }: WalkOptions,
  context: Context,
): Promise<{ readonly comparison: KeptComparison; readonly isReused: boolean }> {
  const make = async (): Promise<KeptComparison> => {
    const cleanUps: (() => Promise<void>)[] = []
    // Copies of versions are not kept until all are done.
    const own: Context = { ...context, cwd: root, cleanUp: (work) => cleanUps.push(work) }
    try {
      const before = await openPooled(reference, path, own, reading)
      const after = await openPooled([current], path, own, reading)
      return keptOf(await drift(before.frame, after.frame, settings))
    } finally {
      for (const cleanUp of cleanUps) await cleanUp().catch(() => undefined)
    }
  }
  const { signal: _, onProgress: __, detectors, ...plain } = settings
  const isPlain = detectors === undefined || detectors.every((one) => typeof one === 'string')
  if (!isPlain || Object.values(settings.overrides ?? {}).some(hasOwnDetector)) {
    return { comparison: await make(), isReused: false }
  }
  const { engine: _engine, signal: _signal, onProgress: _progress, cwd: _cwd, dataset: _dataset, ...written } = reading
  const of = {
    reference: reference.map(({ hash }) => hash),
    current: current.hash,
    settings: { ...plain, detectors, reading: written, name: extname(path) },
  }
  return comparedOnce(root, of, make)
}

/** What a function of the project's own does may change. */
function hasOwnDetector({ detectors }: { readonly detectors?: readonly unknown[] | undefined }): boolean {
  return detectors?.some((one) => typeof one !== 'string') ?? false
}

/** The versions that one is compared with; else why there are none, and no words for the first. */
function referenceOf(
  against: string,
  all: readonly TimedVersion[],
  first: number,
  at: number,
  options: ReferenceOptions,
): readonly TimedVersion[] | string {
  if (against === 'first') return at === first ? '' : [all[first] as TimedVersion]
  if (against === 'previous') return at === first ? '' : [all[at - 1] as TimedVersion]
  const rule = readReference(against)
  if (!rule)
    throw failure(
      'DS_USAGE',
      `--against is first, previous, @VERSION, rolling:7, same-weekday:4 and the like; not '${against}'`,
    )
  const { versions, lacking = '' } = chooseReference(rule, all.slice(0, at), all[at] as TimedVersion, options)
  return versions.length > 0 ? versions : lacking
}

/** Where versions begin that are asked for. */
async function firstSince(place: VersionedPath, all: readonly KnownVersion[], since: string): Promise<number> {
  const { path } = place
  if (all.length === 0) {
    throw failure('DS_USAGE', `${path} has no versions`, { where: path, hint: 'Record one: dayshift version PATH.' })
  }
  const tagged = all.findIndex(({ tags }) => tags.includes(since))
  if (tagged >= 0) return tagged
  const time = timeOf(since)
  const first =
    time === undefined ? await firstOf(place, all, since) : all.findIndex(({ at }) => Date.parse(at) >= time)
  if (first >= 0) return first
  throw failure('DS_USAGE', `${path} has no version since ${since}`, { where: path })
}

async function firstOf(
  { path, root, user }: VersionedPath,
  all: readonly KnownVersion[],
  spec: string,
): Promise<number> {
  const { hash } = await versionAt(path, spec, { cwd: root, user })
  const first = all.findIndex((one) => one.hash === hash)
  if (first >= 0) return first
  throw failure('DS_USAGE', `${path} has no version ${spec}`, {
    where: path,
    hint: 'dayshift dvc versions PATH lists all.',
  })
}

/** Milliseconds since 1970, of a date or of how long ago; undefined of what is a revision. */
function timeOf(since: string): number | undefined {
  if (/^\d{4}-\d{2}-\d{2}/.test(since)) {
    const time = Date.parse(since)
    if (Number.isNaN(time)) throw failure('DS_USAGE', `--since ${since} is no time`)
    return time
  }
  try {
    return Date.now() - parseDuration(since) * 1000
  } catch (error) {
    if (isDayshiftError(error)) return undefined
    throw error
  }
}

function labelled({ hash, at, tags, commit }: KnownVersion): WalkedVersion {
  const label = tags.length > 0 ? tags.join(', ') : (commit ?? hash.replace(/^md5:/, '')).slice(0, 7)
  return { hash, at, label, tags, ...(commit === undefined ? {} : { commit }) }
}
