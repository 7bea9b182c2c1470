import {
  makeReport,
  type ColumnDrift,
  type DriftFacts,
  type Finding,
  type Frame,
  type Profile,
  type Report,
} from '@dayshift/core'
import { failure } from './codes.ts'
import type { Detector, Outcome, Readings, Sides } from './detector.ts'
import { typedLike } from './drift/blank-columns.ts'
import { columnReader } from './drift/column-reader.ts'
import { emptyColumn, movedOn, notANumber, notCompared } from './drift/findings.ts'
import { judge, type Judged, type Tested } from './drift/judge.ts'
import { pairColumns, type Pairing } from './drift/pair-columns.ts'
import { planDrift, profiledPair, type ColumnOverride, type DetectorChoice, type PlannedColumn } from './drift/plan.ts'
import type { FramePair } from './drift/read-numbers.ts'
import { verdictOf } from './drift/verdict.ts'
import { corrections, type Correction } from './multiplicity.ts'

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
 * Columns are read one after another: memory holds the numbers of one column of both sides at a time, 8 bytes each, and of texts a
 * few thousand counts. A text table is read once, and kept by the engine meanwhile.
 *
 * @throws DS_COLUMN_UNKNOWN, DS_DRIFT_COLUMN where a column that is named is missing or of another type on each side
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
  const pairing = pairColumns(
    await typedLike(reference, await current.schema(), signal),
    await typedLike(current, await reference.schema(), signal),
    options.columns,
  )
  const names = pairing.columns.map(({ column }) => column.name)
  checkOverrides(options, pairing)
  const frames = { reference: await kept(reference, names, signal), current: await kept(current, names, signal) }
  const before = await frames.reference.profile({ columns: names, signal })
  const after = await frames.current.profile({ columns: names, signal })
  const plan = planDrift(pairing.columns, before, after, options)

  const findings: Finding[] = [...pairing.findings]
  const tested: Tested[] = []
  for (const [done, planned] of plan.entries()) {
    options.onProgress?.({ done, total: names.length, column: planned.column.name })
    const found = await testColumn(frames, planned, before, after, signal)
    findings.push(...found.findings)
    tested.push(...found.tested)
  }
  options.onProgress?.({ done: names.length, total: names.length })
  findings.push(...leftOut(plan, tested, findings))

  const judged = judge(tested, correction)
  const verdict = verdictOf(judged, minShare)
  const facts: DriftFacts = {
    referenceRows: before.rows,
    currentRows: after.rows,
    columns: worthTelling(judged).map(factsOf),
    tests: judged.filter(({ outcome }) => 'pValue' in outcome).length,
    ...verdict.facts,
    newColumns: pairing.newColumns,
    missingColumns: pairing.missingColumns,
    retypedColumns: pairing.retypedColumns,
  }
  return makeReport('drift', current.dataset, started, facts, [
    ...new Set([...reference.notes, ...current.notes]),
    ...verdict.findings,
    ...findings,
    ...verdict.remarks,
  ])
}

function checkOptions({
  alpha = 0.05,
  correction = 'bh',
  minShare = 0.5,
  minEffect = 0,
  ...options
}: DriftOptions): void {
  const problems: string[] = []
  if (!(alpha > 0 && alpha < 1)) problems.push(`alpha is ${alpha}, not between 0 and 1`)
  if (!(minShare > 0 && minShare <= 1)) problems.push(`minShare is ${minShare}, not above 0 and at most 1`)
  if (!corrections.some((known) => known === correction)) {
    problems.push(`correction is '${correction}', not one of ${corrections.join(', ')}`)
  }
  if (!(minEffect >= 0)) problems.push(`minEffect is ${minEffect}, not 0 or more`)
  if (options.detectors?.length === 0) problems.push('there is no detector')
  for (const [column, own] of Object.entries(options.overrides ?? {})) {
    const { alpha: ownAlpha = 0.05, minEffect: ownLeast = 0, detectors } = own
    if (!(ownAlpha > 0 && ownAlpha < 1)) problems.push(`alpha of ${column} is ${ownAlpha}, not between 0 and 1`)
    if (!(ownLeast >= 0)) problems.push(`minEffect of ${column} is ${ownLeast}, not 0 or more`)
    if (detectors?.length === 0) problems.push(`there is no detector for ${column}`)
  }
  if (problems.length > 0) throw failure('DS_DRIFT_OPTION', problems.join('; '))
}

/** An override of a column that is not compared would be passed over in silence. */
function checkOverrides(
  { overrides = {} }: DriftOptions,
  { columns, missingColumns, newColumns, retypedColumns }: Pairing,
): void {
  const names = columns.map(({ column }) => column.name)
  const known = new Set([...names, ...missingColumns, ...newColumns, ...retypedColumns.map(({ column }) => column)])
  const unknown = Object.keys(overrides).filter((name) => !known.has(name))
  if (unknown.length === 0) return
  throw failure('DS_COLUMN_UNKNOWN', `drift, overrides: no column '${unknown.join("', '")}' is compared`, {
    hint: `Columns: ${names.join(', ')}`,
  })
}

