import { makeReport, type DriftFacts, type Finding, type Frame, type Profile, type Report } from '@dayshift/core'
import { typedLike } from './drift/blank-columns.ts'
import { checkOptions, checkOverrides } from './drift/check-options.ts'
import { columnFacts } from './drift/column-facts.ts'
import { correlationChanges, LEAST_CHANGE } from './drift/correlation-changes.ts'
import { LEAST_APART, toldApart } from './drift/classifier.ts'
import { classifierBlind, classifierTold, correlationChanged } from './drift/findings.ts'
import { judge, type Tested } from './drift/judge.ts'
import { pairColumns, type ComparedColumn, type Pairing } from './drift/pair-columns.ts'
import { planDrift, profiledPair, profileKnown, type ColumnOverride, type DetectorChoice } from './drift/plan.ts'
import { floatReader, isFloat, type ReadFloats } from './drift/read-floats.ts'
import { leftOut, testColumn } from './drift/test-column.ts'
import { byColumn, segmentDrift } from './drift/segment-drift.ts'
import { verdictOf } from './drift/verdict.ts'
import type { Correction } from './multiplicity.ts'
import { judgedByHistory, type LearnOptions } from './over-time/learned.ts'

/** How far a drift comparison has come: called before each column, and once at the end. */
export interface DriftProgress {
  /** Columns compared so far. */
  readonly done: number
  readonly total: number
  /** The column that is next. */
  readonly column?: string
}

/** How to compare two frames. */
export interface DriftOptions {
  /** Default: every column that both sides have. */
  readonly columns?: readonly string[] | undefined
  /** Default: by each column's type and size. With several, a column drifted where one of them says so. */
  readonly detectors?: readonly DetectorChoice[] | undefined
  /** A column drifted where its corrected p-value is at most this, and the effect counts; above 0 and below 1. Default: 0.05. */
  readonly alpha?: number | undefined
  /** The least effect that counts as drift, whatever the detector; 0 for none. Default: each detector's own. */
  readonly minEffect?: number | undefined
  /** What holds for a column in place of the above, by its name. What is left out there stays. */
  readonly overrides?: Readonly<Record<string, ColumnOverride>> | undefined
  /** How p-values of many columns are judged together. Default: `bh`. */
  readonly correction?: Correction | undefined
  /** The dataset drifted where at least this share of the columns compared did; above 0, at most 1. Default: 0.5. */
  readonly minShare?: number | undefined
  /** Alarms by the dataset's own history: what is no larger than usual, or too early to tell, is told and does not weigh. Default: none. */
  readonly learn?: LearnOptions | undefined
  /** Whether pairs of columns of numbers are compared too, by Spearman's rank correlation. Default: false. */
  readonly correlations?: boolean | undefined
  /** Whether a classifier tries to tell current rows from those of the reference, by all columns together. Default: false. */
  readonly classifier?: boolean | undefined
  /** Columns that drifted are compared again within each value of this column, to tell where the drift comes from. Default: none. */
  readonly by?: string | undefined
  /** `Frame.profile()` of the current side with its default options, where it was made already: it is not made again. */
  readonly currentProfile?: Profile | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: DriftProgress) => void) | undefined
}

/**
 * Compares how the values of two datasets are distributed, column by column.
 *
 * A column drifted where chance is ruled out (its p-value, corrected for all tests, is at most `alpha`) and the change is as large
 * as counts (`minEffect`). The report fails where the share of drifted columns reaches `minShare`, and where something broke: a
 * column is gone, changed its type, its unit or its values by name, or lost all values. It warns of other drifted columns. What
 * changed for certain but too little, and what too few rows leave open, is told and does neither.
 *
 * Columns are read one after another, columns of floats a few in one scan: memory holds at most 34 million numbers of both sides at a
 * time, 8 bytes each, and of texts a few thousand counts. Numbers of one column of more than 33 million on both sides together are not held: they are read in two or three passes, and
 * only detectors with `testGap` (`ks`) are asked. A text table is read once, and kept by the engine meanwhile.
 *
 * @throws DS_COLUMN_UNKNOWN, DS_DRIFT_COLUMN where a column that is named, also in `by`, is missing or of another type on each side
 * @throws DS_DRIFT_OPTION for an option outside its range, or a detector that there is not
 * @throws DS_DETECTOR where a detector gives what is no number
 * @throws DS_ABORTED where `signal` stopped it
 * @example
 * const report = await drift(await open('january.csv'), await open('july.csv'), { columns: ['temp'] })
 * console.log(report.status, report.facts.driftedColumns) // fail [ 'temp' ]
 */
