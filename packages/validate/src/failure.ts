import type { FactValue, FailedValues, RowPlace } from '@dayshift/core'

/** What stands for a value about a person. */
export const HIDDEN = '(hidden)'

/** A cell that breaks a check, with its place. */
export interface Failure extends RowPlace {
  readonly row: number
  readonly column: string | undefined
  readonly check: string
  readonly value: FactValue
  readonly message: string
}

/** Takes the failures of a run, in the order of rows. Of most only the row counts; a few, or all, are wanted in full. */
export interface FailureSink {
  /** Makes a check known that fails, whether the plan names it or not. */
  expect(column: string, check: string, ranAs: string): void
  /** Takes note of a row that breaks a check, given by its id. */
  failed(row: number, check: string): void
  /** Whether failures of a check are wanted in full. Once they are not, they are not any more. */
  wants(column: string | undefined, check: string): boolean
  tell(failure: Failure): Promise<void>
  /** Takes what is known of the values that break a check. */
  values(column: string, check: string, values: FailedValues): void
}
