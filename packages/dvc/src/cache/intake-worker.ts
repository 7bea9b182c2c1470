import { parentPort, workerData } from 'node:worker_threads'
import { isDayshiftError, messageOf, systemCode } from '@dayshift/core/ground'
import { openIntake, type IntakeJob, type Taken } from './intake.ts'
import type { CachePlace } from './objects.ts'

/** What a thread is asked; `stop` ends the work it is at. */
export type Asked = { readonly jobs: readonly IntakeJob[] } | { readonly stop: true }

/** An error on its way between threads: its class would be lost. */
export interface SentError {
  readonly code: string
  readonly message: string
  readonly where?: string
  readonly system?: string
}

/** What a thread answers: bytes while it reads, then what it took; of a batch that fails, what it took before. */
export type Answered =
  | { readonly read: number }
  | { readonly taken: readonly Taken[]; readonly error?: SentError | undefined }

const port = parentPort
if (port) {
  const stop = new AbortController()
  const intake = openIntake(workerData as CachePlace | undefined)
  const answer = (message: Answered): void => port.postMessage(message)
  const work = async (jobs: readonly IntakeJob[]): Promise<void> => {
    const taken: Taken[] = []
    let error: SentError | undefined
    let read = 0
    try {
      for (const job of jobs) {
        const onProgress = (bytes: number): void => {
          if (jobs.length === 1) answer({ read: bytes })
          else read += bytes
        }
        taken.push(await intake.take(job, { signal: stop.signal, onProgress }))
      }
    } catch (thrown) {
      error = sent(thrown)
    }
    if (read > 0) answer({ read })
    answer({ taken, error })
  }
  port.on('message', (asked: Asked) => {
    if ('stop' in asked) stop.abort()
    else void work(asked.jobs)
  })
}

function sent(error: unknown): SentError {
  const system = systemCode(error)
  if (isDayshiftError(error)) {
    return { code: error.code, message: error.message, ...(error.where === undefined ? {} : { where: error.where }) }
  }
  return { code: 'DS_DVC_WRITE', message: messageOf(error), ...(system === undefined ? {} : { system }) }
}
