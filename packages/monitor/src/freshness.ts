import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  fileDataset,
  findFiles,
  isDayshiftError,
  makeReport,
  open,
  parseDuration,
  isAddress,
  withoutSecrets,
  type DatasetRef,
  type Frame,
  type Report,
} from '@dayshift/core'
import { failure } from './codes.ts'
import { judgeFreshness } from './freshness-verdict.ts'
import { newestFile } from './newest-file.ts'
import { newestValue, type ValueOptions } from './newest-value.ts'
import { absence, type Newest } from './newest.ts'

/**
 * What to look at. A path need not exist: that it is missing is then what the report says. A frame goes by its files, or
 * by a column.
 *
 * - `path`: a file, a folder (all files in it, at any depth) or a glob
 * - `paths`: several of them that make up one dataset, and the name of that dataset
 * - `frame`: rows that are open already
 */
export type FreshnessTarget =
  | { readonly path: string; readonly dataset?: DatasetRef | undefined }
  | { readonly paths: readonly string[]; readonly dataset: DatasetRef }
  | { readonly frame: Frame }

/** When data is too old, and where its time is read. */
export interface FreshnessOptions {
  /** Data older than this is stale: `24h`, or seconds. Default: 24h. */
  readonly maxAge?: string | number | undefined
  /** Data older than this is aging; less than `maxAge`. Default: none. */
  readonly warnAfter?: string | number | undefined
  /** A column of dates or timestamps. Default: none, so that the files' times of change count. */
  readonly column?: string | undefined
  /** Default: the clock. */
  readonly now?: Date | undefined
  /** How far ahead of the clock a time may lie: a duration, or seconds. Default: 5m. */
  readonly clockSkew?: string | number | undefined
  /** What relative paths are taken from. Default: the process's working directory. */
  readonly cwd?: string | undefined
  /** Stops the reading of a column. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Says how old the newest data is, and whether that is too old.
 *
 * The report fails where data is stale, missing, empty, or from the future, and warns where it is aging. Without `column`
 * the newest time of change among the files counts; a checkout or a copy sets that anew, so data under version control is
 * better judged by a column. With `column` it is the newest time in the rows.
 *
 * @throws DS_FRESHNESS_OPTION where warnAfter is not less than maxAge, or now is no time
 * @throws DS_UNIT where a duration cannot be read
 * @throws DS_FRESHNESS_TARGET for an address, or for a frame without files and without `column`
 * @throws DS_COLUMN_UNKNOWN, DS_FRESHNESS_COLUMN where the column is missing or holds no times
 * @throws DS_SOURCE_UNREADABLE where the system does not let a path be looked at
 * @throws DS_ABORTED where `signal` stopped it
 * @example
 * const report = await freshness({ path: 'data/weather.csv' }, { maxAge: '24h', column: 'time_hour' })
 * console.log(report.facts.state, report.facts.ageSeconds) // stale 93784
 */
export async function freshness(target: FreshnessTarget, options: FreshnessOptions = {}): Promise<Report<'freshness'>> {
  const started = new Date()
  const maxAge = parseDuration(options.maxAge ?? '24h')
  const warnAfter = options.warnAfter === undefined ? undefined : parseDuration(options.warnAfter)
  const clockSkew = parseDuration(options.clockSkew ?? '5m')
  const now = (options.now ?? started).getTime()
  if (Number.isNaN(now)) throw failure('DS_FRESHNESS_OPTION', 'now is not a valid Date')
  if (warnAfter !== undefined && warnAfter >= maxAge) {
    throw failure(
      'DS_FRESHNESS_OPTION',
      `warnAfter is ${options.warnAfter}, which is not less than maxAge ${options.maxAge ?? '24h'}`,
    )
  }

  const cwd = options.cwd ?? process.cwd()
  const paths = pathsOf(target, options.column).map((path) => absolute(path, cwd))
  const { column, signal } = options
  const newest =
    column === undefined
      ? await newestFile(paths)
      : await newestRow(target, paths, { column, horizon: now + clockSkew * 1000, signal })
  const { state, findings } = judgeFreshness(newest, { maxAge, warnAfter, clockSkew }, now)
  const { time } = newest
  return makeReport(
    'freshness',
    datasetOfTarget(target, paths),
    started,
    {
      newest: time === null ? null : new Date(time).toISOString(),
      ageSeconds: time === null ? null : (now - time) / 1000,
      maxAgeSeconds: maxAge,
      ...(warnAfter === undefined ? {} : { warnAfterSeconds: warnAfter }),
      basis: column === undefined ? 'mtime' : 'column',
      state,
    },
    [...findings, ...newest.findings],
  )
}

function pathsOf(target: FreshnessTarget, column: string | undefined): readonly string[] {
  if ('path' in target) return [target.path]
  const paths = 'paths' in target ? target.paths : target.frame.files
  if (paths.length > 0 || ('frame' in target && column !== undefined)) return paths
  throw failure(
    'DS_FRESHNESS_TARGET',
    'frame' in target
      ? 'the frame has no files behind it, so its age can only be read from a column'
      : 'there are no paths to look at',
  )
}

function absolute(path: string, cwd: string): string {
  if (path.startsWith('file://')) return fileURLToPath(path)
  if (isAddress(path)) {
    throw failure('DS_FRESHNESS_TARGET', `${withoutSecrets(path)} is an address; only local files have an age here`)
  }
  return resolve(cwd, path)
}

function datasetOfTarget(target: FreshnessTarget, paths: readonly string[]): DatasetRef {
  if ('frame' in target) return target.frame.dataset
  return target.dataset ?? fileDataset(paths[0] as string, '/')
}

/** The newest time in the rows of a frame, or of the data at the paths; what is missing or empty needs no opening. */
async function newestRow(target: FreshnessTarget, paths: readonly string[], options: ValueOptions): Promise<Newest> {
  if ('frame' in target) return newestValue(target.frame, options)
  const parts: Newest[] = []
  for (const path of paths) parts.push(await newestRowAt(path, options))
  const newest = parts.reduce((a, b) => ((b.time ?? -Infinity) > (a.time ?? -Infinity) ? b : a))
  const findings = parts.flatMap((part) =>
    part.time === null && part !== newest ? [absence(part), ...part.findings] : part.findings,
  )
  return { ...newest, findings }
}

async function newestRowAt(path: string, options: ValueOptions): Promise<Newest> {
  const found = await findFiles(path)
  if (!found?.files.some(({ bytes }) => bytes > 0)) return newestFile([path])
  try {
    return await newestValue(await open(path), options)
  } catch (error) {
    if (!isDayshiftError(error) || error.code !== 'DS_SOURCE_EMPTY') throw error
    return { time: null, absent: 'empty', subject: error.message, findings: [] }
  }
}
