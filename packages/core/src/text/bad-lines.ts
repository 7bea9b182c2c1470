import { isUtf8 } from 'node:buffer'
import { CsvError, parse, type Options } from 'csv-parse/sync'
import { failure } from '../codes.ts'
import { originalOf } from './copies.ts'
import type { CsvLayout } from '../dialect.ts'
import type { QueryOptions } from '../engine.ts'
import { fileBytes } from './file-bytes.ts'
import { lineEndOf, type LineEnd } from './line-ends.ts'

/** A record that a text table cannot have. */
export interface BadRecord {
  /** Physical line on which it begins. */
  readonly line: number
  readonly reason: string
  /** Its text, without its line end. */
  readonly record: string
  /** All of its bytes in Base64, where they are not UTF-8. */
  readonly bytes?: string
}

/** How a text table is read record by record. */
export interface RecordRules {
  readonly layout: CsvLayout
  /** Cells that every record must have. */
  readonly cells: number
  /** What stands in the lines of a bad record. */
  readonly filler: string
  /** Lines that the engine refuses though they look right, with its reasons. */
  readonly refused: ReadonlyMap<number, string>
}

/** Longer records are not read. */
const MAX_RECORD = 16 << 20

const CR = 0x0d
const LF = 0x0a

/**
 * Reads a text table by the rules of RFC 4180, record by record and in constant memory, and leaves out what breaks them:
 * a record with too few or too many cells, a quote that is not closed, text behind a closing quote, bytes that are not
 * UTF-8. In place of a bad record stand as many empty lines as it had, so that all others keep their line. After a quote
 * that goes wrong, reading goes on with the next line, so that it swallows nothing.
 *
 * @param bad is told every bad record, in order
 * @returns the table without them
 */
export async function* withoutBadRecords(
  path: string,
  rules: RecordRules,
  bad: (record: BadRecord) => void,
  options?: QueryOptions,
): AsyncGenerator<Buffer> {
  const reader = new RecordReader(originalOf(path), rules, bad)
  let rest: Buffer = Buffer.alloc(0)
  let wanted = 0
  for await (const chunk of fileBytes(path, options)) {
    const searched = rest.length
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    // A cell that is open needs a quote to close, so there is no use in trying before.
    const closes = rest.includes(rules.layout.quote, searched)
    if (rest.length < wanted && !(wanted === MAX_RECORD && closes)) continue
    const used = reader.read(rest, false)
    yield reader.taken()
    rest = rest.subarray(used)
    wanted = rest.length === 0 ? 0 : reader.open ? MAX_RECORD : 0
  }
  reader.read(rest, true)
  yield reader.taken()
}

/** What csv-parse calls the ways in which a record is none. */
const REASONS: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'text behind a closing quote',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'text behind a closing quote',
  CSV_QUOTE_NOT_CLOSED: 'a quote that is not closed',
  CSV_MAX_RECORD_SIZE: 'a record of more than 16 MB',
}

class RecordReader {
  /** Whether the last record read so far goes on in bytes that are still to come. */
  open = false
  readonly #path: string
  readonly #rules: RecordRules
  readonly #bad: (record: BadRecord) => void
  readonly #parts: Buffer[] = []
  #line = 1
  #lineEnd: LineEnd | undefined
  #start = true
  #header: boolean

  constructor(path: string, rules: RecordRules, bad: (record: BadRecord) => void) {
    this.#path = path
    this.#rules = rules
    this.#bad = bad
    this.#header = rules.layout.header
  }

  /** What was read since this was last asked for, in one piece: a stream of records would take its time for each. */
  taken(): Buffer {
    return Buffer.concat(this.#parts.splice(0))
  }

  /** Reads the records that are whole. @returns the number of bytes read */
  read(bytes: Buffer, ended: boolean): number {
    this.#lineEnd ??= lineEndOf(bytes, this.#rules.layout.quote)
    let at = this.#start ? this.#before(bytes) : 0
    const newline = this.#lineEnd === '\r' ? CR : LF
    const end = ended ? bytes.length : bytes.lastIndexOf(newline) + 1
    this.open = false
    while (at < end && !this.open) at = this.#some(bytes, at, end, ended)
    this.open ||= end === 0
    return at
  }

  /** Keeps a byte order mark and the lines before the header as they are. */
  #before(bytes: Buffer): number {
    const { skip = 0, blankLines } = this.#rules.layout
    let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    for (let line = 0; line < skip + blankLines; line++) at = this.#nextLine(bytes, at)
    this.#keep(bytes.subarray(0, at))
    this.#start = false
    return at
  }

