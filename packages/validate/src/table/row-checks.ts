import {
  freeName,
  ident,
  isDayshiftError,
  raw,
  type CheckResult,
  type FactValue,
  type Frame,
  type QueryOptions,
} from '@dayshift/core'
import { cellText } from '../cell-text.ts'
import { failure } from '../codes.ts'
import { HIDDEN } from '../failure.ts'
import type { PlannedRowCheck, PlannedTableCheck } from './plan.ts'
import { resultOf, tell, type Counts, type TableRun } from './table-run.ts'

/**
 * Makes sure that the SQL of conditions can be run, before any data is read.
 *
 * @throws DS_CONTRACT_INVALID naming the check
 */
export async function checkConditions(
  frame: Frame,
  planned: readonly PlannedTableCheck[],
  query: QueryOptions,
): Promise<void> {
  for (const check of planned) {
    if (check.as !== 'condition') continue
    try {
      const asked = raw(`SELECT ${check.looked} AS looked, ${check.holds} AS holds FROM ${check.from}`)
      const types = await frame.engine.query(frame.engine.dialect.describe(asked).text, query)
      // A condition of one row: no sum over all of them, and a whole one without the brackets around it.
      const alone = [check.looked, check.holds].map((part) => part.replace(/^\(([^]*)\)$/, '$1'))
      for (const part of alone) {
        const rows = raw(`SELECT *, ${part} AS holds FROM ${check.from}`)
        await frame.engine.query(frame.engine.dialect.describe(rows).text, query)
      }
      const odd = types.find(({ column_type: type }) => !TRUTH.has(String(type)))
      if (odd) {
        throw failure(
          'DS_CONTRACT_INVALID',
          `the check '${check.check}' is no condition: it gives ${String(odd['column_type'])}`,
          {
            hint: 'Compare it with something, as in sql`a > 0`.',
          },
        )
      }
    } catch (error) {
      if (!isDayshiftError(error) || error.code === 'DS_ABORTED' || error.code === 'DS_CONTRACT_INVALID') throw error
      throw failure('DS_CONTRACT_INVALID', `the check '${check.check}' cannot be run: ${error.message}`, {
        hint: error.hint,
        cause: error,
      })
    }
  }
}

/** What conditions may give: truth values, and whole numbers, of which 0 is false. NULL alone is an INTEGER to the engine. */
const TRUTH: ReadonlySet<string> = new Set('BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT'.split(' '))

/** All conditions in one pass. */
export async function countConditions(
  checks: readonly PlannedRowCheck[],
  { frame, query }: Pick<TableRun, 'frame' | 'query'>,
): Promise<ReadonlyMap<PlannedRowCheck, Counts>> {
  if (checks.length === 0) return new Map()
  // Computed beneath, so that a condition may look at other rows: `n > lag(n) OVER ()`.
  const computed = checks.map(({ looked, holds }, at) => `${looked} AS l${at}, ${asBoolean(holds)} AS h${at}`)
  const terms = checks.map(
    (_, at) =>
      `count(*) FILTER (l${at}) AS evaluated_${at}, count(*) FILTER (l${at} AND NOT h${at}) AS failed_${at}, ` +
      `count(*) FILTER (l${at} AND h${at} IS NULL) AS nulls_${at}`,
  )
  const counts = `SELECT ${terms.join(', ')} FROM (SELECT ${computed.join(', ')} FROM ${checks[0]?.from})`
  const [row] = await frame.engine.query(counts, query).catch(async (error: unknown) => {
    const culprit = await culpritOf(checks, frame, query)
    if (!isDayshiftError(error) || error.code === 'DS_ABORTED' || !culprit) throw error
    // What the engine says holds the value.
    const hides = culprit.shown.some((name) => culprit.hidden.has(name))
    const reason = hides ? 'the value is not to be shown' : error.message
    throw failure('DS_CONTRACT_THROWS', `the check '${culprit.check}' cannot be run on some row: ${reason}`, {
      hint: 'Make it bear every value, as with TRY_CAST.',
      ...(hides ? {} : { cause: error }),
    })
  })
  const count = (name: string): number => Number(row?.[name])
  return new Map(
    checks.map((check, at) => [
      check,
      { evaluated: count(`evaluated_${at}`), failed: count(`failed_${at}`), nulls: count(`nulls_${at}`) },
    ]),
  )
}

/** The condition that cannot be run on some row. */
async function culpritOf(
  checks: readonly PlannedRowCheck[],
  frame: Frame,
  query: QueryOptions,
): Promise<PlannedRowCheck | undefined> {
  for (const check of checks) {
    const alone = `SELECT count(*) FILTER (${check.looked} AND ${asBoolean(check.holds)}) AS n FROM ${check.from}`
    const ran = await frame.engine.query(alone, query).catch(() => undefined)
    if (!ran) return check
  }
  return undefined
}

export async function condition(check: PlannedRowCheck, counts: Counts, run: TableRun): Promise<CheckResult> {
  if (counts.failed === 0) return resultOf(check, counts)
  const row = freeName(run.frame.columns)
  const numbered =
    `SELECT *, ${check.looked} AND NOT ${asBoolean(check.holds)} AS ${row}_fails, row_number() OVER () AS ${row} ` +
    `FROM ${check.from}`
  const shown = check.shown.map((name) => ident(name).text)
  const failing = `SELECT ${[row, ...shown].join(', ')} FROM (${numbered}) WHERE ${row}_fails ORDER BY ${row}`
  const shownCell = (name: string, value: unknown): string =>
    check.hidden.has(name) && value !== null ? HIDDEN : cellText(value)
  const text = (cells: readonly unknown[]): FactValue =>
    check.shown.length === 0 ? null : check.shown.map((name, at) => `${name} ${shownCell(name, cells[at])}`).join(', ')
  return resultOf(check, counts, { examples: await tell(failing, check, text, run) })
}

function asBoolean(part: string): string {
  return `CAST(${part} AS BOOLEAN)`
}
