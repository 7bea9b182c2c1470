import { stat } from 'node:fs/promises'
import { throwIfAborted } from '../abort.ts'
import { checksumOf } from './checksum.ts'
import type { JournalDamage, JournalLine } from './journal.ts'
import { endOfLines, readLines, withFile, type ReadJournalOptions } from './read.ts'
import { lateStart, segmentsOf } from './segments.ts'
import { readSnapshot, writeSnapshot, type Snapshot } from './snapshot.ts'

/** How the lines of a journal are brought together. The order of lines, and lines twice, must not change the result. */
export interface JournalFold<State> {
  /** Names the state and its form in kept snapshots; another name for another form. */
  readonly name: string
  /** The state of an empty journal. */
  start(): State
  /** Takes a line in. */
  add(state: State, line: JournalLine): void
  /** The state as lines of text, without line ends; default: its JSON, in one. */
  freeze?(state: State): Iterable<string>
  /** The state that lines of text are of. */
  thaw?(lines: readonly string[]): State
}

/** How a journal is folded. */
export interface FoldOptions extends ReadJournalOptions {
  /**
   * The folder where snapshots are kept, so that the next time only new lines are read; default: none is. It is made where
   * it is missing, together with a `.gitignore`.
   */
  readonly snapshots?: string | undefined
  /** What the same fold of the same journal gave before, in this process: only lines after it are read. Its state is taken over. */
  readonly before?: Snapshot<unknown> | undefined
}

/** What a journal comes to. */
export interface Folded<State> {
  readonly state: State
  readonly damage: readonly JournalDamage[]
  /** What the next fold may go on from; left out where the journal is missing. */
  readonly snapshot?: Snapshot<State>
}

/** Bytes from which a snapshot pays. */
const WORTH_KEEPING = 1 << 20

/** Share of a journal that may be read anew each time before another snapshot is kept. */
const SHARE_ANEW = 0.1

/**
 * Folds a journal. Where a snapshot is kept, only the lines are read that came after it: 100 000 lines take a fraction of a
 * second. A snapshot holds for a file whose size and times it knows, or whose first bytes have its checksum; so an edit in
 * the middle, a merge or another branch are seen, and the journal is read from its start.
 *
 * @throws DS_SOURCE_UNREADABLE where the file exists but cannot be read; DS_ABORTED
 * @example
 * const { state } = await foldJournal('metadata_log.jsonl', {
 *   name: 'rows',
 *   start: () => ({ rows: {} as Record<string, number> }),
 *   add: ({ rows }, { record }) => void (rows[String(record.origin)] = Number(record.num_rows)),
 * })
 */
export async function foldJournal<State>(
  path: string,
  fold: JournalFold<State>,
  { snapshots, before, signal }: FoldOptions = {},
): Promise<Folded<State>> {
  throwIfAborted(signal)
  const folded = await withFile(path, async (file): Promise<Folded<State>> => {
    const { ino, size: bytes, mtimeNs, ctimeNs } = await file.stat({ bigint: true })
    const size = Number(bytes)
    const late = await lateSegments(path, Number(ino))
    const now = { times: `${ino} ${bytes} ${mtimeNs} ${ctimeNs}`, size, late: late.mark }
    const kept =
      (await valid(path, before as Snapshot<State> | undefined, now)) ??
      (snapshots === undefined || size < WORTH_KEEPING
        ? undefined
        : await valid(path, await readSnapshot(snapshots, path, fold), now))
    const state = kept?.state ?? fold.start()
    const visit = (line: JournalLine): void => fold.add(state, line)
    const damage: JournalDamage[] = [...(kept?.damage ?? [])]
    const from = kept?.bytes ?? 0
    // A last line without its end may still be added to, so that it is no part of a snapshot.
    const whole = await endOfLines(file, size)
    for (const one of await readLines(path, file, from, whole, visit, signal)) damage.push(one)
    if (kept === undefined) await readLate(late.segments, visit, damage, signal)
    const isNew = kept === undefined || whole > from
    const snapshot: Snapshot<State> = {
      fold: fold.name,
      times: whole === size ? now.times : '',
      bytes: whole,
      checksum: isNew ? await checksumOf(path, whole) : kept.checksum,
      late: late.mark,
      damage: [...damage],
      state,
    }
    const isWorthKeeping = whole >= WORTH_KEEPING && (kept === undefined || whole - from > whole * SHARE_ANEW)
    if (snapshots !== undefined && isWorthKeeping) await writeSnapshot(snapshots, path, snapshot, fold)
    if (whole === size) return { state, damage, snapshot }
    for (const one of await readLines(path, file, whole, Infinity, visit, signal)) damage.push(one)
    return { state, damage }
  })
  if (folded !== undefined) return folded
  // Without the file itself, what late writers left in segments is all there is.
  const state = fold.start()
  const damage: JournalDamage[] = []
  const { segments } = await lateSegments(path, -1)
  await readLate(segments, (line) => fold.add(state, line), damage, signal)
  return { state, damage }
}

/** What of a journal a snapshot is compared with. */
interface JournalNow {
  readonly times: string
  readonly size: number
  readonly late: string
}

/** A snapshot that holds: the file is the one it was made of, or begins with what it was made of. */
async function valid<State>(
  path: string,
  snapshot: Snapshot<State> | undefined,
  now: JournalNow,
): Promise<Snapshot<State> | undefined> {
  if (snapshot === undefined || snapshot.late !== now.late) return undefined
  if (snapshot.times === now.times) return snapshot
  const isPrefix = now.size >= snapshot.bytes && (await checksumOf(path, snapshot.bytes)) === snapshot.checksum
  return isPrefix ? snapshot : undefined
}

/** Reads what late writers left in segments. */
async function readLate(
  segments: readonly LateSegment[],
  visit: (line: JournalLine) => void,
  damage: JournalDamage[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { path, from } of segments) {
    const found = await withFile(path, (file) => readLines(path, file, from, Infinity, visit, signal))
    for (const one of found ?? []) damage.push(one)
  }
}

interface LateSegment {
  readonly path: string
  /** Byte from which on the journal has not taken it in. */
  readonly from: number
}

/** Segments that hold what the journal has not taken in, and a mark that changes with them. */
async function lateSegments(
  path: string,
  current: number,
): Promise<{ readonly segments: readonly LateSegment[]; readonly mark: string }> {
  const segments: LateSegment[] = []
  const marks: string[] = []
  for (const segment of await segmentsOf(path)) {
    const from = await lateStart(segment, current)
    if (from === undefined) continue
    segments.push({ path: segment.path, from })
    marks.push(`${segment.path} ${(await stat(segment.path)).size}`)
  }
  return { segments, mark: marks.join('\n') }
}
