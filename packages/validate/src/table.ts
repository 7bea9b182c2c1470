import {
  factValue,
  ident,
  isDayshiftError,
  literal,
  type CheckResult,
  type FactValue,
  type FailureExample,
  type Frame,
  type QueryOptions,
} from '@dayshift/core'
import { failure } from './codes.ts'
import { HIDDEN, type Failure } from './failure.ts'
import { lineField, linesOf } from './failures.ts'
import type {
  PlannedKey,
  PlannedMeasure,
  PlannedReference,
  PlannedRowCheck,
  PlannedRowCount,
  PlannedTableCheck,
  PlannedValues,
} from './table-plan.ts'
import type { OtherSide } from './references.ts'
import { judged } from './tally.ts'

/** How the checks of a table are run. */
interface TableRun {
  readonly frame: Frame
  /** Rows of the data. */
  readonly rows: number
  /** Failures that each check shows. */
  readonly maxExamples: number
  /** What references refer to. */
  readonly others: ReadonlyMap<PlannedReference, OtherSide>
  /** Gets every failure, check by check in the order of rows. */
  readonly each: (failure: Failure) => Promise<void>
  readonly query: QueryOptions
}

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
    const asked = `${check.looked} AND ${asBoolean(check.holds)}`
    try {
      await frame.engine.query(`SELECT ${asked} FROM ${frame.relation.from.text} LIMIT 0`, query)
    } catch (error) {
      if (!isDayshiftError(error) || error.code === 'DS_ABORTED') throw error
      throw failure('DS_CONTRACT_INVALID', `the check '${check.check}' cannot be run: ${error.message}`, {
        hint: error.hint,
        cause: error,
      })
    }
  }
}

/** Runs the checks that look at rows or at whole columns. */
export async function checkTable(planned: readonly PlannedTableCheck[], run: TableRun): Promise<CheckResult[]> {
  const conditions = planned.filter((check) => check.as === 'condition')
  const measures = planned.filter((check) => check.as === 'measure')
  const counted = await countConditions(conditions, run)
  const measured = await measure(measures, run)
  const results: CheckResult[] = []
  for (const check of planned) {
    switch (check.as) {
      case 'row_count':
        results.push(rowCount(check, run.rows))
        break
      case 'key':
        results.push(await uniqueness(check, run))
        break
      case 'reference':
        results.push(...(await reference(check, run)))
        break
      case 'condition':
        results.push(await condition(check, counted.get(check) as Counts, run))
        break
      case 'measure':
        results.push(measureResult(check, measured.get(check)))
        break
      case 'values':
        results.push(await values(check, run))
        break
    }
  }
  return results
}

/** Rows that a check looked at, those that fail, and those that have no value. */
interface Counts {
  readonly evaluated: number
  readonly failed: number
  readonly nulls: number
}

function resultOf(
  { id, column, check, severity, mostly }: PlannedTableCheck,
  counts: Counts,
  more: Partial<CheckResult> = {},
): CheckResult {
  return {
    id,
    ...(column === undefined ? {} : { column }),
    check,
    ...counts,
    ...judged({ check, ...counts }, { severity, mostly }),
    examples: [],
    ranAs: 'sql',
    ...more,
  }
}

/** The result of a check that is made once, over all rows. */
function onceResult(check: PlannedTableCheck, passed: boolean, observed: FactValue, expected: string): CheckResult {
  return resultOf(check, { evaluated: 1, failed: passed ? 0 : 1, nulls: 0 }, { observed, expected })
}

function rowCount(check: PlannedRowCount, rows: number): CheckResult {
  const { min = 0, max = Number.POSITIVE_INFINITY } = check.rule
  return onceResult(check, rows >= min && rows <= max, rows, check.expected)
}

/** All conditions in one pass. */
async function countConditions(
  checks: readonly PlannedRowCheck[],
  { frame, query }: TableRun,
): Promise<ReadonlyMap<PlannedRowCheck, Counts>> {
  if (checks.length === 0) return new Map()
  // Computed beneath, so that a condition may look at other rows: `n > lag(n) OVER ()`.
  const computed = checks.map(({ looked, holds }, at) => `${looked} AS l${at}, ${asBoolean(holds)} AS h${at}`)
  const terms = checks.map(
    (_, at) =>
      `count(*) FILTER (l${at}) AS evaluated_${at}, count(*) FILTER (l${at} AND NOT h${at}) AS failed_${at}, ` +
      `count(*) FILTER (l${at} AND h${at} IS NULL) AS nulls_${at}`,
  )
  const [row] = await frame.engine.query(
    `SELECT ${terms.join(', ')} FROM (SELECT ${computed.join(', ')} FROM ${frame.relation.from.text})`,
    query,
  )
  const count = (name: string): number => Number(row?.[name])
  return new Map(
    checks.map((check, at) => [
      check,
      { evaluated: count(`evaluated_${at}`), failed: count(`failed_${at}`), nulls: count(`nulls_${at}`) },
    ]),
  )
}

async function condition(check: PlannedRowCheck, counts: Counts, run: TableRun): Promise<CheckResult> {
  if (counts.failed === 0) return resultOf(check, counts)
  const row = rowName(run.frame)
  const numbered =
    `SELECT *, ${check.looked} AND NOT ${asBoolean(check.holds)} AS ${row}_fails, row_number() OVER () AS ${row} ` +
    `FROM ${run.frame.relation.from.text}`
  const shown = check.shown.map((name) => ident(name).text)
  const failing = `SELECT ${[row, ...shown].join(', ')} FROM (${numbered}) WHERE ${row}_fails ORDER BY ${row}`
  const text = (cells: readonly unknown[]): FactValue =>
    check.shown.length === 0 ? null : check.shown.map((name, at) => `${name} ${cellText(cells[at])}`).join(', ')
  return resultOf(check, counts, { examples: await tell(failing, check, text, run) })
}

