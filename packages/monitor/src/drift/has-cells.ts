import { isNumeric, type Column } from '@dayshift/core'
import { isTime } from '../detector.ts'

/** Whether the rows of a column can be counted by value or range. */
export function hasCells(column: Column): boolean {
  const { type } = column
  return type === 'string' || type === 'boolean' || type === 'uuid' || isNumeric(column) || isTime(column)
}