export async function drift(reference: Frame, current: Frame, options: DriftOptions = {}): Promise<Report<'drift'>> {
  const started = new Date()
  const { correction = 'bh', minShare = 0.5, signal } = options
  checkOptions(options)
  await reference.schema({ signal })
  // While the engine keeps the reference, the types of the current side are found.
  const [early, found] = await Promise.allSettled([
    keptShared(reference, current, options),
    pairedSides(reference, current, options),
  ])
  if (found.status === 'rejected') throw found.reason
  if (early.status === 'rejected') throw early.reason
  const pairing = found.value
  const names = pairing.columns.map(({ column }) => column.name)
  checkOverrides(options, pairing)
  const by = options.by === undefined ? undefined : byColumn({ reference, current }, options.by)
  const needed = by ? [...names, by[0]] : names
  const hasAll = needed.every((name) => early.value.columns.includes(name))
  const frames = {
    reference: hasAll ? early.value : await kept(reference, needed, signal),
    current: await kept(current, by ? [...names, by[1]] : names, signal),
  }
  const floats = pairing.columns.filter(isFloat)
  const grouped = pairing.columns.filter((pair) => !isFloat(pair)).map(({ column }) => column.name)
  const before = await frames.reference.profile({ columns: grouped, signal })
  const after =
    profileKnown(options.currentProfile, grouped) ?? (await frames.current.profile({ columns: grouped, signal }))
  const plan = planDrift(pairing.columns, before, after, options)
  const readFloats = floatReader(frames, floats, [before.rows, after.rows], { signal })

  const findings: Finding[] = [...pairing.findings]
  const tested: Tested[] = []
  for (const [done, planned] of plan.entries()) {
    const { name } = planned.column
    options.onProgress?.({ done, total: names.length, column: name })
    const pair = pairing.columns[done] as ComparedColumn
    const profiled = profiledPair(before, after, name)
    const read: ReadFloats = profiled ? { profiled } : await readFloats(pair)
    const told = await testColumn(frames, { planned, ...read }, signal)
    findings.push(...told.findings)
    tested.push(...told.tested)
  }
  options.onProgress?.({ done: names.length, total: names.length })
  findings.push(...leftOut(plan, tested, findings))

  const sizes = [before.rows, after.rows] as const
  const correlations = options.correlations
    ? await correlationChanges(
        frames,
        pairing.columns,
        sizes,
        { alpha: options.alpha ?? 0.05, correction, minEffect: options.minEffect ?? LEAST_CHANGE },
        signal,
      )
    : undefined

  const limits = { alpha: options.alpha ?? 0.05, minEffect: options.minEffect ?? LEAST_APART }
  const classifier = options.classifier ? await toldApart(frames, pairing.columns, sizes, limits, signal) : undefined

  const outcomes = judge(tested, correction)
  const judged = options.learn ? judgedByHistory(outcomes, options.learn) : outcomes
  const verdict = verdictOf(judged, minShare)
  const segments = by && (await segmentDrift(frames, by, judged, correction, drift, signal))
  const facts: DriftFacts = {
    referenceRows: before.rows,
    currentRows: after.rows,
    columns: columnFacts(judged),
    tests: judged.filter(({ outcome }) => 'pValue' in outcome).length,
    ...verdict.facts,
    newColumns: pairing.newColumns,
    missingColumns: pairing.missingColumns,
    retypedColumns: pairing.retypedColumns,
    ...(correlations === undefined ? {} : { correlations }),
    ...(segments ? { segments: segments.facts } : {}),
    ...(classifier ? { classifier } : {}),
  }
  return makeReport('drift', current.dataset, started, facts, [
    ...new Set([...reference.notes, ...current.notes]),
    ...verdict.findings,
    ...(segments?.findings ?? []),
    ...(correlations && correlations.changedPairs > 0 ? [correlationChanged(correlations)] : []),
    ...(classifier?.toldApart ? [classifierTold(classifier)] : []),
    ...(options.classifier && !classifier ? [classifierBlind(sizes)] : []),
    ...findings,
    ...verdict.remarks,
  ])
}

async function pairedSides(reference: Frame, current: Frame, { columns, signal }: DriftOptions): Promise<Pairing> {
  return pairColumns(
    await typedLike(reference, await current.schema({ signal }), signal),
    await typedLike(current, await reference.schema({ signal }), signal),
    columns,
  )
}

/** The columns of the reference that will be compared, as far as names tell. */
async function keptShared(
  reference: Frame,
  current: Frame,
  { columns = reference.columns, by, signal }: DriftOptions,
): Promise<Frame> {
  const theirs = new Set(current.columns)
  const names = reference.columns.filter((name) => name === by || (columns.includes(name) && theirs.has(name)))
  return kept(reference, names, signal)
}

/** The columns of a frame, to be read one by one: a text table is read once, rather than once a column. */
async function kept(frame: Frame, names: readonly string[], signal: AbortSignal | undefined): Promise<Frame> {
  if (names.length === 0 || frame.relation.byColumn) return frame
  return frame.select(...new Set(names)).cache({ signal })
}
