import { isNumeric, type ColumnProfile, type Profile } from '@dayshift/core'
import { categories } from '../detectors/categories.ts'
import { chiSquare } from '../detectors/chi-square.ts'
import { datetime } from '../detectors/datetime.ts'
import { duplicateRate } from '../detectors/duplicate-rate.ts'
import { ks } from '../detectors/ks.ts'
import { detectorNamed } from '../detectors/named.ts'
import { nullRate } from '../detectors/null-rate.ts'
import { range } from '../detectors/range.ts'
import { textLength } from '../detectors/text-length.ts'
import { textPattern } from '../detectors/text-pattern.ts'
import { unitChange } from '../detectors/unit-change.ts'
import { vocabulary } from '../detectors/vocabulary.ts'
import { isTime, type Detector } from '../detector.ts'
import { hasCells } from './has-cells.ts'
import type { ComparedColumn } from './pair-columns.ts'

/** How a column is looked at. */
export type ColumnKind = 'numbers' | 'categories' | 'text' | 'times' | 'other'

/** A detector with the limits that hold for one column. */
export interface PlannedDetector {
  readonly detector: Detector
  readonly alpha: number
  /** The least effect that counts, in the detector's own unit. */
  readonly minEffect: number
}

/** What will be asked of one column. */
export interface PlannedColumn extends ComparedColumn {
  readonly kind: ColumnKind
  /** The first is the main one. */
  readonly detectors: readonly PlannedDetector[]
}

/** A detector, or its name as `detectorNamed` takes it: `psi:0.25`. */
export type DetectorChoice = Detector | string

/** What holds for one column in place of what holds for all. What is left out stays as it is. */
export interface ColumnOverride {
  /** Default: those of all columns. */
  readonly detectors?: readonly DetectorChoice[] | undefined
  /** Default: that of all columns. */
  readonly alpha?: number | undefined
  /** The least effect that counts. Default: that of all columns. */
  readonly minEffect?: number | undefined
}

/** What holds for all columns. */
export interface PlanOptions {
  /** Default: by type and size. */
  readonly detectors?: readonly DetectorChoice[] | undefined
  /** Default: 0.05. */
  readonly alpha?: number | undefined
  /** The least effect that counts, whatever the detector. Default: each detector's own. */
  readonly minEffect?: number | undefined
  readonly overrides?: Readonly<Record<string, ColumnOverride>> | undefined
}

/** A column's profiles on both sides, with the rows there. */
export interface ProfiledPair {
  readonly rows: readonly [reference: number, current: number]
  readonly profiles: readonly [reference: ColumnProfile, current: ColumnProfile]
}

/** The profiles of a column, by name; undefined where a side has none. */
export function profiledPair(before: Profile, after: Profile, name: string): ProfiledPair | undefined {
  const [old, now] = [before, after].map(({ columns }) => columns.find((one) => one.name === name))
  return old && now && { rows: [before.rows, after.rows], profiles: [old, now] }
}

/**
 * Of a profile that was made already what is needed of it.
 *
 * @returns undefined where it lacks a column
 */
export function profileKnown(profile: Profile | undefined, names: readonly string[]): Profile | undefined {
  const columns = names.flatMap((name) => profile?.columns.find((column) => column.name === name) ?? [])
  return profile && columns.length === names.length ? { rows: profile.rows, columns } : undefined
}

/**
 * Chooses for each column the detectors and the limits that hold for it: by type and size, by what is said for all columns, and
 * by what is said for the one. Plain data but for the detectors' functions; no row is read. Of columns of floats no profile is needed.
 *
 * Of the least effect that counts, the first of these that there is holds: behind the colon of a detector's name, the column's
 * `minEffect`, that of all columns, the detector's own.
 *
 * @throws DS_DRIFT_OPTION for a detector that there is not
 * @example planDrift(pairing.columns, before, after, { overrides: { temp: { detectors: ['ks:0.2'] } } })
 */
export function planDrift(
  columns: readonly ComparedColumn[],
  before: Profile,
  after: Profile,
  options: PlanOptions = {},
): PlannedColumn[] {
  return columns.map((pair) => {
    const { name } = pair.column
    const own = Object.hasOwn(options.overrides ?? {}, name) ? (options.overrides?.[name] ?? {}) : {}
    const profiled = profiledPair(before, after, name)
    const kind = kindOf(pair, profiled)
    const minEffect = own.minEffect ?? options.minEffect
    const wanted = own.detectors ?? options.detectors
    const chosen: PlannedDetector[] = (wanted ?? usualDetectors(kind, pair, profiled)).map((choice) => {
      const detector = typeof choice === 'string' ? detectorNamed(choice) : choice
      const isSet = typeof choice === 'string' && choice.includes(':')
      const least = isSet ? detector.minEffect : (minEffect ?? detector.minEffect)
      return { detector, alpha: own.alpha ?? options.alpha ?? 0.05, minEffect: least ?? 0 }
    })
    return {
      ...pair,
      kind,
      detectors: chosen.filter(({ detector }) => canRead(detector, pair) && detector.fits(pair.column)),
    }
  })
}

/** Whether a column has what a detector needs, whatever the detector says that it fits. */
function canRead({ needs = 'numbers' }: Detector, { column }: ComparedColumn): boolean {
  if (needs === 'profile') return true
  if (needs === 'numbers') return isNumeric(column) || isTime(column)
  return needs === 'cells' ? hasCells(column) : column.type === 'string'
}

/** Different values up to which a text is one of several, however few rows there are; and up to which it can be at all. */
const FEW_VALUES = 20
const MOST_VALUES = 1000

/** Rows that each value of a category has at least, on average. */
const ROWS_A_VALUE = 10

/** Pairs of rows up to which the Kolmogorov–Smirnov p of tied values is exact. */
const MOST_TIED_PAIRS = 1e8

function kindOf({ column }: ComparedColumn, profiled: ProfiledPair | undefined): ColumnKind {
  if (isNumeric(column)) return 'numbers'
  if (isTime(column)) return 'times'
  if (column.type === 'boolean') return 'categories'
  if (column.type !== 'string' || !profiled) return 'other'
  const { rows, profiles } = profiled
  const values = Math.max(profiles[0].distinct, profiles[1].distinct)
  const isFew = values <= FEW_VALUES || (values <= MOST_VALUES && values * ROWS_A_VALUE <= Math.max(...rows))
  return isFew ? 'categories' : 'text'
}

function usualDetectors(kind: ColumnKind, pair: ComparedColumn, profiled: ProfiledPair | undefined): Detector[] {
  switch (kind) {
    case 'numbers': {
      const isTied = profiled !== undefined && hasManyTies(pair, profiled)
      return [isTied ? chiSquare() : ks(), range(), unitChange(), duplicateRate(), nullRate()]
    }
    case 'categories':
      return [chiSquare(), categories(), nullRate()]
    case 'text':
      return [textLength(), textPattern(), vocabulary(), duplicateRate(), nullRate()]
    case 'times':
      return [datetime(), nullRate()]
    default:
      return [duplicateRate(), nullRate()]
  }
}

/** Whether whole numbers are so few and so often there that the Kolmogorov–Smirnov p would be a mere bound. */
function hasManyTies({ column }: ComparedColumn, { rows, profiles }: ProfiledPair): boolean {
  const values = Math.max(profiles[0].distinct, profiles[1].distinct)
  return column.type === 'integer' && values > 1 && values <= FEW_VALUES && rows[0] * rows[1] > MOST_TIED_PAIRS
}
