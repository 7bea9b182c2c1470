import { ident, lineCursor, type Batch, type Frame, type LineCursor, type QueryOptions } from '@dayshift/core'
import { ColumnFailures } from './column-failures.ts'
import { suspects } from './conditions.ts'
import type { FailureSink } from './failure.ts'
import type { Verdict } from './judge.ts'
import { objectRows } from './objects.ts'
import type { PlannedColumn } from './planned-column.ts'
import { Breath } from './time-limit.ts'

/** A name that columns do not have. */
const ROW = '__dayshift_row'

/** Columns whose suspects one number tells: as many as JavaScript's operators take bits, and less. */
const FLAGS = 30

/**
 * The rows in which one of the columns may fail, in order: each with its number, with numbers whose bits tell which of the
 * columns may, and with the values of those; numbers are doubles, which the engine hands over as they lie in memory.
 */
function suspectRows(frame: Frame, columns: readonly PlannedColumn[], options: QueryOptions): AsyncIterable<Batch> {
  const conditions = columns.map(suspects)
  const where = conditions.includes(undefined) ? '' : ` WHERE ${conditions.map((part) => `(${part})`).join(' OR ')}`
  const numbered =
    frame.text && columns.some(({ fromText }) => fromText)
      ? `SELECT row_number() OVER () AS ${ROW}, * FROM (${rowsQuery(frame, columns)})`
      : `SELECT * FROM ${frame.numbered(ROW).from.text}`
  const flagged = conditions.map((part, at) => `(${part ?? 'TRUE'}) AS ${ROW}_${at}`)
  const from = `SELECT *, ${flagged.join(', ')} FROM (${numbered})${where}`
  const flags = Array.from({ length: Math.ceil(columns.length / FLAGS) }, (_, word) => {
    const bits = columns.slice(word * FLAGS, (word + 1) * FLAGS)
    return bits.map((_column, bit) => `CASE WHEN ${ROW}_${word * FLAGS + bit} THEN ${2 ** bit} ELSE 0 END`).join(' + ')
  })
  const values = columns.map(({ name }, at) => `CASE WHEN ${ROW}_${at} THEN ${ident(name).text} END`)
  const list = [ROW, ...flags].map((number) => `CAST(${number} AS DOUBLE)`)
  return frame.engine.stream(`SELECT ${[...list, ...values].join(', ')} FROM (${from})`, options)
}

/** The rows of the columns wanted, in order, as the plan says each is read. */
export function rowsOf(
  frame: Frame,
  columns: readonly PlannedColumn[],
  options: QueryOptions,
): AsyncIterable<Omit<Batch, 'names'>> {
  if (columns.some(({ fromObjects }) => fromObjects)) return objectRows(frame, columns, options)
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
 * The second phase: walks the rows of the columns that have failures, and tells each failure, in the order of rows.
 *
 * @returns how many failures of a check there were
 */
export async function tellFailures(
  frame: Frame,
  columns: readonly PlannedColumn[],
  sink: FailureSink,
  options: QueryOptions,
): Promise<(column: string, check: string) => number> {
  const failures = columns.map((column) => new ColumnFailures(column, sink))
  const words = Math.ceil(columns.length / FLAGS)
  const lines = linesOf(frame)
  const breath = new Breath()
  try {
    for await (const batch of suspectRows(frame, columns, options)) {
      const [numbers, ...others] = batch.columns as [ArrayLike<number>, ...ArrayLike<unknown>[]]
      const flags = others.slice(0, words) as ArrayLike<number>[]
      const values = others.slice(words)
      for (let at = 0; at < batch.rows; at++) {
        if (breath.isDue()) await breath.take(options.signal)
        const row = numbers[at] as number
        for (let word = 0; word < words; word++) {
          for (let bits = flags[word]?.[at] as number; bits !== 0; bits &= bits - 1) {
            const index = word * FLAGS + 31 - Math.clz32(bits & -bits)
            const found = failures[index] as ColumnFailures
            const stored = values[index]?.[at]
            for (const check of found.add(row, stored)) {
              await sink.tell(found.failure(row, await lines.lineOf(row), stored, check))
            }
          }
        }
      }
    }
  } finally {
    await lines.close()
  }
  for (const found of failures) found.finish()
  return (name, check) => failures[columns.findIndex(({ rules }) => rules.column === name)]?.count(check) ?? 0
}

/** The first verdict of each check: a list column may break one check in many items. */
export function onePerCheck(verdicts: readonly Verdict[]): readonly Verdict[] {
  if (verdicts.length < 2) return verdicts
  return verdicts.filter((verdict, at) => verdicts.findIndex(({ check }) => check === verdict.check) === at)
}
