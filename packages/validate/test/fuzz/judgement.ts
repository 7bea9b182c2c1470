import { isDayshiftError, type CheckResult, type Frame } from '@dayshift/core'
import { defineContract } from '../../src/contract.ts'
import { validate } from '../../src/validate.ts'
import { build, isKnown, type Zod } from './expression.ts'
import { judgeNaively, objectOf, type Expected } from './naive.ts'
import { openTable, type Place } from './source.ts'
import type { FuzzColumn, FuzzTable } from './table.ts'

/** What came of a case. */
export interface Judgement {
  /** What the report says and the naive reference does not; empty where they agree. */
  readonly problems: readonly string[]
  /** Values that were judged in both ways, a row and a column each, by how the report says that they were run. */
  readonly cells: Readonly<Record<string, number>>
  readonly columns: number
  /** Why columns were left out, each with a reason: their schema cannot be built, or is refused as a contradiction. */
  readonly skipped: readonly string[]
}

/** Runs one case in both ways. */
export async function judge(z: Zod, table: FuzzTable, place: Place): Promise<Judgement> {
  const problems: string[] = []
  const skipped: string[] = []
  const columns = table.columns.filter((column) => {
    const found = hindrance(z, { ...table, columns: [column] })
    if (found?.wrong === true) problems.push(found.reason)
    else if (found) skipped.push(found.reason)
    return found === undefined
  })
  if (columns.length === 0) return { problems, cells: {}, columns: 0, skipped }
  const whole = { ...table, columns }
  const found = await compared(z, whole, await openTable(whole, place))
  return { problems: [...problems, ...found.problems], cells: found.cells, columns: columns.length, skipped }
}

/** What keeps a column from being judged; it is wrong where a contract is refused that some value meets. */
function hindrance(z: Zod, alone: FuzzTable): { reason: string; wrong?: boolean } | undefined {
  const [column] = alone.columns as [FuzzColumn]
  if (!isKnown(z, column.schema)) return { reason: 'not in this version of Zod' }
  let expected: Expected
  try {
    expected = judgeNaively(z, alone, new Map([[column.name, column.type]]))
  } catch (error) {
    return { reason: `Zod throws: ${String(error)}` }
  }
  try {
    contractOf(z, alone)
    return undefined
  } catch (error) {
    if (!isDayshiftError(error) || error.code !== 'DS_CONTRACT_INVALID') throw error
    // Where a value that fails becomes another one, a contradiction within does not mean that nothing passes.
    const changes = /"(catch|default|prefault)"/.test(JSON.stringify(column.schema))
    const wrong = expected.accepting.has(column.name) && !changes
    return wrong ? { reason: `refused: ${error.message}`, wrong } : { reason: 'a contradiction' }
  }
}

async function compared(z: Zod, table: FuzzTable, frame: Frame): Promise<Pick<Judgement, 'problems' | 'cells'>> {
  const types = new Map((await frame.schema()).columns.map(({ name, nativeType }) => [name, nativeType]))
  const expected = judgeNaively(z, table, types)
  let report
  try {
    report = await validate(frame, contractOf(z, table), { maxExamples: Number.POSITIVE_INFINITY })
  } catch (error) {
    return { problems: [`validate threw: ${String(error)}`], cells: {} }
  }
  const { rows, failedRows, checks } = report.facts
  const ofValues = checks.filter(({ ranAs }) => ranAs !== 'metadata')
  const known = new Set(ofValues.map(({ id }) => id))
  const problems = [
    ...(rows === table.rows ? [] : [`${rows} rows instead of ${table.rows}`]),
    ...(failedRows === expected.failedRows ? [] : [`${failedRows} failed rows instead of ${expected.failedRows}`]),
    ...ofValues.flatMap((check) => problemsOf(check, table, expected)),
    ...[...expected.checks.keys()].filter((id) => !known.has(id)).map((id) => `${id}: no such check in the report`),
  ]
  return { problems, cells: cellsOf(table, ofValues) }
}

function contractOf(z: Zod, table: FuzzTable): ReturnType<typeof defineContract> {
  const missing = table.missing && { missing: table.missing }
  if (table.form !== 'named') return defineContract({ columns: objectOf(z, table), ...missing })
  const columns = table.columns.map(({ name, schema, missing: own }) => {
    const built = build(z, schema)
    return [name, own ? { schema: built, missing: own } : built] as const
  })
  return defineContract({ columns: Object.fromEntries(columns), ...missing })
}

function problemsOf(check: CheckResult, table: FuzzTable, expected: Expected): string[] {
  const { id, column, failed, evaluated, nulls, examples } = check
  const want = expected.checks.get(id) ?? { failed: 0, examples: [] }
  const wantNulls = column === undefined ? 0 : (expected.nulls.get(column) ?? 0)
  const said = examples.map(({ row, message }) => `row ${row}: ${message}`)
  const due = want.examples.map(({ row, message }) => `row ${row}: ${message}`)
  const at = due.findIndex((one, index) => said[index] !== one)
  const first = at >= 0 ? at : said.length > due.length ? due.length : -1
  return [
    ...(failed === want.failed ? [] : [`${id}: ${failed} failed instead of ${want.failed}`]),
    ...(evaluated === table.rows ? [] : [`${id}: ${evaluated} rows instead of ${table.rows}`]),
    ...(nulls === wantNulls ? [] : [`${id}: ${nulls} nulls instead of ${wantNulls}`]),
    ...(first < 0 ? [] : [`${id}: says '${said[first] ?? 'nothing'}' instead of '${due[first] ?? 'nothing'}'`]),
  ]
}

function cellsOf(table: FuzzTable, checks: readonly CheckResult[]): Record<string, number> {
  const cells: Record<string, number> = {}
  for (const { name } of table.columns) {
    const ranAs = checks.find(({ column }) => column === name)?.ranAs ?? 'unchecked'
    cells[ranAs] = (cells[ranAs] ?? 0) + table.rows
  }
  return cells
}
