import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { failure } from './codes.ts'
import { messageOf, systemCode } from './errors.ts'

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
  readonly reason: string
  /** Whether it is the last line and has no line end: a write was cut off there. */
  readonly torn: boolean
}

/** What a whole journal holds. */
export interface Journal {
  readonly lines: readonly JournalLine[]
  readonly damage: readonly JournalDamage[]
}

const NEWLINE = 0x0a

/**
 * Appends records to a JSON Lines file, made where it is missing. All records go out in one write, so that writers at
 * the same time never mix their lines, and reach the disk before this returns. A tail that an interrupted writer left is
 * ended first, so that it costs no line but its own.
 *
 * @throws DS_WRITE where the disk is full or the file cannot be written
 * @example appendJournal('data_catalog.jsonl', [{ dataset_name: 'weather' }])
 */
export function appendJournal(path: string, records: readonly JournalRecord[]): void {
  if (records.length === 0) return
  const lines = records.map((record) => JSON.stringify(record) + '\n').join('')
  let file: number | undefined
  try {
    file = openSync(path, 'a+')
    const payload = Buffer.from((endsInMidLine(file) ? '\n' : '') + lines)
    const written = writeSync(file, payload)
    if (written < payload.length) {
      // A full disk makes the system write less than it was given, without an error.
      throw failure('DS_WRITE', `only ${written} of ${payload.length} bytes could be written to ${path}`, {
        where: path,
        hint: 'Free some disk space and run it again; lines written before are whole.',
      })
    }
    fdatasyncSync(file)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    throw failure('DS_WRITE', `cannot append to ${path}: ${messageOf(error)}`, { where: path, cause: error })
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function endsInMidLine(file: number): boolean {
  const { size } = fstatSync(file)
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(file, last, 0, 1, size - 1)
  return last[0] !== NEWLINE
}

/**
 * Reads a journal line by line, in constant memory. Blank lines, a byte order mark and CRLF are let pass.
 *
 * @param visit gets each whole line
 * @returns the damaged lines; none where the file is missing
 */
export async function readJournalLines(path: string, visit: (line: JournalLine) => void): Promise<JournalDamage[]> {
  const damage: JournalDamage[] = []
  let offset = 0
  let rest: Buffer = Buffer.alloc(0)

  const take = (line: Buffer, torn: boolean): void => {
    const at = offset
    offset += line.length + (torn ? 0 : 1)
    const text = line
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .trim()
    if (text === '') return
    let record: unknown
    try {
      record = JSON.parse(text)
    } catch (error) {
      damage.push({ offset: at, reason: messageOf(error), torn })
      return
    }
    if (typeof record === 'object' && record !== null && !Array.isArray(record))
      visit({ offset: at, record: record as JournalRecord })
    else damage.push({ offset: at, reason: 'the line is JSON, but not an object', torn })
  }

  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return damage
    throw failure('DS_SOURCE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { where: path, cause: error })
  }
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20, autoClose: false })) {
      let block = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer)
      for (let end = block.indexOf(NEWLINE); end >= 0; end = block.indexOf(NEWLINE)) {
        take(block.subarray(0, end), false)
        block = block.subarray(end + 1)
      }
      rest = block
    }
    if (rest.length > 0) take(rest, true)
  } finally {
    await file.close()
  }
  return damage
}

/** Reads a whole journal into memory; a missing file is an empty one. */
export async function readJournal(path: string): Promise<Journal> {
  const lines: JournalLine[] = []
  const damage = await readJournalLines(path, (line) => lines.push(line))
  return { lines, damage }
}
