import type { FileHandle } from 'node:fs/promises'
import type { ByteLayout } from '../text/walk.ts'

/** A record within some bytes. */
interface Span {
  readonly from: number
  /** Behind its line end. */
  readonly to: number
  readonly cells: number
}

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20

/** Bytes read behind a block at first, for its last record. */
const TAIL = 1 << 14
const LARGEST = 1 << 24

/** The first record of a file, and where it ends. */
export async function firstRecord(
  file: FileHandle,
  size: number,
  layout: ByteLayout,
): Promise<{ bytes: Buffer; end: number } | undefined> {
  for (let length = TAIL; ; length *= 4) {
    const bytes = await read(file, 0, Math.min(size, length))
    const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    const first = spansOf(bytes, mark, layout, length >= size)?.find(({ from, to }) => !isBlank(bytes, from, to))
    if (first) return { bytes: bytes.subarray(first.from, first.to), end: first.to }
    if (length >= size || length >= LARGEST) return undefined
  }
}

/**
 * The records of which the first byte lies in a piece of a file. Bytes before the piece tell whether it begins within
 * quotes: both are tried, and only one gives records of the right number of cells.
 *
 * @param start where to begin to read: a record begins there where `known` is set
 * @param cells of every record
 * @returns nothing where it cannot be told from these bytes
 */
export async function recordsWithin(
  file: FileHandle,
  size: number,
  start: number,
  from: number,
  to: number,
  layout: ByteLayout,
  cells: number,
  known: boolean,
): Promise<Buffer[] | undefined> {
  for (let tail = TAIL; ; tail *= 4) {
    const end = Math.min(size, to + tail)
    const bytes = await read(file, start, end - start)
    const guesses = (known ? [false] : [false, true]).flatMap((quoted) => {
      const begin = known ? 0 : afterPart(bytes, quoted, layout)
      const spans = begin === bytes.length ? undefined : spansOf(bytes, begin, layout, end === size)
      return spans && fits(bytes, spans, cells) ? [spans] : []
    })
    const [only] = guesses
    if (guesses.length === 1 && only && reaches(only, to - start, end === size, bytes.length)) {
      return only
        .filter((span) => span.from >= from - start && span.from < to - start && !isBlank(bytes, span.from, span.to))
        .map((span) => withEnd(bytes.subarray(span.from, span.to)))
    }
    // Longer bytes help only where a record was cut off.
    if (guesses.length !== 1 || end === size || tail >= LARGEST) return undefined
  }
}

async function read(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, from)
  return buffer.subarray(0, bytesRead)
}

/** Where the first whole record begins behind part of one, of which the quotes are open or not. */
function afterPart(bytes: Buffer, quoted: boolean, { quote }: ByteLayout): number {
  const mark = quote.charCodeAt(0)
  let open = quoted
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === mark) open = !open
    else if (bytes[at] === LF && !open) return at + 1
  }
  return bytes.length
}

/** All records from a place on that end within the bytes; nothing where a quote stands in no place for one. */
function spansOf(bytes: Buffer, begin: number, layout: ByteLayout, isEnd: boolean): Span[] | undefined {
  const quote = layout.quote.charCodeAt(0)
  const delimiter = layout.delimiter.charCodeAt(0)
  const spans: Span[] = []
  let from = begin
  let cells = 1
  let open = false
  let mayOpen = true
  let closed = false
  for (let at = begin; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (open) {
      if (byte !== quote) continue
      if (bytes[at + 1] === quote) at++
      else [open, closed] = [false, true]
    } else if (byte === LF) {
      spans.push({ from, to: at + 1, cells })
      from = at + 1
      cells = 1
      mayOpen = true
      closed = false
    } else if (byte === delimiter) {
      cells++
      mayOpen = true
      closed = false
    } else if (byte === quote && mayOpen) open = true
    else if (byte !== SPACE && byte !== CR) {
      // Something behind a closing quote: these bytes were taken in the wrong way.
      if (closed) return undefined
      mayOpen = false
    }
  }
  if (isEnd && !open && from < bytes.length) spans.push({ from, to: bytes.length, cells })
  return isEnd && open ? undefined : spans
}

function fits(bytes: Buffer, spans: readonly Span[], cells: number): boolean {
  return spans.every((span) => span.cells === cells || isBlank(bytes, span.from, span.to))
}

/** Whether the records reach behind a piece, so that all that begin in it are there. */
function reaches(spans: readonly Span[], to: number, isEnd: boolean, length: number): boolean {
  const last = spans.at(-1)
  return last !== undefined && (last.to >= to || (isEnd && last.to === length))
}

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== LF && bytes[at] !== CR) return false
  return true
}

/** The last record of a file may lack its line end. */
function withEnd(record: Buffer): Buffer {
  return record.at(-1) === LF ? record : Buffer.concat([record, Buffer.of(LF)])
}
