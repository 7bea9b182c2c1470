import {
  makeReport,
  type Column,
  type ColumnDrift,
  type ColumnProfile,
  type Finding,
  type Frame,
  type Report,
} from '@dayshift/core'
import { typedLike } from './blank-columns.ts'
import { failure } from './codes.ts'
import type { Detector, DetectorInput, DistanceOutcome, TestOutcome } from './detector.ts'
import { ks } from './detectors/ks.ts'
import {
  columnDrifted,
  datasetDrifted,
  emptyColumn,
  notANumber,
  nothingCompared,
  tooFewRows,
} from './drift-findings.ts'
import { planDrift } from './drift-plan.ts'
import { adjustPValues, corrections, type Correction } from './multiplicity.ts'

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
  /** Default: every column of numbers that both sides have. */
  readonly columns?: readonly string[] | undefined
  /** Default: `[ks()]`. With several, a column drifted where one of them says so. */
  readonly detectors?: readonly Detector[] | undefined
  /** A column drifted where its corrected p-value is at most this; above 0 and below 1. Default: 0.05. */
  readonly alpha?: number | undefined
  /** How p-values of many columns are judged together. Default: `bh`. */
  readonly correction?: Correction | undefined
  /** The dataset drifted where at least this share of the columns compared did; above 0, at most 1. Default: 0.5. */
  readonly minShare?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: DriftProgress) => void) | undefined
}

/** One column's values on both sides, NaN left out. */
interface Sides extends DetectorInput {
  readonly column: Column
  readonly nans: readonly [reference: number, current: number]
}

/** What one detector said of one column, before p-values are corrected. */
interface Tested {
  readonly column: Column
  readonly detector: string
  readonly outcome: TestOutcome | DistanceOutcome
  readonly sizes: readonly [reference: number, current: number]
}

/**
 * Compares how the values of two datasets are distributed, column by column.
 *
 * The report fails where the share of drifted columns reaches `minShare`, and warns where any column drifted or could not
 * be compared though it should. Missing values and NaN take no part in the comparison; NaN are counted in a finding.
 * Values are compared as doubles: integers and decimals beyond 2^53 lose their last digits. Columns are read one after
 * another, so memory holds one column of both sides at a time.
 *
 * @throws DS_COLUMN_UNKNOWN, DS_DRIFT_COLUMN where a column that is named is missing or does not hold numbers
 * @throws DS_DRIFT_OPTION for an option outside its range
 * @throws DS_ABORTED where `signal` stopped it
 * @example
 * const report = await drift(await open('january.csv'), await open('july.csv'), { columns: ['temp'] })
 * console.log(report.status, report.facts.driftedColumns) // fail [ 'temp' ]
 */
export async function drift(reference: Frame, current: Frame, options: DriftOptions = {}): Promise<Report<'drift'>> {
  const started = new Date()
  const { alpha = 0.05, correction = 'bh', minShare = 0.5, detectors = [ks()], signal } = options
  checkOptions(alpha, correction, minShare, detectors)
  const plan = planDrift(
    await typedLike(reference, await current.schema(), signal),
    await typedLike(current, await reference.schema(), signal),
    options.columns,
  )
  const names = plan.columns.map(({ name }) => name)
  const [before, after] = [
    await reference.profile({ columns: names, signal }),
    await current.profile({ columns: names, signal }),
  ]

  const findings: Finding[] = [...plan.findings]
  const tested: Tested[] = []
  for (const [done, column] of plan.columns.entries()) {
    options.onProgress?.({ done, total: names.length, column: column.name })
    const sides = await readSides(reference, current, column, signal)
    const sizes = [sides.reference.length, sides.current.length] as const
    if (sides.nans.some((count) => count > 0)) findings.push(notANumber(column.name, sides.nans))
    if (sizes.includes(0)) findings.push(emptyColumn(column.name, sizes))
    else {
      for (const detector of detectors.filter((candidate) => candidate.fits(column))) {
        tested.push({ column, detector: detector.name, outcome: detector.test(sides), sizes })
      }
    }
  }
  options.onProgress?.({ done: names.length, total: names.length })

  const columns = judge(tested, alpha, correction, profilesByName(before.columns), profilesByName(after.columns))
  const compared = new Set(columns.map(({ column }) => column))
  const drifted = columns.filter((column) => column.drifted)
  const driftedColumns = [...new Set(drifted.map(({ column }) => column))]
  const share = compared.size === 0 ? 0 : driftedColumns.length / compared.size
  const verdict: Finding[] = drifted.map(columnDrifted)
  if (compared.size === 0) verdict.push(nothingCompared())
  if (driftedColumns.length > 0 && share >= minShare) {
    verdict.unshift(datasetDrifted(driftedColumns, compared.size, minShare))
  }
  const facts = { referenceRows: before.rows, currentRows: after.rows, columns, driftedColumns, share }
  return makeReport('drift', current.dataset, started, facts, [
    ...new Set([...reference.notes, ...current.notes]),
    ...verdict,
    ...findings,
    ...withoutPower(tested, alpha, correction),
  ])
}

