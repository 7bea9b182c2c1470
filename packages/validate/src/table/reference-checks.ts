import type { CheckResult } from '@dayshift/core'
import { HIDDEN } from '../failure.ts'
import type { OtherSide } from './references.ts'
import type { PlannedReference } from './plan.ts'
import { cellText } from '../cell-text.ts'
import { MOST_NAMED, onceResult, resultOf, shownKey, tell, type TableRun } from './table-run.ts'

/** Rows whose key is not there on the other side; and, where both are asked for, keys of that side that no row has. */
export async function reference(check: PlannedReference, run: TableRun): Promise<CheckResult[]> {
  const { frame: other, keys } = run.others.get(check) as OtherSide
  const names = keys.map((_, at) => `k${at}`)
  const there = names.map((name) => `${name} IS NOT NULL`).join(' AND ')
  const own = keys.map(({ here }, at) => `${here} AS k${at}`).join(', ')
  const theirs = keys.map((key, at) => `${key.there} AS k${at}`).join(', ')
  const here = `SELECT ${own}, row_number() OVER () AS r FROM ${check.from}`
  const elsewhere = `SELECT DISTINCT ${theirs} FROM ${other.relation.from.text}`
  const using = `USING (${names.join(', ')})`
  const lost = `SELECT r, ${names.join(', ')} FROM (SELECT * FROM (${here}) WHERE ${there}) ANTI JOIN (${elsewhere}) ${using}`
  const [row] = await run.frame.engine.query(
    `SELECT (SELECT count(*) FROM (${here}) WHERE ${there}) AS looked, (SELECT count(*) FROM (${lost})) AS failed`,
    run.query,
  )
  const counts = { evaluated: run.rows, failed: Number(row?.['failed']), nulls: run.rows - Number(row?.['looked']) }
  const examples =
    counts.failed > 0
      ? await tell(`${lost} ORDER BY r`, { ...check, message: 'there is no such row' }, shownKey(check), run)
      : []
  const result = resultOf(check, counts, { examples })
  return check.rule.both
    ? [result, await referred(check, keys, `SELECT * FROM (${elsewhere}) WHERE ${there}`, here, using, run)]
    : [result]
}

async function referred(
  check: PlannedReference,
  keys: OtherSide['keys'],
  there: string,
  rows: string,
  using: string,
  { frame, query }: TableRun,
): Promise<CheckResult> {
  const found = await frame.engine.query(
    `SELECT * FROM (SELECT *, count(*) OVER () AS n FROM (${there}) ANTI JOIN (${rows}) ${using}) ORDER BY ALL LIMIT ${MOST_NAMED}`,
    query,
  )
  const lacking = Number(found[0]?.['n'] ?? 0)
  const cells = found.map((key) => keys.map((_, at) => cellText(key[`k${at}`])).join(' + '))
  const shown = check.hidden ? HIDDEN : `${cells.join(', ')}${lacking > cells.length ? ', …' : ''}`
  const once = {
    ...check,
    id: `${check.id}, and the other way`,
    check: `${check.check}, and the other way`,
    mostly: undefined,
  }
  return onceResult(once, lacking === 0, lacking === 0 ? 0 : `${lacking}: ${shown}`, 'each is referred to')
}
