import { ident, type Frame, type QueryOptions } from '@dayshift/core'
import { doubtful } from '../guards/conditions.ts'
import { judgeOf, type Judge } from './judge.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { slowValue } from './slow-value.ts'
import { valuesOf } from './suspect-rows.ts'
import type { Tally } from '../tally.ts'
import { eachWithin } from './time-limit.ts'

/** Columns whose groups one query makes: it holds those of all of them at once. */
const WIDTH = 24

/**
 * Has the engine group equal values, and Zod judge each different one; of columns with a guard, each that it does not let pass.
 * Elsewhere than in text tables each column is read by itself, which lets the engine look at a dictionary rather than at values.
 *
 * @param rows the number of rows
 */
export async function judgeGroups(
  frame: Frame,
  columns: readonly PlannedColumn[],
  rows: number,
  tally: Tally,
  options: QueryOptions,
): Promise<void> {
  const all = columns.filter(({ accept }) => accept === undefined)
  for (const column of all) await judgeSome(frame, [column], rows, tally, options)
  const guarded = columns.filter(({ accept }) => accept !== undefined)
  const width = frame.text ? WIDTH : 1
  for (let from = 0; from < guarded.length; from += width) {
    await judgeSome(frame, guarded.slice(from, from + width), rows, tally, options)
  }
}

async function judgeSome(
  frame: Frame,
  columns: readonly PlannedColumn[],
  rows: number,
  tally: Tally,
  options: QueryOptions,
): Promise<void> {
  const judges = columns.map(judgeOf)
  // Missing values are in no group of a column with a guard.
  const nulls = await nullsOf(frame, columns, options)
  columns.forEach(({ accept, rules, runAs }, at) => {
    const missing = nulls[at] as number
    if (accept !== undefined && !rules.acceptsMissing) tally.fail(rules.column, 'not_null', runAs, missing)
  })
  for await (const batch of frame.engine.stream(groupsQuery(columns, valuesOf(frame).from.text), options)) {
    const [which, counts, ...values] = batch.columns as [ArrayLike<number>, ArrayLike<number>, ...ArrayLike<unknown>[]]
    const storedAt = (at: number): unknown => values[which[at] as number]?.[at]
    const found = Array.from<readonly string[]>({ length: batch.rows })
    const isThere = new Uint8Array(batch.rows)
    await eachWithin(
      batch.rows,
      (at) => {
        const judge = judges[which[at] as number] as Judge
        const decoded = judge.decode(storedAt(at))
        isThere[at] = decoded === null || decoded === undefined ? 0 : 1
        found[at] = judge.breaks(decoded)
      },
      (at) => slowValue(frame, columns[which[at] as number] as PlannedColumn, storedAt(at), options),
      options.signal,
    )
    for (let at = 0; at < batch.rows; at++) {
      const index = which[at] as number
      const { rules, runAs } = columns[index] as PlannedColumn
      const count = counts[at] as number
      if (isThere[at] === 0) nulls[index] = (nulls[index] as number) + count
      for (const check of found[at] as readonly string[]) tally.fail(rules.column, check, runAs, count)
    }
  }
  columns.forEach(({ rules }, at) => tally.evaluated(rules.column, rows, nulls[at] as number))
}

/** The missing values that are in no group. */
async function nullsOf(frame: Frame, columns: readonly PlannedColumn[], options: QueryOptions): Promise<number[]> {
  const terms = columns.map(({ accept, name }) =>
    accept === undefined ? '0' : `count(*) - count(${ident(name).text})`,
  )
  if (columns.every(({ accept }) => accept === undefined)) return columns.map(() => 0)
  const list = terms.map((term, at) => `${term} AS n${at}`)
  const [found] = await frame.engine.query(`SELECT ${list.join(', ')} FROM ${valuesOf(frame).from.text}`, options)
  return columns.map((_, at) => Number(found?.[`n${at}`]))
}

/** SQL of the different values of columns, each with the column's place and the number of its rows, in one pass. */
function groupsQuery(columns: readonly PlannedColumn[], from: string): string {
  const names = columns.map(({ name }) => ident(name).text)
  const count = 'CAST(count(*) AS DOUBLE)'
  const conditions = columns.map(({ name, accept }) => (accept === undefined ? 'TRUE' : doubtful(name, accept)))
  if (columns.length === 1) {
    return `SELECT CAST(0 AS DOUBLE), ${count}, ${names[0]} FROM ${from} WHERE ${conditions[0]} GROUP BY ${columns[0]?.groupBy}`
  }
  const values = names.map((name, at) => `CASE WHEN ${conditions[at]} THEN ${name} END AS v${at}`)
  const some = `SELECT ${values.join(', ')} FROM ${from} WHERE ${conditions.map((part) => `(${part})`).join(' OR ')}`
  const which = names.map((_name, at) => `WHEN v${at} IS NOT NULL THEN ${at}`)
  const list = names.map((_name, at) => `v${at}`)
  // A set for each column; the rows in which another one is doubtful are a group without a value.
  return (
    `SELECT CAST(CASE ${which.join(' ')} END AS DOUBLE), ${count}, ${list.join(', ')} FROM (${some}) ` +
    `GROUP BY GROUPING SETS (${list.map((name) => `(${name})`).join(', ')}) ` +
    `HAVING ${list.map((name) => `${name} IS NOT NULL`).join(' OR ')}`
  )
}
