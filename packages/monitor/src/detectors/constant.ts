import type { Detector, DetectorOptions, ProfiledColumn } from '../detector.ts'
import { hasCells } from '../drift/has-cells.ts'
import { hypergeometric } from '../statistics/special/hypergeometric.ts'

/** The least share of rows with another value that counts by default. */
const MIN_EFFECT = 0.01

/**
 * Columns that came to have one value only, or that had one and have several now. p is the chance that all rows of the constant side
 * have the value by chance, of all rows of both sides with it; exact. The effect is the share of the other side's rows with
 * another value, 0–1.
 *
 * @param options minEffect: the least share that counts. Default: 0.01
 * @example await drift(reference, current, { detectors: [constant()] })
 */
export function constant({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'constant',
    needs: 'profile',
    minEffect,
    fits: (column) => hasCells(column),
    test: ({ reference, current }) => {
      const [before, after] = [reference.profile.distinct, current.profile.distinct]
      if (before === 0 || after === 0 || (before === 1) === (after === 1)) return undefined
      const [still, other] = before === 1 ? [reference, current] : [current, reference]
      const [n, m] = [valuesOf(other), valuesOf(still)]
      const same = sameRows(other, still)
      const effect = 1 - same / n
      const pValue = Math.min(
        1,
        other.profile.distinct * hypergeometric(m, { marked: same + m, others: n - same, drawn: m }),
      )
      const value = String(still.profile.min)
      const detail =
        before === 1 ? `was always ${value}, has ${after} values now` : `always ${value} now, had ${before} values`
      return { statistic: effect, pValue, effect, detail }
    },
  }
}

function valuesOf({ rows, profile }: ProfiledColumn): number {
  return rows - profile.nulls
}

/** Rows of a side that have the other's only value, at most. */
function sameRows({ profile, rows }: ProfiledColumn, still: ProfiledColumn): number {
  const { top } = profile
  // Where no value comes twice, none is told.
  if (!top) return 1
  const found = top.find(({ value }) => value === still.profile.min)
  if (found) return found.count
  return profile.distinct > top.length ? (top.at(-1)?.count ?? rows) : 0
}