  #keep(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.#line += this.#linesIn(bytes)
  }

  #linesIn(bytes: Buffer): number {
    const newline = this.#lineEnd === '\r' ? CR : LF
    let lines = 0
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++
    return lines
  }

  /** Where the line after a place begins. */
  #nextLine(bytes: Buffer, at: number): number {
    const next = bytes.indexOf(this.#lineEnd === '\r' ? CR : LF, at)
    return next < 0 ? bytes.length : next + 1
  }

  /** Reads records up to the first that breaks the rules of quotes. */
  #some(bytes: Buffer, from: number, end: number, ended: boolean): number {
    const piece = bytes.subarray(from, end)
    let at = 0
    const visit = (record: readonly string[], to: number): void => {
      this.#judge(piece.subarray(at, to), record)
      at = to
    }
    const code = this.#parse(piece, visit)
    if (code === undefined) {
      // Comments at the end.
      if (at < piece.length) this.#keep(piece.subarray(at))
      return end
    }
    const start = from + at + this.#comments(piece, at)
    if (code === 'INVALID_OPENING_QUOTE') {
      // A quote within a cell that does not begin with one, as in 5" pipe, is a character like any other.
      let to = 0
      const relaxed = this.#parse(
        bytes.subarray(start, end),
        (record, size) => (to ||= this.#one(bytes, start, size, record)),
        true,
      )
      if (to > 0 || relaxed === undefined) return start + to
    }
    if (code === 'CSV_QUOTE_NOT_CLOSED' && !ended && bytes.length - start < MAX_RECORD) {
      this.open = true
      return start
    }
    const to = this.#nextLine(bytes, start)
    this.#reject(bytes.subarray(start, to), REASONS[code] ?? code)
    return to
  }

  #one(bytes: Buffer, start: number, size: number, record: readonly string[]): number {
    this.#judge(bytes.subarray(start, start + size), record)
    return size
  }

  /** @returns the code of what stopped it, if anything did */
  #parse(bytes: Buffer, visit: (record: readonly string[], end: number) => void, relaxed = false): string | undefined {
    const { delimiter, quote, escape, comment } = this.#rules.layout
    const options: Options = {
      delimiter,
      quote: quote === '' ? null : quote,
      escape: quote === '' ? null : (escape ?? quote),
      comment: comment ?? null,
      record_delimiter: this.#lineEnd ?? '\n',
      relax_column_count: true,
      relax_quotes: relaxed,
      ltrim: true,
      rtrim: true,
      max_record_size: MAX_RECORD,
      ...(relaxed ? { to: 1 } : {}),
      on_record: (record: string[], info) => {
        visit(record, info.bytes)
        return undefined
      },
    }
    try {
      parse(bytes, options)
      return undefined
    } catch (error) {
      if (error instanceof CsvError) return error.code
      throw error
    }
  }

  /** Bytes of the comment lines at a place. */
  #comments(bytes: Buffer, from: number): number {
    const mark = this.#rules.layout.comment?.charCodeAt(0)
    if (mark === undefined) return 0
    let at = from
    while (bytes[at] === mark) at = this.#nextLine(bytes, at)
    this.#keep(bytes.subarray(from, at))
    return at - from
  }

  #judge(whole: Buffer, record: readonly string[]): void {
    const bytes = whole.subarray(this.#comments(whole, 0))
    const reason = this.#problem(bytes, record)
    if (reason === undefined) this.#keep(bytes)
    else this.#reject(bytes, reason)
  }

  #problem(bytes: Buffer, record: readonly string[]): string | undefined {
    const { cells, refused } = this.#rules
    if (!isUtf8(bytes)) return 'bytes that are not of the encoding'
    const empty = record.length === 1 && record[0] === '' && bytes.every((byte) => byte === CR || byte === LF)
    if (empty) return undefined
    if (this.#header) {
      this.#header = false
      return undefined
    }
    // Empty cells too many at the end are let pass, as the engine does.
    const extra = record.length > cells && record.slice(cells).every((cell) => cell === '')
    if (record.length !== cells && !extra) {
      return `${record.length} ${record.length === 1 ? 'cell' : 'cells'} instead of ${cells}`
    }
    return refused.get(this.#line)
  }

  #reject(bytes: Buffer, reason: string): void {
    if (this.#header) {
      const where = `${this.#path}:${this.#line}`
      throw failure('DS_SOURCE_MALFORMED', `${where}: the header has ${reason}`, {
        where,
        hint: 'Mend the header: without it, no record can be read.',
      })
    }
    const record = bytes.toString().replace(/[\r\n]+$/, '')
    const lost = isUtf8(bytes) ? {} : { bytes: bytes.toString('base64') }
    this.#bad({ line: this.#line, reason, record, ...lost })
    const lines = this.#linesIn(bytes)
    this.#parts.push(Buffer.from(`${this.#rules.filler}${this.#lineEnd ?? '\n'}`.repeat(lines)))
    this.#line += lines
  }
}
