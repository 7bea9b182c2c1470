import type { Finding, SegmentFacts } from '@dayshift/core'
import { percent } from './moved.ts'

/** Segments that a finding names. */
const MOST_NAMED = 3

/** A change of a segment's share of the rows that may explain a drift. */
const LEAST_MOVED = 0.02

/** In which segments a column drifted; undefined where in none. */
export function driftIn({ by, segments }: SegmentFacts, column: string): Finding | undefined {
  const found = segments
    .flatMap(({ segment, columns }) =>
      columns.flatMap((one) =>
        one.column === column ? [{ segment, effect: one.effect ?? 0, drifted: one.drifted }] : [],
      ),
    )
    .toSorted((a, b) => Number(b.drifted) - Number(a.drifted) || b.effect - a.effect)
  const drifted = found.filter((one) => one.drifted)
  if (drifted.length === 0) return undefined
  const named = drifted.slice(0, MOST_NAMED).map(({ segment, effect }) => `${nameOf(segment)} (${short(effect)})`)
  const more = drifted.length - named.length
  const where =
    drifted.length === found.length
      ? `in all ${found.length} values of ${by}, most in`
      : `in ${drifted.length} of ${found.length} values of ${by}:`
  const rest = found[drifted.length]
  return {
    severity: 'info',
    code: 'drift.segment',
    column,
    message:
      `${column} drifted ${where} ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}` +
      (rest ? `; elsewhere the effect is ${short(rest.effect)} at most` : ''),
  }
}

/** A column that drifted in no segment by itself. */
export function mixChanged({ by, segments }: SegmentFacts, column: string): Finding {
  const [n, m] = [total(segments.map((one) => one.referenceRows)), total(segments.map((one) => one.currentRows))]
  const [most] = segments
    .map(({ segment, referenceRows, currentRows }) => ({ segment, before: referenceRows / n, now: currentRows / m }))
    .toSorted((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before))
  const words =
    most && Math.abs(most.now - most.before) >= LEAST_MOVED
      ? `, and ${nameOf(most.segment)} went from ${percent(most.before)} to ${percent(most.now)} of the rows`
      : ': with the rows of one value alone, chance is not ruled out'
  return {
    severity: 'info',
    code: 'drift.segment',
    column,
    message: `${column} drifted in no value of ${by} by itself${words}`,
  }
}

function total(counts: readonly number[]): number {
  return Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  )
}

function nameOf(segment: string): string {
  return segment === '' ? "''" : segment
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)))
}
