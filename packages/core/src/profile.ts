import { failure } from './codes.ts'
import type { Engine, QueryOptions, Row } from './engine.ts'
import { factValue, type FactValue } from './fact-value.ts'
import { binsOf, DEFAULT_BINS, type Bins, type Histogram } from './profile/histogram.ts'
import {
  boundsOf,
  boundsQuery,
  columnQuery,
  duplicatesQuery,
  finiteBoundsQuery,
  hasAxis,
  ranksOf,
  serialQuery,
  stepOf,
  type Bounds,
  type Wanted,
} from './profile/query.ts'
import { keptByColumn } from './profile/kept-by-column.ts'
import { nameList, type Relation } from './relation.ts'
import { isNumeric, type Column, type ColumnType } from './schema.ts'
import { raw, type Sql } from './sql.ts'

/** A value that a share of the values does not exceed. */
export interface Quantile {
  /** The share, 0–1: 0.5 for the median. */
  readonly p: number
  readonly value: number
}

/** A value and how many rows have it. */
export interface TopValue {
  readonly value: FactValue
  readonly count: number
}

/** How long texts are, in characters (Unicode code points: 'é' is one or two, as it is written). */
export interface TextLengths {
  readonly min: number
  readonly mean: number
  readonly max: number
  /** Texts of no character. */
  readonly empty: number
}

/** What one column holds. Fields that its type does not have are left out. */
export interface ColumnProfile {
  readonly name: string
  readonly type: ColumnType
  /** Rows without a value. */
  readonly nulls: number
  /** Different values, nulls apart; the least that there can be, where `distinctAtMost` stands beside it. */
  readonly distinct: number
  /** Of merged profiles, and of large columns in reports of drift: the most different values that there can be; left out where
   * `distinct` is exact. */
  readonly distinctAtMost?: number
  /** Smallest and largest value; null where there is none. */
  readonly min: FactValue
  readonly max: FactValue
  /** Numbers only, NaN and ±Infinity apart; the standard deviation is the sample's (n − 1), null below two values
   * and where a value lies beyond ±1e150. The mean is null where the sum is beyond a double. */
  readonly mean?: number | null
  readonly sd?: number | null
  /** Numbers only: quartiles by linear interpolation (R type 7), NaN and ±Infinity apart. */
  readonly quartiles?: readonly [number, number, number] | null
  /** Floats only: values that are NaN. They count among the distinct values, as one. */
  readonly nans?: number
  /** Floats only: values that are Infinity or −Infinity. */
  readonly infinite?: number
  /** Numbers only: as `quartiles`, for the shares asked for, in their order; null where there is no finite value, and of
   * merged profiles. */
  readonly quantiles?: readonly Quantile[] | null
  /** Numbers, dates and timestamps, finite ones: their counts sum up to the number of those. Null where there is no such
   * value, or where they lie further apart than a double can say. */
  readonly histogram?: Histogram | null
  /** The most frequent values, ties by value; left out where every value is different, for types without an order, and by
   * `profileOfDoubles` where it did not count by value. Of merged profiles the counts are lower bounds where `distinctAtMost`
   * stands beside them. */
  readonly top?: readonly TopValue[]
  /** Text only; null where there is no value. */
  readonly lengths?: TextLengths | null
}

/** How often the values of a key come again. Rows with the same values are equal, also where one is missing. */
export interface Duplicates {
  /** The key's columns. */
  readonly key: readonly string[]
  /** Rows whose key was there before: with one row a key, there would be so many fewer. */
  readonly rows: number
  /** Keys that are there more than once. */
  readonly keys: number
}

/** What a frame holds. */
export interface Profile {
  readonly rows: number
  readonly columns: readonly ColumnProfile[]
  /** Only where a key was given. */
  readonly duplicates?: Duplicates
}

/** What to find out beside the counts. */
export interface ProfileOptions<Name extends string = string> extends QueryOptions {
  /** Default: all. */
  readonly columns?: readonly Name[] | undefined
  /** Columns whose values together should name one row: how often they come again is counted. */
  readonly key?: readonly Name[] | undefined
  /** Shares, 0–1. Default: 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99. */
  readonly quantiles?: readonly number[] | undefined
  /** Bins of a histogram, 1–1000. Default: 20. */
  readonly bins?: number | undefined
  /** Most frequent values of a column, 0–1000. Default: 10. */
  readonly top?: number | undefined
}

