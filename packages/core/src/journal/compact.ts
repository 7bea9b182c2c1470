import { copyFile, link, rename, rm, stat } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { writeAtomically } from '../atomic.ts'
import { failure } from '../codes.ts'
import { messageOf } from '../errors.ts'
import { withLock, type LockOptions } from '../lock.ts'
import { syncFolder } from './append.ts'
import { checksumOf } from './checksum.ts'
import type { JournalDamage, JournalLine, JournalRecord } from './journal.ts'
import { realPath } from './real-path.ts'
import { endOfLines, readLines, withFile } from './read.ts'
import { lateStart, segmentPath, segmentsOf, type Segment } from './segments.ts'

/** What a compaction did. */
export interface Compaction {
  /** Bytes of the journal before and after. */
  readonly bytesBefore: number
  readonly bytesAfter: number
  readonly linesBefore: number
  readonly linesAfter: number
  /** Where the lines are that were there before; left out where nothing was to be done. */
  readonly segment?: string
}

/** How a journal is compacted. */
export interface CompactOptions extends LockOptions {
  /** Count what would be done, and write nothing; default false. */
  readonly dryRun?: boolean | undefined
}

/**
 * Rewrites a journal with fewer lines. What was there is put aside whole, in a segment beside it. Whoever appends meanwhile
 * loses nothing: lines that reach the old file late are read from its segment. Killed at any moment, the journal is the one
 * before or the one after.
 *
 * @param choose gets a function that visits all lines, as often as it is called, and gives the records to keep; the order
 * is that of the new file
 * @throws DS_JOURNAL_DAMAGED where a line cannot be read: nothing is done then; DS_WRITE, DS_LOCKED,
 * DS_SOURCE_UNREADABLE, DS_ABORTED
 * @example
 * await compactJournal('log.jsonl', async (read) => {
 *   const last = new Map<unknown, JournalRecord>()
 *   await read(({ record }) => last.set(record.id, record))
 *   return last.values()
 * })
 */
export async function compactJournal(
  journal: string,
  choose: (read: (visit: (line: JournalLine) => void) => Promise<void>) => Promise<Iterable<JournalRecord>>,
  { dryRun = false, ...options }: CompactOptions = {},
): Promise<Compaction> {
  const path = realPath(journal)
  const nothing = { bytesBefore: 0, bytesAfter: 0, linesBefore: 0, linesAfter: 0 }
  const work = async (): Promise<Compaction> => {
    const found = await stat(path).catch(() => undefined)
    if (!found) return nothing
    // A line without its end may be under way: it is read from the segment, when it is whole.
    const bytes = (await withFile(path, (file) => endOfLines(file, found.size))) ?? 0
    const segments = await withoutCutOff(await segmentsOf(path), found.ino, dryRun)
    const late = await lateOf(segments, found.ino)
    let linesBefore = 0
    const read = async (visit: (line: JournalLine) => void): Promise<void> => {
      linesBefore = 0
      const counted = (line: JournalLine): void => {
        linesBefore++
        visit(line)
      }
      const damage: JournalDamage[] = []
      await withFile(path, async (file) => {
        damage.push(...(await readLines(path, file, 0, bytes, counted, options.signal)))
      })
      for (const { segment, from, to } of late) {
        await withFile(segment.path, async (file) => {
          damage.push(...(await readLines(segment.path, file, from, to, visit, options.signal)))
        })
      }
      refuseDamage(damage)
    }
    const records = [...(await choose(read))]
    const texts = records.map((record) => `${JSON.stringify(record)}\n`)
    const bytesAfter = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    const counts = { bytesBefore: bytes, bytesAfter, linesBefore, linesAfter: records.length }
    if (bytesAfter === found.size && late.length === 0) return counts
    const number = (segments.at(-1)?.number ?? 0) + 1
    const segment = segmentPath(path, { number, bytes, checksum: await checksumOf(path, bytes) })
    if (dryRun) return { ...counts, segment }
    await putAside(path, segment)
    try {
      await writeAtomically(path, (temporary) =>
        pipeline(Readable.from(texts), createWriteStream(temporary, { flags: 'r+' })),
      )
    } catch (error) {
      // The journal is the one before: nothing of it is aside.
      await rm(segment, { force: true }).catch(() => undefined)
      throw error
    }
    syncFolder(dirname(path))
    for (const { segment: earlier, to } of late) {
      const checksum = await checksumOf(earlier.path, to)
      await rename(earlier.path, segmentPath(path, { ...earlier, bytes: to, checksum }))
    }
    return { ...counts, segment }
  }
  return dryRun ? work() : withLock(`${path}.lock`, work, options)
}

/** Removes what a compaction left that was killed before it put the new file in place: another name of the same file. */
async function withoutCutOff(segments: readonly Segment[], current: number, dryRun: boolean): Promise<Segment[]> {
  const kept: Segment[] = []
  for (const segment of segments) {
    const found = await stat(segment.path).catch(() => undefined)
    if (found?.ino !== current) kept.push(segment)
    else if (!dryRun) await rm(segment.path)
  }
  return kept
}

/** What earlier segments hold that the journal has not taken in. */
async function lateOf(
  segments: readonly Segment[],
  current: number,
): Promise<{ readonly segment: Segment; readonly from: number; readonly to: number }[]> {
  const late = []
  for (const segment of segments) {
    const from = await lateStart(segment, current)
    if (from !== undefined) late.push({ segment, from, to: (await stat(segment.path)).size })
  }
  return late
}

function refuseDamage(damage: readonly JournalDamage[]): void {
  const [first] = damage
  if (first === undefined) return
  const more = damage.length > 1 ? `, and ${damage.length - 1} more` : ''
  throw failure('DS_JOURNAL_DAMAGED', `${first.file}, byte ${first.offset}: ${first.reason}${more}`, {
    where: first.file,
  })
}

/** Gives the file another name. Where the file system has no links it is a copy, which late writers do not reach. */
async function putAside(path: string, segment: string): Promise<void> {
  try {
    await link(path, segment).catch(() => copyFile(path, segment))
  } catch (error) {
    throw failure('DS_WRITE', `cannot write ${segment}: ${messageOf(error)}`, { where: segment, cause: error })
  }
}
