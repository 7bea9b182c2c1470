import { ident, literal, type Frame, type QueryOptions } from '@dayshift/core'
import type { NumericRules } from './checks.ts'
import { judgeOf } from './judge.ts'
import type { CheckPlan } from './plan.ts'
import type { PlannedColumn } from './planned-column.ts'
import type { Tally } from './tally.ts'

/**
 * The first phase of a run: counts the failures of every check, column by column, without looking at rows.
 *
 * @returns the number of rows
 */
export async function countFailures(
  frame: Frame,
  plan: CheckPlan,
  tally: Tally,
  options: QueryOptions,
): Promise<number> {
  const rows = await countBySql(
    frame,
    plan.columns.filter(({ runAs }) => runAs === 'sql'),
    tally,
    options,
  )
  for (const column of plan.columns) {
    if (column.runAs === 'distinct') await countByDistinct(frame, column, tally, options)
  }
  return rows
}

/** One pass of the engine over all columns that come down to numbers between bounds. */
async function countBySql(
  frame: Frame,
  columns: readonly PlannedColumn[],
  tally: Tally,
  options: QueryOptions,
): Promise<number> {
  const terms: string[] = ['count(*) AS rows']
  const targets: { readonly column: PlannedColumn; readonly check: string; readonly alias: string }[] = []
  columns.forEach((column, at) => {
    terms.push(`count(${ident(column.name).text}) AS present_${at}`)
    for (const [index, [check, fails]] of failConditions(column).entries()) {
      const alias = `failed_${at}_${index}`
      terms.push(`count(*) FILTER (${fails}) AS ${alias}`)
      targets.push({ column, check, alias })
    }
  })
  const [counts] = await frame.engine.query(`SELECT ${terms.join(', ')} FROM ${frame.relation.from.text}`, options)
  const rows = Number(counts?.['rows'])
  columns.forEach((column, at) => {
    const nulls = rows - Number(counts?.[`present_${at}`])
    if (!column.rules.acceptsMissing) tally.fail(column.rules.column, 'not_null', 'sql', nulls)
    tally.evaluated(column.rules.column, rows, nulls)
  })
  for (const { column, check, alias } of targets) tally.fail(column.rules.column, check, 'sql', Number(counts?.[alias]))
  return rows
}

/**
 * The checks of a number column with the SQL of their failures. NaN compares as the largest number in the engine, so
 * values that Zod takes for no number are kept from the bounds.
 */
function failConditions(column: PlannedColumn): [check: string, fails: string][] {
  const { integer, bounds } = column.rules.numeric as NumericRules
  const name = ident(column.name).text
  const value = column.exactIntegers ? name : `CAST(${name} AS DOUBLE)`
  const unsafe = `(abs(CAST(${name} AS DOUBLE)) > ${Number.MAX_SAFE_INTEGER})`
  // Beyond 2^53 − 1 an integer column gives JavaScript a bigint, which is no number to Zod.
  const noNumber = column.exactIntegers
    ? `${value} NOT BETWEEN -${Number.MAX_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}`
    : `NOT isfinite(${value})${integer ? ` OR (isfinite(${value}) AND ${value} <> trunc(${value}))` : ''}`
  const typeFails = integer && !column.exactIntegers ? `(${noNumber}) OR ${unsafe}` : noNumber
  const present = `${name} IS NOT NULL`
  return [
    ['type', `${present} AND (${typeFails})`],
    ...bounds.map(({ check, op, value: limit }): [string, string] => [
      check,
      `${present} AND NOT (${noNumber}) AND NOT (${value} ${op} ${literal(limit).text})`,
    ]),
  ]
}

/** Groups a column's equal values in the engine, and lets Zod judge each different one. */
async function countByDistinct(
  frame: Frame,
  column: PlannedColumn,
  tally: Tally,
  options: QueryOptions,
): Promise<void> {
  const judge = judgeOf(column)
  const relation = column.fromText && frame.text ? frame.text.relation : frame.relation
  const value = ident(column.name).text
  const query = `SELECT ${value} AS v, count(*) AS n FROM ${relation.from.text} GROUP BY ${value}`
  let rows = 0
  let nulls = 0
  for await (const batch of frame.engine.stream(query, options)) {
    const [values, counts] = batch.columns as [ArrayLike<unknown>, ArrayLike<number>]
    for (let at = 0; at < batch.rows; at++) {
      const decoded = judge.decode(values[at])
      const count = Number(counts[at])
      rows += count
      if (decoded === null || decoded === undefined) nulls += count
      const broken = new Set(judge.verdicts(decoded).map(({ check }) => check))
      for (const check of broken) tally.fail(column.rules.column, check, 'distinct', count)
    }
  }
  tally.evaluated(column.rules.column, rows, nulls)
}
