import { readFileSync } from 'node:fs'
import { open as openFile, readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
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
  if (format === undefined || /\.txt(\.gz|\.zst)?$/i.test(file.path)) return isBlank(file) ? 'no' : 'unknown'
  return format === 'parquet' ? seenInFooter(file) : seenInText(file, format)
}

/** Whether there is nothing in a small file, or white space only, whatever it is compressed with. */
function isBlank({ path, bytes }: DataFile): boolean {
  if (bytes > SMALL) return false
  try {
    const stored = readFileSync(path)
    if (/\.gz$/i.test(path)) return isWhite(gunzipSync(stored, { maxOutputLength: SMALL }))
    return /\.zst$/i.test(path) ? isEmptyZstd(stored) : isWhite(stored)
  } catch {
    return false
  }
}

function isWhite(text: Buffer): boolean {
  return text.toString('latin1').trim() === ''
}

/** Whether the first block of a frame of zstd is its last, and has nothing in it (RFC 8878, 3.1.1). */
function isEmptyZstd(stored: Buffer): boolean {
  const descriptor = stored.readUInt8(4)
  const isSingle = (descriptor & 0x20) !== 0
  const ofSize = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number
  const ofDictionary = [0, 1, 2, 4][descriptor & 3] as number
  return stored.readUIntLE(5 + (isSingle ? 0 : 1) + ofDictionary + ofSize, 3) === 1
}

/** @returns undefined where it cannot be seen */
function seenInText({ path, bytes }: DataFile, format: FileFormat): HasRows | undefined {
  if (bytes > SMALL) return 'yes'
  if (format === 'json' || format === 'jsonl') return holdsNothing(path) ? 'no' : undefined
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
    return rowsByFooter(buffer, bytes)
  } finally {
    await handle.close()
  }
}

/** Whether a small JSON file has no value in it but `null` and objects without a key: what is written where nothing was found. */
function holdsNothing(path: string): boolean {
  if (/\.zst$/i.test(path)) return false
  try {
    const stored = readFileSync(path)
    const text = (/\.gz$/i.test(path) ? gunzipSync(stored, { maxOutputLength: 16 * SMALL }) : stored).toString('utf8')
    return /^\uFEFF?\[?((null|\{\}),?)*\]?$/.test(text.replaceAll(/\s+/g, ''))
  } catch {
    return false
  }
}

/**
 * Whether there is a row in a Parquet file, as far as it can be told by what it holds beside its footer.
 *
 * @param end its last bytes, 8 or more
 */
export function rowsByFooter(end: Buffer, bytes: number): 'yes' | undefined {
  return bytes - end.readUInt32LE(end.length - 8) > SMALL ? 'yes' : undefined
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
