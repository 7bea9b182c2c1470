/**
 * A journal is an append-only JSON Lines file: one record a line, one write a record. A compaction puts what was there
 * aside, whole, in a segment beside it (`log.00001-48213-1a2b3c4d.jsonl`), from which late lines are still read.
 */

/** A JSON object: one line of a journal. Keys that a reader does not know are kept. */
export type JournalRecord = Readonly<Record<string, unknown>>

/** Where a line stands. */
export interface JournalPlace {
  /** The journal, or a segment of it. */
  readonly file: string
  /** Bytes before the line. */
  readonly offset: number
  /** Bytes of the line, without its end. */
  readonly length: number
}

/** A line that was read, with its place. */
export interface JournalLine extends JournalPlace {
  readonly record: JournalRecord
}

/** A line that could not be read, with its place. It is told, never dropped in silence. */
export interface JournalDamage extends JournalPlace {
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

/** The byte that ends a line. */
export const NEWLINE = 0x0a

/** No line is longer; so a reader of a damaged file needs no more memory than this. */
export const LONGEST_LINE_BYTES: number = 64 * 1024 * 1024
