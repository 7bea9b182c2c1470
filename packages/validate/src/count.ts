import { ident, isDayshiftError, type Frame, type QueryOptions } from '@dayshift/core'
import { audit, auditFront, passingOf, someValues, withChance } from './audit.ts'
import { doubtful, failConditions } from './conditions.ts'
import { finderOf, type FoundValue } from './found-value.ts'
import { rowsOf } from './failures.ts'
import { judgeOf, type Judge } from './judge.ts'
import type { CheckPlan } from './plan.ts'
import type { PlannedColumn } from './planned-column.ts'
import { slowCell, slowValue } from './slow-value.ts'
import type { Tally } from './tally.ts'
import { eachWithin } from './time-limit.ts'

/**
 * The first phase of a run: counts the failures of every check, column by column, without looking at rows.
 *
 * @param known the number of rows, where it is
 * @returns the number of rows
 */
export async function countFailures(
  frame: Frame,
  columns: readonly PlannedColumn[],
  known: number | undefined,
  tally: Tally,
  options: QueryOptions,
): Promise<number> {
  const bySql = columns.filter(({ runAs }) => runAs === 'sql')
  let rows = known ?? 0
  const chunks = bySql.length === 0 && known === undefined ? [[]] : chunksOf(bySql)
  for (const some of chunks) rows = await countBySql(frame, some, tally, options)
  const byDistinct = columns.filter(({ runAs }) => runAs === 'distinct')
  if (rows <= FEW_ROWS) await countValues(frame, byDistinct, tally, options)
  else for (const column of byDistinct) await countByDistinct(frame, column, tally, options)
  await countByGuard(
    frame,
    columns.filter(({ runAs }) => runAs === 'guarded'),
    rows,
    tally,
    options,
  )
  return rows
}

/**
 * Counts what is not surely right, then has Zod judge each different value of it. Text tables are read once for all their
 * columns; elsewhere each column by itself, which lets the engine test a dictionary rather than the values.
 */
async function countByGuard(
  frame: Frame,
  columns: readonly PlannedColumn[],
  rows: number,
  tally: Tally,
  options: QueryOptions,
): Promise<void> {
  const together = columns.every(({ fromText }) => fromText)
  const left = new Map<PlannedColumn, number>()
  for (const some of together ? chunksOf(columns) : columns.map((column) => [column])) {
    const terms = some.flatMap((column, at) => [
      `count(${ident(column.name).text}) AS present_${at}`,
      `count(*) FILTER (${doubtful(column.name, column.accept as string)}) AS doubtful_${at}`,
      `${someValues(column)} AS some_${at}`,
    ])
    if (terms.length === 0) continue
    const from = relationOf(frame, some[0] as PlannedColumn).from.text
    const [found] = await frame.engine.query(withAudit(some, terms, from), options)
    tally.audited += await auditFront(frame, some, from, options)
    some.forEach((column, at) => {
      const nulls = rows - Number(found?.[`present_${at}`])
      if (!column.rules.acceptsMissing) tally.fail(column.rules.column, 'not_null', 'guarded', nulls)
      tally.evaluated(column.rules.column, rows, nulls)
      left.set(column, Number(found?.[`doubtful_${at}`]))
      tally.audited += audit(column, found?.[`audit_${at}`])
    })
  }
  const doubted = columns.filter((column) => left.get(column) !== 0)
  for (const some of together ? chunksOf(doubted) : doubted.map((column) => [column])) {
    const judged = await judgeGroups(frame, some, true, tally, options)
    some.forEach((column, at) => {
      const { nulls } = judged[at] as Judged
      tally.evaluated(column.rules.column, rows, tally.nullsOf(column.rules.column) + nulls)
    })
  }
}

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

