import { ident } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { sizeOf, type EcdfCells } from './ecdf-cells.ts'

/** An engine whose SQL is written. */
export type CellsDialect = 'duckdb' | 'postgresql' | 'spark' | 'trino' | 'sqlite'

/** How cells are counted by SQL. */
export interface CellsSqlOptions {
  /** Default: `duckdb`. */
  readonly dialect?: CellsDialect | undefined
  /** Each power of 2 is cut into 2 to the power of so many cells, 1–20. Default: 10. */
  readonly bits?: number | undefined
}

/** What engines call a double, and how they tell NaN, if they have it. */
const DIALECTS: Readonly<
  Record<CellsDialect, { readonly double: string; readonly isNumber?: string; readonly quote?: string }>
> = {
  duckdb: { double: 'DOUBLE', isNumber: 'NOT isnan(x)' },
  postgresql: { double: 'DOUBLE PRECISION', isNumber: "x <> CAST('NaN' AS DOUBLE PRECISION)" },
  spark: { double: 'DOUBLE', isNumber: 'NOT isnan(x)', quote: '`' },
  trino: { double: 'DOUBLE', isNumber: 'NOT is_nan(x)' },
  sqlite: { double: 'REAL' },
}

/**
 * The first of two aggregates by which any engine compares a column of numbers, however large it is: how many values lie in which cell, a row
 * `low, high, count` each. An engine counts each side by itself, in parts that are added up.
 *
 * Cells are what numbers have in common in their exponent and first bits, so that both sides have the same ones; all below 1e-290 is one.
 *
 * @param table SQL that stands in FROM, as it is: a name, quoted where it must be, or a query in brackets
 * @param column its name, which is quoted here
 * @see Kolmogorov–Smirnov by counts, then by values where the gap may lie: {@link openIntervals}
 * @example
 * cellsSql('train', 'temp') // WITH numbers AS (SELECT CAST("temp" AS DOUBLE) AS x FROM train …
 */
export function cellsSql(
  table: string,
  column: string,
  { dialect = 'duckdb', bits = 10 }: CellsSqlOptions = {},
): string {
  if (!(Number.isInteger(bits) && bits >= 1 && bits <= 20)) {
    throw failure('DS_DRIFT_OPTION', `bits is ${bits}, not a whole number from 1 to 20`)
  }
  return [
    `WITH numbers AS (${numbersSql(table, column, dialect)}),`,
    // The logarithm may be rounded over a power of 2: it is put right by that itself.
    `guessed AS (SELECT x, CASE WHEN ABS(x) < 1e-290 THEN 0 WHEN ABS(x) > 8e307 THEN 1023 ELSE FLOOR(LN(ABS(x)) / LN(2.0)) END AS guess FROM numbers),`,
    `placed AS (SELECT x, CASE WHEN ABS(x) < 1e-290 OR ABS(x) > 8e307 THEN guess WHEN ABS(x) >= POWER(2.0, guess + 1) THEN guess + 1 ` +
      `WHEN ABS(x) < POWER(2.0, guess) THEN guess - 1 ELSE guess END AS exponent FROM guessed),`,
    `cells AS (SELECT x, CASE WHEN ABS(x) < 1e-290 THEN 0.0 WHEN x > 8e307 THEN 8e307 WHEN x < -8e307 THEN -8e307 ` +
      `ELSE SIGN(x) * FLOOR(ABS(x) / POWER(2.0, exponent - ${bits})) * POWER(2.0, exponent - ${bits}) END AS cell FROM placed)`,
    `SELECT MIN(x) AS low, MAX(x) AS high, COUNT(*) AS count FROM cells GROUP BY cell ORDER BY low`,
  ].join('\n')
}

/**
 * The second aggregate: how many rows have which value, in the intervals in which the largest gap may lie. Rows are as those of {@link cellsSql}.
 *
 * @param intervals of {@link openIntervals}; both ends belong to them
 */
export function valuesSql(
  table: string,
  column: string,
  intervals: readonly (readonly [number, number])[],
  { dialect = 'duckdb' }: Pick<CellsSqlOptions, 'dialect'> = {},
): string {
  const wanted = intervals.map(([low, high]) => `x BETWEEN ${number(low, dialect)} AND ${number(high, dialect)}`)
  return [
    `WITH numbers AS (${numbersSql(table, column, dialect)})`,
    `SELECT x AS low, x AS high, COUNT(*) AS count FROM numbers WHERE ${wanted.length === 0 ? '1 = 0' : wanted.join(' OR ')} GROUP BY x ORDER BY x`,
  ].join('\n')
}

function numbersSql(table: string, column: string, dialect: CellsDialect): string {
  const { double, isNumber, quote } = DIALECTS[dialect]
  const name = quote === undefined ? ident(column).text : `${quote}${column.replaceAll(quote, quote + quote)}${quote}`
  // -0 is 0.
  const numbers = `SELECT CAST(${name} AS ${double}) + 0.0 AS x FROM ${table} WHERE ${name} IS NOT NULL`
  return isNumber === undefined ? numbers : `SELECT x FROM (${numbers}) given WHERE ${isNumber}`
}

function number(value: number, dialect: CellsDialect): string {
  if (Number.isFinite(value)) return `${value < 0 ? '(' : ''}${literalOf(value)}${value < 0 ? ')' : ''}`
  // SQLite has a literal that overflows, and no name.
  if (dialect === 'sqlite') return value > 0 ? '9e999' : '-9e999'
  return `CAST('${value > 0 ? 'Infinity' : '-Infinity'}' AS ${DIALECTS[dialect].double})`
}

/** With an exponent, so that engines take it for a double rather than for a decimal. */
function literalOf(value: number): string {
  const text = String(value)
  return text.includes('e') ? text : `${text}e0`
}

/**
 * Rows of {@link cellsSql} or {@link valuesSql} as cells, whatever an engine's client makes of its numbers.
 *
 * @throws DS_COUNTS_INVALID where they are none, or overlap
 */
export function cellsOfRows(
  rows: Iterable<{ readonly low: unknown; readonly high: unknown; readonly count: unknown }>,
): EcdfCells {
  const sorted = Array.from(rows, ({ low, high, count }) => [Number(low) + 0, Number(high) + 0, Number(count)] as const)
  sorted.sort(([a], [b]) => a - b)
  const cells = {
    low: Float64Array.from(sorted, ([low]) => low),
    high: Float64Array.from(sorted, ([, high]) => high),
    counts: Float64Array.from(sorted, ([, , count]) => count),
  }
  for (const [at, low] of cells.low.entries()) {
    const [high, count] = [cells.high[at] as number, cells.counts[at] as number]
    const isFine = low <= high && count >= (low === high ? 1 : 2) && Number.isSafeInteger(count)
    if (!isFine || (at > 0 && low <= (cells.high[at - 1] as number)))
      throw failure('DS_COUNTS_INVALID', `cell ${low} to ${high} with ${count} values is none, or overlaps another`)
  }
  if (!Number.isSafeInteger(sizeOf(cells))) throw failure('DS_COUNTS_INVALID', 'there are more than 2^53 values')
  return cells
}
