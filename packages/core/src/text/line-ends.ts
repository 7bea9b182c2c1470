import type { CsvLayout } from '../dialect.ts'
import type { QueryOptions } from '../engine.ts'
import { fileBytes } from './file-bytes.ts'

/** How lines end. */
export type LineEnd = '\n' | '\r\n' | '\r'

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20

/** How the first line of some bytes ends that is not within quotes, where one does. */
export function lineEndOf(bytes: Buffer, quote: string): LineEnd | undefined {
  const mark = quote.charCodeAt(0)
  let quoted = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === mark) quoted = !quoted
    else if (!quoted && byte === LF) return '\n'
    else if (!quoted && byte === CR) return bytes[at + 1] === LF ? '\r\n' : '\r'
  }
  return undefined
}

/** What was found of line ends. */
export interface LineEnds {
  /** The first line that ends otherwise than the first of all. */
  other: number | undefined
  first: LineEnd | undefined
}

/**
 * A text table with all its lines ended by LF. Line ends within quotes stay as they are.
 *
 * @param found is filled while the bytes are read
 */
export async function* withOneLineEnd(
  path: string,
  { quote, delimiter }: Pick<CsvLayout, 'quote' | 'delimiter'>,
  found: LineEnds,
  options?: QueryOptions,
): AsyncGenerator<Buffer> {
  const mark = quote.charCodeAt(0)
  const last = Buffer.from(delimiter).at(-1)
  let quoted = false
  let mayOpen = true
  let afterCr = false
  let line = 1
  const ends = (kind: LineEnd): void => {
    found.first ??= kind
    if (kind !== found.first) found.other ??= line
    line++
    mayOpen = true
  }
  for await (const chunk of fileBytes(path, options)) {
    // A CR that ends the chunk before stands in front.
    const written = Buffer.allocUnsafe(chunk.length + 1)
    let size = 0
    for (const byte of chunk) {
      if (afterCr) {
        afterCr = false
        ends(byte === LF ? '\r\n' : '\r')
        written[size++] = LF
        if (byte === LF) continue
      }
      if (byte === CR && !quoted) {
        afterCr = true
        continue
      }
      if (byte === mark && (quoted || mayOpen)) {
        quoted = !quoted
        mayOpen = true
      } else if (byte === LF) {
        if (quoted) line++
        else ends('\n')
      } else if (!quoted && byte !== SPACE) mayOpen = byte === last
      written[size++] = byte
    }
    yield written.subarray(0, size)
  }
  if (afterCr) {
    ends('\r')
    yield Buffer.from('\n')
  }
}
