import { ident, type Frame, type QueryOptions } from '@dayshift/core'
import { audit, FRONT, shareOf } from './audit.ts'
import { failure } from '../codes.ts'
import { ColumnFailures } from './column-failures.ts'
import type { FailureSink } from '../failure.ts'
import type { FoundValue } from './found-value.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { slowCell } from './slow-value.ts'
import { FLAGS, suspectRows, valuesOf, type SuspectRows } from './suspect-rows.ts'
import { idOf, type Tally } from '../tally.ts'
import { eachWithin } from './time-limit.ts'

/** How much is known of a column before its rows are looked at. */
export interface Watched {
  readonly column: PlannedColumn
  /**
   * - `nothing`: its failures are counted now
   * - `failures`: their number is known, and must come out again
   * - `passes`: it has none, and some of its values are judged again
   */
  readonly known: 'nothing' | 'failures' | 'passes'
}

/** Columns that one query looks at: the engine plans wide queries in more than the square of their width. */
const WIDTH = 240

/**
 * Has Zod judge the values that SQL does not surely accept, each in its row, and some of those that it does. What fails is
 * counted and told at once, in the order of rows.
 *
 * @param rows the number of rows
 * @throws DS_VALIDATE_PARITY where SQL and Zod do not agree
 */
export async function judgeSuspects(
  frame: Frame,
  watched: readonly Watched[],
  rows: number,
  tally: Tally,
  sink: FailureSink,
  options: QueryOptions,
): Promise<void> {
  const places = frame.places()
  const nulls = await countNulls(frame, watched, options)
  try {
    for (let from = 0; from < watched.length; from += WIDTH) {
      const columns = watched.slice(from, from + WIDTH).map((one) => new WatchedColumn(one, sink))
      const watches = columns.map(({ planned, known }) => ({ column: planned, alone: known !== 'passes' }))
      // What Zod judges anyway needs no second look.
      const share = columns.some(({ planned }) => planned.runAs !== 'distinct') ? shareOf(rows) : 0
      const cells = new Cells()
      const judge = async (): Promise<void> => {
        const { length } = cells
        await eachWithin(
          length,
          (at) => {
            cells.found[at] = cells.columnAt(at).failures.find(cells.stored[at])
          },
          (at) => slowCell(frame, cells.rows[at] as number, cells.columnAt(at).planned, cells.stored[at]),
          options.signal,
        )
        for (let at = 0; at < length; at++) {
          const column = cells.columnAt(at)
          const row = cells.rows[at] as number
          const stored = cells.stored[at]
          for (const check of column.take(row, stored, cells.found[at] as FoundValue)) {
            await sink.tell(column.failures.failure(row, await places.placeOf(row), stored, check))
          }
        }
        cells.clear()
      }
      for await (const some of suspectRows(frame, watches, { front: FRONT, share }, options)) {
        takeCells(some, columns, cells)
        if (cells.length >= AT_ONCE) await judge()
      }
      await judge()
      for (const column of columns) column.finish(rows, nulls.get(column.planned), tally)
    }
  } finally {
    await places.close()
  }
}

/** The missing values of columns that may have some; of the others they are suspects. */
async function countNulls(
  frame: Frame,
  watched: readonly Watched[],
  options: QueryOptions,
): Promise<ReadonlyMap<PlannedColumn, number>> {
  const columns = watched.flatMap(({ column, known }) =>
    known === 'nothing' && column.runAs !== 'distinct' && column.rules.acceptsMissing ? [column] : [],
  )
  const nulls = new Map<PlannedColumn, number>()
  for (let from = 0; from < columns.length; from += WIDTH) {
    const some = columns.slice(from, from + WIDTH)
    const terms = some.map(({ name }, at) => `count(*) - count(${ident(name).text}) AS n${at}`)
    const [counts] = await frame.engine.query(`SELECT ${terms.join(', ')} FROM ${valuesOf(frame).from.text}`, options)
    some.forEach((column, at) => nulls.set(column, Number(counts?.[`n${at}`])))
  }
  return nulls
}

/** Values that Zod judges at a stretch: it costs as much as some hundred of them to say how long that may take. */
const AT_ONCE = 5000

/** Values that Zod is to judge, each in its row; an object each would be as dear as judging them. */
class Cells {
  readonly rows: number[] = []
  readonly columns: WatchedColumn[] = []
  readonly stored: unknown[] = []
  readonly found: FoundValue[] = []

  get length(): number {
    return this.rows.length
  }

  columnAt(at: number): WatchedColumn {
    return this.columns[at] as WatchedColumn
  }

  add(row: number, column: WatchedColumn, stored: unknown): void {
    this.rows.push(row)
    this.columns.push(column)
    this.stored.push(stored)
  }

  clear(): void {
    this.rows.length = this.columns.length = this.stored.length = this.found.length = 0
  }
}

/** Takes the suspects of some rows as cells, and what else is looked at to be audited. */
function takeCells(
  { rows, numbers, looked, flags, values }: SuspectRows,
  columns: readonly WatchedColumn[],
  cells: Cells,
): void {
  for (let at = 0; at < rows; at++) {
    const row = numbers[at] as number
    if (looked[at] !== 0) {
      columns.forEach((column, index) => {
        const isSuspect = ((flags[Math.floor(index / FLAGS)]?.[at] as number) >> (index % FLAGS)) & 1
        if (isSuspect === 0) column.audited.push(values[index]?.[at])
      })
    }
    flags.forEach((word, place) => {
      for (let bits = word[at] as number; bits !== 0; bits &= bits - 1) {
        const index = place * FLAGS + 31 - Math.clz32(bits & -bits)
        const column = columns[index] as WatchedColumn
        if (column.known !== 'passes') cells.add(row, column, values[index]?.[at])
      }
    })
  }
}

/** A column whose suspects are judged. */
class WatchedColumn {
  readonly planned: PlannedColumn
  readonly known: Watched['known']
  readonly failures: ColumnFailures
  /** Values that SQL lets pass. */
  readonly audited: unknown[] = []
  /** Suspects without a value. */
  #nulls = 0

  constructor({ column, known }: Watched, sink: FailureSink) {
    this.planned = column
    this.known = known
    this.failures = new ColumnFailures(column, sink)
  }

  /** @returns the checks whose failure is wanted in full */
  take(row: number, stored: unknown, found: FoundValue): readonly string[] {
    if (found.isMissing) this.#nulls++
    if (this.planned.runAs === 'sql' && found.broken.length === 0) {
      const { column } = this.planned.rules
      throw failure('DS_VALIDATE_PARITY', `${column}: SQL refuses the value of row ${row}, Zod does not`, {
        where: column,
      })
    }
    return this.failures.add(row, stored, found)
  }

  /** Tells the counts, after the last row. */
  finish(rows: number, nulls: number | undefined, tally: Tally): void {
    const { rules, runAs } = this.planned
    if (runAs !== 'distinct') {
      const present = this.audited.filter((value) => value !== null)
      tally.audited += audit(this.planned, present)
    }
    if (this.known === 'nothing') {
      tally.evaluated(rules.column, rows, this.#nulls + (nulls ?? 0))
      for (const [check, count] of this.failures.counts()) tally.fail(rules.column, check, runAs, count)
    } else {
      for (const { id, check, failed } of tally.results()) {
        if (id !== idOf(rules.column, check)) continue
        const again = this.failures.count(check)
        if (again === failed) continue
        throw failure('DS_VALIDATE_PARITY', `${id} failed ${failed} times as ${runAs}, but ${again} times row by row`, {
          where: id,
        })
      }
    }
    this.failures.finish()
  }
}
