import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { throwIfAborted } from '@dayshift/core/ground'
import { breather } from '../breather.ts'
import { failure } from '../codes.ts'
import { flushAll } from './flush.ts'
import { openIntake, SMALL, type IntakeJob, type IntakeJobs, type Taken } from './intake.ts'
import type { Answered, Asked, SentError } from './intake-worker.ts'
import { objectsIn, type CachePlace } from './objects.ts'
import { unpackTaken } from './packed-taken.ts'
import type { ReadOptions } from './hash.ts'

/** Threads start only for work that takes longer than starting them. */
const MANY_FILES = 2000
const MANY_BYTES = 128 << 20
const MOST_THREADS = 4

/** A thread's garbage is small and short-lived: it needs no more room than this. */
const YOUNG_MB = 4

/** A thread gets so many small files at once, or so many bytes. */
const BATCH_FILES = 256
const BATCH_BYTES = 16 << 20

/** Copies wait for their names until there are so many: then all are brought to the disk together. */
const WAITING = 20_000

/**
 * Reads files, in several threads where they are many or large. Copies get their names when they are on the disk.
 *
 * @param place the cache that copies are made for; without it files are only hashed
 * @param onTaken gets each file as soon as it is read, with its index
 * @throws what {@link openIntake} throws; every file that was read has been handed on before, and no copy waits
 */
export async function takeAll(
  jobs: IntakeJobs,
  place: CachePlace | undefined,
  options: ReadOptions,
  onTaken: (taken: Taken, at: number) => void,
): Promise<void> {
  const threads = threadsFor(jobs)
  const settle = place
    ? (intakes: readonly Settling[]) => settleAll(intakes, objectsIn(place.dir))
    : async () => undefined
  if (threads > 1) return takeInThreads(jobs, place, options, onTaken, threads, settle)
  const intake = openIntake(place)
  const here: Settling = { waiting: 0, settle: (count, isToFlush) => intake.settle(count, isToFlush, options.signal) }
  const breathe = breather(options.signal)
  try {
    for (let at = 0; at < jobs.length; at++) {
      const pause = breathe()
      if (pause) await pause
      const taken = await intake.take(jobs.at(at) as IntakeJob, options)
      if (taken.isMade) here.waiting++
      onTaken(taken, at)
      if (here.waiting >= WAITING) await settle([here])
    }
    await settle([here])
  } catch (error) {
    intake.discard()
    throw error
  }
}

/** Whose copies wait. */
interface Settling {
  waiting: number
  settle(count: number, isToFlush: boolean): Promise<void>
}

