import { open as openFile, readFile } from 'node:fs/promises'
import { formatOf, isDayshiftError, type DataFile, type FileFormat } from '@dayshift/core'
import type { Look } from './evidence.ts'

/** A file with more bytes than this beside its header or footer has a row. */
const SMALL = 65_536

/** Lines that may stand before the first row: a title, a blank, a header of two lines. */
const HEAD_LINES = 4

/** Whether a file has rows: `unknown` where it is no table that can be opened. */
export type HasRows = 'yes' | 'no' | 'unknown' | { readonly broken: string }

/**
 * Whether there is a row in a file: one with a header only is as empty as one without a byte. Most files tell it by their
 * size or their first lines; only of the others the rows are counted. A Parquet or Arrow file that cannot be opened is broken.
 */
export async function hasRows(file: DataFile, look: Pick<Look, 'open' | 'signal'>): Promise<HasRows> {
  const format = formatOf(file.path)
  // A text of one line need be no header of a table.
  if (format === undefined || /\.txt(\.gz|\.zst)?$/i.test(file.path)) return 'unknown'
  const seen = format === 'parquet' ? await seenInFooter(file) : await seenInText(file, format)
  return seen ?? (await counted(file, format, look))
}

/** @returns undefined where it cannot be seen */
async function seenInText({ path, bytes }: DataFile, format: FileFormat): Promise<HasRows | undefined> {
  if (bytes > SMALL) return 'yes'
  if (format !== 'csv' || /\.(gz|zst)$/i.test(path)) return undefined
  const lines = (await readFile(path, 'latin1')).split('\n')
  return lines.filter((line) => line.trim() !== '' && !line.startsWith('#')).length > HEAD_LINES ? 'yes' : undefined
}

/** A Parquet file ends with its footer, the footer's length and `PAR1`. What was not written to its end lacks them. */
async function seenInFooter({ path, bytes }: DataFile): Promise<HasRows | undefined> {
  if (bytes < SMALL) return undefined
  const handle = await openFile(path)
  try {
    const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, bytes - 8)
    if (!['PAR1', 'PARE'].includes(buffer.toString('latin1', 4))) return { broken: `${path} has no Parquet footer` }
    return bytes - buffer.readUInt32LE(0) > SMALL ? 'yes' : undefined
  } finally {
    await handle.close()
  }
}

async function counted({ path }: DataFile, format: FileFormat, look: Pick<Look, 'open' | 'signal'>): Promise<HasRows> {
  try {
    const frame = await look.open(path)
    return (await frame.count({ signal: look.signal })) > 0 ? 'yes' : 'no'
  } catch (error) {
    if (!isDayshiftError(error) || error.code === 'DS_ABORTED') throw error
    if (error.code === 'DS_SOURCE_EMPTY') return 'no'
    return format === 'parquet' || format === 'arrow' ? { broken: error.message } : 'unknown'
  }
}
