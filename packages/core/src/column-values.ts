import type { Batch } from './engine.ts'
import { isNumeric, type Column, type ColumnType } from './schema.ts'
import { ident } from './sql.ts'

/** A column whole in memory. */
export interface ColumnValues {
  readonly name: string
  readonly type: ColumnType
  /**
   * Numbers: `Float64Array`, or `BigInt64Array` for whole numbers of which one is beyond ±(2^53 − 1). Dates and
   * timestamps: milliseconds since 1970 UTC in a `Float64Array`, NaN for ±infinity. Booleans: 0 and 1 in a `Uint8Array`.
   * Any other type, as text and whole numbers of more than 64 bits: an array of values as rows have them.
   */
  readonly values: Float64Array | BigInt64Array | Uint8Array | readonly unknown[]
  /** One byte a row: 1 where it has a value. Left out where every row has one. Where it has none, the value is NaN, 0 or null. */
  readonly valid?: Uint8Array
}

const WHOLE = '9007199254740991'

/** Reads a column; `select` runs a select list over its rows. */
export async function columnValues(
  column: Column,
  select: (list: string) => AsyncIterable<Batch>,
): Promise<ColumnValues> {
  const { name, type, nativeType } = column
  const value = ident(name).text
  const number = asDouble(column, value)
  if (number === undefined || /^U?HUGEINT$|^UBIGINT$/.test(nativeType)) {
    const values: unknown[] = []
    for await (const batch of select(value)) for (const one of Array.from(batch.columns[0] ?? [])) values.push(one)
    return { name, type, values }
  }
  const list = [
    `COALESCE(${number}, CAST('NaN' AS DOUBLE))`,
    `CAST(${value} IS NOT NULL AS DOUBLE)`,
    ...(type === 'integer' ? [`CAST(COALESCE(${value} NOT BETWEEN -${WHOLE} AND ${WHOLE}, FALSE) AS DOUBLE)`] : []),
  ]
  const [values, there, beyond] = (await doubles(select(list.join(', ')), list.length)) as [
    Float64Array,
    Float64Array,
    Float64Array?,
  ]
  const valid = there.includes(0) ? Uint8Array.from(there) : undefined
  const rest = valid === undefined ? {} : { valid }
  if (type === 'boolean') return { name, type, values: Uint8Array.from(values), ...rest }
  if (beyond?.includes(1))
    return { name, type, values: await bigints(select(`COALESCE(${value}, 0)`), values.length), ...rest }
  return { name, type, values, ...rest }
}

function asDouble({ type, nativeType }: Column, value: string): string | undefined {
  if (isNumeric({ name: '', type, nativeType: '' }) || type === 'boolean') return `CAST(${value} AS DOUBLE)`
  const milliseconds =
    type === 'date'
      ? `(${value} - DATE '1970-01-01') * 86400000`
      : type === 'timestamp' || type === 'timestamptz'
        ? flooredMilliseconds(value, nativeType === 'TIMESTAMP_NS')
        : undefined
  return milliseconds && `CAST(CASE WHEN isfinite(${value}) THEN ${milliseconds} END AS DOUBLE)`
}

/** Cut towards the past, as rows have it: the engine's epoch_ms cuts towards 1970. */
function flooredMilliseconds(value: string, nanoseconds: boolean): string {
  const count = `${nanoseconds ? 'epoch_ns' : 'epoch_us'}(${value})`
  const per = nanoseconds ? 1_000_000 : 1000
  return `(${count} - (${count} % ${per} + ${per}) % ${per}) // ${per}`
}

/** The columns of batches of doubles without missing values, each in one array. */
export async function doubles(batches: AsyncIterable<Batch>, width: number): Promise<Float64Array[]> {
  let arrays: Float64Array[] = Array.from({ length: width }, () => new Float64Array(2048))
  let length = 0
  for await (const { columns, rows } of batches) {
    if (length + rows > (arrays[0]?.length ?? 0)) arrays = arrays.map((array) => grown(array, length + rows))
    columns.forEach((column, at) => arrays[at]?.set(column as ArrayLike<number>, length))
    length += rows
  }
  return arrays.map((array) => array.slice(0, length))
}

function grown(array: Float64Array, least: number): Float64Array {
  const larger = new Float64Array(Math.max(least, Math.ceil(array.length * 1.6)))
  larger.set(array)
  return larger
}

async function bigints(batches: AsyncIterable<Batch>, length: number): Promise<BigInt64Array> {
  const values = new BigInt64Array(length)
  let at = 0
  for await (const { columns, rows } of batches) {
    for (let row = 0; row < rows; row++) values[at++] = BigInt(columns[0]?.[row] as number | bigint)
  }
  return values
}
