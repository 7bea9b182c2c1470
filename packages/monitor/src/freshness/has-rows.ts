import { readFileSync } from 'node:fs'
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
 * size or their first lines; only of the others the rows are counted. A Parquet or Arrow file that cannot be opened is broken, and
 * so is JSON that is none.
 */
export async function hasRows(file: DataFile, look: Pick<Look, 'open' | 'signal' | 'format'>): Promise<HasRows> {
  const { format = formatOf(file.path) } = look
  return (await seenRows(file, format)) ?? (await counted(file, format as FileFormat, look))
}

/**
 * Whether there is a row in a file, as far as its size or its first lines tell it.
 *
 * @returns undefined where the rows must be counted to know it
 */
export async function seenRows(
  file: DataFile,
  format: FileFormat | undefined = formatOf(file.path),
): Promise<HasRows | undefined> {
  // A text of one line need be no header of a table.
  if (format === undefined || /\.txt(\.gz|\.zst)?$/i.test(file.path)) return 'unknown'
  return format === 'parquet' ? seenInFooter(file) : seenInText(file, format)
}

/** @returns undefined where it cannot be seen */
function seenInText({ path, bytes }: DataFile, format: FileFormat): HasRows | undefined {
  if (bytes > SMALL) return 'yes'
  if (format !== 'csv' || /\.(gz|zst)$/i.test(path)) return undefined
  // Of many small files waiting would take most of the time.
  const lines = readFileSync(path, 'latin1').split('\n')
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
    const isBroken = format === 'parquet' || format === 'arrow' || (format === 'json' && !(await isJson(path)))
    return isBroken ? { broken: error.message } : 'unknown'
  }
}

/** Whether a small file is JSON, if no table. Of one that is compressed it is not known. */
async function isJson(path: string): Promise<boolean> {
  if (/\.(gz|zst)$/i.test(path)) return true
  try {
    JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''))
    return true
  } catch {
    return false
  }
}
