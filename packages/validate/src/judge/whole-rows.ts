import type { FactValue, Frame, QueryOptions, RowPlace } from '@dayshift/core'
import type { $ZodIssue } from 'zod/v4/core'
import type { Contract } from '../contract.ts'
import { FailingValues } from './failing-values.ts'
import type { FailureSink } from '../failure.ts'
import { hiddenMessage } from './hidden-message.ts'
import { issuesOf, judgeOf, type Judge, type Violation } from './judge.ts'
import type { CheckPlan } from '../plan.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { rowObject, rowsOf } from './row-values.ts'
import { slowRow } from './slow-value.ts'
import { cellText } from '../cell-text.ts'
import { idOf, type Tally } from '../tally.ts'
import { eachWithin } from './time-limit.ts'

/** A row as Zod sees it, and what Zod says of it. */
interface JudgedRow {
  readonly values: readonly unknown[]
  readonly issues: readonly $ZodIssue[]
  /** Of each column by itself, where anything is said of the row. */
  readonly violations: readonly (readonly Violation[])[]
}

/**
 * Runs a contract that refines whole rows: Zod judges each row as one object. What it says beyond the columns' own
 * issues are the refinements' words.
 *
 * @returns the number of rows
 */
export async function judgeRows(
  frame: Frame,
  contract: Contract,
  plan: CheckPlan,
  tally: Tally,
  sink: FailureSink,
  options: QueryOptions,
): Promise<number> {
  const columns = plan.columns.map((column) => ({
    column,
    judge: judgeOf(column),
    failing: new Map<string, FailingValues>(),
  }))
  const hides = plan.columns.some(({ hidden }) => hidden)
  const nulls = columns.map(() => 0)
  const places = frame.places()
  let row = 0
  try {
    for await (const batch of rowsOf(frame, plan.columns, options)) {
      const found = Array.from<JudgedRow>({ length: batch.rows })
      await eachWithin(
        batch.rows,
        (at) => {
          const values = columns.map(({ judge }, index) => judge.decode(batch.columns[index]?.[at]))
          const object = rowObject(plan.columns, values)
          const issues = issuesOf(contract.columns, object, `row ${row + at + 1}`, hides)
          const violations =
            issues.length === 0 ? [] : columns.map(({ judge }, index) => judge.violations(values[index]))
          found[at] = { values, issues, violations }
        },
        (at) => {
          const cells = columns.map(({ column, judge }, index) => ({
            column,
            judge,
            stored: batch.columns[index]?.[at],
          }))
          return slowRow(frame, row + at + 1, cells)
        },
        options.signal,
      )
      for (const [at, { values, issues, violations: ofEach }] of found.entries()) {
        row++
        values.forEach((value, index) => {
          if (value === null || value === undefined) nulls[index] = (nulls[index] as number) + 1
        })
        if (issues.length === 0) continue
        const place = async (): Promise<{ row: number } & RowPlace> => ({ row, ...(await places.placeOf(row)) })
        let ofColumns = 0
        for (const [index, { column, judge, failing }] of columns.entries()) {
          const violations = ofEach[index] as readonly Violation[]
          ofColumns += violations.length
          for (const violation of onePerCheck(violations)) {
            const { column: name } = column.rules
            sink.failed(row, idOf(name, violation.check))
            tally.fail(name, violation.check, 'rows', 1)
            failingOf(failing, violation.check).add(batch.columns[index]?.[at])
            if (!sink.wants(column.rules.column, violation.check)) continue
            await sink.tell({
              ...(await place()),
              column: column.rules.column,
              ...violation,
              value: judge.show(values[index]),
            })
          }
        }
        // Zod reports the columns' issues first, then those of the object's refinements.
        const refined = issues.slice(ofColumns)
        if (refined.length > 0) {
          sink.failed(row, idOf(undefined, 'refine'))
          tally.fail(undefined, 'refine', 'rows', 1)
        }
        for (const issue of refined) {
          if (!sink.wants(undefined, 'refine')) break
          const column = typeof issue.path[0] === 'string' ? issue.path[0] : undefined
          const index = columns.findIndex((item) => item.column.rules.column === column)
          const value = index < 0 ? shownRow(columns, values) : (columns[index]?.judge.show(values[index]) ?? null)
          const hidden = columns.flatMap((item, its) => (item.column.hidden ? [values[its]] : []))
          const message = hidden.length > 0 ? hiddenMessage(issue, hidden) : issue.message
          await sink.tell({ ...(await place()), column: undefined, check: 'refine', value, message })
        }
      }
    }
  } finally {
    await places.close()
  }
  columns.forEach(({ column, judge, failing }) => {
    const show = column.hidden ? undefined : (stored: unknown): FactValue => judge.show(judge.decode(stored))
    for (const [check, values] of failing) sink.values(column.rules.column, check, values.result(show))
  })
  columns.forEach(({ column }, index) => tally.evaluated(column.rules.column, row, nulls[index] as number))
  tally.evaluated(undefined, row, 0)
  return row
}

/** Columns that a failure of a whole row shows. */
const SHOWN = 5

/** A row as a failure that names no column shows it: its first columns, but for those whose values are not to be shown. */
function shownRow(
  columns: readonly { readonly column: PlannedColumn; readonly judge: Judge }[],
  values: readonly unknown[],
): FactValue {
  const cells = columns.flatMap(({ column, judge }, index) =>
    column.hidden ? [] : [`${column.name} ${cellText(judge.show(values[index]))}`],
  )
  return cells.length === 0 ? null : [...cells.slice(0, SHOWN), ...(cells.length > SHOWN ? ['…'] : [])].join(', ')
}

function failingOf(failing: Map<string, FailingValues>, check: string): FailingValues {
  let values = failing.get(check)
  if (!values) {
    values = new FailingValues()
    failing.set(check, values)
  }
  return values
}

/** The first violation of each check: a list column may break one check in many items. */
function onePerCheck(violations: readonly Violation[]): readonly Violation[] {
  if (violations.length < 2) return violations
  return violations.filter((violation, at) => violations.findIndex(({ check }) => check === violation.check) === at)
}
