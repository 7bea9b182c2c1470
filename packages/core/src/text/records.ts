import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { throwIfAborted } from '../abort.ts'
import type { QueryOptions } from '../engine.ts'

/** One record of a text table: where it starts, and whether it is an empty line. */
interface RecordStart {
  /** Physical line, 1 is the first of the file. */
  readonly line: number
  readonly blank: boolean
  /** Whether it is no part of the table: a comment, or a line that is skipped. */
  readonly outside: boolean
  /** Whether a quote stays open, up to the end of the file. */
  readonly open?: boolean
}

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20

/** How a text table is written, as far as its records are concerned. */
export interface RecordLayout {
  readonly quote: string
  /** Where it is not known, any character but letters, digits and spaces may stand before a quote. */
  readonly delimiter?: string | undefined
  /** What escapes a quote within quotes. Default: the quote. */
  readonly escape?: string | undefined
  /** Begins what is left out, to the end of the line. */
  readonly comment?: string | undefined
  /** Lines before the first record that are no part of the table. */
  readonly skip?: number | undefined
}

/**
 * Walks the records of a text table. A line end within quotes belongs to the record, so a record may span many lines.
 * Quotes count where a cell begins with one, as they do for DuckDB: `5" pipe` has none. Reads bytes in constant memory;
 * gzip by the file's name; of other compressions nothing is known. For UTF-8 and the encodings that keep ASCII as it is.
 *
 * @returns the records that end in each piece of the file: to wait for each of them would take longer than to find it
 */
async function* recordStarts(path: string, layout: RecordLayout): AsyncGenerator<readonly RecordStart[]> {
  if (/\.zst$/i.test(path)) return
  const { quote, delimiter, escape = quote, comment = '', skip = 0 } = layout
  const quoteByte = quote.charCodeAt(0)
  const escapeByte = escape === quote ? -1 : escape.charCodeAt(0)
  const commentByte = comment.charCodeAt(0)
  const last = delimiter === undefined ? undefined : Buffer.from(delimiter).at(-1)
  const beforeQuote = (byte: number): boolean =>
    delimiter === undefined ? byte < 0x80 && !/[A-Za-z0-9]/.test(String.fromCharCode(byte)) : byte === last
  const file = createReadStream(path, { highWaterMark: 1 << 20 })
  const bytes = /\.gz$/i.test(path) ? file.pipe(createGunzip()) : file
  let line = 1
  let start = 1
  let quoted = false
  let escaped = false
  let commented = false
  let mayOpen = true
  let blank = true
  let spaces = true
  let afterCr = false
  let loneCr = false
  let quotedCr = false
  let first = true
  const ended = (): RecordStart => {
    const record = { line: start, blank, outside: (commented && spaces) || start <= skip }
    start = line
    commented = false
    mayOpen = true
    blank = true
    spaces = true
    return record
  }
  const isPlain = (chunk: Buffer): boolean =>
    !chunk.includes(quoteByte) && !chunk.includes(CR) && (comment === '' || !chunk.includes(commentByte))
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      const records: RecordStart[] = []
      let at = first ? markLength(chunk) : 0
      // Where nothing else can be, line ends are found natively; the line that goes on in the next piece is left.
      if (!quoted && !escaped && !commented && !afterCr && line > skip && isPlain(chunk)) {
        for (let end = chunk.indexOf(LF, at); end !== -1; end = chunk.indexOf(LF, at)) {
          blank &&= end === at
          line++
          records.push(ended())
          at = end + 1
        }
      }
      for (; at < chunk.length; at++) {
        const byte = chunk[at] as number
        if (afterCr && byte !== LF) {
          line++
          loneCr = true
          records.push(ended())
        }
        afterCr = false
        const isSecond = quotedCr && byte === LF
        quotedCr = false
        if (byte === LF) {
          // Where lines end with CR alone, this one was counted.
          if (!isSecond) line++
          if (quoted) continue
          records.push(ended())
        } else if (byte === CR) {
          afterCr = !quoted
          quotedCr = quoted && loneCr
          if (quotedCr) line++
        } else if (line <= skip || commented) {
          blank = false
        } else if (escaped) {
          escaped = false
        } else if (quoted && byte === escapeByte) {
          escaped = true
        } else if (byte === quoteByte && (quoted || mayOpen)) {
          quoted = !quoted
          // The second of a doubled quote opens again.
          mayOpen = true
          blank = false
          spaces = false
        } else if (!quoted && byte === commentByte) {
          commented = true
          blank = false
        } else {
          blank = false
          if (!quoted && byte !== SPACE) mayOpen = beforeQuote(byte)
          if (byte !== SPACE) spaces = false
        }
      }
      first = false
      yield records
    }
    if (afterCr) line++
    if (!blank || afterCr) yield [{ ...ended(), open: quoted }]
  } finally {
    file.destroy()
  }
}

