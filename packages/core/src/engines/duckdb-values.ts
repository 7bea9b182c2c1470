import type * as DuckDB from '@duckdb/node-api'

/** DuckDB's dates count days, its timestamps microseconds; the largest and smallest stand for ±infinity. */
const DAY_MS = 86_400_000
const INFINITE_DAYS = 2_147_483_647

/** Types whose values come out as they should be. */
const PLAIN = new Set([
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'FLOAT',
  'DOUBLE',
  'VARCHAR',
])

/**
 * Makes the function that turns a vector of a type into JavaScript values, as `Batch` describes them.
 *
 * @param type the column's type
 * @param lent whether doubles may stay in the engine's memory
 */
export function duckdbValue(
  type: DuckDB.DuckDBType,
  lent: boolean,
): (vector: DuckDB.DuckDBVector) => ArrayLike<unknown> {
  const name = String(type)
  if (name === 'DOUBLE') {
    return (vector) => {
      const values = doublesOf(vector)
      return values ? (lent ? values : values.slice()) : vector.toArray()
    }
  }
  return PLAIN.has(name) ? (vector) => vector.toArray() : (vector) => vector.toArray().map(toJavaScript)
}

/**
 * A vector of doubles as they lie in the engine's memory, where none is missing: many times faster than value by value.
 * The fields are private to the driver, so they are looked at before they are believed.
 */
export function doublesOf(vector: DuckDB.DuckDBVector): Float64Array | undefined {
  const { items, validity } = vector as unknown as { items?: unknown; validity?: { data?: unknown } }
  if (!(items instanceof Float64Array) || validity === undefined || !('data' in validity)) return undefined
  return validity.data === null || allValid(validity.data, items.length) ? items : undefined
}

/** Whether the first bits, one a row, are all 1. */
function allValid(words: unknown, rows: number): boolean {
  if (!(words instanceof BigUint64Array)) return false
  const rest = BigInt(rows % 64)
  const last = words[Math.floor(rows / 64)] ?? 0n
  return (
    words.subarray(0, Math.floor(rows / 64)).every((word) => word === ALL) &&
    (rest === 0n || BigInt.asUintN(Number(rest), ~last) === 0n)
  )
}

const ALL = 2n ** 64n - 1n

const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

function toJavaScript(value: unknown): unknown {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'bigint' ? smallest(value) : value
  }
  switch (value.constructor.name) {
    case 'DuckDBDecimalValue': {
      const decimal = value as DuckDB.DuckDBDecimalValue
      // Both are exact, so the quotient is the nearest double. The driver's own toDouble takes ten times as long.
      return decimal.width <= 15 ? Number(decimal.value) / (POWERS[decimal.scale] as number) : decimal.toString()
    }
    case 'DuckDBDateValue': {
      const { days } = value as DuckDB.DuckDBDateValue
      return Math.abs(days) >= INFINITE_DAYS ? infinite(days > 0) : dateOr(new Date(days * DAY_MS), value)
    }
    case 'DuckDBTimestampValue':
    case 'DuckDBTimestampTZValue':
      return timestamp((value as DuckDB.DuckDBTimestampValue).micros, 1000n, value)
    case 'DuckDBTimestampNanosecondsValue':
      return timestamp((value as DuckDB.DuckDBTimestampNanosecondsValue).nanos, 1_000_000n, value)
    case 'DuckDBTimestampMillisecondsValue':
      return timestamp((value as DuckDB.DuckDBTimestampMillisecondsValue).millis, 1n, value)
    case 'DuckDBTimestampSecondsValue':
      return timestamp((value as DuckDB.DuckDBTimestampSecondsValue).seconds * 1000n, 1n, value)
    case 'DuckDBBlobValue':
      return Uint8Array.from((value as DuckDB.DuckDBBlobValue).bytes)
    case 'DuckDBListValue':
    case 'DuckDBArrayValue':
      return (value as DuckDB.DuckDBListValue).items.map(toJavaScript)
    case 'DuckDBStructValue':
      return Object.fromEntries(
        Object.entries((value as DuckDB.DuckDBStructValue).entries).map(([key, item]) => [key, toJavaScript(item)]),
      )
    case 'DuckDBMapValue':
      return Object.fromEntries(
        (value as DuckDB.DuckDBMapValue).entries.map((entry) => [
          String(toJavaScript(entry.key)),
          toJavaScript(entry.value),
        ]),
      )
    default:
      // Times, intervals, UUIDs, bit strings: the engine's own text.
      // eslint-disable-next-line typescript/no-base-to-string -- these classes all have a toString of their own
      return String(value)
  }
}

function smallest(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

function timestamp(count: bigint, perMillisecond: bigint, value: object): Date | string {
  // Rounds towards the past, as the clock does, also before 1970.
  const whole = count / perMillisecond - (count % perMillisecond < 0n ? 1n : 0n)
  return dateOr(new Date(Number(whole)), value)
}

/** A date, or the engine's text of one that `Date` cannot hold. */
function dateOr(date: Date, value: object): Date | string {
  // eslint-disable-next-line typescript/no-base-to-string -- these classes have a toString of their own
  return Number.isNaN(date.getTime()) ? String(value) : date
}

function infinite(future: boolean): string {
  return future ? 'infinity' : '-infinity'
}
