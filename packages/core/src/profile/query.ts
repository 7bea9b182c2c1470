import { binsOf, type Bins } from './histogram.ts'
import { isNumeric, type Column, type ColumnType } from '../schema.ts'
import { ident, type Sql } from '../sql.ts'

/** The values of a column on a line of doubles: how many are finite, the smallest and the largest of them. */
export interface Bounds {
  readonly finite: number
  readonly low: number
  readonly high: number
}

/** What a column is asked for beyond its counts. */
export interface Wanted {
  /** Shares, 0–1, in the order asked for. */
  readonly quantiles: readonly number[]
  readonly bins: number
  readonly top: number
}

/** Types whose values have an order and a short text. */
const ORDERED: ReadonlySet<ColumnType> = new Set([
  'boolean',
  'integer',
  'decimal',
  'float',
  'string',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
])

/** Beyond this size the square of a number is none. */
export const SQUARABLE = 1e150

/** Slots that finite values are counted in before the few that hold a wanted rank are sorted. The number fits 16 bits. */
const SLOTS = 65_535

/** Milliseconds of a day. */
const DAY = 86_400_000

/** Values of a type as doubles that a histogram can count; an infinite date is NULL. Undefined for types without such. */
function axisOf(type: ColumnType, value: string): string | undefined {
  switch (type) {
    case 'integer':
    case 'decimal':
    case 'float':
      return `CAST(${value} AS DOUBLE)`
    case 'date':
      return `CASE WHEN isfinite(${value}) THEN CAST(${value} - DATE '1970-01-01' AS DOUBLE) * ${DAY} END`
    case 'timestamp':
    case 'timestamptz':
      return `epoch_us(${value}) / CAST(1000 AS DOUBLE)`
    default:
      return undefined
  }
}

/** As {@link axisOf}, with NULL for all that is not finite. */
function finiteAxisOf(type: ColumnType, value: string): string | undefined {
  const axis = axisOf(type, value)
  return type === 'float' ? `CASE WHEN isfinite(${value}) THEN ${axis} END` : axis
}

/** Whether a column has bounds: numbers, dates and timestamps. */
export function hasAxis({ type }: Column): boolean {
  return axisOf(type, '') !== undefined
}

/** The distance of neighbours on the axis of a type, where all values are whole multiples of one. */
export function stepOf(type: ColumnType): number | undefined {
  return type === 'integer' ? 1 : type === 'date' ? DAY : undefined
}

/**
 * Counts the rows, and finds how many values columns have, the smallest and the largest. Parquet files have them written
 * beside the data, so that nothing is read. An infinite date hides the bound behind it: then {@link finiteBoundsQuery}.
 *
 * @param columns those that have an axis, floats apart
 */
export function boundsQuery(columns: readonly Column[], from: Sql): string {
  const list = columns.map(({ name, type }, at) => {
    const value = ident(name).text
    const [low, high] = [axisOf(type, `min(${value})`), axisOf(type, `max(${value})`)]
    return `count(${value}) AS finite_${at}, ${low} AS low_${at}, ${high} AS high_${at}`
  })
  return `SELECT ${['count(*) AS rows', ...list].join(', ')} FROM ${from.text}`
}

/** As {@link boundsQuery} of the finite values, which all must be read for it. */
export function finiteBoundsQuery(columns: readonly Column[], from: Sql): string {
  const list = columns.map(({ name, type }, at) => {
    const axis = finiteAxisOf(type, ident(name).text)
    return `count(${axis}) AS finite_${at}, min(${axis}) AS low_${at}, max(${axis}) AS high_${at}`
  })
  return `SELECT ${list.join(', ')} FROM ${from.text}`
}

/**
 * The bounds of the column at a place in a query of bounds.
 *
 * @returns undefined where the column has no value, null where a bound is hidden
 */
export function boundsOf(row: Readonly<Record<string, unknown>>, at: number): Bounds | undefined | null {
  const [finite, low, high] = [Number(row[`finite_${at}`]), row[`low_${at}`], row[`high_${at}`]]
  if (finite === 0) return undefined
  // −0 becomes 0.
  return typeof low === 'number' && typeof high === 'number' ? { finite, low: low + 0, high: high + 0 } : null
}