function checkOptions(alpha: number, correction: string, minShare: number, detectors: readonly Detector[]): void {
  const problems: string[] = []
  if (!(alpha > 0 && alpha < 1)) problems.push(`alpha is ${alpha}, not between 0 and 1`)
  if (!(minShare > 0 && minShare <= 1)) problems.push(`minShare is ${minShare}, not above 0 and at most 1`)
  if (!corrections.some((known) => known === correction)) {
    problems.push(`correction is '${correction}', not one of ${corrections.join(', ')}`)
  }
  if (detectors.length === 0) problems.push('there is no detector')
  if (problems.length > 0) throw failure('DS_DRIFT_OPTION', problems.join('; '))
}

async function readSides(
  reference: Frame,
  current: Frame,
  column: Column,
  signal: AbortSignal | undefined,
): Promise<Sides> {
  const all = [
    await reference.numbers(column.name, { signal }),
    await current.numbers(column.name, { signal }),
  ] as const
  const [left, right] = [withoutNaN(all[0]), withoutNaN(all[1])]
  const nans = [all[0].length - left.length, all[1].length - right.length] as const
  return { column, reference: left, current: right, nans }
}

function withoutNaN(values: Float64Array): Float64Array {
  return values.some(Number.isNaN) ? values.filter((value) => !Number.isNaN(value)) : values
}

function judge(
  tested: readonly Tested[],
  alpha: number,
  correction: Correction,
  before: ReadonlyMap<string, ColumnProfile>,
  after: ReadonlyMap<string, ColumnProfile>,
): ColumnDrift[] {
  const pValues = tested.flatMap(({ outcome }) => ('pValue' in outcome ? [outcome.pValue] : []))
  const adjusted = adjustPValues(pValues, correction).values()
  return tested.map(({ column, detector, outcome }) => {
    const { statistic, effect } = outcome
    const adjustedPValue = 'pValue' in outcome ? (adjusted.next().value as number) : undefined
    const threshold = 'pValue' in outcome ? alpha : outcome.threshold
    return {
      column: column.name,
      type: column.type,
      detector,
      statistic,
      ...('pValue' in outcome ? { pValue: outcome.pValue } : {}),
      ...(adjustedPValue === undefined ? {} : { adjustedPValue }),
      threshold,
      ...(effect === undefined ? {} : { effect }),
      drifted: adjustedPValue === undefined ? statistic >= threshold : adjustedPValue <= threshold,
      reference: before.get(column.name) as ColumnProfile,
      current: after.get(column.name) as ColumnProfile,
    }
  })
}

function profilesByName(profiles: readonly ColumnProfile[]): Map<string, ColumnProfile> {
  return new Map(profiles.map((profile) => [profile.name, profile]))
}

/** One finding for each pair of sizes that is too small for any drift to show. */
function withoutPower(tested: readonly Tested[], alpha: number, correction: Correction): Finding[] {
  const tests = tested.filter(({ outcome }) => 'pValue' in outcome).length
  const factor = factorOfLeast(correction, tests)
  const bySize = new Map<string, { columns: Set<string>; sizes: Tested['sizes']; smallest: number }>()
  for (const { column, detector, outcome, sizes } of tested) {
    const smallest = 'pValue' in outcome ? Math.min(1, (outcome.smallestPValue ?? 0) * factor) : 0
    if (smallest <= alpha) continue
    const group = bySize.get(`${detector} ${sizes.join()}`) ?? { columns: new Set(), sizes, smallest }
    group.columns.add(column.name)
    bySize.set(`${detector} ${sizes.join()}`, group)
  }
  return [...bySize.values()].map(({ columns, sizes, smallest }) => tooFewRows([...columns], sizes, smallest, alpha))
}

/** By how much the smallest of so many p-values grows at least where all are as small. */
function factorOfLeast(correction: Correction, tests: number): number {
  if (tests === 0) return 1
  const tiny = 1e-12 / tests
  return Math.min(...adjustPValues(new Float64Array(tests).fill(tiny), correction)) / tiny
}
