import { ident, type Batch, type Frame, type QueryOptions } from '@dayshift/core'
import { objectRows } from './object-rows.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { valuesOf } from './suspect-rows.ts'

/** The stored values of columns, row by row in their order. */
export function rowsOf(
  frame: Frame,
  columns: readonly PlannedColumn[],
  options: QueryOptions,
): AsyncIterable<Omit<Batch, 'names'>> {
  if (columns.some(({ fromObjects }) => fromObjects)) return objectRows(frame, columns, options)
  const names = columns.map(({ name }) => ident(name).text)
  return frame.engine.stream(`SELECT ${names.join(', ')} FROM ${valuesOf(frame).from.text}`, options)
}

/** A row as Zod gets it. A key that a JSON object does not have is not there. */
export function rowObject(columns: readonly PlannedColumn[], values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    columns.flatMap(({ rules, fromObjects }, at) =>
      fromObjects && values[at] === undefined ? [] : [[rules.column, values[at]]],
    ),
  )
}
