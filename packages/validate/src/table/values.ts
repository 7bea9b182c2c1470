import { ident, literal, type CheckResult } from '@dayshift/core'
import { HIDDEN } from '../failure.ts'
import type { PlannedValues } from '../table-plan.ts'
import { MOST_NAMED, named, onceResult, type TableRun } from './table-run.ts'

/** Whether a column has the values that it should have. */
export async function values(check: PlannedValues, { frame, query }: TableRun): Promise<CheckResult> {
  const { column, contains, equals, mostFrequentIn } = check.rule
  const wanted = contains ?? equals ?? mostFrequentIn ?? []
  const name = ident(column).text
  const asNumbers = wanted.every((value) => typeof value === 'number')
  const value = asNumbers ? `TRY_CAST(${name} AS DOUBLE)` : `CAST(${name} AS VARCHAR)`
  const list = wanted.map((one) => literal(asNumbers ? one : String(one)).text).join(', ')
  const from = `FROM ${check.from} WHERE ${name} IS NOT NULL`
  const ask = async (text: string): Promise<unknown[]> => (await frame.engine.query(text, query)).map((row) => row['v'])
  if (mostFrequentIn) {
    const groups = `SELECT ${value} AS v, count(*) AS n ${from} GROUP BY ALL`
    const most = await ask(`WITH g AS (${groups}) SELECT v FROM g WHERE n = (SELECT max(n) FROM g) ORDER BY v`)
    const fits = most.some((one) => wanted.some((other) => (asNumbers ? other : String(other)) === one))
    return onceResult(check, fits, check.hidden && most.length > 0 ? HIDDEN : named(most) || null, check.expected)
  }
  const found = new Set(list === '' ? [] : await ask(`SELECT DISTINCT ${value} AS v ${from} AND ${value} IN (${list})`))
  const lacking = wanted.filter((one) => !found.has(asNumbers ? one : String(one)))
  const others = equals
    ? await ask(
        `SELECT DISTINCT ${name} AS v ${from} ${list === '' ? '' : `AND ${value} IS NOT NULL AND ${value} NOT IN (${list})`} ORDER BY v LIMIT ${MOST_NAMED + 1}`,
      )
    : []
  const observed = [
    ...(lacking.length > 0 ? [`missing: ${named(lacking)}`] : []),
    ...(others.length > 0 ? [`others: ${check.hidden ? HIDDEN : named(others)}`] : []),
  ]
  return onceResult(check, observed.length === 0, observed.join('; ') || check.expected, check.expected)
}
