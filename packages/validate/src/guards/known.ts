import { ident, isDayshiftError, type Frame, type QueryOptions } from '@dayshift/core'
import type { CheckPlan } from '../plan.ts'
import type { PlannedColumn } from '../planned-column.ts'

/**
 * The plan without the guards that the engine does not take, as patterns that are too large for it: such columns are judged
 * by their different values.
 */
export async function withKnownGuards(frame: Frame, plan: CheckPlan, options: QueryOptions): Promise<CheckPlan> {
  const columns: PlannedColumn[] = []
  for (const column of plan.columns) {
    columns.push((await isKnown(frame, column, options)) ? column : withoutGuard(column))
  }
  return { ...plan, columns }
}

const ONCE = 'Zod judges each different value once'

function withoutGuard(column: PlannedColumn): PlannedColumn {
  return { ...column, accept: undefined, runAs: 'distinct', why: `${ONCE}: the engine does not take its pattern` }
}

async function isKnown(frame: Frame, { accept, name }: PlannedColumn, options: QueryOptions): Promise<boolean> {
  if (accept === undefined || !accept.includes('regexp')) return true
  try {
    await frame.engine.query(`SELECT ${accept} AS fits FROM (SELECT 'x' AS ${ident(name).text})`, options)
    return true
  } catch (error) {
    if (!isDayshiftError(error) || error.code !== 'DS_QUERY') throw error
    return false
  }
}
