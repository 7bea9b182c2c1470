import { jsonText } from '../json-text.ts'

/** What JavaScript values a column holds. */
export type ValueKind = 'none' | 'boolean' | 'integer' | 'long' | 'huge' | 'number' | 'text' | 'time' | 'bytes' | 'json'

/** The engine's type of a column of such values. */
export const TYPE_OF: Readonly<Record<ValueKind, string>> = {
  none: 'VARCHAR',
  boolean: 'BOOLEAN',
  integer: 'BIGINT',
  long: 'BIGINT',
  huge: 'HUGEINT',
  number: 'DOUBLE',
  text: 'VARCHAR',
  time: 'TIMESTAMP',
  bytes: 'BLOB',
  json: 'JSON',
}

/** The kind of a value; none for functions, symbols, invalid dates, and objects that hold nothing one could write. */
export function kindOf(value: unknown): ValueKind | undefined {
  switch (typeof value) {
    case 'undefined':
      return 'none'
    case 'boolean':
      return 'boolean'
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'integer' : 'number'
    case 'bigint':
      if (BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))) return 'integer'
      if (value >= -(2n ** 63n) && value < 2n ** 63n) return 'long'
      return value >= -(2n ** 127n) && value < 2n ** 127n ? 'huge' : 'text'
    case 'string':
      return 'text'
    case 'object':
      return ofObject(value)
    default:
      return undefined
  }
}

function ofObject(value: object | null): ValueKind | undefined {
  if (value === null) return 'none'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : 'time'
  if (value instanceof Uint8Array) return 'bytes'
  return isWritten(value) ? 'json' : undefined
}

/** Whether JSON says something of an object: it does not of a promise or a regular expression. */
function isWritten(value: object): boolean {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) return true
  if ('toJSON' in value || Object.keys(value).length > 0) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Kinds of whole numbers, each within the next. Those beyond 2^53 would lose digits as numbers. */
const WHOLE: readonly ValueKind[] = ['integer', 'long', 'huge']

/** The kind that holds the values of both, whatever came before: text where they have nothing in common. */
export function widerKind(a: ValueKind, b: ValueKind): ValueKind {
  if (a === b || b === 'none') return a
  if (a === 'none') return b
  const [one, two] = [WHOLE.indexOf(a), WHOLE.indexOf(b)]
  if (one >= 0 && two >= 0) return one > two ? a : b
  return (a === 'integer' && b === 'number') || (a === 'number' && b === 'integer') ? 'number' : 'text'
}

/** A value as a column of a kind takes it. */
export function stored(value: unknown, kind: ValueKind): unknown {
  if (value === null || value === undefined) return null
  if (kind === 'json') return jsonText(value)
  if (kind === 'number') return Number(value)
  if (kind !== 'text' && kind !== 'none') return value
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '')
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : jsonText(value)
}
