import { isNumeric, type ColumnProfile, type Frame, profileOfDoubles } from '@dayshift/core'
import { isTime } from '../detector.ts'
import type { ComparedColumn } from '../drift/pair-columns.ts'
import { MOST_IN_MEMORY } from '../drift/read-floats.ts'
import { numberFrames, VALUE } from '../drift/read-numbers.ts'

/** The numbers of a column of the current side, in the unit of the reference. */
export interface CurrentNumbers {
  /** Without missing ones and NaN; left out where they are too many for memory. */
  readonly values?: Float64Array
  /** The same as the one column of a frame, NaN among them. */
  readonly frame: Frame
  /** Made on the way. */
  readonly profile?: ColumnProfile
}

/** Microseconds of a day: dates are days where both sides have them, and microseconds beside timestamps. */
export const DAY = 86_400_000_000

/**
 * Reads the numbers of a column.
 *
 * @param rows of the current side
 * @returns undefined for what has none, and where doubles would not do
 */
export async function currentNumbers(
  current: Frame,
  { column, before }: ComparedColumn,
  rows: number,
  signal: AbortSignal | undefined,
): Promise<CurrentNumbers | undefined> {
  if (!isNumeric(column) && !isTime(column)) return undefined
  const found = await numberFrames({ reference: current, current }, { before: column, column }, { signal })
  if ('ranked' in found || found.scale !== 'value') return undefined
  const isDay = column.type === 'date' && before.type !== 'date'
  const frame = isDay
    ? found.current.derive({ [VALUE]: `"value" * CAST(${DAY} AS DOUBLE)` }).select(VALUE)
    : found.current
  if (rows > MOST_IN_MEMORY) return { frame }
  const read = await frame.numbers(VALUE, { signal })
  const values = read.some(Number.isNaN) ? read.filter((value) => !Number.isNaN(value)) : read
  if (column.type !== 'float') return { values, frame }
  const nans = read.length - values.length
  return { values, frame, profile: profileOfDoubles({ name: column.name, values, nulls: rows - read.length, nans }) }
}
