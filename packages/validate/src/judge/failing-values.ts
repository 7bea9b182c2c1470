import type { FactValue, FailedValues } from '@dayshift/core'

/** Different values that are counted; of columns with more that fail, none is told more often than by chance. */
const MOST = 10_000

/** Values that a result names. */
const SHOWN = 10

/** Counts the different values that break a check, as long as they are not too many. */
export class FailingValues {
  #counts: Map<unknown, number> | undefined = new Map()

  add(stored: unknown): void {
    const counts = this.#counts
    if (!counts) return
    counts.set(stored, (counts.get(stored) ?? 0) + 1)
    if (counts.size > MOST) this.#counts = undefined
  }

  /**
   * What is known of them.
   *
   * @param show the value as a report shows it; `undefined` keeps values from being shown
   */
  result(show: ((stored: unknown) => FactValue) | undefined): FailedValues {
    if (!this.#counts) return { distinct: null, top: [] }
    // Cells that are written in several ways may be one value.
    const shown = new Map<string, { value: FactValue; count: number }>()
    for (const [stored, count] of this.#counts) {
      const value = show ? show(stored) : null
      const key = show ? `${typeof value} ${String(value)}` : String(shown.size)
      const one = shown.get(key)
      if (one) one.count += count
      else shown.set(key, { value, count })
    }
    const top = [...shown].toSorted(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1))
    return { distinct: shown.size, top: show ? top.slice(0, SHOWN).map(([, one]) => one) : [] }
  }
}
