import { ident, resolveNames, sql, type Column, type Finding, type Frame, type Sql } from '@dayshift/core'
import { failure } from './codes.ts'
import type { Newest } from './newest.ts'

/** Where to look for the newest time, and how late it may be. */
export interface ValueOptions {
  readonly column: string
  /** Latest time that is believed: milliseconds since 1970, UTC. */
  readonly horizon: number
  readonly signal?: AbortSignal | undefined
}

/**
 * The newest time in a column of dates or timestamps. Times beyond `horizon` are left out and counted in a finding, so
 * that one wrong row does not hide that the rest is old; only where all lie beyond it is the newest of them taken. A date
 * counts from its midnight, and times without a zone count as UTC, which a finding says.
 *
 * @throws DS_COLUMN_UNKNOWN where there is no such column
 * @throws DS_FRESHNESS_COLUMN where it holds something else
 */
export async function newestValue(frame: Frame, options: ValueOptions): Promise<Newest> {
  const { horizon, signal } = options
  const { columns } = await frame.schema()
  const [found] = resolveNames(
    [options.column],
    columns.map((column) => column.name),
    'freshness',
  )
  const rows = await frame.count({ signal })
  if (rows === 0) return { time: null, absent: 'empty', subject: `${frame.dataset.name} has no rows`, findings: [] }
  const column = columns.find((candidate) => candidate.name === found) as Column
  if (!isTime(column)) {
    const others = columns.filter(isTime).map((candidate) => candidate.name)
    throw failure('DS_FRESHNESS_COLUMN', `${column.name} is of type ${column.type}, not a date or timestamp`, {
      where: column.name,
      hint:
        others.length > 0
          ? `Columns of dates or timestamps: ${others.join(', ')}`
          : 'No column holds dates or timestamps; leave the column out to go by the files’ times.',
    })
  }

  const value = ident(column.name)
  const late = sql`${value} > ${limit(column, horizon)}`
  const [row] = await frame
    .summarize({
      values: sql`count(${value})`,
      late: sql`count(*) FILTER (${late})`,
      believed: sql`max(${value}) FILTER (isfinite(${value}) AND NOT (${late}))`,
      latest: sql`max(${value}) FILTER (isfinite(${value}))`,
    })
    .toArray({ signal })
  const { values, late: lateRows, believed, latest } = row as Record<'values' | 'late' | 'believed' | 'latest', unknown>
  const subject = `${column.name} of ${frame.dataset.name}`
  const time = believed ?? latest
  if (!(time instanceof Date)) {
    return { time: null, absent: 'empty', subject: `${subject} has no time in any of ${rows} rows`, findings: [] }
  }
  const findings: Finding[] = []
  if (believed instanceof Date && Number(lateRows) > 0) {
    findings.push(futureRows(column.name, Number(lateRows), Number(values), latest as Date))
  }
  if (column.type !== 'timestamptz') findings.push(noZone(column))
  return { time: time.getTime(), subject, findings }
}

function isTime({ type }: Column): boolean {
  return type === 'date' || type === 'timestamp' || type === 'timestamptz'
}

/** The horizon as the column's own kind of time: comparing across kinds would go by the engine's time zone. */
function limit(column: Column, horizon: number): Sql {
  const text = new Date(horizon).toISOString()
  return column.type === 'timestamptz'
    ? sql`CAST(${text} AS TIMESTAMPTZ)`
    : sql`CAST(${text.slice(0, -1).replace('T', ' ')} AS TIMESTAMP)`
}

function futureRows(column: string, late: number, values: number, latest: Date): Finding {
  return {
    severity: 'warn',
    code: 'freshness.future_rows',
    column,
    message: `${late} of ${values} times in ${column} lie in the future, up to ${latest.toISOString()}; they were left out of the age`,
    hint: 'Check the clock and the time zone of what writes them.',
  }
}

function noZone({ name, type }: Column): Finding {
  return {
    severity: 'info',
    code: 'freshness.no_zone',
    column: name,
    message:
      type === 'date'
        ? `${name} holds dates; each counts from its midnight, UTC`
        : `${name} has no time zone; its times were taken as UTC`,
  }
}
