import { ident, nearest, sql, type Column, type Finding, type Frame, type Sql } from '@dayshift/core'
import type { Evidence, Look } from './evidence.ts'
import { mixesZones, writtenCells, type WrittenCells } from './text-times.ts'
import { instantsOf, needZone, spanOf, wallTime } from './zone.ts'

/** How times of a column are read. */
export interface ColumnOptions {
  /** The zone of times and dates that have none, of the IANA database. Default: UTC, which a finding says. */
  readonly timezone?: string | undefined
}

/** Times of one column, as the engine counted them. */
interface Counted {
  readonly rows: number
  readonly values: number
  /** Of the column's own kind: of times without a zone as if they were UTC. */
  readonly newest: Date | null
  /** Times beyond the horizon, and the newest of all. */
  readonly late: number
  readonly latest: Date | null
  /** Of the values: those that are `infinity`, and `-infinity`. */
  readonly endless: readonly [after: number, before: number]
}

/**
 * The newest time in a column. Where none lies beyond the horizon, which is the usual case, one aggregate tells it that
 * Parquet answers from its footers; only else are the rows gone through. Of a column that holds something beside times, or times
 * with a zone and without one, the cells are looked at as they are written. That there is no such column is found, not thrown: of
 * data that is looked at each night, it was renamed.
 */
export async function newestTime(
  frame: Frame,
  name: string,
  { timezone }: ColumnOptions,
  look: Pick<Look, 'horizon' | 'previous' | 'signal'>,
): Promise<Evidence> {
  if (timezone !== undefined) needZone(timezone)
  const { columns } = await frame.schema()
  const column = columns.find((one) => one.name === name) ?? columns.find((one) => isSameName(one.name, name))
  if (!column) return withoutColumn(frame, name, columns)
  if (!isTime(column) || (column.type === 'timestamptz' && (await mixesZones(frame, column, look))))
    return newestWritten(frame, column, timezone, look)
  const isNaive = column.type !== 'timestamptz'
  const own = (instant: number): number => (isNaive && timezone !== undefined ? wallTime(instant, timezone) : instant)
  const { rows, values, newest, late, latest, endless } = await countTimes(
    frame,
    column,
    own(look.horizon),
    look.signal,
  )
  const subject = `${column.name} of ${frame.dataset.name}`
  if (rows === 0 || !newest) {
    const none =
      rows === 0
        ? ({ absent: 'no_rows', subject: `${frame.dataset.name} has no rows` } as const)
        : ({
            absent: 'no_times',
            subject: `${subject} has no time in any of ${rows} ${rows === 1 ? 'row' : 'rows'}${endlessOf(endless)}`,
          } as const)
    return { basis: 'column', time: null, ...none, findings: [], rows }
  }
  const [infinite] = endless
  const placed = isNaive ? placedIn(newest.getTime(), column, timezone) : { time: newest.getTime(), findings: [] }
  const since = look.previous?.newest
  const newRows = since == null ? undefined : await rowsAfter(frame, column, own(Date.parse(since)), look.signal)
  return {
    basis: 'column',
    subject,
    rows,
    ...placed,
    ...(newRows === undefined ? {} : { newRows }),
    findings: placed.findings,
    unsure: [
      ...(infinite > 0 ? [endlessTimes(column.name, infinite, values)] : []),
      ...(late > 0 && late < values - infinite
        ? [futureRows(column.name, late, values - infinite, latest as Date)]
        : []),
    ],
  }
}

function endlessOf([after, before]: Counted['endless']): string {
  const words = [...(after > 0 ? ['infinity'] : []), ...(before > 0 ? ['-infinity'] : [])]
  return words.length > 0 ? `, but ${words.join(' and ')}` : ''
}

/** What stands for "without end" hides how old the rest is. `-infinity` hides nothing. */
function endlessTimes(column: string, infinite: number, values: number): Finding {
  return {
    severity: 'error',
    code: 'freshness.bad_times',
    column,
    message: `${infinite} of ${values} values in ${column} are infinity, which is no time; they were left out of the age`,
    hint: 'Check what writes them, or name a column of when rows came, not of how long they hold.',
  }
}

