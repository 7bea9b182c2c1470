import { judgeOf } from './judge.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { remembering } from './remembering.ts'

/** What is found of a stored value. */
export interface FoundValue {
  /** The checks that it breaks. */
  readonly broken: readonly string[]
  readonly isMissing: boolean
}

/** Makes the function that has Zod judge stored values of a column, and remembers what it said of the last ones. */
export function finderOf(column: PlannedColumn): (stored: unknown) => FoundValue {
  const judge = judgeOf(column)
  return remembering((stored) => {
    const value = judge.decode(stored)
    return { broken: judge.breaks(value), isMissing: value === null || value === undefined }
  })
}
