import { throwIfAborted, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { whenAborted } from '../remotes/abort.ts'
import { Interruption } from '../remotes/remote.ts'

/** How often something is tried. */
export interface RetryOptions {
  readonly signal?: AbortSignal | undefined
  /** Attempts in all; 5 by default. */
  readonly attempts?: number | undefined
  /** Milliseconds before the second attempt; each further wait is twice as long. 500 by default. */
  readonly pause?: number | undefined
  /** How far the work has come, in bytes: attempts that brought it on by {@link WORTH_IT} do not count. */
  readonly progress?: (() => number) | undefined
  /** Called before each wait. */
  readonly onRetry?: ((retry: Retry) => void) | undefined
}

/** A wait before the next attempt. */
export interface Retry {
  /** Why the last one came to nothing. */
  readonly message: string
  /** Milliseconds. */
  readonly wait: number
}

/** Bytes. A line that gives a few at a time would go on without end. */
const WORTH_IT = 256 << 10

/** Milliseconds; a remote that wants more time than that is told to be out of reach. */
const LONGEST = 60_000

/**
 * Does work again that was interrupted. The waits between grow, and differ from one to the next, so that many who were
 * turned away together do not come back together.
 *
 * @param where what the work is about, for the error
 * @throws DS_REMOTE_FAILED when the last attempt was interrupted too, and what the work throws otherwise; DS_ABORTED
 */
export async function withRetries<Result>(
  where: string,
  { signal, attempts = 5, pause = 500, progress, onRetry }: RetryOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  let reached = progress?.() ?? 0
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(signal)
    try {
      return await work()
    } catch (error) {
      throwIfAborted(signal)
      if (!(error instanceof Interruption)) throw error
      const now = progress?.() ?? 0
      if (now - reached >= WORTH_IT) attempt = 1
      reached = Math.max(reached, now)
      const message = withoutSecrets(error.message)
      const isTooLong = (error.after ?? 0) > LONGEST
      if (attempt >= attempts || isTooLong) {
        const wish = isTooLong ? `; it wants to be left alone for ${Math.ceil((error.after ?? 0) / 1000)} s` : ''
        const place = withoutSecrets(where)
        const told = message.startsWith(place) ? message : `${place}: ${message}`
        throw failure('DS_REMOTE_FAILED', `${told} (${attempt} of ${attempts} attempts${wish})`, {
          where: place,
          cause: error,
        })
      }
      const wait = Math.max(error.after ?? 0, pause * 2 ** (attempt - 1) * (0.5 + Math.random() / 2))
      onRetry?.({ message, wait })
      await pass(wait, signal)
    }
  }
}

/** Waits, less long where the work is called off. Many wait at a time, and signals warn of many listeners. */
function pass(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    let leave: (() => void) | undefined
    const end = (): void => {
      clearTimeout(timer)
      leave?.()
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    leave = whenAborted(signal, end)
  })
}
