import { randomBytes } from 'node:crypto'
import type { CheckResult } from '@dayshift/core'
import type { PlannedKey } from './plan.ts'
import type { RepeatedKeys } from './repeated-keys.ts'
import { resultOf, shownKey, tell, tellRows, type TableRun } from './table-run.ts'
import { repeatedWholeKeys } from './whole-keys.ts'

/** Rows of keys that are there more than once. */
export async function uniqueness(check: PlannedKey, run: TableRun): Promise<CheckResult> {
  const { column = '' } = check
  if (run.spans.get(column)?.ascending && check.column !== undefined) {
    return resultOf(check, { evaluated: run.rows, failed: 0, nulls: run.nullsOf(column) })
  }
  const seen = check.whole ? run.keys.get(column)?.repeated() : undefined
  const whole = seen ? { rows: seen, nulls: run.nullsOf(column) } : await repeatedWholeKeys(check, run)
  return whole ? wholeResult(check, whole, run) : grouped(check, run)
}

async function wholeResult(check: PlannedKey, { rows, nulls }: RepeatedKeys, run: TableRun): Promise<CheckResult> {
  const counts = { evaluated: run.rows, failed: rows.length, nulls }
  const columns = [rows.map(([row]) => row), rows.map(([, key]) => key)]
  const examples = await tellRows([{ names: [], rows: rows.length, columns }], check, shownKey(check), run)
  return resultOf(check, counts, { examples })
}

/** Keys of any kind. */
async function grouped(check: PlannedKey, run: TableRun): Promise<CheckResult> {
  const { from, values: keys } = check
  const names = keys.map((_, at) => `k${at}`)
  const keyed = keys.map((value, at) => `${value} AS k${at}`).join(', ')
  const there = names.map((name) => `${name} IS NOT NULL`).join(' AND ')
  const groups = `SELECT ${names.join(', ')}, count(*) AS n FROM (SELECT ${keyed} FROM ${from}) GROUP BY ALL`
  const { engine } = run.frame
  const table = `dayshift_keys_${randomBytes(6).toString('hex')}`
  // Kept, since grouping is what takes long: keys that are there more than once, and those of which a part is missing.
  await engine.query(`CREATE TABLE ${table} AS SELECT * FROM (${groups}) WHERE n > 1 OR NOT (${there})`, run.query)
  try {
    const [row] = await engine.query(
      `SELECT coalesce(sum(n) FILTER (${there}), 0) AS failed, coalesce(sum(n) FILTER (NOT (${there})), 0) AS nulls FROM ${table}`,
      run.query,
    )
    const counts = { evaluated: run.rows, failed: Number(row?.['failed']), nulls: Number(row?.['nulls']) }
    if (counts.failed === 0) return resultOf(check, counts)
    const failing =
      `SELECT r, ${names.join(', ')} FROM (SELECT ${keyed}, row_number() OVER () AS r FROM ${from}) ` +
      `SEMI JOIN ${table} USING (${names.join(', ')}) ORDER BY r`
    return resultOf(check, counts, { examples: await tell(failing, check, shownKey(check), run) })
  } finally {
    await engine.query(`DROP TABLE IF EXISTS ${table}`)
  }
}
