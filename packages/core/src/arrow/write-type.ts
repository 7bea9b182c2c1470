import { failure } from '../codes.ts'
import { ident, literal } from '../sql.ts'
import type { ArrowBatch, ArrowField, ArrowLibrary, ArrowParts, ArrowType } from './library.ts'
import type { NativeType } from './native-type.ts'

/** How values of the engine become a column of Arrow. */
export interface Writing {
  readonly type: ArrowType
  /** The name of a type that Arrow's own list of extensions adds. */
  readonly extension?: 'arrow.json' | 'arrow.uuid'
  /** SQL that makes of a value what comes out without loss: counts of microseconds instead of dates. Default: as it is. */
  readonly carry?: (value: string, depth: number) => string
  /** Puts values, as they were carried, into Arrow's own layout. */
  readonly build: (values: readonly unknown[]) => ArrowBatch
}

/** Rows whose texts or items are more than an offset of 32 bits reaches. */
const LARGEST_OFFSET = 2 ** 31 - 1

type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array

const ARRAYS: Readonly<Record<string, new (length: number) => TypedArray>> = {
  TINYINT: Int8Array,
  SMALLINT: Int16Array,
  INTEGER: Int32Array,
  UTINYINT: Uint8Array,
  USMALLINT: Uint16Array,
  UINTEGER: Uint32Array,
  FLOAT: Float32Array,
  DOUBLE: Float64Array,
}

const asText = (value: string): string => `CAST(${value} AS VARCHAR)`

/** Arrow knows no infinity; the largest counts stand for it, as DuckDB itself writes them. */
function finite(count: string, largest: string): (value: string) => string {
  return (value) =>
    `CASE WHEN isfinite(${value}) THEN ${count.replaceAll('?', value)} ` +
    `WHEN ${value} IS NOT NULL THEN CASE WHEN ${value} > CAST('1970-01-01' AS DATE) THEN ${largest} ELSE -${largest} END END`
}

const finiteMicros = finite('epoch_us(?)', '9223372036854775807')

/** The parts of an interval as whole numbers. */
function intervalParts(value: string): string {
  const part = (name: string): string => `datepart('${name}', ${value})`
  const parts = {
    months: `${part('year')} * 12 + ${part('month')}`,
    days: part('day'),
    micros: `(${part('hour')} * 3600 + ${part('minute')} * 60) * 1000000 + ${part('microsecond')}`,
  }
  const named = Object.entries(parts).map(([name, text]) => `${name} := ${text}`)
  return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${named.join(', ')}) END`
}

/**
 * How a column is written; none for types that Arrow has no place for.
 *
 * @param where the column, for errors
 */
export function writingOf(library: ArrowLibrary, native: NativeType, where: string): Writing | undefined {
  const within = (inner: NativeType): Writing | undefined => writingOf(library, inner, where)
  switch (native.kind) {
    case 'plain':
      return plain(library, native.name, where)
    case 'decimal':
      return decimal(library, native.digits, native.places, where)
    case 'list': {
      const item = within(native.of)
      return item && list(library, item, native.size, where)
    }
    case 'struct': {
      const fields = native.fields.flatMap(([name, type]) => {
        const writing = within(type)
        return writing ? [{ name, writing }] : []
      })
      return fields.length === native.fields.length ? struct(library, fields) : undefined
    }
    default: {
      const key = within(native.key)
      const value = within(native.value)
      return key && value && map(library, key, value, where)
    }
  }
}

/** A field of the type that is written. Keys of maps cannot be missing. */
export function fieldOf(
  library: ArrowLibrary,
  name: string,
  { type, extension }: Writing,
  nullable = true,
): ArrowField {
  const metadata =
    extension &&
    new Map([
      ['ARROW:extension:name', extension],
      ['ARROW:extension:metadata', ''],
    ])
  return library.field(name, type, nullable, metadata)
}

function plain(library: ArrowLibrary, name: string, where: string): Writing | undefined {
  const counts = (type: ArrowType, carry?: (value: string) => string): Writing => ({
    type,
    ...(carry && { carry }),
    build: (values) => {
      const array = new BigInt64Array(values.length)
      values.forEach((value, at) => value !== null && (array[at] = BigInt.asIntN(64, BigInt(value as number | bigint))))
      return batch(library, type, values, { values: array })
    },
  })
  const text = { type: library.utf8(), build: texts(library, library.utf8(), where) }
  switch (name) {
    case 'BOOLEAN':
      return { type: library.bool(), build: (values) => booleans(library, values) }
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER': {
      const bits = { TINYINT: 8, SMALLINT: 16, INTEGER: 32 }[name.replace(/^U/, '')] as number
      return numbers(library, library.int(bits, !name.startsWith('U')), name)
    }
    case 'FLOAT':
    case 'DOUBLE':
      return numbers(library, library.float(name === 'FLOAT' ? 1 : 2), name)
    case 'BIGINT':
    case 'UBIGINT':
      return counts(library.int(64, name === 'BIGINT'))
    case 'HUGEINT':
    case 'UHUGEINT':
      return decimal(library, 38, 0, where)
    case 'VARCHAR':
      return text
    case 'JSON':
      return { ...text, carry: asText, extension: 'arrow.json' }
    case 'ENUM':
    case 'BIT':
    case 'BIGNUM':
    case 'TIME WITH TIME ZONE':
      return { ...text, carry: asText }
    case 'UUID':
      return uuid(library)
    case 'BLOB':
      return { type: library.binary(), build: texts(library, library.binary(), where) }
    case 'DATE': {
      const days = finite("date_diff('day', CAST('1970-01-01' AS DATE), ?)", '2147483647')
      return { ...numbers(library, library.date(0), 'INTEGER'), carry: days }
    }
    case 'TIME':
      return counts(library.time(2), (value) => `epoch_us(${value})`)
    case 'TIME_NS':
      return counts(library.time(3), (value) => `epoch_ns(${value})`)
    case 'TIMESTAMP_S':
      return counts(library.timestamp(0, null), (value) => `epoch_us(${value}) // 1000000`)
    case 'TIMESTAMP_MS':
      return counts(library.timestamp(1, null), (value) => `epoch_ms(${value})`)
    case 'TIMESTAMP':
      return counts(library.timestamp(2, null), finiteMicros)
    case 'TIMESTAMP_NS':
      return counts(library.timestamp(3, null), (value) => `epoch_ns(${value})`)
    case 'TIMESTAMP WITH TIME ZONE':
      return counts(library.timestamp(2, 'UTC'), finiteMicros)
    case 'INTERVAL':
      return { type: library.interval(2), carry: intervalParts, build: (values) => intervals(library, values) }
    default:
      return undefined
  }
}