/** Counts different values by a bit for each whole number between the bounds. */
export function serialQuery(column: Column, { low, high }: Bounds, from: Sql): string {
  const value = `CAST(${ident(column.name).text} AS BIGINT)`
  return `SELECT bit_count(bitstring_agg(${value}, CAST(${low} AS BIGINT), CAST(${high} AS BIGINT))) AS distinct FROM ${from.text}`
}

/**
 * One column's profile in one query, which groups the rows by value once and reads all else off the groups:
 *
 * - `nulls`, `distinct`, and where the type has them `min`, `max`, `nans`, `infinite`, `mean`, `sd`;
 * - `ranked`: the values at {@link ranksOf}, in order. Groups are counted in slots of equal width, and only the slots that
 *   hold one of the ranks are sorted;
 * - `bins`: a list of `{ bin, values }`, empty bins left out;
 * - `top`: a list of `{ value, rows }`, most frequent first, ties by value;
 * - `lengths`: `{ min, max, mean, empty }` in characters.
 */
export function columnQuery(column: Column, bounds: Bounds | undefined, wanted: Wanted, from: Sql): string {
  const axis = bounds && finiteAxisOf(column.type, 'v')
  const groups = `groups AS MATERIALIZED (SELECT ${ident(column.name).text} AS v, count(*) AS n FROM ${from.text} GROUP BY ALL)`
  const parts = [groups]
  if (axis !== undefined)
    parts.push(`placed AS (SELECT x, n FROM (SELECT ${axis} AS x, n FROM groups) WHERE x IS NOT NULL)`)
  const list = [
    'coalesce(sum(n) FILTER (WHERE v IS NULL), 0) AS nulls',
    'count(v) AS distinct',
    ...rangeOf(column),
    ...(column.type === 'string' ? [LENGTHS] : []),
  ]
  if (bounds && isNumeric(column)) {
    const ranked = rankedParts(bounds, ranksOf(bounds.finite, wanted.quantiles))
    parts.push(meanPart(bounds), ...ranked.parts)
    list.push('(SELECT mean FROM centre) AS mean', `${deviationOf(bounds)} AS sd`, `(${ranked.list}) AS ranked`)
  }
  const bins = bounds && binsOf(bounds.low, bounds.high, wanted.bins, stepOf(column.type))
  if (axis !== undefined && bins) list.push(`(${binList(bins)}) AS bins`)
  if (wanted.top > 0 && ORDERED.has(column.type)) list.push(`(${topList(wanted.top)}) AS top`)
  return `WITH ${parts.join(', ')} SELECT ${list.join(', ')} FROM groups`
}

function rangeOf({ type }: Column): string[] {
  if (!ORDERED.has(type)) return []
  if (type !== 'float') return ['min(v) AS min', 'max(v) AS max']
  const kept = 'FILTER (WHERE NOT isnan(v))'
  return [
    `min(v) ${kept} AS min`,
    `max(v) ${kept} AS max`,
    'coalesce(sum(n) FILTER (WHERE isnan(v)), 0) AS nans',
    'coalesce(sum(n) FILTER (WHERE isinf(v)), 0) AS infinite',
  ]
}

const LENGTHS =
  `{'min': min(length(CAST(v AS VARCHAR))), 'max': max(length(CAST(v AS VARCHAR))), ` +
  `'mean': sum(length(CAST(v AS VARCHAR)) * n) / CAST(sum(n) FILTER (WHERE v IS NOT NULL) AS DOUBLE), ` +
  `'empty': coalesce(sum(n) FILTER (WHERE length(CAST(v AS VARCHAR)) = 0), 0)} AS lengths`

function meanPart({ finite }: Bounds): string {
  return `centre AS MATERIALIZED (SELECT fsum(x * n) / ${finite} AS mean FROM placed)`
}

function deviationOf({ finite, low, high }: Bounds): string {
  if (finite < 2 || Math.max(-low, high) >= SQUARABLE) return 'NULL'
  return `(SELECT sqrt(fsum(n * (x - mean) ** 2) / ${finite - 1}) FROM placed, centre)`
}

