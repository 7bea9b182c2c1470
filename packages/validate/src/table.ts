import type { CheckResult } from '@dayshift/core'
import type { PlannedRowCount, PlannedTableCheck } from './table-plan.ts'
import { uniqueness } from './table/keys.ts'
import { measure, measureResult } from './table/measures.ts'
import { reference } from './table/reference-checks.ts'
import { condition, countConditions } from './table/row-checks.ts'
import { onceResult, type Counts, type TableRun } from './table/table-run.ts'
import { values } from './table/values.ts'

/** Runs the checks that look at rows or at whole columns. */
export async function checkTable(planned: readonly PlannedTableCheck[], run: TableRun): Promise<CheckResult[]> {
  const conditions = planned.filter((check) => check.as === 'condition')
  const measures = planned.filter((check) => check.as === 'measure')
  const counted = await countConditions(conditions, run)
  const measured = await measure(measures, run)
  const results: CheckResult[] = []
  for (const check of planned) {
    switch (check.as) {
      case 'row_count':
        results.push(rowCount(check, run.rows))
        break
      case 'key':
        results.push(await uniqueness(check, run))
        break
      case 'reference':
        results.push(...(await reference(check, run)))
        break
      case 'condition':
        results.push(await condition(check, counted.get(check) as Counts, run))
        break
      case 'measure':
        results.push(measureResult(check, measured.get(check)))
        break
      case 'values':
        results.push(await values(check, run))
        break
    }
  }
  return results
}

function rowCount(check: PlannedRowCount, rows: number): CheckResult {
  const { min = 0, max = Number.POSITIVE_INFINITY } = check.rule
  return onceResult(check, rows >= min && rows <= max, rows, check.expected)
}
