import type { LearnedDrift } from '@dayshift/core'
import type { Outcome } from '../detector.ts'
import { adjustPValues, type Correction } from '../multiplicity.ts'
import type { PlannedColumn, PlannedDetector, ProfiledPair } from './plan.ts'

/** What a detector said of a column, with the limits to hold it against. */
export interface Tested extends PlannedDetector {
  readonly planned: PlannedColumn
  readonly profiled: ProfiledPair
  readonly outcome: Exclude<Outcome, undefined>
}

/** What comes of it. */
export interface Judged extends Tested {
  readonly adjustedPValue?: number
  /** What the p-value or the distance was held against. */
  readonly threshold: number
  /** Whether chance is ruled out; undefined of distances. */
  readonly significant?: boolean
  readonly drifted: boolean
  readonly undecided: boolean
  /** The least effect that these sizes show, Infinity where none. */
  readonly smallestDetectable?: number
  /** How many tests were corrected for. */
  readonly tests: number
  /** What past comparisons say, where they are asked. */
  readonly learned?: LearnedDrift
}

/**
 * Judges all outcomes of a comparison together. A test drifted where its p-value, corrected for all tests there are, is at most
 * alpha, **and** its effect counts; so that neither many columns nor many rows make an alarm. It is undecided where it did not drift
 * and an effect that counts could have gone unseen: found in fewer than 8 of 10 cases.
 */
export function judge(tested: readonly Tested[], correction: Correction): Judged[] {
  const pValues = tested.flatMap(({ outcome }) => ('pValue' in outcome ? [outcome.pValue] : []))
  const adjusted = adjustPValues(pValues, correction).values()
  // At worst one column drifts alone, and every correction asks of it what Bonferroni's does, or a little more.
  const tests = correction === 'none' ? 1 : Math.max(1, pValues.length)
  return tested.map((one) => {
    const { outcome, alpha, minEffect } = one
    if (!('pValue' in outcome)) {
      const drifted = outcome.statistic >= outcome.threshold
      return { ...one, threshold: outcome.threshold, drifted, undecided: false, tests }
    }
    const adjustedPValue = adjusted.next().value as number
    const significant = adjustedPValue <= alpha
    const drifted = significant && (outcome.effect === undefined || outcome.effect >= minEffect)
    const smallestDetectable = outcome.smallestDetectable?.(alpha / tests)
    const undecided =
      !significant && smallestDetectable !== undefined && smallestDetectable > Math.max(minEffect, LEAST_ASKED)
    return {
      ...one,
      adjustedPValue,
      threshold: alpha,
      significant,
      drifted,
      undecided,
      tests,
      ...(smallestDetectable === undefined ? {} : { smallestDetectable }),
    }
  })
}

/** Where any effect counts, no size shows them all; this is what must be shown. */
const LEAST_ASKED = 0.1
