import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { throwIfAborted } from '@dayshift/core/ground'
import { breather } from '../breather.ts'
import { failure } from '../codes.ts'
import { openIntake, SMALL, type IntakeJob, type Taken } from './intake.ts'
import type { Answered, Asked, SentError } from './intake-worker.ts'
import type { CachePlace } from './objects.ts'
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

/**
 * Reads files, in several threads where they are many or large.
 *
 * @param place the cache that copies are made for; without it files are only hashed
 * @param onTaken gets each file as soon as it is read, with its index; what it returns is waited for
 * @throws what {@link openIntake} throws; every file that was read has been handed on before
 */
export async function takeAll(
  jobs: readonly IntakeJob[],
  place: CachePlace | undefined,
  options: ReadOptions,
  onTaken: (taken: Taken, at: number) => Promise<void> | undefined,
): Promise<void> {
  const threads = threadsFor(jobs)
  if (threads > 1) return takeInThreads(jobs, place, options, onTaken, threads)
  const intake = openIntake(place)
  const breathe = breather(options.signal)
  for (const [at, job] of jobs.entries()) {
    await breathe()
    await onTaken(await intake.take(job, options), at)
  }
}

/** Node 20 runs no TypeScript: from sources all work is done in this thread. */
function threadsFor(jobs: readonly IntakeJob[]): number {
  if (import.meta.url.endsWith('.ts')) return 1
  const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0)
  if (jobs.length < 2 || (jobs.length < MANY_FILES && bytes < MANY_BYTES)) return 1
  return Math.min(MOST_THREADS, availableParallelism(), jobs.length)
}

async function takeInThreads(
  jobs: readonly IntakeJob[],
  place: CachePlace | undefined,
  options: ReadOptions,
  onTaken: (taken: Taken, at: number) => Promise<void> | undefined,
  threads: number,
): Promise<void> {
  let next = 0
  const failures: unknown[] = []
  const nextBatch = (): { readonly start: number; readonly batch: readonly IntakeJob[] } => {
    const start = next
    let bytes = 0
    while (next < jobs.length && next - start < BATCH_FILES) {
      const job = jobs[next] as IntakeJob
      if (next > start && (bytes + job.bytes > BATCH_BYTES || job.bytes > SMALL)) break
      bytes += job.bytes
      next++
      if (job.bytes > SMALL) break
    }
    return { start, batch: jobs.slice(start, next) }
  }

  const runThread = async (): Promise<void> => {
    const worker = new Worker(new URL('./intake-worker.js', import.meta.url), {
      workerData: place,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    const ask = conversation(worker, options.onProgress)
    const stop = (): void => worker.postMessage({ stop: true } satisfies Asked, [])
    options.signal?.addEventListener('abort', stop, { once: true })
    try {
      while (next < jobs.length && failures.length === 0 && !options.signal?.aborted) {
        const { start, batch } = nextBatch()
        const { taken, error } = await ask(batch)
        for (const [at, one] of taken.entries()) await onTaken(one, start + at)
        if (error) throw received(error)
      }
    } catch (error) {
      failures.push(error)
    } finally {
      options.signal?.removeEventListener('abort', stop)
      await worker.terminate()
    }
  }

  await Promise.all(Array.from({ length: threads }, runThread))
  throwIfAborted(options.signal)
  if (failures.length > 0) throw failures[0]
}

/** @returns what asks the thread for one batch after the other */
function conversation(
  worker: Worker,
  onRead: ((bytes: number) => void) | undefined,
): (jobs: readonly IntakeJob[]) => Promise<Exclude<Answered, { read: number }>> {
  type Answer = Exclude<Answered, { read: number }>
  let asking: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void } | undefined
  worker.on('message', (answered: Answered) => {
    if ('read' in answered) onRead?.(answered.read)
    else asking?.resolve(answered)
  })
  worker.on('error', (error) => asking?.reject(error))
  worker.on('exit', (code) => asking?.reject(new Error(`a thread ended with code ${code}`)))
  return (jobs) =>
    new Promise((resolve, reject) => {
      asking = { resolve, reject }
      worker.postMessage({ jobs } satisfies Asked, [])
    })
}

function received({ code, message, where, system }: SentError): Error {
  const cause = system === undefined ? undefined : Object.assign(new Error(message), { code: system })
  return failure(code as 'DS_DVC_WRITE', message, { ...(where === undefined ? {} : { where }), cause })
}
