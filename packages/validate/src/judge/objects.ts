import type { Frame, PlaceCursor, QueryOptions } from '@dayshift/core'
import { z } from 'zod'
import { bareIssues } from '../checks/bare-issues.ts'
import { ColumnFailures } from './column-failures.ts'
import type { FailureSink } from '../failure.ts'
import { judgeOf, type Judge } from './judge.ts'
import { objectRows, type ObjectRows } from './object-rows.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { slowRow } from './slow-value.ts'
import type { Tally } from '../tally.ts'
import { eachWithin } from './time-limit.ts'

/** A column of objects, with what was found of it. */
interface ObjectColumn {
  readonly column: PlannedColumn
  readonly judge: Judge
  readonly failures: ColumnFailures
  nulls: number
}

/**
 * Has Zod judge JSON objects, in one pass: whether a whole object passes, as nearly all do, which takes it the least time, and
 * the values of the others each by itself. What is found is counted and told at once.
 *
 * @returns the number of rows
 */
export async function judgeObjects(
  frame: Frame,
  planned: readonly PlannedColumn[],
  tally: Tally,
  sink: FailureSink,
  options: QueryOptions,
): Promise<number> {
  const columns = planned.map((column): ObjectColumn => ({
    column,
    judge: judgeOf(column),
    failures: new ColumnFailures(column, sink),
    nulls: 0,
  }))
  const whole = z.object(Object.fromEntries(planned.map(({ rules }) => [rules.column, rules.schema as z.ZodType])))
  const places = frame.places()
  let before = 0
  try {
    for await (const batch of objectRows(frame, planned, options)) {
      for (const at of await refused(whole, batch, frame, before, columns, options)) {
        for (const [index, counted] of columns.entries()) {
          await tellFailures(counted, before + at + 1, batch.columns[index]?.[at], tally, sink, places)
        }
      }
      before += batch.rows
    }
  } finally {
    await places.close()
  }
  for (const { column, failures, nulls } of columns) {
    tally.evaluated(column.rules.column, before, nulls)
    failures.finish()
  }
  return before
}

/** The places of the objects of a batch that do not pass. */
async function refused(
  whole: z.ZodObject,
  { rows, objects, columns: values }: ObjectRows,
  frame: Frame,
  before: number,
  columns: readonly ObjectColumn[],
  { signal }: QueryOptions,
): Promise<number[]> {
  for (const [index, counted] of columns.entries()) {
    const stored = values[index] as readonly unknown[]
    for (let at = 0; at < rows; at++) {
      const value = counted.judge.decode(stored[at])
      if (value === null || value === undefined) counted.nulls++
      if (value !== stored[at]) put(objects[at] as Record<string, unknown>, counted.column.name, value)
    }
  }
  const isRefused = new Uint8Array(rows)
  await eachWithin(
    rows,
    (at) => {
      isRefused[at] = passes(whole, objects[at]) ? 0 : 1
    },
    (at) => {
      const cells = columns.map(({ column, judge }, index) => ({ column, judge, stored: values[index]?.[at] }))
      return slowRow(frame, before + at + 1, cells)
    },
    signal,
  )
  return [...isRefused.keys()].filter((at) => isRefused[at] === 1)
}

/** A value that means that there is none is as a key that is not there. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) delete object[key]
  else object[key] = value
}

function passes(schema: z.ZodObject, object: unknown): boolean {
  try {
    return bareIssues(schema, object)?.length === 0
  } catch {
    // The judge of the value that its code does not bear tells which it is.
    return false
  }
}

async function tellFailures(
  { column, failures }: ObjectColumn,
  row: number,
  stored: unknown,
  tally: Tally,
  sink: FailureSink,
  places: PlaceCursor,
): Promise<void> {
  const found = failures.find(stored)
  for (const check of found.broken) tally.fail(column.rules.column, check, column.runAs, 1)
  for (const check of failures.add(row, stored, found)) {
    await sink.tell(failures.failure(row, await places.placeOf(row), stored, check))
  }
}