/** The newest time in a column, by its cells as they are written. */
async function newestWritten(
  frame: Frame,
  column: Column,
  timezone: string | undefined,
  look: Pick<Look, 'horizon' | 'previous' | 'signal'>,
): Promise<Evidence> {
  const { horizon, signal } = look
  const naiveHorizon = timezone === undefined ? horizon : wallTime(horizon, timezone)
  const cells = await writtenCells(frame, column, { zoned: horizon, naive: naiveHorizon }, { signal })
  const { rows, zoned, naive } = cells
  const subject = `${column.name} of ${frame.dataset.name}`
  const values = zoned.count + naive.count
  const late = zoned.late + naive.late
  // Where all lie beyond the horizon, the newest of them tells so.
  const newestOf = ({ newest, latest }: WrittenCells['zoned']): number | undefined =>
    (late < values ? newest : latest)?.getTime()
  const wall = newestOf(naive)
  const placed = wall === undefined ? undefined : placedIn(wall, column, timezone)
  const instant = newestOf(zoned)
  if (placed === undefined && instant === undefined) {
    const none =
      rows === 0
        ? ({ absent: 'no_rows', subject: `${frame.dataset.name} has no rows` } as const)
        : ({
            absent: 'no_times',
            subject: `${subject} has no time in any of ${rows} ${rows === 1 ? 'row' : 'rows'}${await examplesOf(frame, cells)}`,
          } as const)
    return { basis: 'column', time: null, ...none, findings: [], rows }
  }
  const isNaive = placed !== undefined && (instant === undefined || placed.time > instant)
  const latest = new Date(Math.max(zoned.latest?.getTime() ?? -Infinity, naive.latest?.getTime() ?? -Infinity))
  const mixed = zoned.count > 0 && naive.count > 0 ? [mixedZones(column.name, cells, timezone)] : []
  return {
    basis: 'column',
    subject,
    rows,
    ...(isNaive ? placed : { time: instant as number }),
    // Without a zone of its own, one that is said to be of a zone is as sure as the others.
    findings: [...(timezone === undefined ? [] : mixed), ...(isNaive ? placed.findings : [])],
    unsure: [
      ...(cells.noTimes > 0 ? [badTimes(column.name, cells, await examplesOf(frame, cells))] : []),
      ...(timezone === undefined ? mixed : []),
      ...(late > 0 && late < values ? [futureRows(column.name, late, values, latest)] : []),
    ],
  }
}

/** Values that are no times, with where they stand. */
async function examplesOf(frame: Frame, { examples }: WrittenCells): Promise<string> {
  if (examples.length === 0) return ''
  const places = frame.places()
  const told: string[] = []
  try {
    for (const { row, value } of examples) {
      const { file, line } = await places.placeOf(row)
      const place = line === undefined ? `row ${row}` : `line ${line}`
      told.push(`${place}${file === undefined ? '' : ` of ${file}`}: ${JSON.stringify(cut(value))}`)
    }
  } finally {
    await places.close()
  }
  return `; ${told.join(', ')}`
}

function cut(value: string): string {
  return value.length > 40 ? `${value.slice(0, 39)}…` : value
}

function badTimes(column: string, { noTimes, zoned, naive }: WrittenCells, examples: string): Finding {
  return {
    severity: 'error',
    code: 'freshness.bad_times',
    column,
    message: `${noTimes} of ${noTimes + zoned.count + naive.count} values in ${column} are no times${examples}; they were left out of the age`,
    hint: 'Check what writes them; a time is written as 2026-11-23T06:00:00Z. If they mean “no value”, say so: nulls.',
  }
}