async function uniqueness(check: PlannedKey, run: TableRun): Promise<CheckResult> {
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

/** A key as a failure shows it. */
function shownKey({ hidden }: { readonly hidden: boolean }): (cells: readonly unknown[]) => FactValue {
  return (cells) => {
    if (hidden) return HIDDEN
    return cells.length === 1 ? factValue(cells[0]) : cells.map(cellText).join(', ')
  }
}

/** Rows whose key is not there on the other side; and, where both are asked for, keys of that side that no row has. */
async function reference(check: PlannedReference, run: TableRun): Promise<CheckResult[]> {
  const { frame: other, keys } = run.others.get(check) as OtherSide
  const names = keys.map((_, at) => `k${at}`)
  const there = names.map((name) => `${name} IS NOT NULL`).join(' AND ')
  const own = keys.map(({ here }, at) => `${here} AS k${at}`).join(', ')
  const theirs = keys.map((key, at) => `${key.there} AS k${at}`).join(', ')
  const here = `SELECT ${own}, row_number() OVER () AS r FROM ${run.frame.relation.from.text}`
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

/** Tells every failing row of a query, of which the first column is the row's number; the first ones are examples. */
async function tell(
  failing: string,
  { column, check, message }: Pick<PlannedRowCheck, 'column' | 'check' | 'message'>,
  shown: (cells: readonly unknown[]) => FactValue,
  { frame, maxExamples, each, query }: TableRun,
): Promise<FailureExample[]> {
  const examples: FailureExample[] = []
  const lines = linesOf(frame)
  try {
    for await (const batch of frame.engine.stream(failing, query)) {
      for (let at = 0; at < batch.rows; at++) {
        const [row, ...shownCells] = batch.columns.map((cells) => cells[at])
        const example = {
          row: Number(row),
          ...lineField(await lines.lineOf(Number(row))),
          value: shown(shownCells),
          message,
        }
        if (examples.length < maxExamples) examples.push(example)
        await each({ ...example, column, check })
      }
    }
  } finally {
    await lines.close()
  }
  return examples
}

async function measure(
  checks: readonly PlannedMeasure[],
  { frame, query }: TableRun,
): Promise<ReadonlyMap<PlannedMeasure, number | undefined>> {
  if (checks.length === 0) return new Map()
  const terms = checks.map(({ measured }, at) => `CAST(${measured} AS DOUBLE) AS m${at}`)
  const [row] = await frame.engine.query(`SELECT ${terms.join(', ')} FROM ${frame.relation.from.text}`, query)
  return new Map(
    checks.map((check, at) => {
      const value = row?.[`m${at}`]
      return [check, typeof value === 'number' && !Number.isNaN(value) ? value : undefined]
    }),
  )
}

function measureResult(check: PlannedMeasure, observed: number | undefined): CheckResult {
  const { min, max, exclusiveMin = false, exclusiveMax = false } = check.bounds
  const aboveMin = min === undefined || (observed !== undefined && (exclusiveMin ? observed > min : observed >= min))
  const belowMax = max === undefined || (observed !== undefined && (exclusiveMax ? observed < max : observed <= max))
  return onceResult(check, observed !== undefined && aboveMin && belowMax, factValue(observed ?? null), check.expected)
}

/** Most values that a result names. */
const MOST_NAMED = 5

async function values(check: PlannedValues, { frame, query }: TableRun): Promise<CheckResult> {
  const { column, contains, equals, mostFrequentIn } = check.rule
  const wanted = contains ?? equals ?? mostFrequentIn ?? []
  const name = ident(column).text
  const asNumbers = wanted.every((value) => typeof value === 'number')
  const value = asNumbers ? `TRY_CAST(${name} AS DOUBLE)` : `CAST(${name} AS VARCHAR)`
  const list = wanted.map((one) => literal(asNumbers ? one : String(one)).text).join(', ')
  const from = `FROM ${frame.relation.from.text} WHERE ${name} IS NOT NULL`
  const ask = async (text: string): Promise<unknown[]> => (await frame.engine.query(text, query)).map((row) => row['v'])
  if (mostFrequentIn) {
    const groups = `SELECT ${value} AS v, count(*) AS n ${from} GROUP BY ALL`
    const most = await ask(`WITH g AS (${groups}) SELECT v FROM g WHERE n = (SELECT max(n) FROM g) ORDER BY v`)
    const fits = most.some((one) => wanted.some((other) => (asNumbers ? other : String(other)) === one))
    return onceResult(check, fits, named(most) || null, check.expected)
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
    ...(others.length > 0 ? [`others: ${named(others)}`] : []),
  ]
  return onceResult(check, observed.length === 0, observed.join('; ') || check.expected, check.expected)
}

function named(some: readonly unknown[]): string {
  const shown = some.slice(0, MOST_NAMED).map((one) => cellText(one))
  return [...shown, ...(some.length > MOST_NAMED ? ['…'] : [])].join(', ')
}

function asBoolean(part: string): string {
  return `CAST(${part} AS BOOLEAN)`
}

function cellText(value: unknown): string {
  const fact = factValue(value)
  return fact === null ? 'none' : String(fact)
}

/** A name that no column has. */
function rowName({ columns }: Frame): string {
  let name = 'dayshift_row'
  while (columns.some((column) => column.toLowerCase() === name)) name += '_'
  return name
}