/** The columns of a frame, to be read one by one: a text table is read once, rather than once a column. */
async function kept(frame: Frame, names: readonly string[], signal: AbortSignal | undefined): Promise<Frame> {
  if (names.length === 0 || frame.relation.byColumn) return frame
  return frame.select(...names).cache({ signal })
}

async function testColumn(
  frames: FramePair,
  planned: PlannedColumn,
  before: Profile,
  after: Profile,
  signal: AbortSignal | undefined,
): Promise<{ readonly tested: Tested[]; readonly findings: Finding[] }> {
  const { name } = planned.column
  const profiled = profiledPair(before, after, name)
  const { rows, profiles } = profiled
  const nans = [profiles[0].nans ?? 0, profiles[1].nans ?? 0] as const
  const filled = [rows[0] - profiles[0].nulls - nans[0], rows[1] - profiles[1].nulls - nans[1]] as const
  const findings: Finding[] = []
  if (nans.some((count) => count > 0)) findings.push(notANumber(name, nans))
  if (filled.includes(0)) findings.push(emptyColumn(name, filled))
  const read = columnReader({ frames, pair: planned, ...profiled }, { signal })
  const tested: Tested[] = []
  for (const one of planned.detectors) {
    const sides = await read(one.detector.needs ?? 'numbers')
    const outcome = sides && ask(one.detector, sides, name)
    if (outcome) tested.push({ ...one, planned, profiled, outcome })
  }
  return { tested, findings }
}

function ask(detector: Detector, sides: Sides<Readings[keyof Readings]>, column: string): Outcome {
  // What was read is what the detector needs; the compiler cannot see that of a union.
  const outcome = (detector.test as (input: Sides<unknown>) => Outcome)(sides)
  if (!outcome) return undefined
  const { statistic, effect = 0 } = outcome
  const [what, value] = 'pValue' in outcome ? ['pValue', outcome.pValue] : ['threshold', outcome.threshold]
  const wrong = Number.isNaN(statistic)
    ? `statistic ${statistic}`
    : Number.isNaN(effect)
      ? `effect ${effect}`
      : Number.isNaN(value) || (what === 'pValue' && !(value >= 0 && value <= 1))
        ? `${what} ${value}`
        : undefined
  if (wrong === undefined) return outcome
  throw failure('DS_DETECTOR', `the detector '${detector.name}' gave ${wrong} for the column ${column}`, {
    where: column,
  })
}

/** Columns that nothing was said of, which must not go unsaid. */
function leftOut(plan: readonly PlannedColumn[], tested: readonly Tested[], findings: readonly Finding[]): Finding[] {
  const said = new Set(tested.map(({ planned }) => planned.column.name))
  const empty = new Set(findings.flatMap(({ code, column }) => (code === 'drift.column_empty' ? [column] : [])))
  const main = new Set(tested.map(({ planned, detector }) => `${detector.name} ${planned.column.name}`))
  const late = plan.filter(
    ({ column, detectors }) =>
      !empty.has(column.name) &&
      detectors.some(({ detector }) => detector.name === 'datetime' && !main.has(`datetime ${column.name}`)),
  )
  const unfit = plan.filter(({ column, detectors }) => detectors.length === 0 && !said.has(column.name))
  return [
    ...(late.length > 0 ? [movedOn(late.map(({ column }) => column.name))] : []),
    ...(unfit.length > 0 ? [notCompared(unfit.map(({ column }) => column.name))] : []),
  ]
}

/** Of each column its main detector, and others unless they found nothing at all. */
function worthTelling(judged: readonly Judged[]): Judged[] {
  const seen = new Set<string>()
  return judged.filter(({ planned, outcome }) => {
    const isFirst = !seen.has(planned.column.name)
    seen.add(planned.column.name)
    const { newValues, lostValues, effect } = outcome
    const foundNothing = 'pValue' in outcome && outcome.pValue === 1 && effect === 0 && !newValues && !lostValues
    return isFirst || !foundNothing
  })
}

function factsOf(judged: Judged): ColumnDrift {
  const { planned, detector, outcome, profiled, adjustedPValue, significant, smallestDetectable } = judged
  const { statistic, effect, detail, moved, newValues, lostValues } = outcome
  return {
    column: planned.column.name,
    type: planned.column.type,
    detector: detector.name,
    statistic,
    ...('pValue' in outcome ? { pValue: outcome.pValue } : {}),
    ...(adjustedPValue === undefined ? {} : { adjustedPValue }),
    threshold: judged.threshold,
    ...(effect === undefined ? {} : { effect, minEffect: judged.minEffect }),
    ...(significant === undefined ? {} : { significant }),
    drifted: judged.drifted,
    ...(judged.undecided ? { undecided: true } : {}),
    ...(smallestDetectable === undefined
      ? {}
      : { smallestDetectable: Number.isFinite(smallestDetectable) ? smallestDetectable : null }),
    ...(detail === undefined ? {} : { detail }),
    ...(moved === undefined || moved.length === 0 ? {} : { moved }),
    ...(newValues === undefined || newValues.length === 0 ? {} : { newValues }),
    ...(lostValues === undefined || lostValues.length === 0 ? {} : { lostValues }),
    reference: profiled.profiles[0],
    current: profiled.profiles[1],
  }
}
