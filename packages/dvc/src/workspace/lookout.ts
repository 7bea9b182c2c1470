import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { isWithin } from '../within.ts'
import type { KnownFiles } from '../cache/state.ts'
import type { Ahead } from './lookout-worker.ts'

/** For fewer files than this a thread is not worth its start. */
const MANY = 10_000

/** What a second thread finds of known files before a walk gets there. */
export interface Lookout {
  /** What a file is that is as it was known; `undefined` where that has not been looked at, or is not so. */
  seen(at: number): 'file' | 'executable' | undefined
  /** Says that the walk has come to a folder, relative to the root: nothing before it is looked at any more. */
  reached(folder: string): void
  /** Ends the thread. */
  stop(): Promise<void>
}

/**
 * Looks at known files from the last one backwards, in a thread of its own, while a walk comes from the first one.
 *
 * @param root the repository's folder
 * @param folder relative to the root, POSIX: what lies beneath it
 * @returns `undefined` where that would save no time
 */
export function openLookout(root: string, known: KnownFiles, folder: string): Lookout | undefined {
  const { first, count } = known.beneath(folder)
  // Node 20 runs no TypeScript.
  if (import.meta.url.endsWith('.ts') || count < MANY || availableParallelism() < 2) return undefined
  const marks = new Uint8Array(new SharedArrayBuffer(count))
  const floor = new Int32Array(new SharedArrayBuffer(4))
  const { memory, columns } = known
  const workerData: Ahead = { root, memory, entries: known.count, keyBytes: columns.keys.length, first, marks, floor }
  const worker = new Worker(new URL('./lookout-worker.js', import.meta.url), { workerData })
  // The walk looks for itself at what is not marked.
  worker.on('error', () => undefined)
  return {
    seen(at) {
      const mark = marks[at - first]
      return mark === 1 ? 'file' : mark === 2 ? 'executable' : undefined
    },
    reached(place) {
      if (isWithin(place, folder)) Atomics.store(floor, 0, known.beneath(place).first - first)
    },
    async stop() {
      Atomics.store(floor, 0, count)
      await worker.terminate()
    },
  }
}