/** Runs SQL, as an engine does. */
type Query = (text: string, options?: QueryOptions) => Promise<Row[]>

/** Shares of quantiles where the caller names none. */
export const QUANTILES: readonly number[] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
/** The shares of the quartiles. */
export const QUARTILES = [0.25, 0.5, 0.75] as const

/** Most frequent values where the caller names no number. */
export const DEFAULT_TOP = 10

/** Columns whose bounds are found by one query: the engine's planning grows squarely with them, and is deaf meanwhile. */
const COLUMNS_AT_ONCE = 32

/** Columns whose queries run at the same time: parts of a query, and its planning, keep one core busy. */
const TURNS = 2

/** From so many values on it pays to look whether integers are a series without a gap; a bit each, up to so many. */
const SERIAL = { from: 100_000, to: 2 ** 28 }

/**
 * Computes a profile. All numbers are exact.
 *
 * The relation is read once: where it is not stored by column already (Parquet, tables), the columns are kept in a file of
 * the engine's meanwhile. Each column then takes a query of its own, which groups rows by value: that was measured twice as
 * fast as all columns in one, with half the memory.
 *
 * @param query runs SQL over the relation, once it is prepared
 * @param all the relation's columns
 */
export async function profileOf(
  engine: Engine,
  query: Query,
  relation: Relation,
  all: readonly Column[],
  options: ProfileOptions = {},
): Promise<Profile> {
  const wanted = wantedOf(options)
  const key = options.key ?? []
  const columns = options.columns ? all.filter(({ name }) => options.columns?.includes(name)) : all
  const names = [...new Set([...columns.map(({ name }) => name), ...key])]
  const run = counted(query, options, columns.length + 2)
  if (names.length === 0 || relation.byColumn) return profileTable(run, relation.from, columns, key, wanted)
  const kept = await keptByColumn(
    engine,
    { from: raw(`(SELECT ${nameList(names).text} FROM ${relation.from.text})`), names },
    all,
  )
  try {
    await run(kept.statement)
    return await profileTable(run, kept.from, columns, key, wanted)
  } finally {
    // Where this fails too, the first error is the one to know.
    await kept.remove().catch(() => undefined)
  }
}

function wantedOf({ quantiles = QUANTILES, bins = DEFAULT_BINS, top = DEFAULT_TOP }: ProfileOptions): Wanted {
  const problems: string[] = []
  const odd = quantiles.filter((p) => !(p >= 0 && p <= 1))
  if (odd.length > 0) problems.push(`quantiles: ${odd.join(', ')} is not between 0 and 1`)
  if (!(Number.isInteger(bins) && bins >= 1 && bins <= 1000))
    problems.push(`bins: ${bins} is not a whole number from 1 to 1000`)
  if (!(Number.isInteger(top) && top >= 0 && top <= 1000))
    problems.push(`top: ${top} is not a whole number from 0 to 1000`)
  if (problems.length > 0)
    throw failure('DS_UNIT', `profile: ${problems.join('; ')}`, { hint: 'Leave them out for the usual.' })
  return { quantiles, bins, top }
}

/** Runs queries, and tells the progress of them all. */
function counted(query: Query, { signal, onProgress }: QueryOptions, total: number): (text: string) => Promise<Row[]> {
  let done = 0
  let told = 0
  const tell = (fraction = 0): void => {
    told = Math.min(1, Math.max(told, (done + fraction) / total))
    onProgress?.({ fraction: told })
  }
  return async (text) => {
    const rows = await query(text, { signal, ...(onProgress && { onProgress: ({ fraction }) => tell(fraction) }) })
    done += 1
    return rows
  }
}

