import { closeSync, openSync, readSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import {
  appendJournal,
  foldJournal,
  makeFolders,
  messageOf,
  readJournalLine,
  readJournalLines,
  readTextFileSync,
  withLock,
  writeAtomically,
  type Folded,
  type JournalFold,
  type JournalPlace,
  type JournalRecord,
} from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { runIdOf, type LineageEvent } from '../lineage-event.ts'
import { eventHash } from './event-hash.ts'

/** An event that waits, and where it stands. */
export interface Waiting {
  readonly hash: string
  /** Its run, or what stands for it. */
  readonly runId: string
  readonly place: JournalPlace
}

/** Events that wait to be sent, in a folder of their own. */
export interface SpoolFolder {
  readonly path: string
  /** Puts events by. They are on the disk when this returns. */
  put(events: readonly LineageEvent[]): Promise<void>
  /** Runs that have events here; quick where nothing has changed since it was asked last. */
  runs(): Promise<ReadonlySet<string>>
  /** What waits, each once: START before all else of its run, the end after it, otherwise as it was put by. */
  waiting(): Promise<Waiting[]>
  /** One that waits, whole. */
  event(waiting: Waiting): LineageEvent
  /** Writes down that events were taken. */
  taken(hashes: readonly string[]): void
  /** Puts events aside that will never be taken. */
  reject(events: readonly LineageEvent[], reason: string): void
  /** Removes what was taken. */
  tidy(): Promise<void>
}

/** Seconds that one waits for another process to write to the spool, which takes it milliseconds. */
const PATIENCE = 10

/** Seconds after which a lock of the spool counts as left behind, where it was killed before it signed it. */
export const STALE = 5

/** The runs of a spool's events. */
const RUNS: JournalFold<Set<string>> = {
  name: 'runs',
  start: () => new Set(),
  add: (runs, { record }) => void runs.add(orderOf(record)),
}

/** What was read of the runs, and of which state of the file. */
interface Known {
  readonly times: string
  readonly runs: ReadonlySet<string>
  readonly snapshot: Folded<Set<string>>['snapshot']
}

const RANK: Readonly<Record<string, number>> = { START: 0, COMPLETE: 2, FAIL: 2, ABORT: 2 }

/**
 * A folder of events that wait: `events.jsonl`, in the order in which they came; `taken.jsonl`, the hashes of those that were
 * taken and are still to be removed; `rejected.jsonl`, with reasons. Killed at any moment, an event is in `events.jsonl`
 * until it was taken; one that was taken and not yet written down is sent again.
 *
 * @param path is made where it is missing
 * @param destination where the events are to go; stands in `destination.txt`
 */
export function spoolFolder(path: string, destination?: string): SpoolFolder {
  const eventsFile = join(path, 'events.jsonl')
  const takenFile = join(path, 'taken.jsonl')
  const rejectedFile = join(path, 'rejected.jsonl')
  let known: Known | undefined

  const prepare = (): void => {
    try {
      makeFolders(path)
      writeFileSync(join(path, '.gitignore'), '*\n')
      if (destination !== undefined && !isSpecial(join(path, DESTINATION)))
        writeFileSync(join(path, DESTINATION), `${destination}\n`)
    } catch (error) {
      throw failure('DS_WRITE', `cannot make the spool ${path}: ${messageOf(error)}`, { where: path, cause: error })
    }
  }
  const alone = <Result>(work: () => Promise<Result>): Promise<Result> =>
    withLock(join(path, 'events.lock'), work, { timeout: PATIENCE, staleAfter: STALE })
  const takenHashes = async (): Promise<Set<string>> => {
    const hashes = new Set<string>()
    await readJournalLines(takenFile, ({ record }) => hashes.add(String(record['hash'])))
    return hashes
  }

  return {
    path,
    async put(events) {
      if (timesOf(join(path, '.gitignore')) === '') prepare()
      const at = new Date().toISOString()
      await alone(async () =>
        appendJournal(
          eventsFile,
          events.map((event) => ({ hash: eventHash(event), at, event })),
        ),
      )
    },
    async runs() {
      const times = timesOf(eventsFile)
      if (times === '') known = undefined
      if (times === '' || known?.times === times) return known?.runs ?? new Set()
      const before = known?.snapshot
      const { state: runs, snapshot } = await foldJournal(eventsFile, RUNS, before ? { before } : {})
      known = { times, runs, snapshot }
      return runs
    },
    async waiting() {
      const taken = await takenHashes()
      const found: { readonly waiting: Waiting; readonly rank: number; readonly first: number }[] = []
      const firsts = new Map<string, number>()
      await readJournalLines(eventsFile, ({ record, ...place }) => {
        const hash = String(record['hash'])
        if (!isEvent(record['event']) || taken.has(hash)) return
        taken.add(hash)
        const runId = orderOf(record)
        const first = firsts.get(runId) ?? found.length
        firsts.set(runId, first)
        found.push({ waiting: { hash, runId, place }, rank: rankOf(record['event']), first })
      })
      return found.toSorted((a, b) => a.first - b.first || a.rank - b.rank).map(({ waiting }) => waiting)
    },
    event: ({ place }) => readJournalLine(place)['event'] as LineageEvent,
    taken: (hashes) =>
      appendJournal(
        takenFile,
        hashes.map((hash) => ({ hash })),
      ),
    reject(events, reason) {
      if (timesOf(join(path, '.gitignore')) === '') prepare()
      const at = new Date().toISOString()
      appendJournal(
        rejectedFile,
        events.map((event) => ({ at, reason, hash: eventHash(event), event })),
      )
    },
    async tidy() {
      if (timesOf(takenFile) === '') return
      await alone(async () => {
        const taken = await takenHashes()
        let left = 0
        const damage = await readJournalLines(eventsFile, ({ record }) => {
          if (!taken.has(String(record['hash']))) left++
        })
        // What cannot be read is kept for a person to look at.
        const at = new Date().toISOString()
        const stumps = damage.map((place) => ({ at, reason: place.reason, line: rawLine(place) }))
        appendJournal(rejectedFile, stumps)
        if (left === 0) rmSync(eventsFile, { force: true })
        else await keep(eventsFile, (record) => !taken.has(String(record['hash'])))
        rmSync(takenFile, { force: true })
      })
    },
  }
}

const DESTINATION = 'destination.txt'

/** Where events that wait in a folder are to go; undefined where nobody wrote it down. */
export function spoolDestination(path: string): string | undefined {
  try {
    return readTextFileSync(join(path, DESTINATION)).trim() || undefined
  } catch {
    return undefined
  }
}

/** Whether there is something that is no file. A pipe would be waited for, until somebody is at its other end. */
function isSpecial(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === false
}

/** Rewrites a journal with some of its lines. */
async function keep(path: string, isKept: (record: JournalRecord) => boolean): Promise<void> {
  await writeAtomically(path, async (temporary) => {
    const file = openSync(temporary, 'r+')
    try {
      await readJournalLines(path, ({ record }) => {
        if (!isKept(record)) return
        const line = Buffer.from(`${JSON.stringify(record)}\n`)
        if (writeSync(file, line) < line.length) throw failure('DS_WRITE', `the disk is full: ${path}`, { where: path })
      })
    } finally {
      closeSync(file)
    }
  })
}

function rawLine({ file, offset, length }: JournalPlace): string {
  const bytes = Buffer.alloc(Math.min(length, 1 << 20))
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, bytes, 0, bytes.length, offset)
  } finally {
    closeSync(descriptor)
  }
  return bytes.toString('utf8')
}

/** What changes with a file; empty where there is none. */
function timesOf(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch {
    return ''
  }
}

function isEvent(value: unknown): value is LineageEvent {
  return typeof value === 'object' && value !== null && typeof (value as Partial<LineageEvent>).eventTime === 'string'
}

/** What keeps its order: the run, or the event by itself where it is of none. */
function orderOf({ event, hash }: JournalRecord): string {
  return (isEvent(event) ? runIdOf(event) : undefined) ?? String(hash)
}

function rankOf(event: LineageEvent): number {
  return ('eventType' in event ? RANK[event.eventType] : undefined) ?? 1
}
