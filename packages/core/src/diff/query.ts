import { ident, type Sql } from '../sql.ts'
import type { PairedColumn } from './paired-columns.ts'

/** What is compared. Within queries, column `at` is called `c<at>`, whatever its name. */
export interface Sides {
  readonly before: Sql
  readonly after: Sql
  /** Those of the key first. */
  readonly columns: readonly PairedColumn[]
  /** How many of them make the key. */
  readonly keys: number
  /** The columns that examples of rows show, by their places. */
  readonly shown: readonly number[]
  /** Examples of each kind. */
  readonly examples: number
}

/** Longest text of an example, in characters. */
const LONGEST = 200

/** A statement that makes a table of the keys that do not name one row on each side, and how many rows have them there. */
export function oddKeysQuery(sides: Sides, table: string): string {
  const keys = keyNames(sides)
  const list = keys.join(', ')
  const rows = `SELECT ${list}, 0 AS side FROM ${side(sides, 'before')} UNION ALL SELECT ${list}, 1 AS side FROM ${side(sides, 'after')}`
  const odd = ['rows_before > 1', 'rows_after > 1', ...keys.map((key) => `${key} IS NULL`)].join(' OR ')
  return (
    `CREATE TABLE ${table} AS SELECT ${list}, count(*) FILTER (side = 0) AS rows_before, ` +
    `count(*) FILTER (side = 1) AS rows_after FROM (${rows}) GROUP BY ${list} HAVING ${odd}`
  )
}

/** How many such keys there are, and how many rows have them. */
export function oddSumsQuery(table: string, keys: number): string {
  const missing = `(${range(0, keys)
    .map((at) => `c${at} IS NULL`)
    .join(' OR ')})`
  return (
    `SELECT sum(rows_before) FILTER (${missing}) AS null_before, sum(rows_after) FILTER (${missing}) AS null_after, ` +
    `count(*) FILTER (NOT ${missing}) AS repeated, sum(rows_before) FILTER (NOT ${missing}) AS repeated_before, ` +
    `sum(rows_after) FILTER (NOT ${missing}) AS repeated_after FROM ${table}`
  )
}

/**
 * Rows of one key each, side by side: those that one side lacks, and those that differ.
 *
 * @param odd the table of keys to leave out, where there are any
 */
export function pairsQuery(sides: Sides, odd: string | undefined): string {
  const { columns, keys, examples } = sides
  const both = 'a.here AND b.here'
  const rowOf = (name: string): string =>
    `row(${range(keys, columns.length)
      .map((at) => `${name}.c${at}`)
      .join(', ')})`
  // As rows: one condition a column takes the engine long to plan where there are hundreds.
  const changed = columns.length === keys ? 'false' : `(${rowOf('a')} IS DISTINCT FROM ${rowOf('b')})`
  const list = [
    'count(*) FILTER (a.here IS NULL) AS added',
    'count(*) FILTER (b.here IS NULL) AS removed',
    `count(*) FILTER (${both} AND ${changed}) AS changed`,
    `count(*) FILTER (${both} AND NOT ${changed}) AS unchanged`,
    ...(examples > 0
      ? [
          `arg_min(${shownRow(sides, 'b')}, ${keyOrder('b', keys)}, ${examples}) FILTER (a.here IS NULL) AS added_rows`,
          `arg_min(${shownRow(sides, 'a')}, ${keyOrder('a', keys)}, ${examples}) FILTER (b.here IS NULL) AS removed_rows`,
        ]
      : []),
  ]
  return `SELECT ${list.join(', ')} FROM ${pairs(sides, odd, 'FULL')}`
}

/**
 * In how many rows of the same key each of a few columns differs.
 *
 * @param places of the columns
 */
export function countsQuery(sides: Sides, odd: string | undefined, places: readonly number[]): string {
  const list = places.flatMap((at) => {
    const where = `a.c${at} IS DISTINCT FROM b.c${at}`
    return [
      `count(*) FILTER (${where}) AS changed_${at}`,
      `count(*) FILTER (${where} AND a.c${at} IS NULL) AS filled_${at}`,
      `count(*) FILTER (${where} AND b.c${at} IS NULL) AS emptied_${at}`,
    ]
  })
  return `SELECT ${list.join(', ')} FROM ${pairs(sides, odd, 'INNER', places)}`
}

/**
 * Values of a few columns that differ, as examples: those with the smallest keys. A query of many columns would take the engine longer to
 * plan than to run.
 *
 * @param places of the columns
 */
