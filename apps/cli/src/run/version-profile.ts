import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { ColumnDrift, Frame, OpenOptions, Profile, Report } from '@dayshift/core'
import { canonicalJson, makeFolders, throwIfAborted } from '@dayshift/core/ground'
import {
  driftFromProfile,
  readReferenceProfile,
  referenceProfile,
  writeReferenceProfile,
  type DriftOptions,
} from '@dayshift/monitor'
import { ownVersion } from '../own-version.ts'
import { KEPT_PROFILES } from '../places.ts'

/** A version of a dataset, and how it is read. */
export interface ProfiledVersion {
  /** The project's folder. */
  readonly root: string
  /** The dataset's place: its suffix may tell its format. */
  readonly path: string
  readonly hash: string
  readonly reading: OpenOptions
}

/** Beyond, a profile is as large as rows are, and as slow to read. */
const MOST_ROWS = 200_000
const MOST_BYTES = 16 * 2 ** 20

/** Different numbers, and texts of each kind, up to which all are kept. */
const MOST_NUMBERS = 2 ** 16
const MOST_TEXTS = 2 ** 16

/** Profiles that are kept, the newest. */
const MOST_FILES = 20

/**
 * Compares with a version whose profile an earlier run has kept, so that its rows need not be there, nor be read.
 *
 * @returns undefined where none is kept, and where the rows might say anything else
 */
export async function driftByKept(
  version: ProfiledVersion,
  current: Frame,
  options: DriftOptions,
): Promise<Report<'drift'> | undefined> {
  if (
    options.by !== undefined ||
    options.correlations === true ||
    options.classifier === true ||
    hasOwnDetectors(options)
  )
    return undefined
  const file = fileOf(version)
  if (!existsSync(file)) return undefined
  try {
    const profile = await readReferenceProfile(file, { signal: options.signal })
    if (profile.rows + (await current.count({ signal: options.signal })) > 2 * MOST_ROWS) return undefined
    const report = await driftFromProfile(profile, current, options)
    return isThatOfRows(report) ? asOfRows(report) : undefined
  } catch (error) {
    throwIfAborted(options.signal)
    // What is spoilt is made anew. What the data is to blame for, the rows will tell.
    if (error instanceof Error) return undefined
    throw error
  }
}

/** Whether a detector is a function of the project's own, which may look at the order of rows. */
function hasOwnDetectors({ detectors = [], overrides = {} }: DriftOptions): boolean {
  const all = [...detectors, ...Object.values(overrides).flatMap((own) => own.detectors ?? [])]
  return all.some((one) => typeof one !== 'string')
}

function isThatOfRows({ facts, findings }: Report<'drift'>): boolean {
  const isExact = facts.columns.every(({ certain, interval }) => certain === true && interval === undefined)
  return isExact && findings.every(({ code }) => code !== 'drift.needs_rows' && code !== 'drift.within_interval')
}

function asOfRows({ facts, ...report }: Report<'drift'>): Report<'drift'> {
  return { ...report, facts: { ...facts, columns: facts.columns.map(withoutCertain) } }
}

/** Of rows all is certain, and it is not said. */
function withoutCertain(column: ColumnDrift): ColumnDrift {
  const { certain: _certain, ...rest } = column
  return rest
}

/**
 * Keeps the profile of a version, where it can take the place of its rows in each comparison: a small dataset whose values are all kept, and of
 * which nothing had to be told when it was read. What cannot be kept is not: the next run reads the rows.
 *
 * @param profile of all columns, where it was made already
 * @param isStill whether the data is what it was when its version was told: it may have been written anew since
 */
export async function keepProfile(
  version: ProfiledVersion,
  frame: Frame,
  profile: Profile | undefined,
  isStill: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const file = fileOf(version)
    const rows = profile?.rows ?? (await frame.count({ signal }))
    if (existsSync(file) || rows > MOST_ROWS || frame.notes.length > 0) return
    const made = await referenceProfile(frame, { cells: MOST_NUMBERS, mostTexts: MOST_TEXTS, signal })
    if (!(await isStill())) return
    const folder = join(version.root, KEPT_PROFILES)
    makeFolders(folder)
    // What can be made again is not for git.
    if (!existsSync(join(folder, '.gitignore'))) await writeFile(join(folder, '.gitignore'), '*\n')
    await writeReferenceProfile(file, { ...made, dataset: { ...frame.dataset, version: version.hash } }, { signal })
    await prune(folder, file)
  } catch {
    throwIfAborted(signal)
  }
}

/** Lets the oldest go, and what is too large. */
async function prune(folder: string, newest: string): Promise<void> {
  if ((await stat(newest)).size > MOST_BYTES) await rm(newest, { force: true })
  const names = (await readdir(folder)).filter((name) => name.endsWith('.profile.json'))
  const files = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })))
  files.sort((a, b) => b.at - a.at)
  for (const { name } of files.slice(MOST_FILES)) await rm(join(folder, name), { force: true })
}

function fileOf({ root, path, hash, reading }: ProfiledVersion): string {
  const { engine: _engine, signal: _signal, onProgress: _progress, cwd: _cwd, dataset: _dataset, ...written } = reading
  const key = canonicalJson({
    dayshift: ownVersion(),
    hash: hash.replace(/^md5:/, ''),
    name: extname(path),
    reading: written,
  })
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32)
  return join(root, KEPT_PROFILES, `${name}.profile.json`)
}
