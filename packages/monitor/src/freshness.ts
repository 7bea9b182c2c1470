import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  datasetOf,
  fileDataset,
  makeReport,
  open,
  isAddress,
  isDayshiftError,
  withoutSecrets,
  type DatasetRef,
  type FileFormat,
  type Finding,
  type Frame,
  type FreshnessFacts,
  type FreshnessOfBasis,
  type Report,
} from '@dayshift/core'
import { failure } from './codes.ts'
import { columnBasis } from './freshness/bases/column.ts'
import { mtimeBasis } from './freshness/bases/mtime.ts'
import { absence } from './freshness/absence.ts'
import { findContradictions } from './freshness/contradictions.ts'
import type { Basis, Evidence, Look, PastCheck } from './freshness/evidence.ts'
import { judge, type Judgement } from './freshness/judge.ts'
import { readLimits, type LimitOptions } from './freshness/limits.ts'
import { rowCounts, tooFewRows, type RowCounts } from './freshness/row-counts.ts'
import { compareStates } from './freshness/states.ts'

/**
 * What to look at. A path need not exist: that it is missing is then what the report says. A frame goes by its files, or
 * by a column.
 *
 * - `path`: a file, a folder (all files in it, at any depth) or a glob
 * - `paths`: several of them that make up one dataset, and the name of that dataset
 * - `frame`: rows that are open already
 *
 * `format` is how its files are written, where their names do not tell. `open` opens the rows at a path, where they are not written
 * as usual. Default: core's `open`.
 */
export type FreshnessTarget =
  | ({ readonly path: string; readonly dataset?: DatasetRef | undefined } & Written)
  | ({ readonly paths: readonly string[]; readonly dataset: DatasetRef } & Written)
  | { readonly frame: Frame }

/** How the files of a target are written. */
interface Written {
  readonly format?: FileFormat | undefined
  readonly open?: Look['open'] | undefined
}