async function profileTable(
  run: (text: string) => Promise<Row[]>,
  from: Sql,
  columns: readonly Column[],
  key: readonly string[],
  wanted: Wanted,
): Promise<Profile> {
  const { rows, bounds } = await allBounds(run, from, columns)
  const profiles = await inTurns(columns, (column) =>
    profileColumn(run, from, column, rows, bounds.get(column), wanted),
  )
  if (key.length === 0) return { rows, columns: profiles }
  return { rows, columns: profiles, duplicates: await duplicatesOf(run, from, key, rows, profiles) }
}

/** Does work for each column, {@link TURNS} at a time. Where one fails, nothing runs any more when this throws. */
async function inTurns<T>(columns: readonly Column[], work: (column: Column) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const turn = async (): Promise<void> => {
    while (next < columns.length) {
      const at = next++
      try {
        results[at] = await work(columns[at] as Column)
      } catch (error) {
        next = columns.length
        throw error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: TURNS }, turn))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return results
}

/** Counts the rows, and finds the bounds of the columns that have any. */
async function allBounds(
  run: (text: string) => Promise<Row[]>,
  from: Sql,
  columns: readonly Column[],
): Promise<{ readonly rows: number; readonly bounds: ReadonlyMap<Column, Bounds> }> {
  const found = new Map<Column, Bounds>()
  const unknown = columns.filter(({ type }) => type === 'float')
  const keep = (some: readonly Column[], row: Row): void =>
    some.forEach((column, at) => {
      const bounds = boundsOf(row, at)
      if (bounds) found.set(column, bounds)
      else if (bounds === null) unknown.push(column)
    })
  const plain = columns.filter((column) => hasAxis(column) && column.type !== 'float')
  let rows = 0
  for (const some of chunks(plain)) {
    const [row = {}] = await run(boundsQuery(some, from))
    rows = Number(row['rows'])
    keep(some, row)
  }
  if (unknown.length > 0)
    for (const some of chunks(unknown)) keep(some, (await run(finiteBoundsQuery(some, from)))[0] ?? {})
  return { rows, bounds: found }
}

/** Columns a few at a time; one time at least. */
function chunks(columns: readonly Column[]): (readonly Column[])[] {
  const parts = Math.max(1, Math.ceil(columns.length / COLUMNS_AT_ONCE))
  return Array.from({ length: parts }, (_, at) => columns.slice(at * COLUMNS_AT_ONCE, (at + 1) * COLUMNS_AT_ONCE))
}

async function profileColumn(
  run: (text: string) => Promise<Row[]>,
  from: Sql,
  column: Column,
  rows: number,
  bounds: Bounds | undefined,
  wanted: Wanted,
): Promise<ColumnProfile> {
  const shares = isNumeric(column) ? { ...wanted, quantiles: [...wanted.quantiles, ...QUARTILES] } : wanted
  if (bounds && mayBeSerial(column, bounds)) {
    const [row] = await run(serialQuery(column, bounds, from))
    if (Number(row?.['distinct']) === bounds.finite)
      return columnProfile(column, bounds, wanted, serialRow(rows, bounds, shares))
  }
  const [row = {}] = await run(columnQuery(column, bounds, shares, from))
  return columnProfile(column, bounds, wanted, row)
}

/** Whether integers fill the room between their bounds, if no two are the same: row numbers, as a rule. */
function mayBeSerial({ type }: Column, { finite, low, high }: Bounds): boolean {
  return (
    type === 'integer' &&
    finite >= SERIAL.from &&
    finite <= SERIAL.to &&
    high - low + 1 === finite &&
    Number.isSafeInteger(low) &&
    Number.isSafeInteger(high)
  )
}

/** What the query of a column would give of whole numbers without a gap. */
function serialRow(rows: number, { finite, low, high }: Bounds, { quantiles, bins }: Wanted): Row {
  const edges = binsOf(low, high, bins, 1)?.edges ?? []
  const below = edges.map((edge, at) => (at === edges.length - 1 ? finite : Math.ceil(edge) - low))
  return {
    nulls: rows - finite,
    distinct: finite,
    min: low,
    max: high,
    mean: low + (finite - 1) / 2,
    sd: Math.sqrt((finite * (finite + 1)) / 12),
    ranked: ranksOf(finite, quantiles).map((rank) => low + rank),
    bins: below.slice(1).map((upper, bin) => ({ bin, values: upper - (below[bin] as number) })),
  }
}

