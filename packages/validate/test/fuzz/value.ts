import type { Reading } from './reading.ts'

/** Cells that mean "no value" wherever something else than text is due, where no others are declared. */
const USUAL = ['NA', 'N/A', 'NULL', 'null']

/**
 * What a cell of a text table is to a schema: null where it means "no value", else the values that it may be, of which the
 * schema takes the first that it accepts.
 */
export function valuesOfCell(
  cell: string | null,
  reading: Reading,
  declared: readonly string[] | undefined,
): readonly unknown[] | null {
  if (cell === null || cell === '') return null
  if ((declared ?? (reading === 'text' ? [] : USUAL)).includes(cell)) return null
  if (reading === 'any') return [numberOf(cell), booleanOf(cell), cell]
  return [READ[reading](cell)]
}

const READ: Readonly<Record<Exclude<Reading, 'any'>, (cell: string) => unknown>> = {
  text: (cell) => cell,
  number: numberOf,
  bigint: (cell) => (/^\s*[+-]?[0-9]+\s*$/.test(cell) ? BigInt(cell.replace('+', '')) : cell),
  boolean: booleanOf,
  date: dateOf,
}

/** Numbers as JavaScript reads them in base ten, and the engine's words for those that are not finite. */
function numberOf(cell: string): unknown {
  const text = cell.trim()
  const word = text.replace(/^[+-]/, '').toLowerCase()
  if (word === 'nan') return Number.NaN
  if (word === 'inf' || word === 'infinity') return text.startsWith('-') ? -Infinity : Infinity
  if (text === '' || /[^0-9eE.+-]/.test(text)) return cell
  const value = Number(text)
  return Number.isNaN(value) ? cell : value
}

function booleanOf(cell: string): unknown {
  const word = cell.trim().toLowerCase()
  return word === 'true' || (word === 'false' ? false : cell)
}

/** ISO 8601: a day, or a day with a time; without a zone it is UTC. */
function dateOf(cell: string): unknown {
  const form = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?)?$/
  const found = form.exec(cell.trim())
  if (!found) return cell
  const part = (at: number): number => Number(found[at] ?? 0)
  const day = new Date(0)
  day.setUTCFullYear(part(1), part(2) - 1, part(3))
  if (day.getUTCMonth() !== part(2) - 1 || day.getUTCDate() !== part(3)) return cell
  const milliseconds = Math.floor(Number(`0.${found[7] ?? 0}`) * 1000 + 1e-9)
  const clock = ((part(4) * 60 + part(5)) * 60 + part(6)) * 1000 + milliseconds
  // 24:00 is the end of a day; no other time has an hour 24.
  if (part(5) > 59 || part(6) > 59 || part(9) > 23 || part(10) > 59 || clock > 86_400_000) return cell
  const zone = (part(9) * 60 + part(10)) * 60_000 * (found[8] === '-' ? -1 : 1)
  return new Date(day.getTime() + clock - zone)
}

/**
 * The JavaScript value of what a column with a type of the engine holds.
 *
 * @param text in the engine's spelling
 */
export function valueOfType(nativeType: string, text: string): unknown {
  const [, name = nativeType, width, scale] = /^(\w+)\((\d+),(\d+)\)$/.exec(nativeType) ?? []
  if (nativeType.endsWith(']') || nativeType.startsWith('STRUCT')) return JSON.parse(text)
  switch (name) {
    case 'BOOLEAN':
      return text === 'true'
    case 'DOUBLE':
      return Number(text)
    case 'FLOAT':
      return Math.fround(Number(text))
    case 'DECIMAL':
      return Number(width) <= 15 ? Number(text) : withScale(text, Number(scale))
    case 'DATE':
      return /infinity/.test(text) ? text : new Date(`${text}T00:00:00Z`)
    case 'TIMESTAMP':
    case 'TIMESTAMP_NS':
    case 'TIMESTAMP WITH TIME ZONE':
      return /infinity/.test(text) ? text : timeOf(text)
    default:
      return INTEGERS.has(name) ? smallest(BigInt(text)) : text
  }
}

const INTEGERS = new Set('TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT'.split(' '))

function smallest(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

function withScale(text: string, scale: number): string {
  const [whole = '', fraction = ''] = text.split('.')
  return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`
}

/** Down to the millisecond, towards the past. */
function timeOf(text: string): Date {
  const [day, time = '00:00:00'] = text.split(' ')
  const [clock, fraction = ''] = time.replace(/[+]00$/, '').split('.')
  return new Date(`${day}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`)
}

/** A value that the engine typed, as a schema takes it. */
export function fitted(value: unknown, nativeType: string, reading: Reading): unknown {
  if (value instanceof Date && reading === 'text') return value.toISOString().slice(0, nativeType === 'DATE' ? 10 : 24)
  if (nativeType.startsWith('DECIMAL') && typeof value === 'string') {
    const isWhole = nativeType.endsWith(',0)')
    return reading === 'bigint' && isWhole ? BigInt(value) : Number(value)
  }
  return typeof value === 'number' && INTEGERS.has(nativeType) && reading === 'bigint' ? BigInt(value) : value
}
