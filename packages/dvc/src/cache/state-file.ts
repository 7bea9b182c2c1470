import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writevSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Stamp } from './stamp.ts'
import { columnsOf, HEADER, keysFrom, MD5, NUMBERS, type StateColumns } from './state-columns.ts'
import { temporaryName } from '../write.ts'

/** Eight bytes that a state of this form and byte order begins with. */
const MAGIC = 0x3265_7461_7473_5344n // "DSstate2"
const BEYOND_ASCII = /[\u0080-\uFFFF]/

/** What is kept beside the entries. */
export interface Extra {
  readonly placed: readonly [string, string][]
  readonly whole: readonly [string, string][]
  /** Directories of which all files are entries in a row: path, first entry, number of entries, digits of the manifest. */
  readonly trees: readonly [path: string, first: number, count: number, digits: string][]
}

/** Entries in columns, in the order of their keys' bytes, which is that of code points and of manifests. */
export interface StateFile {
  readonly count: number
  readonly extra: Extra
  /** The memory that all columns lie in; threads share it. */
  readonly memory: SharedArrayBuffer
  readonly columns: StateColumns
  /** The key of an entry. */
  keyAt(at: number): string
  md5At(at: number): string
  bytesAt(at: number): number
  isSame(at: number, stamp: Stamp): boolean
  /** Where a key stands, or -1. Who asks in order is answered at once. */
  indexOf(key: string): number
  /** The first entry whose key is not before this one. */
  firstFrom(key: string): number
}

/** Entries that are to be written, in the order of their keys. */
export interface StateRows {
  readonly count: number
  /** The key's bytes, each as one character. */
  keyOf(row: number): string
  /** The columns that a row comes from, and where it stands there. */
  sourceOf(row: number): Pick<StateColumns, 'numbers' | 'md5s'>
  placeOf(row: number): number
}

/** A key's bytes, each as one character. */
export function bytesOf(key: string): string {
  return BEYOND_ASCII.test(key) ? Buffer.from(key).toString('latin1') : key
}

/**
 * Header: magic, number of entries, bytes of keys, bytes of the rest, crc32 of all that follows. Then the numbers of all
 * entries, their md5s, where each key ends, the keys, and the rest as JSON.
 *
 * @returns `undefined` where there is none, or a torn one
 */
export function readStateFile(path: string): StateFile | undefined {
  try {
    const memory = readShared(path)
    const bytes = Buffer.from(memory)
    const header = new DataView(memory, 0, HEADER)
    const [count, keyBytes, restBytes, sum] = [8, 12, 16, 20].map((at) => header.getUint32(at, true)) as [
      number,
      number,
      number,
      number,
    ]
    const restAt = keysFrom(count) + keyBytes
    if (new BigInt64Array(memory, 0, 1)[0] !== MAGIC || bytes.length !== restAt + restBytes) return undefined
    if (crc32(bytes.subarray(HEADER)) !== sum) return undefined
    const extra = JSON.parse(bytes.toString('utf8', restAt)) as Extra
    return openColumns(memory, columnsOf(memory, count, keyBytes), extra)
  } catch {
    return undefined
  }
}

/** A state without entries. */
export function emptyStateFile(): StateFile {
  const memory = new SharedArrayBuffer(HEADER)
  return openColumns(memory, columnsOf(memory, 0, 0), { placed: [], whole: [], trees: [] })
}

function readShared(path: string): SharedArrayBuffer {
  // A pipe would be waited for.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = fstatSync(file)
    if (!found.isFile()) throw new Error('torn')
    const memory = new SharedArrayBuffer(found.size)
    const bytes = new Uint8Array(memory)
    for (let at = 0; at < bytes.length;) {
      const read = readSync(file, bytes, at, bytes.length - at, at)
      if (read === 0) throw new Error('torn')
      at += read
    }
    return memory
  } finally {
    closeSync(file)
  }
}

function openColumns(memory: SharedArrayBuffer, columns: StateColumns, extra: Extra): StateFile {
  const { numbers, md5s, ends, keys } = columns
  const text = keys.toString('latin1')
  const isAscii = !BEYOND_ASCII.test(text)
  const startOf = (at: number): number => (at === 0 ? 0 : (ends[at - 1] as number))
  /** The one that is asked for next, most likely. */
  let next = 0

  const isAt = (at: number, key: string): boolean => {
    const start = startOf(at)
    return (ends[at] as number) - start === key.length && text.startsWith(key, start)
  }

  const firstFrom = (key: string): number => {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (text.slice(startOf(middle), ends[middle]) < key) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    count: ends.length,
    extra,
    memory,
    columns,
    keyAt: (at) => (isAscii ? text.slice(startOf(at), ends[at]) : keys.toString('utf8', startOf(at), ends[at])),
    md5At: (at) => md5s.toString('hex', at * MD5, at * MD5 + MD5),
    bytesAt: (at) => Number(numbers[at * NUMBERS + 3]),
    isSame(at, { mtimeNs, ctimeNs, ino, size }) {
      const first = at * NUMBERS
      return (
        numbers[first] === mtimeNs &&
        numbers[first + 1] === ctimeNs &&
        numbers[first + 2] === ino &&
        numbers[first + 3] === size
      )
    },
    indexOf(key) {
      if (isAscii && next < ends.length && isAt(next, key)) return next++
      const bytes = bytesOf(key)
      const at = firstFrom(bytes)
      if (at === ends.length || !isAt(at, bytes)) return -1
      next = at + 1
      return at
    },
    firstFrom: (key) => firstFrom(bytesOf(key)),
  }
}

/** Writes a state whole or not at all. */
export function writeStateFile(path: string, rows: StateRows, extra: Extra): void {
  const { count } = rows
  const numbers = new BigInt64Array(count * NUMBERS)
  const md5s = Buffer.alloc(count * MD5)
  const ends = new Uint32Array(count)
  let length = 0
  for (let row = 0; row < count; row++) length += rows.keyOf(row).length
  const keys = Buffer.alloc(length)
  let end = 0
  for (let row = 0; row < count; row++) {
    const source = rows.sourceOf(row)
    const place = rows.placeOf(row)
    for (let number = 0; number < NUMBERS; number++) {
      numbers[row * NUMBERS + number] = source.numbers[place * NUMBERS + number] as bigint
    }
    source.md5s.copy(md5s, row * MD5, place * MD5, place * MD5 + MD5)
    end += keys.write(rows.keyOf(row), end, 'latin1')
    ends[row] = end
  }
  const rest = Buffer.from(JSON.stringify(extra))
  const body = [Buffer.from(numbers.buffer), md5s, Buffer.from(ends.buffer), keys, rest]
  const header = Buffer.alloc(HEADER)
  new BigInt64Array(header.buffer, header.byteOffset, 1)[0] = MAGIC
  const sum = body.reduce((before, piece) => crc32(piece, before), 0)
  for (const [index, number] of [count, keys.length, rest.length, sum].entries()) {
    header.writeUInt32LE(number, 8 + index * 4)
  }
  replace(path, [header, ...body])
}

function replace(path: string, pieces: readonly Buffer[]): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = join(dirname(path), temporaryName())
  try {
    const file = openSync(temporary, 'wx')
    try {
      writevSync(file, pieces)
      if (fstatSync(file).size !== pieces.reduce((sum, { length }) => sum + length, 0)) throw new Error('torn')
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
