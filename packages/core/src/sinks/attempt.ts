import { failure } from '../codes.ts'
import { withoutSecrets } from '../secrets.ts'
import { isDayshiftError, messageOf } from '../errors.ts'

/** What became of what a sink was given. Plain data. */
export interface SinkOutcome {
  readonly sink: string
  /** Reports, or news of alerts, that it was given. */
  readonly given: number
  /** Those that it took. */
  readonly taken: number
  /** Why it did not take all. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string }
}

/** How long sinks may take. */
export interface DeliveryOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds that each sink has in all; default 10 000. */
  readonly patience?: number | undefined
}

/**
 * Gives something to a sink. Never throws, and ends when it must: a sink that heeds no signal is left to itself.
 *
 * @param work gets a signal that ends it
 * @returns what went wrong, if anything
 */
export async function attempt(
  sink: string,
  work: (signal: AbortSignal) => Promise<void>,
  { signal, patience = 10_000 }: DeliveryOptions,
): Promise<SinkOutcome['error']> {
  const late = new AbortController()
  const both = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal])
  const timer = setTimeout(() => late.abort(), patience)
  let stop: (() => void) | undefined
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      const problem = signal?.aborted ? 'the work was stopped' : `it was not done within ${patience / 1000} s`
      reject(failure(signal?.aborted ? 'DS_ABORTED' : 'DS_SINK_UNREACHABLE', `${sink}: ${problem}`))
    }
    if (both.aborted) stop()
    else both.addEventListener('abort', stop, { once: true })
  })
  try {
    await (both.aborted ? stopped : Promise.race([work(both), stopped]))
    return undefined
  } catch (error) {
    const known = isDayshiftError(error) ? error : failure('DS_SINK_FAILED', `${sink}: ${messageOf(error)}`)
    return { code: known.code, message: withoutSecrets(known.message), hint: withoutSecrets(known.hint) }
  } finally {
    clearTimeout(timer)
    if (stop) both.removeEventListener('abort', stop)
    stopped.catch(() => undefined)
  }
}
