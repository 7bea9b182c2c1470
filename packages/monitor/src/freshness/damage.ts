import { closeSync, openSync, readSync } from 'node:fs'
import { constants, gunzipSync } from 'node:zlib'
import { formatOf, messageOf, type DataFile, type FileFormat } from '@dayshift/core'
import { systemCode } from '@dayshift/core/ground'

/** Bytes of a file's start and of its end that are looked at. */
export const START = 4096
export const END = 1024

/** The first and the last bytes of a file. */
interface Edges {
  /** The first {@link START}. */
  readonly start: Buffer
  /** The last {@link END}, or all of them; undefined where they are not known. */
  readonly end: Buffer | undefined
}

/** So many bytes without a bit stand in no text, in whatever encoding: what was written there never came to the disk. */
const RUN_OF_NULS = Buffer.alloc(4)

const GZIP = Buffer.from([0x1f, 0x8b, 0x08])
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
/** A frame that readers of zstd skip: its last three bytes. */
const ZSTD_SKIPPED = Buffer.from([0x2a, 0x4d, 0x18])

/** What Git LFS leaves in place of a file that was not fetched. */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/'
/** What servers answer in place of data. */
const WEB_PAGE = /^\uFEFF?\s*<(!doctype\s+html|html[\s>])/i

/**
 * What is wrong with a file whose format its name tells, as far as its first and last bytes show: no magic bytes, a torn end,
 * compressed data that cannot be decompressed, bytes without a bit in a text, a web page or a pointer of Git LFS instead of data. Most broken files are found so, at the cost of a
 * system call or three; that a file is whole is not said.
 *
 * @param format how it is written; default: what its name tells
 * @returns a sentence, or undefined where nothing is seen
 */
export function damageOf(file: DataFile, format: FileFormat | undefined = formatOf(file.path)): string | undefined {
  if (format === undefined) return undefined
  try {
    return damageIn(edgesOf(file), file, format)
  } catch (error) {
    return `${file.path} cannot be read: ${messageOf(error)}`
  }
}

/**
 * The same of something whose first and last bytes are known, wherever it lies.
 *
 * @param file how it is called, and how many bytes it has
 */
export function damageIn(
  { start, end }: Edges,
  file: Pick<DataFile, 'path' | 'bytes'>,
  format: FileFormat,
): string | undefined {
  const problem = start.toString('latin1').startsWith(LFS_POINTER)
    ? 'is a pointer of Git LFS, not the data itself: fetch that (git lfs pull)'
    : problemAsNamed(start, end, file, format)
  return problem === undefined ? undefined : `${file.path} ${problem}`
}

function problemAsNamed(
  start: Buffer,
  end: Buffer | undefined,
  file: Pick<DataFile, 'path' | 'bytes'>,
  format: FileFormat,
): string | undefined {
  return /\.gz$/i.test(file.path)
    ? problemOfGzip(file, start, format)
    : /\.zst$/i.test(file.path)
      ? problemOfZstd(start)
      : problemOf(format, start, end, file)
}

/** The first and the last bytes of a file, as they stand on the disk. */
export function edgesOf({ path, bytes }: DataFile): { readonly start: Buffer; readonly end: Buffer } {
  const descriptor = openSync(path, 'r')
  try {
    const start = read(descriptor, Math.min(START, bytes), 0)
    return { start, end: bytes <= START ? start : read(descriptor, END, bytes - END) }
  } finally {
    closeSync(descriptor)
  }
}

function read(descriptor: number, length: number, position: number): Buffer {
  const buffer = Buffer.alloc(length)
  return buffer.subarray(0, readSync(descriptor, buffer, 0, length, position))
}

/** @param end undefined where only the start is known */
function problemOf(
  format: FileFormat,
  start: Buffer,
  end: Buffer | undefined,
  { path, bytes }: Pick<DataFile, 'path' | 'bytes'>,
): string | undefined {
  if (format === 'parquet') return end && problemOfParquet(start, end, bytes)
  if (format === 'arrow') return start.every((byte) => byte === 0) ? 'holds nothing but NUL bytes' : undefined
  const nuls = nulsIn(start) ?? (end && nulsIn(end))
  if (nuls !== undefined) return nuls
  if (format !== 'csv') return problemOfJson(start, end, format)
  const isPage = !/\.txt(\.gz|\.zst)?$/i.test(path) && WEB_PAGE.test(start.toString('utf8'))
  return isPage ? 'is a web page, and no table: the server may have answered with an error' : undefined
}

