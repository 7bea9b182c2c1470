import { constants, gunzipSync } from 'node:zlib'
import { isDayshiftError, type DataFile, type FileFormat } from '@dayshift/core'
import { edgesOf, END, START } from './damage.ts'
import type { Look } from './evidence.ts'

const DELIMITERS = [',', '\t', ';', '|']

/** Files that are read to their end, and bytes that such a file may have. */
const READ = 8
const READABLE = 256_000_000

/**
 * What is wrong with the first text table among some whose rows cannot be read: rows of more cells than there are columns, or of
 * fewer, or a quote that nothing closes, where its reading does not let them pass. Only those are read whose first or last lines look so; of a name that
 * ends with `.txt` nobody knows that it is a table.
 *
 * @param files the newest first
 */
export async function raggedAmong(
  files: readonly DataFile[],
  { format, open, signal }: Pick<Look, 'format' | 'signal'> & { readonly open: Look['open'] | undefined },
): Promise<string | undefined> {
  if (!open) return undefined
  let read = 0
  for (const file of files) {
    if (read === READ) return undefined
    if (!isTable(file, format) || file.bytes > READABLE || !looksRagged(file)) continue
    read++
    try {
      await (await open(file.path)).count({ signal })
    } catch (error) {
      if (!isDayshiftError(error) || error.code === 'DS_ABORTED') throw error
      if (error.code === 'DS_SOURCE_MALFORMED') return error.message
    }
  }
  return undefined
}

function isTable({ path }: DataFile, format: FileFormat | undefined): boolean {
  return format === undefined ? /\.(csv|tsv)(\.gz)?$/i.test(path) : format === 'csv'
}

/** Whether the first and last lines of a text table look as if they had different numbers of cells. */
function looksRagged(file: DataFile): boolean {
  try {
    const { start, end } = edgesOf(file)
    const isWhole = file.bytes <= START
    const begun = /\.gz$/i.test(file.path) ? unzipped(start) : start
    const lines = linesOf(begun)
    const head = isWhole ? lines : lines.slice(0, -1)
    const tail = isWhole || /\.(gz|zst)$/i.test(file.path) ? [] : linesOf(end.subarray(-END)).slice(1)
    return (
      hasOpenQuote(begun) || areRagged([...head, ...tail].filter((line) => line.trim() !== '' && !line.startsWith('#')))
    )
  } catch {
    return false
  }
}

/** Whether a quote is opened that nothing closes, there at least. */
function hasOpenQuote(text: Buffer): boolean {
  return text.toString('latin1').split('"').length % 2 === 0
}

function unzipped(start: Buffer): Buffer {
  return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH })
}

function linesOf(text: Buffer): string[] {
  return text.toString('latin1').split(/\r\n|\r|\n/)
}

/** What the header has most of parts cells; a cell within quotes has none. That it is otherwise, reading tells. */
function areRagged([header = '', ...lines]: readonly string[]): boolean {
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, cells: cellsOf(header, delimiter) }))
  const { delimiter, cells } = counts.reduce((a, b) => (b.cells > a.cells ? b : a))
  return cells > 1 && lines.some((line) => cellsOf(line, delimiter) !== cells)
}

function cellsOf(line: string, delimiter: string): number {
  return line.replaceAll(/"[^"]*"/g, '').split(delimiter).length
}