/** A column of one record batch; missing values have their bit off. */
function batch(
  library: ArrowLibrary,
  type: ArrowType,
  values: readonly unknown[],
  parts: Partial<ArrowParts>,
): ArrowBatch {
  const validity = new Uint8Array(Math.ceil(values.length / 8))
  let nullCount = 0
  values.forEach((value, at) => {
    if (value === null || value === undefined) nullCount++
    else validity[at >> 3] = (validity[at >> 3] as number) | (1 << (at & 7))
  })
  const shown = nullCount > 0 ? validity : new Uint8Array(0)
  return new library.Batch({ type, length: values.length, nullCount, validity: shown, ...parts })
}

function numbers(library: ArrowLibrary, type: ArrowType, name: string): Writing {
  const Numbers = ARRAYS[name] as (typeof ARRAYS)[string]
  const build = (values: readonly unknown[]): ArrowBatch => {
    const array = new Numbers(values.length)
    values.forEach((value, at) => value !== null && (array[at] = Number(value)))
    return batch(library, type, values, { values: array })
  }
  return { type, build }
}

function booleans(library: ArrowLibrary, values: readonly unknown[]): ArrowBatch {
  const bits = new Uint8Array(Math.ceil(values.length / 8))
  values.forEach((value, at) => value === true && (bits[at >> 3] = (bits[at >> 3] as number) | (1 << (at & 7))))
  return batch(library, library.bool(), values, { values: bits })
}

/** Texts and bytes, one after another, with the places where each begins and ends. */
function texts(library: ArrowLibrary, type: ArrowType, where: string): Writing['build'] {
  return (values) => {
    const offsets = new Int32Array(values.length + 1)
    let size = 0
    const pieces = values.map((value, at) => {
      const piece = value === null || value === undefined ? EMPTY : Buffer.from(value as string)
      size += piece.length
      if (size > LARGEST_OFFSET) throw tooLarge(where)
      offsets[at + 1] = size
      return piece
    })
    return batch(library, type, values, { offsets, values: Buffer.concat(pieces) })
  }
}

const EMPTY = Buffer.alloc(0)

function tooLarge(where: string): Error {
  return failure('DS_VALUE_MISFIT', `${where}: the values of one record batch have more than 2 GB`)
}

function uuid(library: ArrowLibrary): Writing {
  const type = library.fixedSizeBinary(16)
  const build = (values: readonly unknown[]): ArrowBatch => {
    const bytes = Buffer.alloc(values.length * 16)
    values.forEach((value, at) => value !== null && bytes.write((value as string).replaceAll('-', ''), at * 16, 'hex'))
    return batch(library, type, values, { values: bytes })
  }
  return { type, extension: 'arrow.uuid', carry: asText, build }
}

