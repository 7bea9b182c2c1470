import { readFileSync } from 'node:fs'
import { open as openFile, readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { formatOf, isDayshiftError, type DataFile, type FileFormat } from '@dayshift/core'
import { edgesOf } from './damage.ts'
import type { Look } from './evidence.ts'

/** A file with more bytes than this beside its header or footer has a row. */
const SMALL = 65_536

/** Bytes of a file that is read to its end, where its edges do not tell whether there is a row between them. */
const READABLE = 64_000_000

/** Lines that may stand before the first row: a title, a blank, a header of two lines. */
const HEAD_LINES = 4

/** Whether a file has rows: `unknown` where it is no table that can be opened. */
export type HasRows = 'yes' | 'no' | 'unknown' | { readonly broken: string }

/**
 * Whether there is a row in a file: one with a header only is as empty as one without a byte. Most files tell it by their
 * size or their first lines; only of the others the rows are counted. A Parquet or Arrow file that cannot be opened is broken, and
 * so is JSON that is none, and a text whose lines are torn.
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
  return text.toString('utf8').trim() === ''
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
function seenInText(file: DataFile, format: FileFormat): HasRows | undefined {
  const { path, bytes } = file
  const isLarge = bytes > SMALL
  const isPlain = format !== 'arrow' && !/\.(gz|zst)$/i.test(path)
  if (isLarge && (!isPlain || bytes > READABLE || !isHollowAtEdges(file, format))) return 'yes'
  if (format === 'json' || format === 'jsonl') return holdsNothing(path) ? 'no' : isLarge ? 'yes' : undefined
  if (format !== 'csv' || !isPlain) return undefined
  // Of many small files waiting would take most of the time.
  const lines = linesOf(readFileSync(path))
  if (isOnlyNoted(lines)) return 'no'
  // To open a table of very many columns takes long.
  const most = isLarge ? 1 : HEAD_LINES
  return lines.filter((line) => !line.startsWith('#')).length > most ? 'yes' : undefined
}

/** The lines of a text that have anything in them. */
function linesOf(text: Buffer): string[] {
  return text
    .toString('latin1')
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
}

const NOTE = /^#(?=$|[\s#!])/

/** Whether there are only notes in a table, or notes beneath its header: lines of `# ` that are no rows, for they have other cells. */
function isOnlyNoted([first, ...rest]: readonly string[]): boolean {
  if (first === undefined || !rest.every((line) => NOTE.test(line))) return false
  const width = delimitersIn(first)
  return NOTE.test(first) || (rest.length > 0 && width > 0 && rest.every((line) => delimitersIn(line) !== width))
}

function delimitersIn(line: string): number {
  return line.split(/[,;\t|]/).length - 1
}

/** Whether a large text has so little in its first and last bytes that it may be without a row: blanks, notes, a header, `{}`. */
function isHollowAtEdges(file: DataFile, format: FileFormat): boolean {
  const { start, end } = edgesOf(file)
  if (format !== 'csv') {
    // Where the edges cut, a part of a word may stand.
    const [first, last] = [start.toString('latin1'), end.toString('latin1')]
    return isHollow(first.replace(/[nul{]+$/, '')) || isHollow(last.replace(/^[ul}]+/, ''))
  }
  const isOneLine = !/[\r\n]/.test(start.toString('latin1') + end.toString('latin1').trimEnd())
  const lines = [...linesOf(start), ...linesOf(end)].filter((line) => !line.startsWith('#'))
  return isOneLine || lines.length < 2
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

/**
 * Whether a JSON file has no value in it but `null`, and lists and objects without anything; or is the answer of a service that has
 * found nothing: one object of such lists, of zeros and empty texts. That is what is written where there was nothing.
 */
function holdsNothing(path: string): boolean {
  if (/\.zst$/i.test(path)) return false
  try {
    const stored = readFileSync(path)
    const text = (/\.gz$/i.test(path) ? gunzipSync(stored, { maxOutputLength: 16 * SMALL }) : stored).toString('utf8')
    return isHollow(text) || (text.length <= SMALL && isEmptyAnswer(JSON.parse(text.replace(/^\uFEFF/, ''))))
  } catch {
    return false
  }
}

function isHollow(text: string): boolean {
  return text.replaceAll(/null|\{\s*\}|[\s[\],\uFEFF]/g, '') === ''
}

/** `{"results":[],"count":0,"next":null}`. That there is a list, and it is empty, tells it from a row. */
function isEmptyAnswer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const members: readonly unknown[] = Object.values(value)
  const isNothing = (one: unknown): boolean =>
    isEmptyList(one) || one === null || one === 0 || one === '' || one === false
  return members.some(isEmptyList) && members.every(isNothing)
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
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
    return (await isBroken(path, format, error.code)) ? { broken: error.message } : 'unknown'
  }
}

/** Whether what cannot be opened is no data at all. Of a table with notes in it nobody has said yet that they are notes. */
async function isBroken(path: string, format: FileFormat, code: string): Promise<boolean> {
  if (format === 'parquet' || format === 'arrow') return true
  if (format === 'json') return !(await isJson(path))
  return code === 'DS_SOURCE_MALFORMED' && (format === 'jsonl' || !(await isNoted(path)))
}

async function isNoted(path: string): Promise<boolean> {
  if (/\.(gz|zst)$/i.test(path)) return true
  return /^#/m.test(await readFile(path, 'latin1'))
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
