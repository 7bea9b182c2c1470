import { createRequire } from 'node:module'
import type * as DuckDB from '@duckdb/node-api'
import { failure } from '../codes.ts'

/** The types whose values JavaScript can give as they are; any other goes in as text and is cast. */
const INPUTS: Readonly<Record<string, (value: unknown, duckdb: typeof DuckDB) => DuckDB.DuckDBValue | undefined>> = {
  BOOLEAN: (value) => (typeof value === 'boolean' ? value : undefined),
  INTEGER: (value) => (isWhole32(value) ? value : undefined),
  BIGINT: (value) => wholeNumber(value, 63n),
  HUGEINT: (value) => wholeNumber(value, 127n),
  DOUBLE: (value) =>
    typeof value === 'number'
      ? value
      : typeof value === 'bigint' && BigInt(Number(value)) === value
        ? Number(value)
        : undefined,
  VARCHAR: (value) => (typeof value === 'string' ? value : undefined),
  BLOB: (value, { DuckDBBlobValue }) => (value instanceof Uint8Array ? new DuckDBBlobValue(value) : undefined),
  DATE: (value, { DuckDBDateValue }) =>
    isTime(value) ? new DuckDBDateValue(Math.floor(value.getTime() / DAY_MS)) : undefined,
  TIMESTAMP: (value, { DuckDBTimestampValue }) =>
    isTime(value) ? new DuckDBTimestampValue(BigInt(value.getTime()) * 1000n) : undefined,
  'TIMESTAMP WITH TIME ZONE': (value, { DuckDBTimestampTZValue }) =>
    isTime(value) ? new DuckDBTimestampTZValue(BigInt(value.getTime()) * 1000n) : undefined,
}

const DAY_MS = 86_400_000

/**
 * Makes the function that turns JavaScript values into those of a type, as `Batch` describes them.
 *
 * @throws DS_VALUE_MISFIT, from the function, for a value that the type does not hold
 */
export function duckdbInput(type: DuckDB.DuckDBType): (value: unknown) => DuckDB.DuckDBValue {
  const name = String(type)
  const convert = INPUTS[name]
  const duckdb = createRequire(import.meta.url)('@duckdb/node-api') as typeof DuckDB
  return (value) => {
    if (value === null || value === undefined) return null
    const converted = convert?.(value, duckdb)
    if (converted === undefined) throw failure('DS_VALUE_MISFIT', `${shown(value)} is no ${name}`)
    return converted
  }
}

function wholeNumber(value: unknown, bits: bigint): bigint | undefined {
  const whole = typeof value === 'bigint' ? value : Number.isInteger(value) ? BigInt(value as number) : undefined
  return whole !== undefined && whole >= -(2n ** bits) && whole < 2n ** bits ? whole : undefined
}

function isWhole32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31
}

function isTime(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime())
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`
  if (typeof value === 'object' && value !== null) return `a value of class ${value.constructor?.name ?? 'Object'}`
  return `the ${typeof value} ${String(value)}`
}