function mixedZones(column: string, { zoned, naive }: WrittenCells, timezone: string | undefined): Finding {
  return {
    severity: 'warn',
    code: 'freshness.mixed_zones',
    column,
    message: `${naive.count} of ${zoned.count + naive.count} times in ${column} have no zone, the others have one; those without were taken as ${timezone ?? 'UTC'}`,
    hint: 'Check what writes them: two programs may. Until they write alike, say which zone the times without one are of (timezone).',
  }
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Columns that are named where one is not there. */
const NAMED = 12

function withoutColumn(frame: Frame, name: string, columns: readonly Column[]): Evidence {
  const names = columns.map((column) => column.name)
  const near = nearest(name, names)
  const shown = names.slice(0, NAMED).map(cut).join(', ')
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : ''
  const subject = `${frame.dataset.name} has no column '${cut(name)}'${near === undefined ? '' : ` (did you mean '${cut(near)}'?)`}; it has ${shown || 'none'}${more}`
  return { basis: 'column', time: null, absent: 'no_column', subject, findings: [] }
}

function isTime({ type }: Column): boolean {
  return type === 'date' || type === 'timestamp' || type === 'timestamptz'
}

async function countTimes(
  frame: Frame,
  column: Column,
  horizon: number,
  signal: AbortSignal | undefined,
): Promise<Counted> {
  const value = ident(column.name)
  const counts = { rows: sql`count(*)`, values: sql`count(${value})` }
  const [first] = await frame.summarize({ ...counts, newest: sql`max(${value})` }).toArray({ signal })
  const { rows, values, newest } = numbered(first)
  if (newest === null || (newest instanceof Date && newest.getTime() <= horizon))
    return { rows, values, newest, late: 0, latest: newest, endless: [0, 0] }
  const isLate = sql`${value} > ${limit(column, horizon)}`
  const [second] = await frame
    .summarize({
      ...counts,
      late: sql`count(*) FILTER (isfinite(${value}) AND ${isLate})`,
      after: sql`count(*) FILTER (NOT isfinite(${value}) AND ${isLate})`,
      endless: sql`count(*) FILTER (NOT isfinite(${value}))`,
      newest: sql`max(${value}) FILTER (isfinite(${value}) AND NOT (${isLate}))`,
      latest: sql`max(${value}) FILTER (isfinite(${value}))`,
    })
    .toArray({ signal })
  const believed = numbered(second)
  const latest = dated((second as Record<string, unknown>)['latest'])
  // Where all lie beyond it, the newest of them tells so.
  const count = (name: string): number => Number((second as Record<string, unknown>)[name])
  const after = count('after')
  return {
    ...believed,
    newest: believed.newest ?? latest,
    late: count('late'),
    latest,
    endless: [after, count('endless') - after],
  }
}

function numbered(row: unknown): { rows: number; values: number; newest: Date | null } {
  const { rows, values, newest } = row as Record<'rows' | 'values' | 'newest', unknown>
  // What is no Date is infinite: it is looked at again.
  const isInfinite = newest !== null && newest !== undefined && !(newest instanceof Date)
  return { rows: Number(rows), values: Number(values), newest: isInfinite ? new Date(8.64e15) : dated(newest) }
}

function dated(value: unknown): Date | null {
  return value instanceof Date ? value : null
}

/** An instant as the column's own kind of time: comparing across kinds would go by the engine's time zone. */
function limit(column: Column, instant: number): Sql {
  const text = new Date(instant).toISOString()
  return column.type === 'timestamptz'
    ? sql`CAST(${text} AS TIMESTAMPTZ)`
    : sql`CAST(${text.slice(0, -1).replace('T', ' ')} AS TIMESTAMP)`
}

async function rowsAfter(
  frame: Frame,
  column: Column,
  instant: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const after = sql`count(*) FILTER (${ident(column.name)} > ${limit(column, instant)})`
  const [row] = await frame.summarize({ after }).toArray({ signal })
  return Number((row as { after: unknown }).after)
}

/** A time without a zone, in the zone that it is said to be of. */
function placedIn(
  wall: number,
  column: Column,
  timezone: string | undefined,
): Pick<Evidence, 'span' | 'findings'> & { readonly time: number } {
  if (timezone === undefined) return { time: wall, span: spanOf(wall), findings: [noZone(column)] }
  // Of two instants the earlier is taken: data is never called younger than it may be.
  const { kind, earlier } = instantsOf(wall, timezone)
  if (kind === 'once') return { time: earlier, findings: [] }
  const shown = new Date(wall).toISOString().slice(0, -5).replace('T', ' ')
  return {
    time: earlier,
    findings: [
      {
        severity: 'info',
        code: 'freshness.changed_clocks',
        column: column.name,
        message:
          kind === 'twice'
            ? `${shown} came twice in ${timezone}, where clocks were put back; the earlier one was taken`
            : `${shown} never came in ${timezone}, where clocks were put forward; it was taken as ${new Date(earlier).toISOString()}`,
      },
    ],
  }
}

function futureRows(column: string, late: number, values: number, latest: Date): Finding {
  const share = `${Number(((late / values) * 100).toPrecision(2))}%`
  return {
    severity: 'warn',
    code: 'freshness.future_rows',
    column,
    message: `${late} of ${values} times in ${column} lie in the future (${share}), up to ${latest.toISOString()}; they were left out of the age`,
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
