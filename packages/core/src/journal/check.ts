import { throwIfAborted } from '../abort.ts'
import { checksumOf } from './checksum.ts'
import type { JournalDamage, JournalLine } from './journal.ts'
import { readLines, withFile, type ReadJournalOptions } from './read.ts'
import { segmentsOf } from './segments.ts'

/** One file of a journal, read from its first byte to its last. */
export interface CheckedFile {
  readonly path: string
  readonly bytes: number
  /** Whole lines. */
  readonly lines: number
  /** Of a segment: what it holds is history, and only what lies behind its first bytes is still part of the journal. */
  readonly isSegment: boolean
}

/** What a check of a journal found. */
export interface JournalCheck {
  readonly files: readonly CheckedFile[]
  readonly damage: readonly JournalDamage[]
  /** Segments whose first bytes are not those that their names tell. */
  readonly changed: readonly string[]
}

/** How a journal is checked. */
export interface CheckJournalOptions extends ReadJournalOptions {
  /** Gets each whole line; @returns what is wrong with it for whom the journal is, or nothing */
  readonly judge?: ((line: JournalLine) => string | undefined) | undefined
}

/**
 * Reads all of a journal, its segments too, and tells every line that is damaged, with the byte where it starts.
 *
 * @throws DS_SOURCE_UNREADABLE where a file exists but cannot be read; DS_ABORTED
 * @example const { damage } = await checkJournal('metadata_log.jsonl') // [{ file, offset: 8120, length: 17, reason: … }]
 */
export async function checkJournal(path: string, { judge, signal }: CheckJournalOptions = {}): Promise<JournalCheck> {
  const files: CheckedFile[] = []
  const damage: JournalDamage[] = []
  const changed: string[] = []
  const segments = await segmentsOf(path)
  const readAll = async (file: string, isSegment: boolean): Promise<void> => {
    await withFile(file, async (opened) => {
      let lines = 0
      const judged: JournalDamage[] = []
      const broken = await readLines(
        file,
        opened,
        0,
        Infinity,
        (line) => {
          const reason = judge?.(line)
          if (reason === undefined) lines++
          else judged.push({ file, offset: line.offset, length: line.length, reason, torn: false })
        },
        signal,
      )
      for (const one of [...broken, ...judged].sort((a, b) => a.offset - b.offset)) damage.push(one)
      files.push({ path: file, bytes: (await opened.stat()).size, lines, isSegment })
    })
  }
  await readAll(path, false)
  for (const { path: segment, bytes, checksum } of segments) {
    throwIfAborted(signal)
    await readAll(segment, true)
    if ((await checksumOf(segment, bytes)) !== checksum) changed.push(segment)
  }
  return { files, damage, changed }
}
