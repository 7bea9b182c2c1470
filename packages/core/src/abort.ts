import { failure } from './codes.ts'

/**
 * Stops the work where its caller has asked for that.
 *
 * @throws DS_ABORTED, with the signal's reason as its cause
 * @example throwIfAborted(options.signal)
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw failure('DS_ABORTED', 'the work was stopped', { cause: signal.reason })
}
