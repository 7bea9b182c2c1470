import type { LearnedDrift } from '@dayshift/core'
import type { Judged } from '../drift/judge.ts'
import { conformalPValue, pastNeeded } from '../statistics/conformal-p-value.ts'

/** What an earlier comparison found: of each column its main detector, and others that found anything. */
export interface PastComparison {
  readonly columns: readonly PastColumn[]
}

/** What one detector said of a column then. */
interface PastColumn {
  readonly column: string
  readonly detector: string
  /** In the detector's own unit. */
  readonly effect?: number | undefined
  readonly statistic: number
  /** Whether it was an alarm by history then. Default: false. */
  readonly alarmed?: boolean | undefined
}

/** Alarms by a dataset's own history. */
export interface LearnOptions {
  /**
   * Earlier comparisons, each of another version with a reference of the same kind, the oldest first. A version that was compared twice
   * belongs there once.
   */
  readonly past: readonly PastComparison[]
  /**
   * The chance that one detector of one column begins to alarm where all is as it was; above 0 and below 1. Default: 0.05.
   */
  readonly alpha?: number | undefined
}

/** An effect of the past. */
export interface PastEffect {
  readonly effect: number
  /** Whether it was an alarm by history then. */
  readonly alarmed: boolean
}

/** What past comparisons found of a column, by one detector. One that is not told of, in a comparison of the column, found nothing: 0. */
function pastEffects(past: readonly PastComparison[], column: string, detector: string): PastEffect[] {
  return past.flatMap(({ columns }) => {
    const own = columns.filter((one) => one.column === column)
    const found = own.find((one) => one.detector === detector)
    if (found) return [{ effect: found.effect ?? found.statistic, alarmed: found.alarmed ?? false }]
    return own.length > 0 ? [{ effect: 0, alarmed: false }] : []
  })
}

/**
 * What the past says of an effect. An alarm that lasts up to now is not what is usual: its versions do not count, until one comes that is no
 * alarm. So an alarm begins with a chance of at most alpha, by all of the past, and does not end by having lasted.
 *
 * @param past the oldest first
 */
export function learnedOf(past: readonly PastEffect[], effect: number, alpha: number): LearnedDrift {
  const needed = pastNeeded(alpha)
  const usual = past.slice(0, past.findLastIndex(({ alarmed }) => !alarmed) + 1).map((one) => one.effect)
  const known = { alpha, past: usual.length, needed }
  return usual.length < needed ? known : { ...known, pValue: conformalPValue(usual, effect) }
}

/** Whether an effect is as large as past ones seldom were. */
export function isUnusual({ pValue, alpha }: LearnedDrift): boolean {
  return pValue !== undefined && pValue <= alpha
}

/**
 * Takes back what drifted no more than it does as a rule, and what nobody can tell yet. What breaks those who read the data, a unit or values
 * by name, stays.
 */
export function judgedByHistory(judged: readonly Judged[], { past, alpha = 0.05 }: LearnOptions): Judged[] {
  return judged.map((one) => {
    const { outcome, planned, detector, drifted } = one
    const effect = outcome.effect ?? outcome.statistic
    const learned = learnedOf(pastEffects(past, planned.column.name, detector.name), effect, alpha)
    if (!drifted || isUnusual(learned) || detector.breaks) return { ...one, learned }
    return { ...one, drifted: false, learned: { ...learned, held: true } }
  })
}
