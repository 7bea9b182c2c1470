import type { CheckResult } from '@dayshift/core'
import type { PlannedRowCount, PlannedTableCheck } from './plan.ts'
import { uniqueness } from './keys.ts'
import { measure, measureResult } from './measures.ts'
import { reference } from './reference-checks.ts'
import { refine } from './refinements.ts'
import { condition, countConditions } from './row-checks.ts'
import { onceResult, type Counts, type TableRun } from './table-run.ts'
import { values } from './values.ts'

/** What is counted and measured before any row is looked at. */
export interface TableCounts {
  readonly conditions: Awaited<ReturnType<typeof countConditions>>
  readonly measures: Awaited<ReturnType<typeof measure>>
}

/** Counts the failures of conditions, and measures columns. */
export async function countTable(
  planned: readonly PlannedTableCheck[],
  run: Pick<TableRun, 'frame' | 'query'>,
): Promise<TableCounts> {
  const conditions = planned.filter((check) => check.as === 'condition')
  const measures = planned.filter((check) => check.as === 'measure')
  return { conditions: await countConditions(conditions, run), measures: await measure(measures, run) }
}

/** Runs the checks that look at rows or at whole columns. */
export async function checkTable(
  planned: readonly PlannedTableCheck[],
  counts: TableCounts,
  run: TableRun,
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  const refined = await refine(
    planned.filter((check) => check.as === 'refine'),
    run,
  )
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
        results.push(await condition(check, counts.conditions.get(check) as Counts, run))
        break
      case 'refine':
        results.push(refined.get(check) as CheckResult)
        break
      case 'measure':
        results.push(measureResult(check, counts.measures.get(check)))
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
