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
 */
export function duckdbValue(type: DuckDB.DuckDBType): (vector: DuckDB.DuckDBVector) => readonly unknown[] {
  const plain = PLAIN.has(String(type))
  return (vector) => (plain ? vector.toArray() : vector.toArray().map(toJavaScript))
}

function toJavaScript(value: unknown): unknown {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'bigint' ? smallest(value) : value
  }
  switch (value.constructor.name) {
    case 'DuckDBDecimalValue': {
      const decimal = value as DuckDB.DuckDBDecimalValue
      return decimal.width <= 15 ? decimal.toDouble() : decimal.toString()
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
