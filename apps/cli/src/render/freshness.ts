import type { FreshnessOfBasis, Report } from '@dayshift/core'
import { formatDuration } from '@dayshift/core/ground'
import { table } from './table.ts'
import { count, printable } from './words.ts'

type Facts = Report<'freshness'>['facts']

/** What a report of freshness says, in one line. */
export function freshnessSummary({ state, ageSeconds, maxAgeSeconds, basis, schedule }: Facts): string {
  const limit = schedule
    ? `deadline ${schedule.deadline.replace('.000Z', 'Z')}`
    : `limit ${formatDuration(maxAgeSeconds)}`
  return ageSeconds === null ? `${state}, ${limit}` : `${state}, ${ageWords(ageSeconds)} by ${basis}, ${limit}`
}

/** What it says beyond that, as lines. */
export function freshnessDetails({ newest, bases, schedule, rows, newRows }: Facts, columns: number): string[] {
  const lines = bases
    ? table([['basis', 'state', 'age', 'newest'], ...bases.map(basisCells)], '  ', columns)
    : newest === null
      ? []
      : [`  newest: ${newest}`]
  if (schedule) lines.push(`  next deadline: ${schedule.next ?? 'none'}`)
  if (newRows !== undefined && rows !== undefined)
    lines.push(`  ${count(rows, 'row')}, ${newRows.toLocaleString('en-US')} new`)
  return lines
}

function basisCells({ basis, state, ageSeconds, newest }: FreshnessOfBasis): string[] {
  return [printable(basis), state, ageSeconds === null ? '' : ageWords(ageSeconds), newest ?? '']
}

function ageWords(seconds: number): string {
  return seconds < 0 ? `${formatDuration(-seconds)} ahead of the clock` : `${formatDuration(seconds)} old`
}
