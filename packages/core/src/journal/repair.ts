import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { failure } from '../codes.ts'
import { messageOf } from '../errors.ts'
import { withLock, type LockOptions } from '../lock.ts'
import { appendJournal } from './append.ts'
import { checkJournal, type CheckJournalOptions } from './check.ts'
import { LONGEST_LINE_BYTES, NEWLINE, type JournalDamage, type JournalRecord } from './journal.ts'
import { parseLine } from './read.ts'
import { realPath } from './real-path.ts'
import { segmentsOf } from './segments.ts'

/** How a journal is repaired. */
export interface RepairOptions extends CheckJournalOptions, LockOptions {}

/** What a repair did. */
export interface Repair {
  /** The lines that were taken out. */
  readonly taken: readonly JournalDamage[]
  /** Records that stood whole within them, and were appended as lines of their own. */
  readonly recovered: number
  /** Where the lines are now, byte for byte; left out where none was taken out. */
  readonly quarantine?: string
}

/** Milliseconds after which a last line without its end counts as cut off, rather than as being written. */
const UNDER_WAY = 100

const SPACE = 0x20

/**
 * Takes damaged lines out of a journal. Each is first appended to `<journal>.quarantine`, byte for byte; whole records within
 * it (a line that was cut off, and another program's behind it) are appended to the journal; then blanks are written over
 * it, in its place, so that whoever appends meanwhile is not disturbed. Killed at any moment, nothing is lost, and the next
 * repair goes on. Damage in what a compaction has put aside stays: it is history.
 *
 * @throws DS_WRITE, DS_LOCKED, DS_SOURCE_UNREADABLE, DS_ABORTED
 * @example const { taken, recovered } = await repairJournal('metadata_log.jsonl')
 */
export async function repairJournal(journal: string, { judge, ...options }: RepairOptions = {}): Promise<Repair> {
  const path = realPath(journal)
  return withLock(
    `${path}.lock`,
    async () => {
      const first = await checkJournal(path, { judge, signal: options.signal })
      const isTorn = first.damage.some(({ torn }) => torn)
      if (isTorn) await sleep(UNDER_WAY)
      const now = isTorn ? await checkJournal(path, { judge, signal: options.signal }) : first
      const history = new Map((await segmentsOf(path)).map((segment) => [segment.path, segment.bytes]))
      const taken = now.damage.filter(
        ({ file, offset, length, torn }) =>
          offset >= (history.get(file) ?? 0) &&
          (!torn || first.damage.some((one) => one.file === file && one.offset === offset && one.length === length)),
      )
      if (taken.length === 0) return { taken, recovered: 0 }
      const quarantine = `${path}.quarantine`
      let recovered = 0
      for (const line of taken) {
        const bytes = bytesOf(line)
        appendBytes(quarantine, bytes)
        const records = recordsWithin(bytes).filter((record) => judge?.({ ...line, record }) === undefined)
        appendJournal(path, records)
        recovered += records.length
        blank(line)
      }
      return { taken, recovered, quarantine }
    },
    options,
  )
}

/** Longest line that is searched for records, and most places where one is looked for. */
const SEARCHED_BYTES = 1 << 20
const MOST_STARTS = 1000

const BRACE = 0x7b

/**
 * Whole records at the end of a damaged line: those of programs that wrote behind a record that was cut off, or behind one
 * without its line end.
 */
function recordsWithin(bytes: Buffer): JournalRecord[] {
  if (bytes.length > SEARCHED_BYTES) return []
  let start = bytes.indexOf(BRACE)
  for (let tries = 0; start >= 0 && tries < MOST_STARTS; tries++) {
    const records = recordsFrom(bytes, start)
    if (records !== undefined) return records
    start = bytes.indexOf(BRACE, start + 1)
  }
  return []
}

/** @returns the objects that stand one behind the other up to the end, if there is nothing else */
function recordsFrom(bytes: Buffer, start: number): JournalRecord[] | undefined {
  const records: JournalRecord[] = []
  for (let at = start; at < bytes.length;) {
    const end = endOfObject(bytes, at)
    if (end === undefined) return undefined
    const content = parseLine(bytes.subarray(at, end))
    if (typeof content !== 'object') return undefined
    records.push(content)
    at = end
    while (at < bytes.length && isBlank(bytes[at])) at++
  }
  return records
}

/** Where the object ends that begins at a byte; `undefined` where it does not, or none begins there. */
function endOfObject(bytes: Buffer, start: number): number | undefined {
  if (bytes[start] !== BRACE) return undefined
  let depth = 0
  let isText = false
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]
    if (isText) {
      if (byte === 0x5c) at++
      else if (byte === 0x22) isText = false
    } else if (byte === 0x22) isText = true
    else if (byte === BRACE) depth++
    else if (byte === 0x7d && --depth === 0) return at + 1
  }
  return undefined
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x09 || byte === 0x0d
}

function bytesOf({ file, offset, length }: JournalDamage): Buffer {
  if (length > LONGEST_LINE_BYTES * 4) {
    throw failure('DS_WRITE', `${file}, byte ${offset}: a line of ${length} bytes is too long to be moved`, {
      where: file,
      hint: 'Take it out by hand: it is no line of a journal.',
    })
  }
  const bytes = Buffer.alloc(length)
  const descriptor = openSync(file, 'r')
  try {
    for (let at = 0, got = 1; at < length && got > 0; at += got)
      got = readSync(descriptor, bytes, at, length - at, offset + at)
  } finally {
    closeSync(descriptor)
  }
  return bytes
}

function appendBytes(path: string, bytes: Buffer): void {
  const whole = Buffer.concat([bytes, Buffer.from('\n')])
  writing(path, 'a', (file) => writeSync(file, whole) === whole.length)
}

function blank({ file, offset, length }: JournalDamage): void {
  const blanks = Buffer.alloc(length, SPACE)
  // A line of blanks may be too long as well.
  for (let at = LONGEST_LINE_BYTES; at < length; at += LONGEST_LINE_BYTES) blanks[at] = NEWLINE
  writing(file, 'r+', (descriptor) => writeSync(descriptor, blanks, 0, length, offset) === length)
}

/** Writes to a file, and sees that it reaches the disk. */
function writing(path: string, flags: 'a' | 'r+', write: (file: number) => boolean): void {
  let file: number | undefined
  let reason = 'the disk is full'
  let isWhole = false
  try {
    file = openSync(path, flags)
    isWhole = write(file)
    fdatasyncSync(file)
  } catch (error) {
    reason = messageOf(error)
    isWhole = false
  } finally {
    if (file !== undefined) closeSync(file)
  }
  if (!isWhole) throw failure('DS_WRITE', `cannot write ${path}: ${reason}`, { where: path })
}