/** Bytes of a byte order mark at the start of a file. */
function markLength(start: Buffer): number {
  return start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? 3 : 0
}

/**
 * The physical line on which a record starts. Empty lines and comments count as records here, as in DuckDB's messages.
 *
 * @param record 1 is the first of the file, the header included
 */
export async function lineOfRecord(path: string, record: number, layout: RecordLayout): Promise<number | undefined> {
  let count = 0
  try {
    for await (const records of recordStarts(path, layout)) {
      const found = records[record - 1 - count]
      if (found) return found.line
      count += records.length
    }
  } catch {
    // A file that cannot be read to its end: the caller has a better error.
  }
  return undefined
}

/** The physical line of the record in which a quote stays open up to the end of the file, where there is one. */
export async function openQuoteIn(
  path: string,
  layout: RecordLayout,
  { signal }: QueryOptions = {},
): Promise<number | undefined> {
  for await (const records of recordStarts(path, layout)) {
    const open = records.find((record) => record.open)
    if (open) return open.line
    throwIfAborted(signal)
  }
  return undefined
}

/** The first physical line that ends otherwise (LF or CRLF) than the first line of a text file, where there is one. */
export async function lineOfOtherEnd(path: string): Promise<number | undefined> {
  let line = 1
  let last: number | undefined
  let usual: boolean | undefined
  const file = createReadStream(path)
  const bytes = /\.gz$/i.test(path) ? file.pipe(createGunzip()) : file
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      for (const byte of chunk) {
        if (byte === LF) {
          const crlf = last === CR
          usual ??= crlf
          if (crlf !== usual) return line
          line++
        }
        last = byte
      }
    }
  } finally {
    file.destroy()
  }
  return undefined
}

/** Tells the physical lines of data rows, walking a file once from front to back. */
export interface LineCursor {
  /** Rows seen so far; all of the file, once a line was not found. */
  readonly rows: number
  /** The line on which a row starts; rows must be asked for in ascending order. */
  lineOf(row: number): Promise<number | undefined>
  close(): Promise<void>
}

/**
 * Opens a text table to find the physical lines of its rows. Empty lines are no rows, except in a table of one column,
 * where an empty line below the first is a missing value.
 *
 * @param layout how the table is written, and its number of columns
 * @example
 * const cursor = lineCursor('a.csv', { quote: '"', header: true, columns: 2 })
 * await cursor.lineOf(1) // 2
 */
export function lineCursor(
  path: string,
  layout: RecordLayout & { readonly header: boolean; readonly columns: number },
): LineCursor {
  const pieces = recordStarts(path, layout)
  const before = layout.header ? -1 : 0
  let records: readonly RecordStart[] = []
  let next = 0
  let row = before
  let line: number | undefined
  return {
    get rows() {
      return Math.max(0, row)
    },
    lineOf: async (wanted) => {
      while (row < wanted) {
        const record = records[next]
        if (!record) {
          const piece = await pieces.next()
          if (piece.done) return undefined
          records = piece.value
          next = 0
          continue
        }
        next++
        if (record.outside || (record.blank && (layout.columns > 1 || row === before))) continue
        row++
        line = record.line
      }
      return row === wanted ? line : undefined
    },
    close: async () => {
      await pieces.return(undefined)
    },
  }
}
