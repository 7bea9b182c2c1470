import { ident } from '../sql.ts'
import type { ArrowBatch, ArrowField, ArrowType } from './library.ts'
import { dictionaryTextAt, textAt } from './texts.ts'
import { clockText, dayText, microseconds, timestampText } from './time-text.ts'

/** How a column of Arrow becomes one of the engine. */
export interface Reading {
  /** The engine's type of the column. */
  readonly nativeType: string
  /** The type in which JavaScript gives its values: what the engine does not take as it is comes as text. */
  readonly staged: 'BOOLEAN' | 'INTEGER' | 'BIGINT' | 'HUGEINT' | 'DOUBLE' | 'VARCHAR' | 'BLOB'
  /** Turns a value into one of the staged type. Never called for a missing one. */
  readonly give: (value: unknown) => unknown
  /** Where the text is JSON, of a list, struct or map: the type that JSON is cast to first, with text for bytes. */
  readonly json?: string
  /** Whether values finer than the engine's type may lose something. */
  readonly cuts?: (value: unknown) => boolean
  /** Where the library would lose something: the value as it lies in the batch. */
  readonly pick?: (batch: ArrowBatch, row: number) => unknown
}

const same = (value: unknown): unknown => value

/** Types of the format without parts, by their number in it. */
const SIMPLE: Readonly<Record<number, Reading>> = {
  1: { nativeType: 'VARCHAR', staged: 'VARCHAR', give: same },
  4: { nativeType: 'BLOB', staged: 'BLOB', give: same },
  5: { nativeType: 'VARCHAR', staged: 'VARCHAR', give: same, pick: textAt },
  6: { nativeType: 'BOOLEAN', staged: 'BOOLEAN', give: same },
  15: { nativeType: 'BLOB', staged: 'BLOB', give: same },
  19: { nativeType: 'BLOB', staged: 'BLOB', give: same },
  20: { nativeType: 'VARCHAR', staged: 'VARCHAR', give: same, pick: textAt },
  23: { nativeType: 'BLOB', staged: 'BLOB', give: same },
  24: { nativeType: 'VARCHAR', staged: 'VARCHAR', give: same, pick: textAt },
}

/** A type of Arrow as a person calls it, where it cannot be read. */
export function arrowName({ typeId, precision, scale, bitWidth, children = [], dictionary }: ArrowType): string {
  if (dictionary) return arrowName(dictionary)
  const inner = children.find((field) => !readingOfField(field, true))
  if (inner && typeId !== 14) return arrowName(inner.type)
  if (typeId === 7) return `decimal${bitWidth}(${precision}, ${scale})`
  if (typeId === 13) return `struct of fields that are not told apart (${children.map(({ name }) => name).join(', ')})`
  return typeId === 14 ? 'union' : `type of number ${typeId}`
}

/**
 * How a column is read; none for types that the engine has no place for.
 *
 * @param within whether the field is a part of a list, struct or map, where JSON stays text
 */
export function readingOfField({ type, metadata }: ArrowField, within = false): Reading | undefined {
  const extension = metadata?.get('ARROW:extension:name')
  if (extension === 'arrow.uuid' && type.stride === 16) return { nativeType: 'UUID', staged: 'VARCHAR', give: uuidText }
  const reading = readingOf(type)
  const json = extension === 'arrow.json' && reading?.nativeType === 'VARCHAR' && !within
  return json ? { ...reading, nativeType: 'JSON' } : reading
}