function decimal(library: ArrowLibrary, digits: number, places: number, where: string): Writing {
  const type = library.decimal(digits, places, 128)
  const limit = 10n ** BigInt(digits)
  const build = (values: readonly unknown[]): ArrowBatch => {
    const words = new BigUint64Array(values.length * 2)
    values.forEach((value, at) => {
      if (value === null || value === undefined) return
      const text = value as string
      const whole = BigInt(text.replace('.', ''))
      if (whole >= limit || whole <= -limit) {
        throw failure('DS_VALUE_MISFIT', `${where}: ${text} has more digits than a decimal of Arrow`, {
          hint: 'Cast the column first, as to DOUBLE or VARCHAR.',
        })
      }
      words[at * 2] = BigInt.asUintN(64, whole)
      words[at * 2 + 1] = BigInt.asUintN(64, whole >> 64n)
    })
    return batch(library, type, values, { values: words })
  }
  return { type, carry: asText, build }
}

/** Months and days of 4 bytes, nanoseconds of 8. */
function intervals(library: ArrowLibrary, values: readonly unknown[]): ArrowBatch {
  const bytes = new Uint8Array(values.length * 16)
  const view = new DataView(bytes.buffer)
  values.forEach((value, at) => {
    if (value === null) return
    const { months, days, micros } = value as Record<'months' | 'days' | 'micros', number | bigint>
    view.setInt32(at * 16, Number(months), true)
    view.setInt32(at * 16 + 4, Number(days), true)
    view.setBigInt64(at * 16 + 8, BigInt(micros) * 1000n, true)
  })
  return batch(library, library.interval(2), values, { values: bytes })
}

function list(library: ArrowLibrary, item: Writing, size: number | undefined, where: string): Writing {
  const child = fieldOf(library, 'item', item)
  const type = size === undefined ? library.list(child) : library.fixedSizeList(child, size)
  const none: readonly unknown[] = Array.from({ length: size ?? 0 }, () => null)
  const build = (values: readonly unknown[]): ArrowBatch => {
    const offsets = new Int32Array(values.length + 1)
    const items: unknown[] = []
    values.forEach((value, at) => {
      for (const one of (value as readonly unknown[] | null) ?? none) items.push(one)
      if (items.length > LARGEST_OFFSET) throw tooLarge(where)
      offsets[at + 1] = items.length
    })
    return batch(library, type, values, { ...(size === undefined && { offsets }), children: [item.build(items)] })
  }
  return { type, build, ...carryItems(item) }
}

/** Lambdas within one another need names of their own. */
function carryItems({ carry }: Writing): Pick<Writing, 'carry'> {
  if (!carry) return {}
  return { carry: (value, depth) => `list_transform(${value}, lambda x${depth}: ${carry(`x${depth}`, depth + 1)})` }
}

function struct(
  library: ArrowLibrary,
  fields: readonly { readonly name: string; readonly writing: Writing }[],
): Writing {
  const type = library.struct(fields.map(({ name, writing }) => fieldOf(library, name, writing)))
  const build = (values: readonly unknown[]): ArrowBatch => {
    const children = fields.map(({ name, writing }) =>
      writing.build(values.map((value) => (value as Readonly<Record<string, unknown>> | null)?.[name] ?? null)),
    )
    return batch(library, type, values, { children })
  }
  if (fields.every(({ writing }) => !writing.carry)) return { type, build }
  const carry = (value: string, depth: number): string => {
    const parts = fields.map(({ name, writing }) => {
      const part = `struct_extract(${value}, ${literal(name).text})`
      return `${ident(name).text} := ${writing.carry?.(part, depth) ?? part}`
    })
    return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${parts.join(', ')}) END`
  }
  return { type, build, carry }
}

/** A map is a list of pairs, also in Arrow. */
function map(library: ArrowLibrary, key: Writing, value: Writing, where: string): Writing {
  const pairs = struct(library, [
    { name: 'key', writing: key },
    { name: 'value', writing: value },
  ])
  const type = library.map(fieldOf(library, 'key', key, false), fieldOf(library, 'value', value))
  const build = (values: readonly unknown[]): ArrowBatch => {
    const offsets = new Int32Array(values.length + 1)
    const items = values.flatMap((entries, at) => {
      const all = (entries as readonly unknown[] | null) ?? []
      offsets[at + 1] = (offsets[at] as number) + all.length
      return all
    })
    if (items.length > LARGEST_OFFSET) throw tooLarge(where)
    return batch(library, type, values, { offsets, children: [pairs.build(items)] })
  }
  const carry = (entries: string, depth: number): string =>
    carryItems(pairs).carry?.(`map_entries(${entries})`, depth) ?? `map_entries(${entries})`
  return { type, build, carry }
}
