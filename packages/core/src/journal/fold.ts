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
  /** The state of an empty journal: plain data, as JSON has it. */
  start(): State
  /** Takes a line in. */
  add(state: State, line: JournalLine): void
}

/** How a journal is folded. */
export interface FoldOptions extends ReadJournalOptions {
  /**
   * The folder where snapshots are kept, so that the next time only new lines are read; default: none is. It is made where
   * it is missing, together with a `.gitignore`.
   */
  readonly snapshots?: string | undefined
}

/** What a journal comes to. */
export interface Folded<State> {
  readonly state: State
  readonly damage: readonly JournalDamage[]
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
  { snapshots, signal }: FoldOptions = {},
): Promise<Folded<State>> {
  throwIfAborted(signal)
  const folded = await withFile(path, async (file) => {
    const { ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true })
    const late = await lateSegments(path, Number(ino))
    const kept =
      snapshots === undefined || Number(size) < WORTH_KEEPING
        ? undefined
        : await readSnapshot<State>(snapshots, path, fold.name)
    const times = `${ino} ${size} ${mtimeNs} ${ctimeNs}`
    const holds = kept !== undefined && kept.late === late.mark && (await isPrefix(path, kept, times, Number(size)))
    const state = holds ? kept.state : fold.start()
    const damage: JournalDamage[] = holds ? [...kept.damage] : []
    const read = async (segment: string, from: number, to = Infinity): Promise<void> => {
      await withFile(segment, async (opened) => {
        for (const one of await readLines(segment, opened, from, to, (line) => fold.add(state, line), signal))
          damage.push(one)
      })
    }
    const visit = (line: JournalLine): void => fold.add(state, line)
    const from = holds ? kept.bytes : 0
    // A last line without its end may still be added to, so that it is no part of a snapshot.
    const whole = await endOfLines(file, Number(size))
    for (const one of await readLines(path, file, from, whole, visit, signal)) damage.push(one)
    if (!holds) for (const segment of late.segments) await read(segment.path, segment.from)
    if (snapshots !== undefined && whole >= WORTH_KEEPING && (!holds || whole - from > whole * SHARE_ANEW)) {
      const snapshot: Snapshot<State> = {
        fold: fold.name,
        times: whole === Number(size) ? times : '',
        bytes: whole,
        checksum: await checksumOf(path, whole),
        late: late.mark,
        damage,
        state,
      }
      await writeSnapshot(snapshots, path, snapshot)
    }
    for (const one of await readLines(path, file, whole, Infinity, visit, signal)) damage.push(one)
    return { state, damage }
  })
  if (folded !== undefined) return folded
  // Without the file itself, what late writers left in segments is all there is.
  const state = fold.start()
  const damage: JournalDamage[] = []
  for (const { path: segment, from } of (await lateSegments(path, -1)).segments) {
    const found = await withFile(segment, (file) =>
      readLines(segment, file, from, Infinity, (line) => fold.add(state, line), signal),
    )
    damage.push(...(found ?? []))
  }
  return { state, damage }
}

/** Segments that hold what the journal has not taken in, and a mark that changes with them. */
async function lateSegments(
  path: string,
  current: number,
): Promise<{ readonly segments: readonly { readonly path: string; readonly from: number }[]; readonly mark: string }> {
  const segments: { path: string; from: number }[] = []
  const marks: string[] = []
  for (const segment of await segmentsOf(path)) {
    const from = await lateStart(segment, current)
    if (from === undefined) continue
    segments.push({ path: segment.path, from })
    marks.push(`${segment.path} ${(await stat(segment.path)).size}`)
  }
  return { segments, mark: marks.join('\n') }
}

/** Whether a file begins with what a snapshot was made of. */
async function isPrefix(
  path: string,
  { times, bytes, checksum }: Snapshot<unknown>,
  now: string,
  size: number,
): Promise<boolean> {
  if (times === now) return true
  return size >= bytes && (await checksumOf(path, bytes)) === checksum
}
