import type { CheckResult, FailedValues, FailureExample } from '@dayshift/core'
import type { Strictness } from './column.ts'

/** Counts of one check while a run goes on. */
interface Count {
  readonly column: string | undefined
  readonly check: string
  readonly ranAs: string
  evaluated: number
  failed: number
  nulls: number
  readonly examples: FailureExample[]
  failedValues?: FailedValues
}

/** Gathers what a run finds: one count a check, in the order in which checks became known. */
export class Tally {
  /** Values that the engine let pass and Zod judged all the same. */
  audited = 0
  readonly #counts = new Map<string, Count>()
  readonly #maxExamples: number
  readonly #strictnessOf: (column: string | undefined, check: string) => Strictness

  /**
   * @param maxExamples failures that each check shows
   * @param strictnessOf how strictly a check of a column is taken
   */
  constructor(
    maxExamples: number,
    strictnessOf: (column: string | undefined, check: string) => Strictness = () => ({}),
  ) {
    this.#maxExamples = maxExamples
    this.#strictnessOf = strictnessOf
  }

  /** Makes a check known. */
  expect(column: string | undefined, check: string, ranAs: string): void {
    this.#count(column, check, ranAs)
  }

  /** Says how many rows the checks of a column looked at, and how many of them had no value. */
  evaluated(column: string | undefined, rows: number, nulls: number): void {
    for (const count of this.#counts.values()) {
      if (count.column !== column || count.ranAs === 'metadata') continue
      count.evaluated = rows
      count.nulls = nulls
    }
  }

  /** Rows without a value in a column, as far as they have been counted. */
  nullsOf(column: string): number {
    return [...this.#counts.values()].find((count) => count.column === column)?.nulls ?? 0
  }

  /** Counts failures of a check; one that was not expected becomes known. */
  fail(column: string | undefined, check: string, ranAs: string, rows: number): void {
    this.#count(column, check, ranAs).failed += rows
  }

  /** Whether there is room for one more failure of a check to show. */
  wantsExample(column: string | undefined, check: string): boolean {
    const count = this.#counts.get(idOf(column, check))
    return count !== undefined && count.examples.length < this.#maxExamples
  }

  /** Keeps a failure to show, while there is room. */
  example(column: string | undefined, check: string, example: FailureExample): void {
    const examples = this.#counts.get(idOf(column, check))?.examples
    if (examples && examples.length < this.#maxExamples) examples.push(example)
  }

  /** Keeps what is known of the values that break a check. */
  values(column: string, check: string, values: FailedValues): void {
    const count = this.#counts.get(idOf(column, check))
    // A missing value is but one.
    if (count && check !== 'not_null') count.failedValues = values
  }

  /** Failures of a check so far. */
  failures(column: string | undefined, check: string): number {
    return this.#counts.get(idOf(column, check))?.failed ?? 0
  }

  /** The checks, counted. */
  results(): CheckResult[] {
    return [...this.#counts].map(([id, { column, ...count }]) => ({
      id,
      ...(column === undefined ? {} : { column }),
      check: count.check,
      evaluated: count.evaluated,
      failed: count.failed,
      nulls: count.nulls,
      ...judged(count, this.#strictnessOf(column, count.check)),
      examples: count.examples,
      ...(count.failedValues === undefined ? {} : { failedValues: count.failedValues }),
      ranAs: count.ranAs,
    }))
  }

  #count(column: string | undefined, check: string, ranAs: string): Count {
    const id = idOf(column, check)
    let count = this.#counts.get(id)
    if (!count) {
      count = { column, check, ranAs, evaluated: 0, failed: 0, nulls: 0, examples: [] }
      this.#counts.set(id, count)
    }
    return count
  }
}

/**
 * What the counts of a check come to. Of checks that look at values the tolerated share is one of the rows with a value, as
 * Great Expectations has it; where the missing value is what fails, of all rows.
 */
export function judged(
  { check, evaluated, failed, nulls }: Pick<CheckResult, 'check' | 'evaluated' | 'failed' | 'nulls'>,
  { severity = 'error', mostly }: Strictness,
): Pick<CheckResult, 'severity' | 'passed' | 'mostly'> {
  const looked = check === 'not_null' ? evaluated : evaluated - nulls
  const tolerated = mostly !== undefined && looked > 0 && (looked - failed) / looked >= mostly
  return { severity, passed: failed === 0 || tolerated, ...(mostly === undefined || mostly === 1 ? {} : { mostly }) }
}

/** How a check is called in a report. */
export function idOf(column: string | undefined, check: string): string {
  return column === undefined ? `rows: ${check}` : `${column}: ${check}`
}
