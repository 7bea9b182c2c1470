/** What waits for each signal. Signals warn where more than ten listen, and one is listened to by all that is on its way. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls a function when work is called off; at once where that has happened already.
 *
 * @returns no longer waits for it
 * @example request.once('close', whenAborted(signal, () => request.destroy()))
 */
export function whenAborted(signal: AbortSignal | undefined, callOff: () => void): () => void {
  if (!signal) return () => undefined
  if (signal.aborted) callOff()
  const all = waiting.get(signal) ?? listen(signal)
  all.add(callOff)
  return () => void all.delete(callOff)
}

function listen(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>()
  const callAll = (): void => {
    for (const callOff of all) callOff()
  }
  signal.addEventListener('abort', callAll, { once: true })
  waiting.set(signal, all)
  return all
}

/** Work that is called off with other work, or by itself. */
export interface Branch {
  /** As the SDK takes it. */
  readonly abortSignal: AbortSignal
  abort(reason: unknown): void
  /** To be called at the end. */
  leave(): void
}

/** @example const branch = branchOf(options.signal) */
export function branchOf(signal: AbortSignal | undefined): Branch {
  const own = new AbortController()
  const leave = whenAborted(signal, () => own.abort(signal?.reason))
  return { abortSignal: own.signal, abort: (reason) => own.abort(reason), leave }
}
