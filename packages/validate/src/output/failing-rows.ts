import type { FailTogether } from '@dayshift/core'

/** Rows of a page, as a power of 2. */
const PAGE_BITS = 16
const PAGE = 1 << PAGE_BITS

/** The set of checks of a row that breaks more kinds of sets than a page's numbers tell apart. */
const TOO_MANY = 0xff_ff

/** A set of checks, and what it becomes with one more. */
interface CheckSet {
  readonly checks: readonly number[]
  readonly next: Map<number, number>
  rows: number
}

/** The rows that break something, each with the set of checks that it breaks: two bytes a row, where there are such rows. */
export class FailingRows {
  readonly #pages: (Uint16Array | undefined)[] = []
  readonly #sets: CheckSet[] = [{ checks: [], next: new Map(), rows: 0 }]
  readonly #ids = new Map<string, number>()
  /** Sets by their checks, since they are reached in any order. */
  readonly #known = new Map<string, number>()
  #size = 0

  /** How many rows are in it. */
  get size(): number {
    return this.#size
  }

  /**
   * Takes note of a row that breaks a check.
   *
   * @param row from 0
   * @param check its id
   */
  add(row: number, check: string): void {
    const at = Math.floor(row / PAGE)
    const page = (this.#pages[at] ??= new Uint16Array(PAGE))
    const place = row % PAGE
    const before = page[place] as number
    if (before === TOO_MANY) return
    const after = this.#with(before, check)
    if (after === before) return
    if (before === 0) this.#size++
    else (this.#sets[before] as CheckSet).rows--
    if (after !== TOO_MANY) (this.#sets[after] as CheckSet).rows++
    page[place] = after
  }

  /** The number of the set that another one becomes with a check. */
  #with(before: number, check: string): number {
    let id = this.#ids.get(check)
    if (id === undefined) {
      id = this.#ids.size
      this.#ids.set(check, id)
    }
    const { checks, next } = this.#sets[before] as CheckSet
    const known = next.get(id)
    if (known !== undefined) return known
    const after = checks.includes(id) ? before : this.#numberOf([...checks, id].toSorted((one, other) => one - other))
    next.set(id, after)
    return after
  }

  #numberOf(checks: readonly number[]): number {
    const key = checks.join()
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#sets.length >= TOO_MANY) return TOO_MANY
    const number = this.#sets.push({ checks, next: new Map(), rows: 0 }) - 1
    this.#known.set(key, number)
    return number
  }

  /** Whether a row is in it, from 0. */
  has(row: number): boolean {
    return (this.#pages[Math.floor(row / PAGE)]?.[row % PAGE] ?? 0) !== 0
  }

  /** The rows in it, in order. */
  *[Symbol.iterator](): Generator<number> {
    for (const [at, page] of this.#pages.entries()) {
      if (!page) continue
      for (let place = 0; place < PAGE; place++) {
        if (page[place] !== 0) yield at * PAGE + place
      }
    }
  }

  /** Which checks fail in the same rows, the most frequent sets first; rows of sets beyond 65 534 kinds are in none. */
  together(most: number): FailTogether[] {
    const ids = [...this.#ids.keys()]
    return this.#sets
      .filter(({ rows }) => rows > 0)
      .toSorted((one, other) => other.rows - one.rows || one.checks.length - other.checks.length)
      .slice(0, most)
      .map(({ checks, rows }) => ({ checks: checks.map((check) => ids[check] as string), rows }))
  }
}