function isMagic(part: Buffer): boolean {
  return ['PAR1', 'PARE'].includes(part.toString('latin1'))
}

/** It begins with `PAR1`, and ends with its footer, the footer's length and `PAR1`; `PARE` where that is encrypted. */
function problemOfParquet(start: Buffer, end: Buffer, bytes: number): string | undefined {
  if (!isMagic(start.subarray(0, 4))) return 'does not begin as Parquet does'
  if (bytes < 12 || !isMagic(end.subarray(-4))) return 'has no Parquet footer: it was not written to its end'
  const footer = end.readUInt32LE(end.length - 8)
  return footer + 12 > bytes ? 'has a Parquet footer longer than the file' : undefined
}

function problemOfGzip(file: Pick<DataFile, 'path' | 'bytes'>, start: Buffer, format: FileFormat): string | undefined {
  if (!start.subarray(0, 3).equals(GZIP)) return 'is no gzip file, whatever its name says'
  const isWhole = file.bytes <= START
  try {
    const text = gunzipSync(start, isWhole ? {} : { finishFlush: constants.Z_SYNC_FLUSH })
    return text.length === 0
      ? undefined
      : problemOf(format, text.subarray(0, START), isWhole ? text.subarray(-END) : undefined, file)
  } catch (error) {
    const isCut = systemCode(error) === 'Z_BUF_ERROR'
    return isCut ? 'is cut off: its compressed data has no end' : `cannot be decompressed: ${messageOf(error)}`
  }
}

function problemOfZstd(start: Buffer): string | undefined {
  const isZstd = start.subarray(0, 4).equals(ZSTD) || start.subarray(1, 4).equals(ZSTD_SKIPPED)
  return isZstd ? undefined : 'is no zstd file, whatever its name says'
}

function nulsIn(part: Buffer): string | undefined {
  const isNothingElse = part.length > 0 && part.every((byte) => byte === 0)
  return isNothingElse || part.includes(RUN_OF_NULS)
    ? 'holds NUL bytes where its text should be: it was not written to the disk'
    : undefined
}

/**
 * It begins and ends with the brackets of a list or of an object, and its last line is whole where lines are values; a file of JSON
 * may also be one number, text or word.
 */
function problemOfJson(start: Buffer, end: Buffer | undefined, format: 'json' | 'jsonl'): string | undefined {
  const begun = start
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()[0]
  if (begun === undefined) return undefined
  if (!/[[{"\d\-tfnNI]/.test(begun)) return `does not begin as JSON does, but with ${JSON.stringify(begun)}`
  const text = end?.toString('utf8').trimEnd()
  const ended = text?.at(-1)
  if (end === undefined || text === undefined || ended === undefined || !/[[{]/.test(begun)) return undefined
  const isEnded = format === 'json' ? ended === (begun === '[' ? ']' : '}') : ended === ']' || ended === '}'
  if (!isEnded) return `is cut off: it does not end as JSON does, but with ${JSON.stringify(ended)}`
  const isTorn = format === 'jsonl' && isTornLine(text, end.length < END)
  return isTorn ? 'is cut off: its last line is no whole JSON value' : undefined
}

/** @param isAll whether the text is all there is, so that what has no line before it is a whole line */
function isTornLine(text: string, isAll: boolean): boolean {
  const from = text.lastIndexOf('\n') + 1
  const line = text.slice(from).replace(/^\uFEFF/, '')
  // What JSON cannot say, and readers take all the same.
  if ((from === 0 && !isAll) || !/^\s*[[{]/.test(line) || /NaN|Infinity/.test(line)) return false
  try {
    JSON.parse(line)
    return false
  } catch {
    return true
  }
}