function columnProfile(column: Column, bounds: Bounds | undefined, wanted: Wanted, row: Row): ColumnProfile {
  const { name, type } = column
  const [nulls, distinct] = [Number(row['nulls']), Number(row['distinct'])]
  const general = { name, type, nulls, distinct, min: fact(row['min'], type), max: fact(row['max'], type) }
  const bins = bounds && binsOf(bounds.low, bounds.high, wanted.bins, stepOf(type))
  return {
    ...general,
    ...(isNumeric(column) ? numbersOf(bounds, wanted, row) : {}),
    ...(type === 'float' ? { nans: Number(row['nans']), infinite: Number(row['infinite']) } : {}),
    ...(hasAxis(column) ? { histogram: bins ? histogramOf(bins, row) : null } : {}),
    ...topOf(type, row),
    ...(type === 'string' ? { lengths: lengthsOf(distinct, row) } : {}),
  }
}

/** A value as reports show it. There is one zero: −0 equals 0. */
function fact(value: unknown, type: ColumnType): FactValue {
  return value === 0 ? 0 : factValue(value, type)
}

function numbersOf(
  bounds: Bounds | undefined,
  { quantiles }: Wanted,
  row: Row,
): Pick<ColumnProfile, 'mean' | 'sd' | 'quartiles' | 'quantiles'> {
  if (!bounds) return { mean: null, sd: null, quartiles: null, quantiles: null }
  const ranks = ranksOf(bounds.finite, [...quantiles, ...QUARTILES])
  const ranked = new Map((row['ranked'] as readonly number[]).map((value, at) => [ranks[at] as number, value]))
  const quantile = (p: number): number => interpolate(ranked, (bounds.finite - 1) * p)
  return {
    mean: finiteOf(row['mean']),
    sd: finiteOf(row['sd']),
    quartiles: [quantile(QUARTILES[0]), quantile(QUARTILES[1]), quantile(QUARTILES[2])],
    quantiles: quantiles.map((p) => ({ p, value: quantile(p) })),
  }
}

/** The value at a rank; between two ranks, on the line between their values. */
export function interpolate(ranked: ReadonlyMap<number, number>, rank: number): number {
  const below = ranked.get(Math.floor(rank)) as number
  const above = ranked.get(Math.ceil(rank)) as number
  const share = rank - Math.floor(rank)
  const gap = above - below
  const value = Number.isFinite(gap) ? below + gap * share : below * (1 - share) + above * share
  return value === 0 ? 0 : value
}

function finiteOf(value: unknown): number | null {
  if (!Number.isFinite(value)) return null
  return value === 0 ? 0 : (value as number)
}

function histogramOf({ edges }: Bins, row: Row): Histogram {
  const counts = edges.slice(1).fill(0)
  for (const { bin, values } of row['bins'] as readonly { bin: number; values: number }[]) counts[bin] = values
  return { edges, counts }
}

function topOf(type: ColumnType, row: Row): { readonly top?: readonly TopValue[] } {
  const top = row['top'] as readonly { value: unknown; rows: number }[] | null | undefined
  // The first is the most frequent: where it is there once, so are all.
  if (!top?.some(({ rows }) => rows > 1)) return {}
  return { top: top.map(({ value, rows }) => ({ value: fact(value, type), count: rows })) }
}

function lengthsOf(distinct: number, row: Row): TextLengths | null {
  return distinct === 0 ? null : (row['lengths'] as TextLengths)
}

async function duplicatesOf(
  run: (text: string) => Promise<Row[]>,
  from: Sql,
  key: readonly string[],
  rows: number,
  profiles: readonly ColumnProfile[],
): Promise<Duplicates> {
  const alone = key.length === 1 ? profiles.find(({ name }) => name === key[0]) : undefined
  if (alone && alone.nulls <= 1 && alone.distinct + alone.nulls === rows) return { key, rows: 0, keys: 0 }
  const [row] = await run(duplicatesQuery(key, from))
  return { key, rows: Number(row?.['rows']), keys: Number(row?.['keys']) }
}
