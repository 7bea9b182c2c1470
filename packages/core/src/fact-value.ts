import type { Column, ColumnType } from './schema.ts'

/** A value as a report shows it. What JSON cannot hold (NaN, ±Infinity, integers over 2^53) is a string. */
export type FactValue = string | number | boolean | null

/** A row as a report shows it. */
export type FactRow = Readonly<Record<string, FactValue>>

/** Longest text that a report quotes, in UTF-16 units. */
const LONGEST = 200

/**
 * A value as a report shows it: JSON holds it, and a person can read it. NaN, ±Infinity and integers over 2^53 become
 * strings, dates ISO 8601, nested values JSON; long text is cut and ends with `…`.
 *
 * @example factValue(new Date(0), 'date') // '1970-01-01'
 */
export function factValue(value: unknown, type: ColumnType = 'unknown'): FactValue {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'bigint':
      return String(value)
    case 'string':
      return cut(value)
    case 'undefined':
      return null
    default:
  }
  if (value === null) return null
  if (value instanceof Date)
    return type === 'date' ? (value.toISOString().split('T')[0] as string) : value.toISOString()
  if (value instanceof Uint8Array) return cut(`0x${Buffer.from(value).toString('hex')}`)
  return cut(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item)))
}

/** A row as a report shows it. */
export function factRow(row: Readonly<Record<string, unknown>>, columns: readonly Column[]): FactRow {
  return Object.fromEntries(columns.map(({ name, type }) => [name, factValue(row[name], type)]))
}

function cut(text: string): string {
  if (text.length <= LONGEST) return text
  // Not between the two halves of a character outside the basic plane.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST
  return `${text.slice(0, end)}…`
}
