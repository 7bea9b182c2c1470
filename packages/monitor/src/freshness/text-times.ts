import { ident, literal, raw, type Column, type Frame, type QueryOptions, type Sql } from '@dayshift/core'

/** A cell that is no time, and where it stands. */
interface NoTime {
  /** 1 is the first row. */
  readonly row: number
  readonly value: string
}

/** Times of one kind, as they are written. */
interface WrittenTimes {
  readonly count: number
  /** The newest that is believed; of times without a zone as if they were UTC. Null where there is none. */
  readonly newest: Date | null
  /** Those beyond the horizon, and the newest of all. */
  readonly late: number
  readonly latest: Date | null
}

/** What the cells of a column are, as they are written. */
export interface WrittenCells {
  readonly rows: number
  /** With a zone, and without one. */
  readonly zoned: WrittenTimes
  readonly naive: WrittenTimes
  readonly noTimes: number
  /** The first cells that are no times. */
  readonly examples: readonly NoTime[]
}

const DAY = '[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}'
const CLOCK = '[ T][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]+)?)?'
const NAIVE = literal(`${DAY}(${CLOCK})?`).text
const ZONED = literal(`${DAY}${CLOCK} ?(Z|UTC|[-+][0-9]{2}(:?[0-9]{2})?|[A-Za-z_]+(/[A-Za-z_+-]+)+)`).text

/** Cells that mean "no value" among times, in text tables where nothing else is declared. */
const BLANK = literal(['', 'NA', 'N/A', 'NULL', 'null']).text

/** Cells that are no times, told as examples. */
const EXAMPLES = 3

/** Rows with a column's cells as they are written. */
interface Written {
  readonly from: Sql
  /** The cell, as text. */
  readonly cell: Sql
}

/** Whether a column of instants also holds times without a zone, which were taken as UTC when the column was read. */
export async function mixesZones(frame: Frame, column: Column, options: QueryOptions): Promise<boolean> {
  const written = writtenIn(frame, column.name)
  if (!written) return false
  const { from, cell } = written
  const text = `SELECT 1 FROM (SELECT trim(${cell.text}) AS v FROM ${from.text}) WHERE NOT ends_with(v, 'Z') AND regexp_full_match(v, ${NAIVE}) LIMIT 1`
  return (await frame.engine.query(text, options)).length > 0
}

/**
 * Looks at the cells of a column as they are written.
 *
 * @param horizon the latest instant that is believed, and the same for times without a zone, as if they were UTC
 */
export async function writtenCells(
  frame: Frame,
  column: Column,
  horizon: { readonly zoned: number; readonly naive: number },
  options: QueryOptions,
): Promise<WrittenCells> {
  const { from, cell } = writtenIn(frame, column.name) ?? {
    from: raw(`(SELECT * FROM ${frame.relation.from.text})`),
    cell: raw(`CAST(${ident(column.name).text} AS VARCHAR)`),
  }
  const cells = `SELECT trim(${cell.text}) AS v, row_number() OVER () AS row FROM ${from.text}`
  const zoned = `CASE WHEN regexp_full_match(v, ${ZONED}) THEN try_cast(v AS TIMESTAMPTZ) END`
  const naive = `CASE WHEN regexp_full_match(v, ${NAIVE}) THEN try_cast(replace(v, '/', '-') AS TIMESTAMP) END`
  const timed = `SELECT row, v, ${zoned} AS zoned, ${naive} AS naive FROM (${cells})`
  const isBad = `v IS NOT NULL AND v NOT IN (${BLANK}) AND zoned IS NULL AND naive IS NULL`
  const terms = [
    'count(*) AS rows',
    ...countsOf('zoned', `make_timestamptz(${Math.floor(horizon.zoned)} * 1000)`),
    ...countsOf('naive', `make_timestamp(${Math.floor(horizon.naive)} * 1000)`),
    `count(*) FILTER (${isBad}) AS bad`,
  ]
  const [counts = {}] = await frame.engine.query(`SELECT ${terms.join(', ')} FROM (${timed})`, options)
  const noTimes = Number(counts['bad'] ?? 0)
  const first = `SELECT row, v FROM (${timed}) WHERE ${isBad} ORDER BY row LIMIT ${EXAMPLES}`
  const examples = noTimes === 0 ? [] : await frame.engine.query(first, options)
  return {
    rows: Number(counts['rows'] ?? 0),
    zoned: timesOf(counts, 'zoned'),
    naive: timesOf(counts, 'naive'),
    noTimes,
    examples: examples.map(({ row, v }) => ({ row: Number(row), value: String(v) })),
  }
}

/** Where the cells of a column stand as they are written: in text tables and in JSON. */
function writtenIn({ text, objects }: Frame, name: string): Written | undefined {
  if (text) return { from: text.relation.from, cell: ident(name) }
  if (!objects) return undefined
  const pointer = literal(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return { from: objects.from, cell: raw(`(json ->> ${pointer.text})`) }
}

function countsOf(kind: 'zoned' | 'naive', horizon: string): string[] {
  return [
    `count(${kind}) AS ${kind}_count`,
    `max(${kind}) FILTER (isfinite(${kind}) AND ${kind} <= ${horizon}) AS ${kind}_newest`,
    `count(*) FILTER (${kind} > ${horizon}) AS ${kind}_late`,
    `max(${kind}) FILTER (isfinite(${kind})) AS ${kind}_latest`,
  ]
}

function dated(value: unknown): Date | null {
  return value instanceof Date ? value : null
}

function timesOf(counts: Readonly<Record<string, unknown>>, kind: 'zoned' | 'naive'): WrittenTimes {
  return {
    count: Number(counts[`${kind}_count`] ?? 0),
    newest: dated(counts[`${kind}_newest`]),
    late: Number(counts[`${kind}_late`] ?? 0),
    latest: dated(counts[`${kind}_latest`]),
  }
}
