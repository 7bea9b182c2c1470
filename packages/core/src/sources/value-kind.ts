/** What JavaScript values a column holds. */
export type ValueKind = 'none' | 'boolean' | 'integer' | 'huge' | 'number' | 'text' | 'time' | 'bytes' | 'json'

/** The engine's type of a column of such values. */
export const TYPE_OF: Readonly<Record<ValueKind, string>> = {
  none: 'VARCHAR',
  boolean: 'BOOLEAN',
  integer: 'BIGINT',
  huge: 'HUGEINT',
  number: 'DOUBLE',
  text: 'VARCHAR',
  time: 'TIMESTAMP',
  bytes: 'BLOB',
  json: 'JSON',
}

/** The kind of a value; none for functions, symbols and invalid dates. */
export function kindOf(value: unknown): ValueKind | undefined {
  switch (typeof value) {
    case 'undefined':
      return 'none'
    case 'boolean':
      return 'boolean'
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'integer' : 'number'
    case 'bigint':
      if (value >= -(2n ** 63n) && value < 2n ** 63n) return 'integer'
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
  return value instanceof Uint8Array ? 'bytes' : 'json'
}

/** The kind that holds the values of both. */
export function widerKind(a: ValueKind, b: ValueKind): ValueKind {
  if (a === b || b === 'none') return a
  if (a === 'none') return b
  const both = new Set([a, b])
  if (both.has('json')) return 'json'
  if (both.has('integer') && both.has('huge')) return 'huge'
  if (both.has('integer') && both.has('number')) return 'number'
  return 'text'
}

/** A value as a column of a kind takes it. */
export function stored(value: unknown, kind: ValueKind): unknown {
  if (value === null || value === undefined) return null
  if (kind === 'json')
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
  if (kind === 'number') return Number(value)
  if (kind !== 'text' && kind !== 'none') return value
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '')
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
}
