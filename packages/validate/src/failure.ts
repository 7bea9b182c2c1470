import type { FactValue } from '@dayshift/core'

/** What stands for a value about a person. */
export const HIDDEN = '(hidden)'

/** A cell that breaks a check, with its place. */
export interface Failure {
  readonly row: number
  readonly line?: number
  readonly column: string | undefined
  readonly check: string
  readonly value: FactValue
  readonly message: string
}