/** The ranks, from 0, of the values that quantiles of R's type 7 lie between. */
export function ranksOf(finite: number, quantiles: readonly number[]): number[] {
  const ranks = quantiles.flatMap((p) => [Math.floor((finite - 1) * p), Math.ceil((finite - 1) * p)])
  return [...new Set(ranks)].toSorted((a, b) => a - b)
}

function rankedParts(bounds: Bounds, ranks: readonly number[]): { parts: string[]; list: string } {
  return {
    parts: [
      `ranks AS (SELECT unnest([${ranks.join(', ')}]::BIGINT[]) AS r)`,
      ...(bounds.finite > SLOTS ? sortedSlots(bounds) : SORTED),
    ],
    list: 'SELECT list(x ORDER BY r) FROM sorted JOIN ranks ON r >= first AND r < first + n',
  }
}

/** All values in order, with their first rank: sooner planned than {@link sortedSlots}, and no slower where they are few. */
const SORTED = ['sorted AS (SELECT x, n, sum(n) OVER (ORDER BY x ROWS UNBOUNDED PRECEDING) - n AS first FROM placed)']

/** The values of the slots that hold a wanted rank, in order, with their first rank. */
function sortedSlots({ low, high }: Bounds): string[] {
  const slot = slotOf(low, high)
  return [
    `slots AS (SELECT ${slot} AS slot, sum(n) AS c FROM placed GROUP BY ALL)`,
    'before AS (SELECT slot, c, sum(c) OVER (ORDER BY slot) - c AS b FROM slots)',
    'picked AS (SELECT DISTINCT slot, b FROM before JOIN ranks ON r >= b AND r < b + c)',
    'sorted AS (SELECT x, n, b + sum(n) OVER (PARTITION BY slot ORDER BY x ROWS UNBOUNDED PRECEDING) - n AS first ' +
      `FROM (SELECT x, n, ${slot} AS slot FROM placed) JOIN picked USING (slot))`,
  ]
}

/** A slot grows with its values, whatever is rounded; that is all that ranks need. Halves, since a range may overflow. */
function slotOf(low: number, high: number): string {
  const width = (high / 2 - low / 2) / SLOTS
  if (width === 0) return 'CAST(0 AS USMALLINT)'
  return `CAST(least(floor((x / 2 - ${double(low / 2)}) / ${double(width)}), ${SLOTS}) AS USMALLINT)`
}

/** The bin is found by division and put right by the edges themselves: the quotient may be rounded over one. */
function binList({ edges, width }: Bins): string {
  const last = edges.length - 2
  const low = double(edges[0] as number)
  if (last === 0) return `SELECT [{'bin': 0, 'values': sum(n)}] FROM placed`
  const edge = (bin: string): string => `${low} + (${bin}) * ${double(width)}`
  const bin = `q - CAST(x < ${edge('q')} AS DOUBLE) + CAST(x >= ${edge('q + 1')} AS DOUBLE)`
  const counted =
    `SELECT CAST(greatest(0, least(${bin}, ${last})) AS USMALLINT) AS bin, sum(n) AS values ` +
    `FROM (SELECT x, n, floor((x - ${low}) / ${double(width)}) AS q FROM placed) GROUP BY ALL`
  return `SELECT list({'bin': bin, 'values': values}) FROM (${counted})`
}

function topList(top: number): string {
  return (
    `SELECT list({'value': v, 'rows': n} ORDER BY n DESC, v) FROM ` +
    `(SELECT v, n FROM groups WHERE v IS NOT NULL ORDER BY n DESC, v LIMIT ${top})`
  )
}

function double(value: number): string {
  return `CAST('${value}' AS DOUBLE)`
}

/** Counts the keys that are there more than once, and the rows that have them beyond the first. */
export function duplicatesQuery(key: readonly string[], from: Sql): string {
  const names = key.map((name) => ident(name).text).join(', ')
  return (
    `SELECT count(*) AS keys, coalesce(sum(n - 1), 0) AS rows FROM ` +
    `(SELECT count(*) AS n FROM ${from.text} GROUP BY ${names} HAVING count(*) > 1)`
  )
}
