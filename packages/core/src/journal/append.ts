import { closeSync, fdatasyncSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { failure } from '../codes.ts'
import { messageOf, systemCode, type DayshiftError } from '../errors.ts'
import { LONGEST_LINE_BYTES, NEWLINE, type JournalRecord } from './journal.ts'

/**
 * What of a journal a power cut may take:
 *
 * - `always`: nothing. Each append reaches the disk before it returns (about 4 ms on a solid-state disk).
 * - `batch`: what was appended since the writer was made; it reaches the disk when the writer is closed.
 * - `none`: what the system has not written by itself yet, some 30 seconds.
 *
 * A killed process loses nothing in any of them.
 */
export type Durability = 'none' | 'batch' | 'always'

/** Appends to one journal, until it is closed. */
export interface JournalWriter {
  /** Appends records in one write. */
  append(records: readonly JournalRecord[]): void
  /** Brings to the disk what `batch` has not yet. */
  close(): void
}

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
  append(path, records, true)
}

/**
 * A writer of many appends, that knows when they are to reach the disk. It holds nothing open in between: the journal may be
 * compacted meanwhile.
 *
 * @param durability default `batch`
 * @throws DS_WRITE, as {@link appendJournal}
 * @example
 * const writer = journalWriter('metadata_log.jsonl')
 * for (const event of events) writer.append([event])
 * writer.close()
 */
export function journalWriter(path: string, durability: Durability = 'batch'): JournalWriter {
  let waiting = false
  return {
    append(records) {
      append(path, records, durability === 'always')
      waiting ||= durability === 'batch' && records.length > 0
    },
    close() {
      if (waiting) bringToDisk(path)
      waiting = false
    },
  }
}

function append(path: string, records: readonly JournalRecord[], durable: boolean): void {
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
    if (durable) fdatasyncSync(file)
    if (durable && size === 0) syncFolder(dirname(path))
  } catch (error) {
    throw unwritable(path, messageOf(error), error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
  // A full disk makes the system write less than it was given, without an error. The stump stays, since another writer
  // may have appended behind it already; the next append ends it.
  if (written < wanted) throw unwritable(path, `only ${written} of ${wanted} bytes could be written`)
}

function bringToDisk(path: string): void {
  let file: number | undefined
  try {
    file = openSync(path, 'r+')
    fdatasyncSync(file)
    syncFolder(dirname(path))
  } catch (error) {
    throw unwritable(path, messageOf(error), error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
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
export function syncFolder(path: string): void {
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
