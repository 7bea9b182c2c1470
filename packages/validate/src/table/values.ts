import { ident, literal, type CheckResult } from '@dayshift/core'
import { HIDDEN } from '../failure.ts'
import type { PlannedValues } from './plan.ts'
import { MOST_NAMED, named, onceResult, type TableRun } from './table-run.ts'

/** Whether a column has the values that it should have. */
export async function values(check: PlannedValues, { frame, query }: TableRun): Promise<CheckResult> {
  const { column, contains, equals, mostFrequentIn } = check.rule
  const wanted = contains ?? equals ?? mostFrequentIn ?? []
  const name = ident(column).text
  const { sqlOf, keyOf, shown } = kindOf(wanted)
  const value = sqlOf(name)
  const list = wanted.map((one) => literal(keyOf(one)).text).join(', ')
  const from = `FROM ${check.from} WHERE ${name} IS NOT NULL`
  const ask = async (text: string): Promise<unknown[]> => (await frame.engine.query(text, query)).map((row) => row['v'])
  if (mostFrequentIn) {
    const groups = `SELECT ${value} AS v, count(*) AS n ${from} GROUP BY ALL`
    const most = await ask(`WITH g AS (${groups}) SELECT v FROM g WHERE n = (SELECT max(n) FROM g) ORDER BY v`)
    const fits = most.some((one) => wanted.some((other) => keyOf(other) === one))
    return onceResult(
      check,
      fits,
      check.hidden && most.length > 0 ? HIDDEN : named(most.map(shown)) || null,
      check.expected,
    )
  }
  const found = new Set(list === '' ? [] : await ask(`SELECT DISTINCT ${value} AS v ${from} AND ${value} IN (${list})`))
  const lacking = wanted.filter((one) => !found.has(keyOf(one)))
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

/** How values of a kind are compared. */
interface ComparedAs {
  /** SQL of what a column's values are compared by. */
  readonly sqlOf: (column: string) => string
  readonly keyOf: (value: unknown) => string | number
  /** What was compared as a value to be shown. */
  readonly shown: (key: unknown) => unknown
}

const same = (key: unknown): unknown => key

function kindOf(wanted: readonly unknown[]): ComparedAs {
  if (wanted.every((value) => typeof value === 'number')) {
    return { sqlOf: (column) => `TRY_CAST(${column} AS DOUBLE)`, keyOf: Number, shown: same }
  }
  if (wanted.length > 0 && wanted.every((value) => value instanceof Date)) {
    return {
      // As text, since the engine does not make times of a zone plain ones by itself.
      sqlOf: (column) => `CAST(epoch_ms(TRY_CAST(CAST(${column} AS VARCHAR) AS TIMESTAMP)) AS DOUBLE)`,
      keyOf: Number,
      shown: (key) => new Date(Number(key)),
    }
  }
  return { sqlOf: (column) => `CAST(${column} AS VARCHAR)`, keyOf: String, shown: same }
}
