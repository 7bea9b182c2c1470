import { throwIfAborted } from '../abort.ts'
import { failure } from '../codes.ts'

/** The start of what an iterable gives. */
export interface Peeked<T> {
  /** Nothing where it gives nothing, or fails at once. */
  readonly first: T | undefined
  /** All of it, the first included. It fails with `DS_ABORTED` as soon as it is stopped, even while it waits. */
  readonly all: AsyncIterable<T>
}

/** Looks at the first thing that an iterable gives. */
export async function peek<T>(source: Iterable<T> | AsyncIterable<T>, signal?: AbortSignal): Promise<Peeked<T>> {
  throwIfAborted(signal)
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  const step = (): Promise<IteratorResult<T>> => stoppable(iterator.next(), signal)
  /** Leaves a source that may still be waiting, and would not answer. */
  const abandon = (): void => {
    if ('destroy' in source && typeof source.destroy === 'function') source.destroy()
    Promise.resolve(iterator.return?.()).catch(() => undefined)
  }
  const begun = step()
  // Told by whoever reads on; nobody else waits for it.
  const first = await begun.then(
    (next) => (next.done ? undefined : next.value),
    () => undefined,
  )
  if (signal?.aborted) abandon()
  throwIfAborted(signal)
  const all = async function* (): AsyncGenerator<T> {
    try {
      for (let next = await begun; !next.done; next = await step()) yield next.value
    } finally {
      if (signal?.aborted) abandon()
      else await iterator.return?.()
    }
  }
  return { first, all: all() }
}

async function stoppable<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal || !(work instanceof Promise)) {
    throwIfAborted(signal)
    return work
  }
  const done = new AbortController()
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(failure('DS_ABORTED', 'the work was stopped', { cause: signal.reason }))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true, signal: done.signal })
  })
  try {
    return await Promise.race([work, stopped])
  } finally {
    done.abort()
  }
}
