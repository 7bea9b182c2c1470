import { factValue, ident, type Frame, type QueryOptions } from '@dayshift/core'
import { failure } from './codes.ts'
import { failConditions } from './conditions.ts'
import { judgeOf, type Verdict } from './judge.ts'
import type { PlannedColumn } from './planned-column.ts'
import { endsWithin, LONGEST } from './time-limit.ts'

/** Rows at the front of which every value that the engine let pass is judged again. */
const FRONT = 200

/** The share of all other values that is, and the most of them. */
const SHARE = 0.0001
const MOST = 1000

/** SQL of the values that the engine lets pass. */
function passes(column: PlannedColumn): string {
  const condition =
    column.accept ??
    failConditions(column)
      .map(([, fails]) => `NOT (${fails})`)
      .join(' AND ')
  return `${ident(column.name).text} IS NOT NULL AND ${condition}`
}

/** A number by chance for each row, which all columns share. */
const CHANCE = '__dayshift_chance'

/** SQL of rows with what {@link someValues} needs. */
export function withChance(from: string): string {
  return `(SELECT *, random() AS ${CHANCE} FROM ${from})`
}

/** SQL of some values, by chance, over rows of {@link withChance}: found beside the counts, at little cost. */
export function someValues({ name }: PlannedColumn): string {
  return `list_slice(list(${ident(name).text}) FILTER (${CHANCE} < ${SHARE}), 1, ${MOST})`
}

/**
 * SQL of those among them that the engine lets pass. Asked of the whole column, that would be computed twice.
 *
 * @param list SQL of the values
 */
export function passingOf(column: PlannedColumn, list: string): string {
  const name = ident(column.name).text
  return `(SELECT list(${name}) FROM (SELECT unnest(${list}) AS ${name}) WHERE ${passes(column)})`
}

/**
 * Has Zod judge what the engine lets pass among the first rows.
 *
 * @param from the rows that hold the columns
 * @returns how many values there were
 * @throws DS_VALIDATE_PARITY where Zod refuses one of them
 */
export async function auditFront(
  frame: Frame,
  columns: readonly PlannedColumn[],
  from: string,
  options: QueryOptions,
): Promise<number> {
  if (columns.length === 0) return 0
  const terms = columns.map((column, at) => `CASE WHEN ${passes(column)} THEN ${ident(column.name).text} END AS v${at}`)
  const rows = await frame.engine.query(`SELECT ${terms.join(', ')} FROM ${from} LIMIT ${FRONT}`, options)
  return columns.reduce((sum, column, at) => {
    const values = rows.map((row) => row[`v${at}`]).filter((value) => value !== null)
    return sum + audit(column, values)
  }, 0)
}

/**
 * Has Zod judge values that the engine let pass, for a while: with patterns that backtrack a single one may take for ever.
 *
 * @param values what {@link passingOf} gave
 * @returns how many were judged
 * @throws DS_VALIDATE_PARITY where Zod refuses one of them
 */
export function audit(column: PlannedColumn, values: unknown): number {
  const judge = judgeOf(column)
  const list = (values ?? []) as readonly unknown[]
  let at = 0
  let refused: { readonly stored: unknown; readonly verdict: Verdict } | undefined
  endsWithin(LONGEST, () => {
    for (; at < list.length && refused === undefined; at++) {
      const [verdict] = judge.verdicts(judge.decode(list[at]))
      if (verdict !== undefined) refused = { stored: list[at], verdict }
    }
  })
  if (refused !== undefined) {
    const { stored, verdict } = refused
    const where = `${column.rules.column}: ${verdict.check}`
    throw failure(
      'DS_VALIDATE_PARITY',
      `${where}: SQL lets ${column.hidden ? 'a value' : JSON.stringify(factValue(stored))} pass, Zod does not: ${verdict.message}`,
      { where, cause: new Error(passes(column)) },
    )
  }
  return at
}
