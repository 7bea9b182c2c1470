import { fileBytes } from './text/file-bytes.ts'
import { lineCursor, type LineCursor, type RecordLayout } from './text/records.ts'

/** Where a row stands in the files that it comes from, as far as that is known. */
export interface RowPlace {
  /** Absolute path, where there is more than one file. */
  readonly file?: string
  /** The physical line on which it starts, 1 is the first of the file; of text alone. */
  readonly line?: number
}

/** Tells where rows stand, from front to back. */
export interface PlaceCursor {
  /** The place of a row, 1 is the first; rows must be asked for in ascending order. */
  placeOf(row: number): Promise<RowPlace>
  close(): Promise<void>
}

/** Of rows that come from no file, or that a verb has changed. */
export const NOWHERE: PlaceCursor = { placeOf: () => Promise.resolve({}), close: () => Promise.resolve() }

/**
 * Places in text tables, which are walked up to the row.
 *
 * @param files as they are named
 * @param read those that are really read, with the same lines
 */
export function placesInText(
  files: readonly string[],
  read: readonly string[],
  layout: RecordLayout & { readonly header: boolean; readonly columns: number },
): PlaceCursor {
  // Of what only the engine can read nothing is known.
  if (files.length !== read.length || read.some((file) => /\.zst$/i.test(file))) return NOWHERE
  return oneAfterAnother(files, (at) => lineCursor(read[at] as string, layout))
}

/** Places in JSON Lines, where empty lines are no rows. */
export function placesInLines(files: readonly string[]): PlaceCursor {
  if (files.some((file) => /\.zst$/i.test(file))) return NOWHERE
  return oneAfterAnother(files, (at) => filledLines(files[at] as string))
}

/**
 * Places in files of which only the numbers of rows are known.
 *
 * @param count finds them, in the order of the files; asked once
 */
export function placesByCount(files: readonly string[], count: () => Promise<readonly number[]>): PlaceCursor {
  let counts: Promise<readonly number[]> | undefined
  return {
    placeOf: async (row) => {
      counts ??= count()
      let before = 0
      for (const [at, rows] of (await counts).entries()) {
        if (row <= before + rows) return { file: files[at] as string }
        before += rows
      }
      return {}
    },
    close: () => Promise.resolve(),
  }
}

function oneAfterAnother(files: readonly string[], open: (at: number) => LineCursor): PlaceCursor {
  let at = 0
  let before = 0
  let cursor: LineCursor | undefined
  return {
    placeOf: async (row) => {
      for (; at < files.length; at++) {
        cursor ??= open(at)
        const line = await cursor.lineOf(row - before)
        if (line !== undefined) return files.length > 1 ? { file: files[at] as string, line } : { line }
        before += cursor.rows
        await cursor.close()
        cursor = undefined
      }
      return {}
    },
    close: async () => {
      at = files.length
      await cursor?.close()
    },
  }
}

const LF = 0x0a
const SPACE = 0x20

/** The lines of a file that hold more than spaces. */
function filledLines(path: string): LineCursor {
  const pieces = rowLines(path)
  let rows = 0
  let lines: readonly number[] = []
  let first = 1
  return {
    get rows() {
      return rows
    },
    lineOf: async (row) => {
      while (row >= first + lines.length) {
        first += lines.length
        const piece = await pieces.next()
        lines = piece.done ? [] : piece.value
        rows += lines.length
        if (piece.done) return undefined
      }
      return lines[row - first]
    },
    close: async () => {
      await pieces.return(undefined)
    },
  }
}

/** The numbers of those lines, piece by piece of the file. */
async function* rowLines(path: string): AsyncGenerator<readonly number[]> {
  let line = 1
  let filled = false
  for await (const chunk of fileBytes(path)) {
    const found: number[] = []
    for (let from = 0; from < chunk.length;) {
      const end = chunk.indexOf(LF, from)
      const to = end < 0 ? chunk.length : end
      // A byte order mark is no space: a line that holds nothing else is never there.
      for (let at = from; !filled && at < to; at++) filled = (chunk[at] as number) > SPACE
      if (end < 0) break
      if (filled) found.push(line)
      filled = false
      line++
      from = end + 1
    }
    yield found
  }
  if (filled) yield [line]
}
