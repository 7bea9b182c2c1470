import { parentPort, workerData } from 'node:worker_threads'
import { isDayshiftError, messageOf, systemCode } from '@dayshift/core/ground'
import { openIntake, type IntakeJob } from './intake.ts'
import type { CachePlace } from './objects.ts'
import { packTaken, type PackedTaken } from './packed-taken.ts'

/** What a thread is asked, one thing after the other; only `stop` is heard at once, and ends the work it is at. */
export type Asked =
  | { readonly jobs: readonly IntakeJob[] }
  | { readonly settle: number; readonly isToFlush: boolean }
  | { readonly discard: true }
  | { readonly stop: true }

/** An error on its way between threads: its class would be lost. */
export interface SentError {
  readonly code: string
  readonly message: string
  readonly where?: string
  readonly system?: string
}

/** What a thread answers: bytes while it reads, then what came of it; of a batch that fails, what it took before. */
export type Answered =
  | { readonly read: number }
  | { readonly taken?: PackedTaken | undefined; readonly error?: SentError | undefined }

/** So many bytes are told of at once. */
const TOLD = 16 << 20

const port = parentPort
if (port) {
  const stop = new AbortController()
  const { signal } = stop
  const intake = openIntake(workerData as CachePlace | undefined)

  const take = async (jobs: readonly IntakeJob[]): Promise<void> => {
    const packed = packTaken(jobs.length)
    let error: SentError | undefined
    let read = 0
    const onProgress = (bytes: number): void => {
      read += bytes
      if (read < TOLD) return
      port.postMessage({ read } satisfies Answered)
      read = 0
    }
    try {
      for (const job of jobs) packed.add(await intake.take(job, { signal, onProgress }))
    } catch (thrown) {
      error = sent(thrown)
    }
    if (read > 0) port.postMessage({ read } satisfies Answered)
    const taken = packed.taken()
    port.postMessage({ taken, error } satisfies Answered, [taken.memory])
  }

  const work = async (asked: Exclude<Asked, { stop: true }>): Promise<void> => {
    if ('jobs' in asked) return take(asked.jobs)
    let error: SentError | undefined
    try {
      if ('settle' in asked) await intake.settle(asked.settle, asked.isToFlush, signal)
      else intake.discard()
    } catch (thrown) {
      error = sent(thrown)
    }
    port.postMessage({ error } satisfies Answered)
  }

  let last = Promise.resolve()
  port.on('message', (asked: Asked) => {
    if ('stop' in asked) stop.abort()
    else last = last.then(() => work(asked))
  })
}

function sent(error: unknown): SentError {
  const system = systemCode(error)
  if (isDayshiftError(error)) {
    return { code: error.code, message: error.message, ...(error.where === undefined ? {} : { where: error.where }) }
  }
  return { code: 'DS_DVC_WRITE', message: messageOf(error), ...(system === undefined ? {} : { system }) }
}
