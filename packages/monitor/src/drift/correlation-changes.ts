import { ident, isNumeric, sql, type CorrelationChange, type CorrelationFacts, type Frame } from '@dayshift/core'
import { adjustPValues, type Correction } from '../multiplicity.ts'
import { correlationDifference } from '../statistics/correlation-difference.ts'
import { midranksOf } from '../statistics/midranks-of.ts'
import { pearsonCorrelation } from '../statistics/pearson-correlation.ts'
import { spearmanCorrelation } from '../statistics/spearman-correlation.ts'
import type { ComparedColumn } from './pair-columns.ts'
import type { FramePair } from './read-numbers.ts'

/** How correlations are judged. */
export interface CorrelationLimits {
  readonly alpha: number
  readonly correction: Correction
  /** The least change that counts, 0–2. */
  readonly minEffect: number
}

/** The least change of a correlation that counts by default. */
export const LEAST_CHANGE = 0.1

/** Rows of a side that are looked at: 10 000 tell a correlation to ±0.02. */
const MOST_ROWS = 10_000

/** Columns that are looked at, the first ones: all pairs of them are. */
const MOST_COLUMNS = 50

/** Pairs of values below which nothing is said. */
const LEAST_PAIRS = 10

/** Pairs of columns that a report lists. */
const MOST_LISTED = 20

const SEED = 42

/**
 * Which columns of numbers go together otherwise than before: Spearman's rank correlation of each pair of them, on a sample of
 * 10 000 rows where there are more, the same on each run. Rows in which a value of the pair is missing are left out. Where a change is certain,
 * corrected for all pairs, and as large as counts, it is called one.
 *
 * @returns undefined where there are no two columns of numbers with enough values
 */
export async function correlationChanges(
  frames: FramePair,
  pairs: readonly ComparedColumn[],
  rows: readonly [reference: number, current: number],
  { alpha, correction, minEffect }: CorrelationLimits,
  signal: AbortSignal | undefined,
): Promise<CorrelationFacts | undefined> {
  const numeric = pairs.filter(({ before, column }) => isNumeric(before) && isNumeric(column)).slice(0, MOST_COLUMNS)
  if (numeric.length < 2) return undefined
  const old = numeric.map(({ before }) => before.name)
  const now = numeric.map(({ column }) => column.name)
  const sides = [
    (await sampled(frames.reference, old, rows[0], signal)).map(rankedOnce),
    (await sampled(frames.current, now, rows[1], signal)).map(rankedOnce),
  ] as const
  const found: Omit<CorrelationChange, 'adjustedPValue' | 'changed'>[] = []
  for (let a = 0; a < numeric.length; a++) {
    for (let b = a + 1; b < numeric.length; b++) {
      const [before, after] = sides.map((side) => correlated(side[a] as Ranked, side[b] as Ranked))
      if (!before || !after) continue
      const { pValue } = correlationDifference(before, after)
      const columns = [now[a] as string, now[b] as string] as const
      found.push({ columns, reference: before.correlation, current: after.correlation, pValue })
    }
  }
  if (found.length === 0) return undefined
  const adjusted = adjustPValues(
    found.map(({ pValue }) => pValue),
    correction,
  )
  const judged = found.map((one, at): CorrelationChange => {
    const adjustedPValue = adjusted[at] as number
    return { ...one, adjustedPValue, changed: adjustedPValue <= alpha && changeOf(one) >= minEffect }
  })
  const listed = judged
    .toSorted((a, b) => Number(b.changed) - Number(a.changed) || changeOf(b) - changeOf(a))
    .slice(0, MOST_LISTED)
  const looked = [Math.min(rows[0], MOST_ROWS), Math.min(rows[1], MOST_ROWS)] as const
  return {
    pairs: found.length,
    changedPairs: judged.filter(({ changed }) => changed).length,
    referenceRows: looked[0],
    currentRows: looked[1],
    minEffect,
    changes: listed,
  }
}

function changeOf({ reference, current }: Pick<CorrelationChange, 'reference' | 'current'>): number {
  return Math.abs(current - reference)
}

/** A column of a side; its ranks, where every row has a value. */
interface Ranked {
  readonly values: Float64Array
  readonly ranks?: Float64Array
}

function rankedOnce(values: Float64Array): Ranked {
  return values.some(Number.isNaN) ? { values } : { values, ranks: midranksOf(values) }
}

function correlated(a: Ranked, b: Ranked): { readonly correlation: number; readonly pairs: number } | undefined {
  const isThere = (at: number): boolean => !Number.isNaN(a.values[at]) && !Number.isNaN(b.values[at])
  const whole = a.ranks && b.ranks
  const pairs = whole ? a.values.length : a.values.filter((_, at) => isThere(at)).length
  if (pairs < LEAST_PAIRS) return undefined
  const correlation = whole
    ? pearsonCorrelation(a.ranks, b.ranks)
    : spearmanCorrelation(
        a.values.filter((_, at) => isThere(at)),
        b.values.filter((_, at) => isThere(at)),
      )
  return Number.isNaN(correlation) ? undefined : { correlation, pairs }
}

/** Columns of some rows; NaN where a value is missing. */
async function sampled(
  frame: Frame,
  names: readonly string[],
  rows: number,
  signal: AbortSignal | undefined,
): Promise<Float64Array[]> {
  const some = frame.select(...names)
  const drawn = rows > MOST_ROWS ? some.sample({ rows: MOST_ROWS, seed: SEED }) : some
  const values = names.map((name, at) => [`c${at}`, sql`CAST(${ident(name)} AS DOUBLE)`] as const)
  const doubles = drawn.derive(Object.fromEntries(values)).select(...values.map(([name]) => name))
  const columns: number[][] = names.map(() => [])
  for await (const batch of doubles.batches({ signal })) {
    for (const [at, list] of columns.entries()) {
      for (const value of Array.from(batch.columns[at] as ArrayLike<number | null>)) list.push(value ?? NaN)
    }
  }
  return columns.map((list) => Float64Array.from(list))
}
