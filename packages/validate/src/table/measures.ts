import { factValue, type CheckResult } from '@dayshift/core'
import { HIDDEN } from '../failure.ts'
import type { PlannedMeasure } from './plan.ts'
import { onceResult, type TableRun } from './table-run.ts'

/** All numbers that are measured over a whole column, in one pass. */
export async function measure(
  checks: readonly PlannedMeasure[],
  { frame, query }: Pick<TableRun, 'frame' | 'query'>,
): Promise<ReadonlyMap<PlannedMeasure, number | undefined>> {
  if (checks.length === 0) return new Map()
  const terms = checks.map(({ measured }, at) => `CAST(${measured} AS DOUBLE) AS m${at}`)
  const [row] = await frame.engine.query(`SELECT ${terms.join(', ')} FROM ${checks[0]?.from}`, query)
  return new Map(
    checks.map((check, at) => {
      const value = row?.[`m${at}`]
      return [check, typeof value === 'number' && !Number.isNaN(value) ? value : undefined]
    }),
  )
}

export function measureResult(check: PlannedMeasure, observed: number | undefined): CheckResult {
  const { min, max, exclusiveMin = false, exclusiveMax = false } = check.bounds
  const aboveMin = min === undefined || (observed !== undefined && (exclusiveMin ? observed > min : observed >= min))
  const belowMax = max === undefined || (observed !== undefined && (exclusiveMax ? observed < max : observed <= max))
  return onceResult(
    check,
    observed !== undefined && aboveMin && belowMax,
    observed !== undefined && check.hidden ? HIDDEN : factValue(observed ?? null),
    check.expected,
  )
}
