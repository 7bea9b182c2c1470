import type { CheckResult } from '@dayshift/core'
import type { PlannedKey } from '../table-plan.ts'
import { resultOf, shownKey, tell, type TableRun } from './table-run.ts'

/** Rows of keys that are there more than once. */
export async function uniqueness(check: PlannedKey, run: TableRun): Promise<CheckResult> {
  const { from, values: keys } = check
  const names = keys.map((_, at) => `k${at}`)
  const keyed = keys.map((value, at) => `${value} AS k${at}`).join(', ')
  const there = names.map((name) => `${name} IS NOT NULL`).join(' AND ')
  const groups = `SELECT ${names.join(', ')}, count(*) AS n FROM (SELECT ${keyed} FROM ${from}) WHERE ${there} GROUP BY ALL`
  const [row] = await run.frame.engine.query(
    `SELECT coalesce(sum(n), 0) AS looked, coalesce(sum(n) FILTER (n > 1), 0) AS failed FROM (${groups})`,
    run.query,
  )
  const looked = Number(row?.['looked'])
  const counts = { evaluated: run.rows, failed: Number(row?.['failed']), nulls: run.rows - looked }
  if (counts.failed === 0) return resultOf(check, counts)
  const failing =
    `SELECT r, ${names.join(', ')} FROM (SELECT ${keyed}, row_number() OVER () AS r FROM ${from}) ` +
    `SEMI JOIN (SELECT * FROM (${groups}) WHERE n > 1) USING (${names.join(', ')}) ORDER BY r`
  return resultOf(check, counts, { examples: await tell(failing, check, shownKey(check), run) })
}
