import { isDayshiftError, throwIfAborted } from '@dayshift/core/ground'
import { breather } from '../breather.ts'

/** An item that could not be transferred, and why. */
export interface Failed<Item> {
  readonly item: Item
  readonly error: unknown
}

/** Errors after which nothing else would fare better. */
const OF_ALL = new Set(['DS_REMOTE_DENIED', 'DS_REMOTE_PACKAGE', 'DS_REMOTE_UNSUPPORTED', 'DS_DVC_WRITE', 'DS_ABORTED'])

/**
 * Works through items, so many at a time. One that fails stops no other; where the remote lets nobody in, the disk is full
 * or nothing gets through any more, all end.
 *
 * @returns what failed, in the order in which it failed
 * @throws what stands against all items; DS_ABORTED
 */
export async function transferEach<Item>(
  items: readonly Item[],
  jobs: number,
  signal: AbortSignal | undefined,
  one: (item: Item) => Promise<void>,
): Promise<Failed<Item>[]> {
  const failed: Failed<Item>[] = []
  let fatal: { readonly error: unknown } | undefined
  let next = 0
  /** Items in a row that did not get through. */
  let inRow = 0
  const work = async (): Promise<void> => {
    const breathe = breather(signal)
    while (next < items.length && !fatal) {
      const item = items[next++] as Item
      try {
        await breathe()
        await one(item)
        inRow = 0
      } catch (error) {
        if (isOfAll(error)) fatal ??= { error }
        failed.push({ item, error })
        if (isUnreached(error) && ++inRow >= jobs) fatal ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, work))
  throwIfAborted(signal)
  if (fatal) throw fatal.error
  return failed
}

function isOfAll(error: unknown): boolean {
  return !isDayshiftError(error) || OF_ALL.has(error.code)
}

function isUnreached(error: unknown): boolean {
  return isDayshiftError(error) && error.code === 'DS_REMOTE_FAILED'
}