/** When data is too old, and where its time is read. */
export interface FreshnessOptions extends LimitOptions {
  /** A column of dates or timestamps: short for `bases: [columnBasis(column)]`. Default: none. */
  readonly column?: string | undefined
  /** Where times are read; of several the worst verdict counts. Default: the files' times of change. */
  readonly bases?: readonly Basis[] | undefined
  /** Rows that there must be at least: new ones since `previous`, where that is given. Default: none. */
  readonly minRows?: number | undefined
  /** What the check before this one found. Default: nothing is known of one. */
  readonly previous?: PastCheck | undefined
  /** Default: the clock. */
  readonly now?: Date | undefined
  /** What relative paths are taken from. Default: the process's working directory. */
  readonly cwd?: string | undefined
  /** Stops the reading of rows. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Says how old the newest data is, and whether that is too old.
 *
 * The report fails where data is stale, missing, empty, unreadable, of an unknown age, or from the future, and where its age cannot
 * be told for sure (`unsure: 'warn'`: it warns then), also where the column is not there, or holds no times; it warns where it is aging, or where bases contradict one another. By default the newest time of
 * change among the files counts; a checkout or a copy sets that anew, so data under version control is better judged by
 * `column` or by its content (`contentBasis`).
 *
 * @throws DS_FRESHNESS_OPTION where warnAfter is not less than maxAge, now is no time, or minRows no count
 * @throws DS_FRESHNESS_SCHEDULE where a schedule, a zone or a calendar cannot be read
 * @throws DS_UNIT where a duration cannot be read
 * @throws DS_FRESHNESS_TARGET for an address, or for a frame without files and without `column`
 * @throws DS_ABORTED where `signal` stopped it
 * @example
 * const report = await freshness({ path: 'data/weather.csv' }, { maxAge: '24h', column: 'time_hour' })
 * console.log(report.facts.state, report.facts.ageSeconds) // stale 93784
 */
export async function freshness(target: FreshnessTarget, options: FreshnessOptions = {}): Promise<Report<'freshness'>> {
  const started = new Date()
  const now = (options.now ?? started).getTime()
  if (Number.isNaN(now)) throw failure('DS_FRESHNESS_OPTION', 'now is not a valid Date')
  const { minRows, previous, signal } = options
  if (minRows !== undefined && !(Number.isSafeInteger(minRows) && minRows >= 0))
    throw failure('DS_FRESHNESS_OPTION', `minRows is ${minRows}, not a count of rows`)
  const bases = basesOf(options)
  const limits = readLimits(
    options,
    bases.map(({ name }) => name),
  )
  const cwd = options.cwd ?? process.cwd()
  const paths = pathsOf(target, bases).map((path) => absolute(path, cwd, bases))
  const format = 'frame' in target ? undefined : target.format
  const look: Look = {
    paths,
    frame: 'frame' in target ? target.frame : undefined,
    format,
    open: ('frame' in target ? undefined : target.open) ?? ((path) => open(path, { format, signal })),
    now,
    horizon: now + limits.clockSkew * 1000,
    previous,
    signal,
  }

  const evidences: Evidence[] = []
  for (const basis of bases) {
    const evidence = await readBasis(basis, look)
    // A clock that was given is believed, whatever others say.
    evidences.push(options.now && evidence.clock !== undefined ? { ...evidence, clock: now } : evidence)
  }
  const judged = evidences.map((evidence) => judge(evidence, limits, now))
  const worst = worstOf(judged)
  const { broken, ...counts } = await countRows(evidences, look, minRows !== undefined)
  const short = minRows === undefined || worst.age === null || broken ? [] : tooFewRows(minRows, counts)
  const tolerance = Number.isFinite(worst.maxAge) ? worst.maxAge : 86_400
  return makeReport(
    'freshness',
    datasetOfTarget(target, paths),
    started,
    {
      ...ofBasis(worst, evidences),
      ...(short.length > 0 && compareStates(worst.state, 'short') < 0 ? { state: 'short' as const } : {}),
      ...(broken && compareStates(worst.state, 'unreadable') < 0 ? { state: 'unreadable' as const } : {}),
      ...(limits.warnAfter === undefined ? {} : { warnAfterSeconds: limits.warnAfter }),
      ...(judged.length > 1 ? { bases: judged.map((one) => ofBasis(one, evidences)) } : {}),
      ...counts,
      ...scheduleOf(worst),
      ...learnedOf(worst),
    },
    [
      ...judged.flatMap((one, at) => [...one.findings, ...besides(one, evidences[at] as Evidence)]),
      ...findContradictions(evidences, { tolerance, clockSkew: limits.clockSkew, now }),
      ...short,
      ...(broken ? [absence(broken)] : []),
    ].filter(isFirst),
  )
}

/** What a basis finds besides; not once more what its doubt says. */
function besides({ state }: Judgement, { findings, doubt }: Evidence): readonly Finding[] {
  return state === 'unsure' ? findings.filter(({ code }) => code !== doubt?.code) : findings
}

/** What a basis says; where the data cannot be read, that. */
async function readBasis(basis: Basis, look: Look): Promise<Evidence> {
  try {
    return await basis.read(look)
  } catch (error) {
    if (!isDayshiftError(error) || error.kind === 'usage' || !UNREADABLE.has(error.code)) throw error
    return { basis: basis.name, time: null, absent: 'unreadable', subject: error.message, findings: [] }
  }
}

/** The rows of some data; where they cannot be counted, why. */
async function countRows(
  evidences: readonly Evidence[],
  look: Look,
  isNeeded: boolean,
): Promise<RowCounts & { readonly broken?: Pick<Evidence, 'absent' | 'subject'> }> {
  try {
    return await rowCounts(evidences, look, isNeeded)
  } catch (error) {
    if (!isDayshiftError(error) || error.kind === 'usage' || !UNREADABLE.has(error.code)) throw error
    return { broken: { absent: 'unreadable', subject: error.message } }
  }
}

/** Errors that say that data is broken. */
const UNREADABLE: ReadonlySet<string> = new Set(['DS_SOURCE_MALFORMED', 'DS_SOURCE_UNREADABLE'])

function basesOf({ bases = [], column }: FreshnessOptions): readonly Basis[] {
  const all = [...bases, ...(column === undefined ? [] : [columnBasis(column)])]
  const twice = all.find(({ name }, at) => all.findIndex((other) => other.name === name) !== at)
  if (twice) throw failure('DS_FRESHNESS_OPTION', `the basis ${twice.name} is given twice`)
  return all.length > 0 ? all : [mtimeBasis()]
}

function pathsOf(target: FreshnessTarget, bases: readonly Basis[]): readonly string[] {
  if ('path' in target) return [target.path]
  const paths = 'paths' in target ? target.paths : target.frame.files
  if (paths.length > 0 || ('frame' in target && bases.every(({ name }) => !NEED_FILES.has(name)))) return paths
  throw failure(
    'DS_FRESHNESS_TARGET',
    'frame' in target
      ? 'the frame has no files behind it, so its age can only be read from a column'
      : 'there are no paths to look at',
  )
}

/** Bases that look at local files. */
const NEED_FILES: ReadonlySet<string> = new Set(['mtime', 'partition', 'content'])

function absolute(path: string, cwd: string, bases: readonly Basis[]): string {
  if (path.startsWith('file://')) return fileURLToPath(path)
  if (!isAddress(path)) return resolve(cwd, path)
  const local = bases.find(({ name }) => NEED_FILES.has(name) || name === 'column')
  if (!local) return path
  throw failure('DS_FRESHNESS_TARGET', `${withoutSecrets(path)} is an address; only local files have an age here`)
}

function datasetOfTarget(target: FreshnessTarget, paths: readonly string[]): DatasetRef {
  if ('frame' in target) return target.frame.dataset
  const path = paths[0] as string
  return target.dataset ?? (isAddress(path) ? datasetOf(path, '/') : fileDataset(path, '/'))
}

function timeLeft({ age, maxAge }: Judgement): number {
  return maxAge - (age ?? Infinity)
}

/** The worst state; of two alike the one with the least time left. */
function worstOf(judged: readonly Judgement[]): Judgement {
  return judged.reduce((a, b) => {
    const order = compareStates(b.state, a.state)
    return order > 0 || (order === 0 && timeLeft(b) < timeLeft(a)) ? b : a
  })
}

function ofBasis({ basis, state, age, maxAge }: Judgement, evidences: readonly Evidence[]): FreshnessOfBasis {
  const time = evidences.find((evidence) => evidence.basis === basis)?.time ?? null
  return {
    newest: time === null ? null : isoText(time),
    ageSeconds: age,
    maxAgeSeconds: maxAge,
    basis,
    state,
  }
}

function isoText(time: number): string {
  return new Date(time).toISOString()
}

function scheduleOf({ due }: Judgement): Pick<FreshnessFacts, 'schedule'> {
  if (!due) return {}
  const { deadline, since, next } = due
  return {
    schedule: {
      deadline: isoText(deadline),
      since: Number.isFinite(since) ? isoText(since) : null,
      next: next === null ? null : isoText(next),
    },
  }
}

function learnedOf({ learned }: Judgement): Pick<FreshnessFacts, 'learned'> {
  if (!learned) return {}
  const { limit, ...rest } = learned
  return { learned: { ...rest, ...(limit === undefined ? {} : { limitSeconds: limit }) } }
}

/** Bases that look at the same files say the same of them. */
function isFirst({ code, message }: Finding, at: number, all: readonly Finding[]): boolean {
  return all.findIndex((other) => other.code === code && other.message === message) === at
}
