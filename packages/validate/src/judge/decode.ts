import type { ValueKind } from '../checks/kind.ts'

/** Text that means "no value" wherever something else than text is due, unless markers are declared. */
const USUAL_MARKERS: ReadonlySet<string> = new Set(['NA', 'N/A', 'NULL', 'null'])

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const NOT_FINITE = /^([+-]?)(inf|infinity|nan)$/i
const INTEGER = /^[+-]?\d+$/
const ISO_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$/

/**
 * The cells of text columns that mean "no value", besides the empty one.
 *
 * @param declared those that are declared, which count in columns of texts too
 */
export function markersOf(kind: ValueKind, declared: readonly string[] | undefined): ReadonlySet<string> {
  return declared ? new Set(declared) : kind === 'string' ? new Set() : USUAL_MARKERS
}

/**
 * Makes the function that decodes the cells of a text column.
 *
 * @param kind what the column's schema takes
 * @param declared the markers of missing values, where they are declared; they then count in text columns too
 * @returns a function from cell to value, with null for a missing one; a cell that cannot be decoded comes back as it is
 * @example cellDecoder('number', undefined)('30') // 30
 */
export function cellDecoder(
  kind: ValueKind,
  declared: readonly string[] | undefined,
): (cell: string | null) => unknown {
  const markers = markersOf(kind, declared)
  const decode = DECODERS[kind]
  return (cell) => (cell === null || cell === '' || markers.has(cell) ? null : decode(cell))
}

const DECODERS: Readonly<Record<ValueKind, (cell: string) => unknown>> = {
  string: (cell) => cell,
  any: (cell) => cell,
  number: (cell) => {
    const text = cell.trim()
    if (NUMBER.test(text)) return Number(text)
    const special = NOT_FINITE.exec(text)
    if (!special) return cell
    if (special[2]?.toLowerCase() === 'nan') return Number.NaN
    return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  },
  bigint: (cell) => (INTEGER.test(cell.trim()) ? BigInt(cell.trim().replace(/^\+/, '')) : cell),
  boolean: (cell) => {
    const text = cell.trim().toLowerCase()
    return text === 'true' ? true : text === 'false' ? false : cell
  },
  date: (cell) => {
    const text = cell.trim()
    if (!ISO_TIME.test(text)) return cell
    const day = text.slice(0, 10)
    const time = text.slice(11)
    // A time without a zone is UTC, on every machine.
    const zone = /(Z|[+-]\d{2}(:?\d{2})?)$/.exec(time)?.[0]
    const exact = zone === undefined ? 'Z' : /^[+-]\d{2}$/.test(zone) ? ':00' : ''
    const date = new Date(time === '' ? `${day}T00:00:00Z` : `${day}T${time}${exact}`)
    // 30 February would become 1 March.
    const exists = !Number.isNaN(date.getTime()) && new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day
    return exists ? date : cell
  },
}

/**
 * What a cell may mean to a schema that takes more than one kind of value: a number, a boolean, or its own text.
 *
 * @returns at least the text itself, the more special first
 * @example readingsOf('3') // [3, '3']
 */
export function readingsOf(cell: string): readonly unknown[] {
  // No set of them: it would take −0 for 0.
  return [...[DECODERS.number(cell), DECODERS.boolean(cell)].filter((value) => value !== cell), cell]
}

/**
 * Makes the function that fits a value that the engine typed to what its schema takes: dates become ISO 8601 text for
 * schemas of text, small integers of columns of integers bigint for schemas of bigint, and large ones numbers where the column's cells are
 * numbers as JavaScript reads them. All else stays.
 *
 * @param column whether integers are exact, so that large ones stay bigint, dates are without a time, and numbers decimal
 */
export function valueFitter(
  kind: ValueKind,
  column: { readonly exactIntegers: boolean; readonly dateOnly: boolean; readonly decimal: boolean },
): (value: unknown) => unknown {
  // Decimal numbers of more digits than a double holds come as text.
  if (column.decimal) {
    const isBigint = kind === 'bigint' && column.exactIntegers
    const decode = DECODERS[isBigint ? 'bigint' : 'number']
    return (value) => (typeof value === 'string' ? decode(value) : isBigint ? asBigint(value) : value)
  }
  switch (kind) {
    case 'string':
      return (value) =>
        value instanceof Date ? (column.dateOnly ? value.toISOString().split('T')[0] : value.toISOString()) : value
    case 'bigint':
      return (value) => (column.exactIntegers ? asBigint(value) : value)
    case 'number':
      return (value) => (typeof value === 'bigint' && !column.exactIntegers ? Number(value) : value)
    default:
      return (value) => value
  }
}

function asBigint(value: unknown): unknown {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value
}

/**
 * Makes the function that fits a value of a JSON object to what its schema takes. It is what `JSON.parse` gives but for what
 * JSON has no values of: texts of ISO 8601 become dates for schemas of dates. Schemas of texts that are to be decoded, and
 * declared markers of missing values, are as for cells.
 *
 * @param column whether texts are decoded, and the declared markers
 */
export function jsonFitter(
  kind: ValueKind,
  column: { readonly fromText: boolean; readonly missing: readonly string[] | undefined },
): (value: unknown) => unknown {
  const markers = new Set(column.missing)
  const decode = column.fromText ? cellDecoder(kind, column.missing) : kind === 'date' ? DECODERS.date : undefined
  return (value) => {
    if (typeof value !== 'string') return value
    if (markers.has(value)) return MARKED
    return decode ? (decode(value) ?? MARKED) : value
  }
}

/** What {@link jsonFitter} gives for a text that means "no value". */
export const MARKED = Symbol('marked as missing')
