import type { FactValue, RowPlace } from '@dayshift/core'
import { FailingValues } from './failing-values.ts'
import type { Failure, FailureSink } from '../failure.ts'
import { finderOf, type FoundValue } from './found-value.ts'
import { judgeOf, type Judge, type Violation } from './judge.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { remembering } from './remembering.ts'
import { idOf } from '../tally.ts'

/** Failures of a check so far, and whether more of them are wanted in full. */
interface Seen {
  readonly id: string
  readonly values: FailingValues
  count: number
  wanted: boolean
}

const NONE: readonly string[] = []

/** Finds what the values of a column break, row by row, and tells it to a sink. */
export class ColumnFailures {
  readonly #column: PlannedColumn
  readonly #judge: Judge
  readonly #sink: FailureSink
  readonly #find: (stored: unknown) => FoundValue
  readonly #violations: (stored: unknown) => readonly Violation[]
  readonly #seen = new Map<string, Seen>()

  constructor(column: PlannedColumn, sink: FailureSink) {
    const judge = judgeOf(column)
    this.#column = column
    this.#judge = judge
    this.#sink = sink
    this.#find = finderOf(column)
    this.#violations = remembering((stored) => judge.violations(judge.decode(stored)))
  }

  /** Has Zod judge a stored value. */
  find(stored: unknown): FoundValue {
    return this.#find(stored)
  }

  /**
   * Takes the stored value of a row.
   *
   * @param found what was found of it
   * @returns those whose failure is wanted in full
   */
  add(row: number, stored: unknown, { broken } = this.#find(stored)): readonly string[] {
    if (broken.length === 0) return NONE
    let wanted: string[] | undefined
    for (const check of broken) {
      const one = this.#seenOf(check)
      this.#sink.failed(row, one.id)
      one.values.add(stored)
      one.count++
      one.wanted &&= this.#sink.wants(this.#column.rules.column, check)
      if (one.wanted) wanted = [...(wanted ?? NONE), check]
    }
    return wanted ?? NONE
  }

  /** A failure in full. */
  failure(row: number, place: RowPlace, stored: unknown, check: string): Failure {
    const message = this.#violations(stored).find((violation) => violation.check === check)?.message ?? ''
    const value = this.#judge.show(this.#judge.decode(stored))
    return { row, ...place, column: this.#column.rules.column, check, message, value }
  }

  /** Tells which values failed most, after the last row. */
  finish(): void {
    const { rules, hidden } = this.#column
    const show = hidden ? undefined : (stored: unknown): FactValue => this.#judge.show(this.#judge.decode(stored))
    for (const [check, { values }] of this.#seen) this.#sink.values(rules.column, check, values.result(show))
  }

  /** Failures of a check. */
  count(check: string): number {
    return this.#seen.get(check)?.count ?? 0
  }

  /** The checks that failed, with how often. */
  counts(): [check: string, failures: number][] {
    return [...this.#seen].map(([check, { count }]) => [check, count])
  }

  #seenOf(check: string): Seen {
    let one = this.#seen.get(check)
    if (!one) {
      this.#sink.expect(this.#column.rules.column, check, this.#column.runAs)
      one = { id: idOf(this.#column.rules.column, check), values: new FailingValues(), count: 0, wanted: true }
      this.#seen.set(check, one)
    }
    return one
  }
}
