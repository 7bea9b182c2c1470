import { failure } from '../codes.ts'
import { margins } from './counts.ts'
import { compensatedSum } from './special/compensated-sum.ts'

/** Tables that are gone through at most: a second or two. */
const MOST_TABLES = 10_000_000

/**
 * The chance of a table given its sums of rows and columns, Π rᵢ!·Π cⱼ! / (n!·Π tᵢⱼ!), and that of all tables with these sums that are
 * as rare or rarer.
 *
 * Fills column by column, a row at a time, as far as the row's sum allows; the last column and the last cell of each column follow.
 *
 * @throws DS_TABLE_TOO_LARGE beyond 10 million tables
 */
export function tablesAsRare(table: readonly Float64Array[]): { chance: number; pValue: number } {
  const { rows, columns, total } = margins(table)
  // The longer side becomes the rows: fewer columns to choose, and the largest of them follows from the rest.
  const [long, short] = rows.length >= columns.length ? [rows, columns] : [columns, rows]
  const left = Float64Array.from(long.filter((sum) => sum > 0))
  const sums = short.filter((sum) => sum > 0).sort((a, b) => a - b)
  if (left.length < 2 || sums.length < 2) return { chance: 1, pValue: 1 }
  const logs = logFactorials(total)
  const log = (count: number): number => logs[count] as number
  const sumOfLogs = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + log(count), 0)
  const fixed = sumOfLogs(long) + sumOfLogs(short) - log(total)
  const observed = fixed - sumOfLogs(table.flatMap((row) => [...row]))
  const [limit, last] = [observed + 1e-11, left.length - 1]
  let tables = 0
  let pValue = 0
  const fill = (column: number, row: number, open: number, size: number): void => {
    if (column === sums.length - 1) {
      let whole = size
      for (const count of left) whole -= log(count)
      if (++tables > MOST_TABLES) {
        throw failure('DS_TABLE_TOO_LARGE', `more than ${MOST_TABLES} tables have the sums of this one`)
      }
      if (whole <= limit) pValue += Math.exp(whole)
      return
    }
    const room = left[row] as number
    if (row === last) {
      if (open > room) return
      left[row] = room - open
      fill(column + 1, 0, sums[column + 1] as number, size - log(open))
      left[row] = room
      return
    }
    for (let count = Math.min(open, room); count >= 0; count--) {
      left[row] = room - count
      fill(column, row + 1, open - count, size - log(count))
    }
    left[row] = room
  }
  fill(0, 0, sums[0] as number, fixed)
  return { chance: Math.exp(observed), pValue: Math.min(1, pValue) }
}

/** log k! for k from 0 to n. */
function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1)
  const sum = compensatedSum()
  for (let k = 2; k <= n; k++) {
    sum.add(Math.log(k))
    logs[k] = sum.value()
  }
  return logs
}