/** Brings all copies that wait at this moment to the disk, and gives them their names. */
async function settleAll(intakes: readonly Settling[], top: string): Promise<void> {
  const counts = intakes.map(({ waiting }) => waiting)
  const isFlushed = await flushAll(
    counts.reduce((sum, count) => sum + count, 0),
    top,
  )
  const named = intakes.map(async (intake, at) => {
    const count = counts[at] as number
    intake.waiting -= count
    if (count > 0) await intake.settle(count, !isFlushed)
  })
  const failed = (await Promise.allSettled(named)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

/** Node 20 runs no TypeScript: from sources all work is done in this thread. */
function threadsFor(jobs: IntakeJobs): number {
  if (import.meta.url.endsWith('.ts') || jobs.length < 2) return 1
  let bytes = 0
  for (let at = 0; at < jobs.length; at++) bytes += (jobs.at(at) as IntakeJob).bytes
  if (jobs.length < MANY_FILES && bytes < MANY_BYTES) return 1
  return Math.min(MOST_THREADS, availableParallelism(), jobs.length)
}

async function takeInThreads(
  jobs: IntakeJobs,
  place: CachePlace | undefined,
  options: ReadOptions,
  onTaken: (taken: Taken, at: number) => void,
  count: number,
  settle: (intakes: readonly Settling[]) => Promise<void>,
): Promise<void> {
  const { signal } = options
  let next = 0
  let settling: Promise<void> | undefined
  const failures: unknown[] = []
  const fail = (error: unknown): void => void failures.push(error)
  const nextBatch = (): { readonly start: number; readonly batch: readonly IntakeJob[] } => {
    const start = next
    const batch: IntakeJob[] = []
    for (let bytes = 0; next < jobs.length && batch.length < BATCH_FILES; next++) {
      const job = jobs.at(next) as IntakeJob
      if (batch.length > 0 && (bytes + job.bytes > BATCH_BYTES || job.bytes > SMALL)) break
      bytes += job.bytes
      batch.push(job)
    }
    return { start, batch }
  }
  const threads = Array.from({ length: count }, () => openThread(place, options.onProgress))
  const stop = (): void => threads.forEach((thread) => thread.stop())
  signal?.addEventListener('abort', stop, { once: true })

  const run = async (thread: Thread): Promise<void> => {
    const begin = (): { readonly start: number; readonly answer: Promise<Answer> } | undefined => {
      if (next >= jobs.length || failures.length > 0 || signal?.aborted) return undefined
      const { start, batch } = nextBatch()
      const answer = thread.ask({ jobs: batch })
      answer.catch(() => undefined)
      return { start, answer }
    }
    // While what came of one batch is handed on, the thread is at the next.
    for (let [now, after] = [begin(), begin()]; now; now = after, after = begin()) {
      const { taken, error } = await now.answer
      let at = now.start
      for (const one of taken ? unpackTaken(taken) : []) {
        if (one.isMade) thread.waiting++
        onTaken(one, at++)
      }
      if (error) fail(received(error))
      const waiting = threads.reduce((sum, each) => sum + each.waiting, 0)
      if (waiting >= WAITING && !settling)
        settling = settle(threads)
          .catch(fail)
          .finally(() => (settling = undefined))
      // The disk may be slower than the threads.
      if (waiting >= 2 * WAITING) await settling
    }
  }

  try {
    await Promise.all(threads.map((thread) => run(thread).catch(fail)))
    await settling
    if (failures.length === 0 && !signal?.aborted) await settle(threads).catch(fail)
    if (failures.length > 0 || signal?.aborted) {
      await Promise.all(threads.map((thread) => thread.ask({ discard: true }).catch(() => undefined)))
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    await Promise.all(threads.map((thread) => thread.end()))
  }
  throwIfAborted(signal)
  if (failures.length > 0) throw failures[0]
}

type Answer = Exclude<Answered, { read: number }>

interface Thread extends Settling {
  /** Its answers come in the order in which it was asked. */
  ask(asked: Asked): Promise<Answer>
  /** Ends the work that it is at. */
  stop(): void
  end(): Promise<unknown>
}

function openThread(place: CachePlace | undefined, onRead: ((bytes: number) => void) | undefined): Thread {
  const worker = new Worker(new URL('./intake-worker.js', import.meta.url), {
    workerData: place,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  })
  const asking: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }[] = []
  let broken: unknown
  const fail = (error: unknown): void => {
    broken ??= error
    for (const { reject } of asking.splice(0)) reject(broken)
  }
  worker.on('message', (answered: Answered) => {
    if ('read' in answered) onRead?.(answered.read)
    else asking.shift()?.resolve(answered)
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new Error(`a thread ended with code ${code}`)))
  const ask = (asked: Asked): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (broken !== undefined) return reject(broken)
      asking.push({ resolve, reject })
      worker.postMessage(asked, [])
    })
  return {
    waiting: 0,
    ask,
    async settle(count, isToFlush) {
      const { error } = await ask({ settle: count, isToFlush })
      if (error) throw received(error)
    },
    stop: () => worker.postMessage({ stop: true } satisfies Asked, []),
    end: () => worker.terminate(),
  }
}

function received({ code, message, where, system }: SentError): Error {
  const cause = system === undefined ? undefined : Object.assign(new Error(message), { code: system })
  return failure(code as 'DS_DVC_WRITE', message, { ...(where === undefined ? {} : { where }), cause })
}
