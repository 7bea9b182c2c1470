import { isDayshiftError, type Finding, type Frame } from '@dayshift/core'
import { absence } from '../absence.ts'
import { lookAtFiles } from '../data-files.ts'
import type { Basis, Evidence, Look } from '../evidence.ts'
import { newestTime, type ColumnOptions } from '../newest-time.ts'

/**
 * The newest time in a column of dates or timestamps. Parquet tells it from its footers, without a scan. Times ahead of the
 * clock are left out and counted, so that one wrong row does not hide that the rest is old; only where all lie ahead is the
 * newest of them taken. A date counts from its midnight. That there is no such column is a finding: data without it is not fresh.
 *
 * @throws DS_FRESHNESS_SCHEDULE where the time zone is none
 * @example columnBasis('pickup_time', { timezone: 'America/New_York' })
 */
export function columnBasis(column: string, options: ColumnOptions = {}): Basis {
  return {
    name: 'column',
    read: async (look) => {
      const of = (frame: Frame): Promise<Evidence> => newestTime(frame, column, options, look)
      if (look.frame) return of(look.frame)
      const parts: Evidence[] = []
      for (const path of look.paths) parts.push(await readAt(path, look, of))
      return together(parts)
    },
  }
}

/** What is missing or empty needs no opening. */
async function readAt(path: string, look: Look, of: (frame: Frame) => Promise<Evidence>): Promise<Evidence> {
  const { none, findings } = await lookAtFiles([path], look)
  if (none) return { basis: 'column', time: null, ...none, findings }
  try {
    return await of(await look.open(path))
  } catch (error) {
    const code = isDayshiftError(error) ? error.code : undefined
    if (code !== 'DS_SOURCE_EMPTY' && code !== 'DS_SOURCE_UNREADABLE') throw error
    const absent = code === 'DS_SOURCE_EMPTY' ? 'empty' : 'unreadable'
    return { basis: 'column', time: null, absent, subject: (error as Error).message, findings }
  }
}

/** The newest of several, with what is to be said of all. */
function together(parts: readonly Evidence[]): Evidence {
  const newest = parts.reduce((a, b) => ((b.time ?? -Infinity) > (a.time ?? -Infinity) ? b : a))
  const findings = parts.flatMap((part): readonly Finding[] =>
    part.time === null && part !== newest ? [absence(part), ...part.findings] : part.findings,
  )
  const sum = (key: 'rows' | 'newRows'): object => {
    const counts = parts.flatMap((part) => part[key] ?? [])
    return counts.length > 0 ? { [key]: counts.reduce((a, b) => a + b, 0) } : {}
  }
  return { ...newest, ...sum('rows'), ...sum('newRows'), findings }
}
