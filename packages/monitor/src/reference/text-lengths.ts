import { ident, sql, type Frame } from '@dayshift/core'
import { VALUE } from '../drift/read-numbers.ts'

/** How many characters each text of a column has, as the one column of a frame of doubles. */
export function lengthsOf(frame: Frame, name: string): Frame {
  return frame
    .select(name)
    .derive({ [VALUE]: sql`CAST(length(${ident(name)}) AS DOUBLE)` })
    .select(VALUE)
    .dropNulls()
}