export function examplesQuery(sides: Sides, odd: string | undefined, places: readonly number[]): string {
  const { keys, examples } = sides
  const key = `[${range(0, keys)
    .map((at) => text(`b.c${at}`))
    .join(', ')}]`
  const list = places.map((at) => {
    const example = `{'key': ${key}, 'before': ${text(`a.c${at}`)}, 'after': ${text(`b.c${at}`)}}`
    const where = `a.c${at} IS DISTINCT FROM b.c${at}`
    return `arg_min(${example}, ${keyOrder('b', keys)}, ${examples}) FILTER (${where}) AS examples_${at}`
  })
  return `SELECT ${list.join(', ')} FROM ${pairs(sides, odd, 'INNER', places)}`
}

/** Both sides joined by their keys, without the odd ones; with some columns only, where they are named. */
function pairs(sides: Sides, odd: string | undefined, kind: 'FULL' | 'INNER', places?: readonly number[]): string {
  const { keys } = sides
  const on = range(0, keys).map((at) => `a.c${at} = b.c${at}`)
  const rows = (which: 'before' | 'after'): string => {
    const leave = odd === undefined ? '' : ` ANTI JOIN ${odd} AS o ON ${sameKey('t', 'o', keys)}`
    const list = places ? [...range(0, keys), ...places].map((at) => `t.c${at}`).join(', ') : 't.*'
    return `(SELECT true AS here, ${list} FROM ${side(sides, which)} AS t${leave})`
  }
  return `${rows('before')} AS a ${kind} JOIN ${rows('after')} AS b ON ${on.join(' AND ')}`
}

/** The order of keys. */
function keyOrder(name: string, keys: number): string {
  return `row(${range(0, keys)
    .map((at) => `${name}.c${at}`)
    .join(', ')})`
}

/**
 * Rows compared whole: how often each comes on either side.
 *
 * @param odd the table of the keys whose rows are meant; default: all rows
 */
export function wholeRowsQuery(sides: Sides, odd?: string): string {
  const { columns, keys, examples } = sides
  const names = range(0, columns.length).map((at) => `c${at}`)
  const only = odd === undefined ? '' : ` SEMI JOIN ${odd} AS o ON ${sameKey('t', 'o', keys)}`
  const rows = (which: 'before' | 'after', number: number): string =>
    `SELECT t.*, ${number} AS side FROM ${side(sides, which)} AS t${only}`
  const bag =
    `SELECT ${names.join(', ')}, count(*) FILTER (side = 0) AS rows_before, count(*) FILTER (side = 1) AS rows_after ` +
    `FROM (${rows('before', 0)} UNION ALL ${rows('after', 1)}) GROUP BY ${names.join(', ')}`
  const row = shownRow(sides, 'r')
  const shown = (where: string, name: string): string[] =>
    examples > 0 ? [`arg_min(${row}, ${row}, ${examples}) FILTER (${where}) AS ${name}`] : []
  const list = [
    'sum(greatest(rows_after - rows_before, 0)) AS added',
    'sum(greatest(rows_before - rows_after, 0)) AS removed',
    'sum(least(rows_before, rows_after)) AS unchanged',
    ...shown('rows_after > rows_before', 'added_rows'),
    ...shown('rows_before > rows_after', 'removed_rows'),
  ]
  return `SELECT ${list.join(', ')} FROM (${bag}) AS r`
}

/** One side with its columns by their places. */
function side({ before, after, columns }: Sides, which: 'before' | 'after'): string {
  const list = columns.map(({ name, asText }, at) => {
    const column = ident(name).text
    return `${asText ? `CAST(${column} AS VARCHAR)` : column} AS c${at}`
  })
  return `(SELECT ${list.join(', ')} FROM ${(which === 'before' ? before : after).text})`
}

function keyNames({ keys }: Sides): string[] {
  return range(0, keys).map((at) => `c${at}`)
}

function sameKey(one: string, other: string, keys: number): string {
  return range(0, keys)
    .map((at) => `${one}.c${at} IS NOT DISTINCT FROM ${other}.c${at}`)
    .join(' AND ')
}

/** A row as a list of texts. */
function shownRow({ shown }: Sides, name: string): string {
  return `[${shown.map((at) => text(`${name}.c${at}`)).join(', ')}]`
}

/** A value as text that is not too long. */
function text(value: string): string {
  const whole = `CAST(${value} AS VARCHAR)`
  return `CASE WHEN length(${whole}) > ${LONGEST} THEN left(${whole}, ${LONGEST}) || '…' ELSE ${whole} END`
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at)
}
