import { failure } from '../codes.ts'
import { decompressLz4 } from './lz4.ts'

/** A type of Arrow: its number in the format, and what the type says beyond that. */
export interface ArrowType {
  readonly typeId: number
  readonly bitWidth?: number
  readonly signed?: boolean
  /** Of floating point numbers 0, 1, 2 for half, single, double; of decimals the number of digits. */
  readonly precision?: number
  readonly scale?: number
  /** Of times 0, 1, 2, 3 for s, ms, µs, ns; of dates 0 for days, 1 for ms; of intervals 0, 1, 2. */
  readonly unit?: number
  readonly timezone?: string | null
  /** The size of what has a fixed one: bytes, or items of a list. */
  readonly stride?: number
  readonly children?: readonly ArrowField[]
  /** The type of what dictionary-encoded values stand for. */
  readonly dictionary?: ArrowType
}

export interface ArrowField {
  /** The format lets it be left out. */
  readonly name: string | null
  readonly type: ArrowType
  readonly nullable: boolean
  readonly metadata?: ReadonlyMap<string, string> | null
}

/** What a column's values of one record batch are made of. */
export interface ArrowParts {
  readonly type: ArrowType
  readonly length: number
  readonly nullCount: number
  /** One bit a row, 1 where it has a value; empty where every row has one. */
  readonly validity: Uint8Array
  readonly values?: ArrayBufferView
  readonly offsets?: Int32Array
  readonly children?: readonly ArrowBatch[]
}

export interface ArrowBatch {
  readonly length: number
  readonly nullCount: number
  readonly values?: unknown
  /** Where texts and bytes begin and end, of types that have such. */
  readonly offsets?: ArrayLike<number | bigint>
  /** What numbers stand for, of values that are dictionary-encoded. */
  readonly dictionary?: { readonly data: readonly ArrowBatch[] }
  /** The bytes of a value, of types of views. */
  view?(row: number): Uint8Array
  /** The number of a value in the dictionary. */
  key?(row: number): number
  at(row: number): unknown
  /** Only where some value is missing. */
  isValid(row: number): boolean
}

interface ArrowColumn {
  readonly type: ArrowType
  readonly data: readonly ArrowBatch[]
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[]
  readonly endianness?: number
}

export interface ArrowTable {
  readonly schema: ArrowSchema
  readonly children: readonly ArrowColumn[]
}

/** What decompresses the buffers of a record batch. */
interface Codec {
  decode(bytes: Uint8Array, length: number): Uint8Array
  encode(bytes: Uint8Array): Uint8Array
}

/** The parts of `@uwdata/flechette` that are used, typed here so that its types do not become a part of ours. */
export interface ArrowLibrary {
  tableFromIPC(messages: readonly Uint8Array[], options: Readonly<Record<string, boolean>>): ArrowTable
  tableToIPC(table: ArrowTable, options: { readonly format: 'stream' | 'file' }): Uint8Array
  readonly Batch: new (parts: ArrowParts) => ArrowBatch
  readonly Column: new (batches: readonly ArrowBatch[], type: ArrowType) => ArrowColumn
  readonly Table: new (schema: ArrowSchema, columns: readonly ArrowColumn[]) => ArrowTable
  field(name: string, type: ArrowType, nullable?: boolean, metadata?: ReadonlyMap<string, string>): ArrowField
  bool(): ArrowType
  int(bitWidth: number, signed: boolean): ArrowType
  float(precision: number): ArrowType
  decimal(precision: number, scale: number, bitWidth: number): ArrowType
  utf8(): ArrowType
  binary(): ArrowType
  fixedSizeBinary(stride: number): ArrowType
  date(unit: number): ArrowType
  time(unit: number): ArrowType
  timestamp(unit: number, timezone: string | null): ArrowType
  interval(unit: number): ArrowType
  list(child: ArrowField): ArrowType
  fixedSizeList(child: ArrowField, stride: number): ArrowType
  struct(children: readonly ArrowField[]): ArrowType
  map(key: ArrowField, value: ArrowField): ArrowType
  setCompressionCodec(id: number, codec: Codec): void
  getCompressionCodec(id: number): Codec | null
}

/** Loads the library that reads and writes Arrow: on first use, since nothing else needs it. */
export async function arrowLibrary(): Promise<ArrowLibrary> {
  return (await import('@uwdata/flechette')) as unknown as ArrowLibrary
}

/** How Arrow numbers the ways of compression. */
const LZ4 = 0
const ZSTD = 1

/**
 * Loads what decompresses buffers of a kind, once.
 *
 * @param id as the file numbers it
 * @throws DS_SOURCE_UNSUPPORTED for a kind that Arrow had not when this was written
 */
export async function prepareCodec(library: ArrowLibrary, id: number): Promise<void> {
  if (library.getCompressionCodec(id)) return
  const decode = id === LZ4 ? decompressLz4 : id === ZSTD ? await zstd() : undefined
  if (!decode) throw failure('DS_SOURCE_UNSUPPORTED', `its buffers are compressed in a way (${id}) that is not known`)
  library.setCompressionCodec(id, {
    decode: (bytes, length) => {
      const whole = decode(bytes, length)
      if (whole.length !== length) throw new Error(`a buffer has ${whole.length} bytes instead of ${length}`)
      return whole
    },
    encode: () => {
      throw new Error('Arrow is written uncompressed')
    },
  })
}

async function zstd(): Promise<Codec['decode']> {
  const { ZSTDDecoder } = await import('zstddec')
  const decoder = new ZSTDDecoder()
  await decoder.init()
  return (bytes, length) => decoder.decode(bytes, length)
}
