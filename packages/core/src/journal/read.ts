import { isUtf8 } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'
import { constants, open, type FileHandle } from 'node:fs/promises'
import { throwIfAborted } from '../abort.ts'
import { failure } from '../codes.ts'
import { messageOf, systemCode } from '../errors.ts'
import {
  LONGEST_LINE_BYTES,
  NEWLINE,
  type Journal,
  type JournalDamage,
  type JournalLine,
  type JournalPlace,
  type JournalRecord,
} from './journal.ts'
import { lateStart, segmentsOf, wholeStart } from './segments.ts'

const BLOCK_BYTES = 1 << 20

/** How a journal is read. */
export interface ReadJournalOptions {
  readonly signal?: AbortSignal | undefined
}

/** Which lines of a journal are read. */
export interface ReadLinesOptions extends ReadJournalOptions {
  /** Those too that compactions have put aside; default false. */
  readonly history?: boolean | undefined
  /** Looks at a line's bytes before it is read: those for which it says no are passed over. Default: all are read. */
  readonly only?: ((line: Buffer) => boolean) | undefined
}

/**
 * Reads a journal line by line, in constant memory. Blank lines, a byte order mark and CRLF are let pass; so is a last
 * line without line end, where it is whole. What late writers left in segments comes after what the file itself holds.
 *
 * @param visit gets each whole line, in the order of the file; what it throws ends the reading
 * @returns the damaged lines; none where the file is missing
 * @throws DS_SOURCE_UNREADABLE where the file exists but cannot be read; DS_ABORTED
 * @example const damage = await readJournalLines('metadata_log.jsonl', ({ record }) => rows.push(record.num_rows))
 */
export async function readJournalLines(
  path: string,
  visit: (line: JournalLine) => void,
  { signal, history = false, only }: ReadLinesOptions = {},
): Promise<JournalDamage[]> {
  const damage: JournalDamage[] = []
  const current = await withFile(path, async (file) => {
    for (const one of await readLines(path, file, 0, Infinity, visit, signal, only)) damage.push(one)
    return (await file.stat()).ino
  })
  for (const segment of await segmentsOf(path)) {
    const from = history ? await wholeStart(segment, current ?? -1) : await lateStart(segment, current ?? -1)
    if (from === undefined) continue
    const late = await withFile(segment.path, (file) =>
      readLines(segment.path, file, from, Infinity, visit, signal, only),
    )
    for (const one of late ?? []) damage.push(one)
  }
  return damage
}

/** Reads a whole journal into memory; a missing file is an empty one. */
export async function readJournal(path: string, options: ReadLinesOptions = {}): Promise<Journal> {
  const lines: JournalLine[] = []
  const damage = await readJournalLines(path, (line) => lines.push(line), options)
  return { lines, damage }
}

/**
 * Reads one line of a journal again.
 *
 * @throws DS_SOURCE_UNREADABLE where it is not there any more
 */
export function readJournalLine({ file, offset, length }: JournalPlace): JournalRecord {
  const bytes = Buffer.alloc(length)
  let descriptor: number | undefined
  let problem = 'the line is not there any more'
  try {
    descriptor = openSync(file, 'r')
    for (let at = 0, got = 1; at < length && got > 0; at += got)
      got = readSync(descriptor, bytes, at, length - at, offset + at)
    const content = parseLine(bytes)
    if (typeof content === 'object') return content
  } catch (error) {
    problem = messageOf(error)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
  throw failure('DS_SOURCE_UNREADABLE', `cannot read ${file}, byte ${offset}: ${problem}`, { where: file })
}

/**
 * Works with a journal's file, opened for reading.
 *
 * @returns undefined where there is no such file
 * @throws DS_SOURCE_UNREADABLE where there is one that cannot be read
 */
export async function withFile<Result>(
  path: string,
  work: (file: FileHandle) => Promise<Result>,
): Promise<Result | undefined> {
  let file: FileHandle
  try {
    // A pipe would be waited for, until somebody writes to it.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw unreadable(path, error)
  }
  try {
    if (!(await file.stat()).isFile()) throw unreadable(path, new Error('it is no file'))
    return await work(file)
  } finally {
    await file.close()
  }
}

/**
 * Reads the lines of one file, from one byte to another.
 *
 * @param from where a line starts
 * @param to what lies behind is not looked at
 */
export async function readLines(
  path: string,
  file: FileHandle,
  from: number,
  to: number,
  visit: (line: JournalLine) => void,
  signal?: AbortSignal,
  only: (line: Buffer) => boolean = () => true,
): Promise<JournalDamage[]> {
  const damage: JournalDamage[] = []
  let offset = from
  let parts: Buffer[] = []
  let length = 0

  const keep = (part: Buffer): void => {
    length += part.length
    if (length > LONGEST_LINE_BYTES) parts = []
    else parts.push(part)
  }
  const endLine = (torn: boolean): void => {
    const place = { file: path, offset, length }
    if (length > LONGEST_LINE_BYTES) damage.push({ ...place, reason: 'the line is longer than 64 MiB', torn })
    else {
      const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
      const content = only(bytes) ? parseLine(bytes) : undefined
      if (typeof content === 'string') damage.push({ ...place, reason: content, torn })
      else if (content !== undefined) visit({ ...place, record: content })
    }
    offset += length + 1
    parts = []
    length = 0
  }

  for await (const block of blocksOf(path, file, from, to)) {
    throwIfAborted(signal)
    let start = 0
    for (let end = block.indexOf(NEWLINE); end >= 0; end = block.indexOf(NEWLINE, start)) {
      keep(block.subarray(start, end))
      endLine(false)
      start = end + 1
    }
    if (start < block.length) keep(block.subarray(start))
  }
  if (length > 0) endLine(true)
  return damage
}

/** Bytes up to and with the last line end. */
export async function endOfLines(file: FileHandle, size: number): Promise<number> {
  const block = Buffer.alloc(1 << 16)
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - block.length)
    const { bytesRead } = await file.read(block, 0, end - start, start)
    const at = block.subarray(0, bytesRead).lastIndexOf(NEWLINE)
    if (at >= 0) return start + at + 1
    end = start
  }
  return 0
}

/** @returns the record, what is wrong with the line, or `undefined` for a blank line */
export function parseLine(line: Buffer): JournalRecord | string | undefined {
  if (!isUtf8(line)) return 'the line is not UTF-8'
  // trim() takes the byte order mark and the CR of CRLF along.
  const text = line.toString('utf8').trim()
  if (text === '') return undefined
  let record: unknown
  try {
    record = JSON.parse(text)
  } catch {
    return 'the line is not JSON'
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    return 'the line is JSON, but not an object'
  return record as JournalRecord
}

async function* blocksOf(path: string, file: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to;) {
    const wanted = Math.min(BLOCK_BYTES, to - at)
    const { bytesRead, buffer } = await file
      .read(Buffer.allocUnsafe(wanted), 0, wanted, at)
      .catch((error: unknown) => Promise.reject(unreadable(path, error)))
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

function unreadable(path: string, cause: unknown): Error {
  return failure('DS_SOURCE_UNREADABLE', `cannot read ${path}: ${messageOf(cause)}`, { where: path, cause })
}
