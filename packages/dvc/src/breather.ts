import { setImmediate as nextTurn } from 'node:timers/promises'
import { throwIfAborted } from '@dayshift/core/ground'

/** Milliseconds of work without a pause. */
const STRETCH = 20

/**
 * Lets long synchronous work stop for breath: the function given now and then hands the thread over, so that signals and
 * progress get through.
 *
 * @throws DS_ABORTED, by the function
 */
export function breather(signal?: AbortSignal): () => Promise<void> | undefined {
  let last = performance.now()
  let calls = 0
  return () => {
    if (++calls % 16 !== 0 || performance.now() - last < STRETCH) return undefined
    return (async () => {
      await nextTurn()
      throwIfAborted(signal)
      last = performance.now()
    })()
  }
}
