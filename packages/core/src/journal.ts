import { isUtf8 } from 'node:buffer'
import { closeSync, fdatasyncSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { failure } from './codes.ts'
import { messageOf, systemCode, type DayshiftError } from './errors.ts'

/** A JSON object: one line of a journal. Keys that a reader does not know are kept. */
export type JournalRecord = Readonly<Record<string, unknown>>

/** A line that was read, with its place. */
export interface JournalLine {
  /** Bytes before the line. */
  readonly offset: number
  readonly record: JournalRecord
}

/** A line that could not be read, with its place. It is told, never dropped in silence. */
export interface JournalDamage {
  readonly offset: number
  /** What is wrong, in words; nothing of the line itself, which may hold secrets. */
  readonly reason: string
  /** Whether it is the last line and has no line end: a write was cut off there, or is still under way. */
  readonly torn: boolean
}

/** What a whole journal holds. */
export interface Journal {
  readonly lines: readonly JournalLine[]
  readonly damage: readonly JournalDamage[]
}

const NEWLINE = 0x0a
const BLOCK_BYTES = 1 << 20

/** No line is longer; so a reader of a damaged file needs no more memory than this. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024

/**
 * Appends records to a JSON Lines file, made where it is missing; its folder must exist. All records go out in one
 * write, so that writers at the same time never mix their lines, and reach the disk before this returns. A tail that an
 * interrupted writer left is ended first, so that it costs no line but its own.
 *
 * Lines stay whole on local file systems, which do an append in one step; NFS and SMB do not.
 *
 * @throws DS_WRITE where the disk is full, a record is longer than 64 MiB, or the file cannot be written
 * @example appendJournal('data_catalog.jsonl', [{ dataset_name: 'weather' }])
 */
export function appendJournal(path: string, records: readonly JournalRecord[]): void {
  if (records.length === 0) return
  const lines = records.map((record) => Buffer.from(JSON.stringify(record) + '\n'))
  const longest = Math.max(...lines.map((line) => line.length))
  if (longest > LONGEST_LINE_BYTES) {
    throw failure('DS_WRITE', `a record of ${longest} bytes is too long for ${path}`, {
      where: path,
      hint: `Keep a record below ${LONGEST_LINE_BYTES} bytes: write large content to a file and its path to the record.`,
    })
  }
  let written: number
  let wanted: number
  let file: number | undefined
  try {
    file = openSync(path, 'a+')
    const { size } = fstatSync(file)
    const payload = Buffer.concat(endsInMidLine(file, size) ? [Buffer.from('\n'), ...lines] : lines)
    wanted = payload.length
    written = writeSync(file, payload)
    fdatasyncSync(file)
    if (size === 0) syncFolder(dirname(path))
  } catch (error) {
    throw unwritable(path, messageOf(error), error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
  // A full disk makes the system write less than it was given, without an error. The stump stays, since another writer
  // may have appended behind it already; the next append ends it.
  if (written < wanted) throw unwritable(path, `only ${written} of ${wanted} bytes could be written`)
}

function unwritable(path: string, reason: string, cause?: unknown): DayshiftError {
  const full = cause === undefined || systemCode(cause) === 'ENOSPC' || systemCode(cause) === 'EDQUOT'
  return failure('DS_WRITE', `cannot append to ${path}: ${reason}`, {
    where: path,
    ...(full ? { hint: 'Free some disk space and run it again; lines written before are whole.' } : {}),
    ...(cause === undefined ? {} : { cause }),
  })
}

function endsInMidLine(file: number, size: number): boolean {
  if (size === 0) return false
  const last = Buffer.alloc(1)
  // Between the two calls the file can only have grown, so that one byte is there to read.
  readSync(file, last, 0, 1, size - 1)
  return last[0] !== NEWLINE
}

/** Makes the name of a new file last through a power cut. Not every system opens folders; the lines are safe anyway. */
function syncFolder(path: string): void {
  let folder: number | undefined
  try {
    folder = openSync(path, 'r')
    fsyncSync(folder)
  } catch {
    return
  } finally {
    if (folder !== undefined) closeSync(folder)
  }
}

/**
 * Reads a journal line by line, in constant memory. Blank lines, a byte order mark and CRLF are let pass; so is a last
 * line without line end, where it is whole.
 *
 * @param visit gets each whole line, in the order of the file; what it throws ends the reading
 * @returns the damaged lines; none where the file is missing
 * @throws DS_SOURCE_UNREADABLE where the file exists but cannot be read
 * @example const damage = await readJournalLines('metadata_log.jsonl', ({ record }) => rows.push(record.num_rows))
 */
export async function readJournalLines(path: string, visit: (line: JournalLine) => void): Promise<JournalDamage[]> {
  const damage: JournalDamage[] = []
  let offset = 0
  let parts: Buffer[] = []
  let length = 0

  const keep = (part: Buffer): void => {
    length += part.length
    if (length > LONGEST_LINE_BYTES) parts = []
    else parts.push(part)
  }
  const endLine = (torn: boolean): void => {
    const content = length > LONGEST_LINE_BYTES ? 'the line is longer than 64 MiB' : parseLine(Buffer.concat(parts))
    if (typeof content === 'string') damage.push({ offset, reason: content, torn })
    else if (content !== undefined) visit({ offset, record: content })
    offset += length + 1
    parts = []
    length = 0
  }

  for await (const block of blocksOf(path)) {
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

/** @returns the record, what is wrong with the line, or `undefined` for a blank line */
function parseLine(line: Buffer): JournalRecord | string | undefined {
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

async function* blocksOf(path: string): AsyncGenerator<Buffer> {
  let file: Awaited<ReturnType<typeof open>> | undefined
  try {
    file = await open(path, 'r')
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(BLOCK_BYTES), 0, BLOCK_BYTES, null)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } catch (error) {
    if (file === undefined && systemCode(error) === 'ENOENT') return
    throw failure('DS_SOURCE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { where: path, cause: error })
  } finally {
    await file?.close()
  }
}

/** Reads a whole journal into memory; a missing file is an empty one. */
export async function readJournal(path: string): Promise<Journal> {
  const lines: JournalLine[] = []
  const damage = await readJournalLines(path, (line) => lines.push(line))
  return { lines, damage }
}