function readingOf(type: ArrowType): Reading | undefined {
  const { typeId, unit = 0, children = [], stride = 0 } = type
  switch (typeId) {
    case -1:
      return ofDictionary(readingOf(type.dictionary as ArrowType))
    case 2:
      return integer(type)
    case 3:
      return { nativeType: type.precision === 2 ? 'DOUBLE' : 'FLOAT', staged: 'DOUBLE', give: same }
    case 7:
      return decimal(type)
    case 8:
      return { nativeType: 'DATE', staged: 'VARCHAR', give: (value) => dayText(Math.floor(Number(value) / 86_400_000)) }
    case 9: {
      const nativeType = unit === 3 ? 'TIME_NS' : 'TIME'
      return { nativeType, staged: 'VARCHAR', give: (value) => clockText(BigInt(value as number | bigint), unit) }
    }
    case 10:
      return timestamp(unit, type.timezone)
    case 11:
      return interval(unit)
    case 12:
    case 21:
    case 25:
    case 26:
      return list(children[0], '[]')
    case 13:
      return struct(children)
    case 16:
      return list(children[0], stride > 0 ? `[${stride}]` : '[]')
    case 17:
      return map(children[0]?.type.children ?? [])
    case 18:
      return {
        nativeType: 'INTERVAL',
        staged: 'VARCHAR',
        give: (value) => `${microseconds(value as bigint, unit)} microseconds`,
        ...(unit === 3 && { cuts: isFiner }),
      }
    case 22:
      return children[1] && withoutPick(readingOfField(children[1], true))
    default:
      return SIMPLE[typeId]
  }
}

function ofDictionary(reading: Reading | undefined): Reading | undefined {
  return reading?.pick === textAt ? { ...reading, pick: dictionaryTextAt } : withoutPick(reading)
}

/** Where the batch holds something that stands for values, the values are not in it. */
function withoutPick(reading: Reading | undefined): Reading | undefined {
  if (!reading?.pick) return reading
  const { pick: _, ...rest } = reading
  return rest
}

function integer({ bitWidth = 0, signed = true }: ArrowType): Reading {
  const nativeType = `${signed ? '' : 'U'}${{ 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER' }[bitWidth] ?? 'BIGINT'}`
  const bits = signed ? bitWidth : bitWidth + 1
  return { nativeType, staged: bits <= 32 ? 'INTEGER' : bits <= 64 ? 'BIGINT' : 'HUGEINT', give: same }
}

function decimal({ precision = 0, scale = 0 }: ArrowType): Reading | undefined {
  // Arrow lets the point stand outside of the digits: the engine and the library do not.
  const digits = Math.max(precision, scale)
  if (digits > 38 || scale < 0) return undefined
  const give = (value: unknown): string => {
    const whole = BigInt(value as number | bigint)
    const text = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0')
    const point = text.length - scale
    return `${whole < 0n ? '-' : ''}${text.slice(0, point)}${scale > 0 ? `.${text.slice(point)}` : ''}`
  }
  return { nativeType: `DECIMAL(${digits},${scale})`, staged: 'VARCHAR', give }
}

function timestamp(unit: number, timezone: string | null | undefined): Reading {
  if (timezone !== null && timezone !== undefined) {
    const give = (value: unknown): string => {
      const text =
        unit === 3 ? timestampText(microseconds(value as bigint, 3), 2) : timestampText(value as bigint, unit)
      return text.endsWith('infinity') ? text : `${text}+00`
    }
    return { nativeType: 'TIMESTAMP WITH TIME ZONE', staged: 'VARCHAR', give, ...(unit === 3 && { cuts: isFiner }) }
  }
  const nativeType = ['TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP', 'TIMESTAMP_NS'][unit] as string
  return { nativeType, staged: 'VARCHAR', give: (value) => timestampText(value as bigint, unit) }
}

/** Whether a count of nanoseconds is no whole number of microseconds. */
function isFiner(value: unknown): boolean {
  return (value as bigint) % 1000n !== 0n
}

/** Whether months, days and nanoseconds are no whole number of microseconds. */
function hasFinerTime(value: unknown): boolean {
  return isFiner(BigInt((value as readonly (number | bigint)[])[2] ?? 0))
}

