import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'

/** One record of a text table: where it starts, and whether it is an empty line. */
interface RecordStart {
  /** Physical line, 1 is the first of the file. */
  readonly line: number
  readonly blank: boolean
}

const LF = 0x0a
const CR = 0x0d

/**
 * Walks the records of a text table. A line end within quotes belongs to the record, so a record may span many lines.
 * Reads bytes in constant memory; gzip by the file's name. For UTF-8 and the encodings that keep ASCII as it is.
 */
async function* recordStarts(path: string, quote: string): AsyncGenerator<RecordStart> {
  const quoteByte = quote.charCodeAt(0)
  const file = createReadStream(path, { highWaterMark: 1 << 20 })
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  let line = 1
  let start = 1
  let quoted = false
  let blank = true
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at]
        if (byte === quoteByte) {
          quoted = !quoted
          blank = false
        } else if (byte === LF) {
          line++
          if (!quoted) {
            yield { line: start, blank }
            start = line
            blank = true
          }
        } else if (byte !== CR) blank = false
      }
    }
    if (!blank) yield { line: start, blank }
  } finally {
    file.destroy()
  }
}

/**
 * The physical line on which a record starts. Empty lines count as records here, as they do in DuckDB's messages.
 *
 * @param record 1 is the first of the file, the header included
 */
export async function lineOfRecord(path: string, record: number, quote: string): Promise<number | undefined> {
  let count = 0
  for await (const { line } of recordStarts(path, quote)) {
    count++
    if (count === record) return line
  }
  return undefined
}

/** Tells the physical lines of data rows, walking a file once from front to back. */
export interface LineCursor {
  /** The line on which a row starts; rows must be asked for in ascending order. */
  lineOf(row: number): Promise<number | undefined>
  close(): Promise<void>
}

/**
 * Opens a text table to find the physical lines of its rows. Empty lines are no rows, except in a table of one column,
 * where an empty line is a missing value.
 *
 * @param layout how the table is written, and its number of columns
 * @example
 * const cursor = lineCursor('a.csv', { quote: '"', header: true, columns: 2 })
 * await cursor.lineOf(1) // 2
 */
export function lineCursor(
  path: string,
  layout: { readonly quote: string; readonly header: boolean; readonly columns: number },
): LineCursor {
  const records = recordStarts(path, layout.quote)
  let row = layout.header ? -1 : 0
  let line: number | undefined
  return {
    lineOf: async (wanted) => {
      while (row < wanted) {
        const next = await records.next()
        if (next.done) return undefined
        if (next.value.blank && layout.columns > 1) continue
        row++
        line = next.value.line
      }
      return row === wanted ? line : undefined
    },
    close: async () => {
      await records.return(undefined)
    },
  }
}
