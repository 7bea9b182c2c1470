import {
  factValue,
  type Batch,
  type CheckResult,
  type FactValue,
  type FailureExample,
  type Frame,
  type QueryOptions,
  type Span,
} from '@dayshift/core'
import { HIDDEN, type Failure } from '../failure.ts'
import type { OtherSide } from './references.ts'
import type { KeyRuns } from './key-runs.ts'
import type { PlannedReference, PlannedRowCheck, PlannedTableCheck } from './plan.ts'
import { cellText } from '../cell-text.ts'
import { judged } from '../tally.ts'

/** How the checks of a table are run. */
export interface TableRun {
  readonly frame: Frame
  /** Rows of the data. */
  readonly rows: number
  /** What is known of columns of whole numbers. */
  readonly spans: ReadonlyMap<string, Span>
  /** Keys that were seen already, by column. */
  readonly keys: ReadonlyMap<string, KeyRuns>
  /** Rows without a value in a column that was checked. */
  readonly nullsOf: (column: string) => number
  /** Failures that each check shows. */
  readonly maxExamples: number
  /** What references refer to. */
  readonly others: ReadonlyMap<PlannedReference, OtherSide>
  /** Takes note of every row that fails, check by check in the order of rows. */
  readonly failed: (row: number, check: string) => void
  /** Gets every failure in full, where that is wanted. */
  readonly write: ((failure: Failure) => Promise<void>) | undefined
  readonly query: QueryOptions
}

/** Rows that a check looked at, those that fail, and those that have no value. */
export interface Counts {
  readonly evaluated: number
  readonly failed: number
  readonly nulls: number
}

export function resultOf(
  { id, column, check, severity, mostly }: PlannedTableCheck,
  counts: Counts,
  more: Partial<CheckResult> = {},
): CheckResult {
  return {
    id,
    ...(column === undefined ? {} : { column }),
    check,
    ...counts,
    ...judged({ check, ...counts }, { severity, mostly }),
    examples: [],
    ranAs: 'sql',
    ...more,
  }
}

/** The result of a check that is made once, over all rows. */
export function onceResult(
  check: PlannedTableCheck,
  passed: boolean,
  observed: FactValue,
  expected: string,
): CheckResult {
  return resultOf(check, { evaluated: 1, failed: passed ? 0 : 1, nulls: 0 }, { observed, expected })
}

/** What is told of a failing row beside its number and its cells. */
type Told = Pick<PlannedRowCheck, 'id' | 'column' | 'check' | 'message'>

/** How the cells of a failing row are shown. */
type Shown = (cells: readonly unknown[]) => FactValue

/** Tells every failing row of a query, of which the first column is the row's number; the first ones are examples. */
export async function tell(failing: string, told: Told, shown: Shown, run: TableRun): Promise<FailureExample[]> {
  return tellRows(run.frame.engine.stream(failing, run.query), told, shown, run)
}

/** Tells failing rows, of which the first column is the row's number; the first ones are examples. */
export async function tellRows(
  failing: Iterable<Batch> | AsyncIterable<Batch>,
  { id, column, check, message }: Told,
  shown: Shown,
  { frame, maxExamples, failed, write }: TableRun,
): Promise<FailureExample[]> {
  const examples: FailureExample[] = []
  const places = frame.places()
  try {
    for await (const batch of failing) {
      for (let at = 0; at < batch.rows; at++) {
        const row = Number(batch.columns[0]?.[at])
        failed(row, id)
        const isExample = examples.length < maxExamples
        if (!isExample && !write) continue
        const value = shown(batch.columns.slice(1).map((cells) => cells[at]))
        const example = { row, ...(await places.placeOf(row)), value, message }
        if (isExample) examples.push(example)
        await write?.({ ...example, column, check })
      }
    }
  } finally {
    await places.close()
  }
  return examples
}

/** A key as a failure shows it. */
export function shownKey({ hidden }: { readonly hidden: boolean }): (cells: readonly unknown[]) => FactValue {
  return (cells) => {
    if (hidden) return HIDDEN
    return cells.length === 1 ? factValue(cells[0]) : cells.map(cellText).join(', ')
  }
}

/** Most values that a result names. */
export const MOST_NAMED = 5

export function named(some: readonly unknown[]): string {
  const shown = some.slice(0, MOST_NAMED).map((one) => cellText(one))
  return [...shown, ...(some.length > MOST_NAMED ? ['…'] : [])].join(', ')
}