/** Intervals are whole months (0), days and milliseconds (1), or months, days and nanoseconds (2). */
function interval(unit: number): Reading {
  const parts = (value: unknown): readonly [months: number, days: number, micros: bigint] => {
    if (unit === 0) return [Number(value), 0, 0n]
    const [first, second, third = 0] = value as readonly (number | bigint)[]
    return unit === 1
      ? [0, Number(first), BigInt(second as number) * 1000n]
      : [Number(first), Number(second), microseconds(BigInt(third), 3)]
  }
  const give = (value: unknown): string => {
    const [months, days, micros] = parts(value)
    return `${months} months ${days} days ${micros} microseconds`
  }
  if (unit !== 2) return { nativeType: 'INTERVAL', staged: 'VARCHAR', give }
  return { nativeType: 'INTERVAL', staged: 'VARCHAR', give, cuts: hasFinerTime, pick: monthDayNano }
}

/** The library gives nanoseconds as a number, which ends at 104 days. */
function monthDayNano(batch: ArrowBatch, row: number): unknown {
  if (batch.nullCount > 0 && !batch.isValid(row)) return null
  const { buffer, byteOffset } = batch.values as Uint8Array
  const view = new DataView(buffer, byteOffset + row * 16, 16)
  return [view.getInt32(0, true), view.getInt32(4, true), view.getBigInt64(8, true)]
}

function list(of: ArrowField | undefined, suffix: string): Reading | undefined {
  const item = of && readingOfField(of, true)
  if (!item) return undefined
  const give = (value: unknown): string =>
    `[${Array.from(value as ArrayLike<unknown>, (one) => jsonText(item, one)).join(',')}]`
  return { nativeType: `${item.nativeType}${suffix}`, staged: 'VARCHAR', json: `${jsonType(item)}${suffix}`, give }
}

function struct(fields: readonly ArrowField[]): Reading | undefined {
  const readings = fields.map((field) => readingOfField(field, true))
  const names = fields.map(({ name }) => name ?? '')
  const different = new Set(names.map((name) => name.toLowerCase())).size === fields.length
  const named = names.every((name) => name !== '' && name !== '__proto__')
  if (fields.length === 0 || !different || !named || readings.includes(undefined)) return undefined
  const typed = (typeOf: (reading: Reading) => string): string =>
    `STRUCT(${names.map((name, at) => `${ident(name).text} ${typeOf(readings[at] as Reading)}`).join(', ')})`
  const give = (value: unknown): string => {
    const parts = names.map(
      (name, at) => `${JSON.stringify(name)}:${jsonText(readings[at], (value as Record<string, unknown>)[name])}`,
    )
    return `{${parts.join(',')}}`
  }
  return { nativeType: typed(({ nativeType }) => nativeType), staged: 'VARCHAR', json: typed(jsonType), give }
}

function map(fields: readonly ArrowField[]): Reading | undefined {
  const [key, value] = fields.map((field) => readingOfField(field, true))
  if (!key || !value || key.json) return undefined
  const give = (entries: unknown): string => {
    const parts = (entries as readonly (readonly [unknown, unknown])[]).map(([at, one]) => {
      const name = jsonText(key, at)
      return `${name.startsWith('"') ? name : `"${name}"`}:${jsonText(value, one)}`
    })
    return `{${parts.join(',')}}`
  }
  const json = `MAP(${jsonType(key)}, ${jsonType(value)})`
  return { nativeType: `MAP(${key.nativeType}, ${value.nativeType})`, staged: 'VARCHAR', json, give }
}

/** The engine takes bytes within JSON as they stand there, so they are text first. */
function jsonType({ nativeType, json }: Reading): string {
  return json ?? (nativeType === 'BLOB' ? 'VARCHAR' : nativeType)
}

/** A value within a list, struct or map, as JSON that the engine casts to its type without loss. */
function jsonText(reading: Reading | undefined, value: unknown): string {
  if (value === null || value === undefined || !reading) return 'null'
  const given = reading.give(value)
  if (reading.json) return given as string
  if (given instanceof Uint8Array) return JSON.stringify(Buffer.from(given).toString('hex').replaceAll(/../g, '\\x$&'))
  if (typeof given === 'string') return JSON.stringify(given)
  return typeof given === 'number' && (!Number.isFinite(given) || Object.is(given, -0))
    ? `"${Object.is(given, -0) ? '-0' : given}"`
    : String(given)
}

function uuidText(value: unknown): string {
  return Buffer.from(value as Uint8Array)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