function withoutGuard(column: PlannedColumn): PlannedColumn {
  return { ...column, accept: undefined, runAs: 'distinct', why: 'Zod judges each different value once' }
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

/** Rows of which the values are judged as they come: grouping them takes longer than it saves. */
const FEW_ROWS = 10_000

/** Columns that one query looks at: the engine plans wide queries in more than the square of their width. */
const WIDTH = 24

function chunksOf(columns: readonly PlannedColumn[]): (readonly PlannedColumn[])[] {
  const count = Math.ceil(columns.length / WIDTH)
  return Array.from({ length: count }, (_, at) => columns.slice(at * WIDTH, (at + 1) * WIDTH))
}

/** A query of counts, with the values to audit among some that it found on the way. */
function withAudit(columns: readonly PlannedColumn[], terms: readonly string[], from: string): string {
  const audits = columns.map((column, at) => `${passingOf(column, `some_${at}`)} AS audit_${at}`)
  return `SELECT ${['*', ...audits].join(', ')} FROM (SELECT ${terms.join(', ')} FROM ${withChance(from)})`
}

/** The rows that hold a column: as text, or as the engine typed it. */
function relationOf(frame: Frame, column: PlannedColumn): Frame['relation'] {
  return column.fromText && frame.text ? frame.text.relation : frame.relation
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
    terms.push(`count(${ident(column.name).text}) AS present_${at}`, `${someValues(column)} AS some_${at}`)
    for (const [index, [check, fails]] of failConditions(column).entries()) {
      const alias = `failed_${at}_${index}`
      terms.push(`count(*) FILTER (${fails}) AS ${alias}`)
      targets.push({ column, check, alias })
    }
  })
  const [counts] = await frame.engine.query(withAudit(columns, terms, frame.relation.from.text), options)
  const rows = Number(counts?.['rows'])
  tally.audited += await auditFront(frame, columns, frame.relation.from.text, options)
  columns.forEach((column, at) => {
    const nulls = rows - Number(counts?.[`present_${at}`])
    if (!column.rules.acceptsMissing) tally.fail(column.rules.column, 'not_null', 'sql', nulls)
    tally.audited += audit(column, counts?.[`audit_${at}`])
    tally.evaluated(column.rules.column, rows, nulls)
  })
  for (const { column, check, alias } of targets) tally.fail(column.rules.column, check, 'sql', Number(counts?.[alias]))
  return rows
}

/** Groups a column's equal values in the engine, and lets Zod judge each different one. */
async function countByDistinct(
  frame: Frame,
  column: PlannedColumn,
  tally: Tally,
  options: QueryOptions,
): Promise<void> {
  const [judged] = await judgeGroups(frame, [column], false, tally, options)
  tally.evaluated(column.rules.column, judged?.rows ?? 0, judged?.nulls ?? 0)
}

/** Has Zod judge the values of all columns in one pass, equal ones once while they are remembered. */
async function countValues(
  frame: Frame,
  columns: readonly PlannedColumn[],
  tally: Tally,
  options: QueryOptions,
): Promise<void> {
  if (columns.length === 0) return
  const counted = columns.map((column) => ({ column, find: finderOf(column), rows: 0, nulls: 0 }))
  for await (const batch of rowsOf(frame, columns, options)) {
    for (const [index, one] of counted.entries()) {
      const { column, find } = one
      const stored = batch.columns[index] as ArrayLike<unknown>
      const found = Array.from<FoundValue>({ length: batch.rows })
      await eachWithin(
        batch.rows,
        (at) => {
          found[at] = find(stored[at])
        },
        (at) => slowCell(frame, one.rows + at + 1, column, stored[at]),
        options.signal,
      )
      one.rows += batch.rows
      for (const { broken, isMissing } of found) {
        if (isMissing) one.nulls++
        for (const check of broken) tally.fail(column.rules.column, check, column.runAs, 1)
      }
    }
  }
  for (const { column, rows, nulls } of counted) tally.evaluated(column.rules.column, rows, nulls)
}

/** Rows whose value of a column was judged, and those of them without one. */
interface Judged {
  rows: number
  nulls: number
}

/**
 * Has Zod judge each different value of columns that are read in the same way, and counts the rows that have it.
 *
 * @param onlyDoubtful whether only values that are not surely right are looked at
 */
async function judgeGroups(
  frame: Frame,
  columns: readonly PlannedColumn[],
  onlyDoubtful: boolean,
  tally: Tally,
  options: QueryOptions,
): Promise<Judged[]> {
  const judges = columns.map(judgeOf)
  const judged = columns.map(() => ({ rows: 0, nulls: 0 }))
  const query = groupsQuery(columns, onlyDoubtful, relationOf(frame, columns[0] as PlannedColumn).from.text)
  for await (const batch of frame.engine.stream(query, options)) {
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
      const sums = judged[index] as Judged
      const { rules, runAs } = columns[index] as PlannedColumn
      const count = counts[at] as number
      sums.rows += count
      if (isThere[at] === 0) sums.nulls += count
      for (const check of found[at] as readonly string[]) tally.fail(rules.column, check, runAs, count)
    }
  }
  return judged
}

/** SQL of the different values of columns, each with the column's place and the number of its rows, in one pass. */
function groupsQuery(columns: readonly PlannedColumn[], onlyDoubtful: boolean, from: string): string {
  const names = columns.map(({ name }) => ident(name).text)
  const count = 'CAST(count(*) AS DOUBLE)'
  const conditions = columns.map(({ name, accept }) => doubtful(name, accept as string))
  if (columns.length === 1) {
    const where = onlyDoubtful ? `WHERE ${conditions[0]}` : ''
    return `SELECT CAST(0 AS DOUBLE), ${count}, ${names[0]} FROM ${from} ${where} GROUP BY ${columns[0]?.groupBy}`
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
