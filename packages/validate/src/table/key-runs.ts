import type { AscendingRun } from '@dayshift/core'
import { MOST_HELD, type RepeatedKeys } from './repeated-keys.ts'

/** Runs that are held, four numbers each. */
const MOST_RUNS = 2_000_000

/** Steps of work; where more are needed, groups are made sooner. */
const MOST_STEPS = 10_000_000

/**
 * Whole keys in the order of the rows, as runs that ascend by the same number: those of most tables are one run, or a few, and
 * runs that do not lie over one another have no key twice.
 */
export class KeyRuns {
  /** First, last, row, rows, of one run after another. */
  readonly #runs: number[] = []
  #isComplete = true

  /** @returns whether more are wanted */
  add({ first, last, row, rows }: AscendingRun): boolean {
    if (!this.#isComplete) return false
    if (this.#runs.push(first, last, row, rows) > MOST_RUNS * 4) this.giveUp()
    return this.#isComplete
  }

  /** Takes the key of one row. */
  addKey(row: number, key: unknown): void {
    if (Number.isSafeInteger(key)) this.add({ first: key as number, last: key as number, row, rows: 1 })
    else this.giveUp()
  }

  /** Where not all keys are known, nothing is. */
  giveUp(): void {
    this.#isComplete = false
    this.#runs.length = 0
  }

  /** The rows of keys that are there more than once, in order; nothing where runs do not tell. */
  repeated(): RepeatedKeys['rows'] | undefined {
    if (!this.#isComplete) return undefined
    const found = new Map<number, number>()
    let open: AscendingRun[] = []
    let steps = 0
    for (const run of this.#inOrder()) {
      if (open.some(({ last }) => last < run.first)) open = open.filter(({ last }) => last >= run.first)
      for (const other of open) {
        for (let key = run.first; key <= Math.min(run.last, other.last); key += stepOf(run)) {
          if (++steps > MOST_STEPS) return undefined
          if ((key - other.first) % stepOf(other) !== 0) continue
          for (const one of [run, other]) found.set(one.row + (key - one.first) / stepOf(one), key)
          if (found.size > MOST_HELD) return undefined
        }
      }
      open.push(run)
      steps += open.length
      if (steps > MOST_STEPS) return undefined
    }
    return [...found].toSorted(([one], [other]) => one - other)
  }

  /** The runs, by their first keys. */
  *#inOrder(): Generator<AscendingRun> {
    const runs = this.#runs
    const places = Uint32Array.from({ length: runs.length / 4 }, (_, at) => at * 4)
    for (const at of places.sort((one, other) => (runs[one] as number) - (runs[other] as number))) {
      const [first = 0, last = 0, row = 0, rows = 0] = [runs[at], runs[at + 1], runs[at + 2], runs[at + 3]]
      yield { first, last, row, rows }
    }
  }
}

function stepOf({ first, last, rows }: AscendingRun): number {
  return rows === 1 ? 1 : (last - first) / (rows - 1)
}
