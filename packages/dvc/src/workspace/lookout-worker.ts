import { lstatSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { columnsOf } from '../cache/state-columns.ts'

/** What the thread works on; all of it is shared. */
export interface Ahead {
  readonly root: string
  /** The state's columns. */
  readonly memory: SharedArrayBuffer
  readonly entries: number
  readonly keyBytes: number
  /** The first entry to be looked at. */
  readonly first: number
  /** By entry: 1 for a file that is as it was known, 2 where it may also be executed. */
  readonly marks: Uint8Array
  /** The mark that nobody needs any more, with all before it. */
  readonly floor: Int32Array
}

const { root, memory, entries, keyBytes, first, marks, floor } = workerData as Ahead
const { numbers, ends, keys } = columnsOf(memory, entries, keyBytes)
const how = { bigint: true, throwIfNoEntry: false } as const
for (let at = marks.length - 1; at >= 0 && at >= Atomics.load(floor, 0); at--) {
  const entry = first + at
  const start = entry === 0 ? 0 : (ends[entry - 1] as number)
  try {
    const found = lstatSync(`${root}/${keys.toString('utf8', start, ends[entry])}`, how)
    if (
      found?.isFile() &&
      numbers[entry * 4] === found.mtimeNs &&
      numbers[entry * 4 + 1] === found.ctimeNs &&
      numbers[entry * 4 + 2] === BigInt.asIntN(64, found.ino) &&
      numbers[entry * 4 + 3] === found.size
    ) {
      marks[at] = (Number(found.mode) & 0o111) === 0 ? 1 : 2
    }
  } catch {
    // The walk will meet it, and say what is wrong.
  }
}
