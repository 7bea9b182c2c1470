import { ident, lineCursor, type Batch, type Frame, type LineCursor, type QueryOptions } from '@dayshift/core'
import { suspects } from './conditions.ts'
import type { Failure } from './failure.ts'
import type { Judge, Verdict } from './judge.ts'
import type { PlannedColumn } from './planned-column.ts'

/** A column as it is read row by row. */
export interface JudgedColumn {
  readonly column: PlannedColumn
  readonly judge: Judge
}

/** Values whose verdicts are remembered, a column. */
const REMEMBERED = 10_000

const MINUS_ZERO = Symbol('-0')

/** A name that columns do not have. */
const ROW = '__dayshift_row'

/** The rows in which one of the columns may fail, in order, each with its number before the columns. */
function suspectRows(frame: Frame, columns: readonly PlannedColumn[], options: QueryOptions): AsyncIterable<Batch> {
  const conditions = columns.map(suspects)
  const where = conditions.includes(undefined) ? '' : ` WHERE ${conditions.map((part) => `(${part})`).join(' OR ')}`
  const list = columns.map(({ name }) => ident(name).text).join(', ')
  const numbered = `SELECT row_number() OVER () AS ${ROW}, * FROM (${rowsQuery(frame, columns)})`
  return frame.engine.stream(`SELECT ${ROW}, ${list} FROM (${numbered})${where}`, options)
}

/** The rows of the columns wanted, in order, as the plan says each is read. */
export function rowsOf(frame: Frame, columns: readonly PlannedColumn[], options: QueryOptions): AsyncIterable<Batch> {
  return frame.engine.stream(rowsQuery(frame, columns), options)
}

function rowsQuery(frame: Frame, columns: readonly PlannedColumn[]): string {
  const text = columns.filter(({ fromText }) => fromText)
  const names = columns.map(({ name }) => ident(name).text).join(', ')
  if (!frame.text || text.length === 0) return `SELECT ${names} FROM ${frame.relation.from.text}`
  if (text.length === columns.length) return `SELECT ${names} FROM ${frame.text.relation.from.text}`
  // Some columns as text, some as the engine typed them: both read the same file in the same order.
  const list = columns.map(({ name, fromText }) => `${fromText ? 't' : 'e'}.${ident(name).text}`)
  return `SELECT ${list.join(', ')} FROM ${frame.text.relation.from.text} AS t POSITIONAL JOIN ${frame.relation.from.text} AS e`
}

/** Verdicts of a column's stored values, the last of them remembered. */
function rememberingVerdicts({ judge }: JudgedColumn): (stored: unknown) => readonly Verdict[] {
  const known = new Map<unknown, readonly Verdict[]>()
  return (stored) => {
    // A map takes −0 for 0.
    const key = Object.is(stored, -0) ? MINUS_ZERO : stored
    let verdicts = known.get(key)
    if (!verdicts) {
      verdicts = judge.verdicts(judge.decode(stored))
      if (known.size >= REMEMBERED) known.clear()
      known.set(key, verdicts)
    }
    return verdicts
  }
}

/** Finds the physical lines of rows in a text table of one file; none elsewhere. */
export function linesOf(frame: Frame): LineCursor {
  // A copy that stands for the file has its lines.
  const [file] = frame.text?.files ?? []
  if (!frame.text || file === undefined || frame.files.length > 1 || /\.zst$/i.test(file)) {
    return { lineOf: () => Promise.resolve(undefined), close: () => Promise.resolve() }
  }
  return lineCursor(file, { ...frame.text.layout, columns: frame.columns.length })
}

/**
 * The second phase: walks the rows of the columns that have failures, and gives each failure with its place, in the
 * order of rows.
 */
export async function* failuresOf(
  frame: Frame,
  columns: readonly JudgedColumn[],
  options: QueryOptions,
): AsyncGenerator<Failure> {
  const judged = columns.map((item) => ({ ...item, verdicts: rememberingVerdicts(item) }))
  const lines = linesOf(frame)
  const planned = columns.map(({ column }) => column)
  try {
    for await (const batch of suspectRows(frame, planned, options)) {
      const [numbers, ...values] = batch.columns as [ArrayLike<unknown>, ...ArrayLike<unknown>[]]
      for (let at = 0; at < batch.rows; at++) {
        const row = Number(numbers[at])
        for (const [index, { column, judge, verdicts }] of judged.entries()) {
          const stored = values[index]?.[at]
          for (const verdict of onePerCheck(verdicts(stored))) {
            yield {
              row,
              ...lineField(await lines.lineOf(row)),
              column: column.rules.column,
              ...verdict,
              value: judge.show(judge.decode(stored)),
            }
          }
        }
      }
    }
  } finally {
    await lines.close()
  }
}

/** The first verdict of each check: a list column may break one check in many items. */
export function onePerCheck(verdicts: readonly Verdict[]): readonly Verdict[] {
  if (verdicts.length < 2) return verdicts
  return verdicts.filter((verdict, at) => verdicts.findIndex(({ check }) => check === verdict.check) === at)
}

/** A line as a field, where it is known. */
export function lineField(line: number | undefined): { line?: number } {
  return line === undefined ? {} : { line }
}
