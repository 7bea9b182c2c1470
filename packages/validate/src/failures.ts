import {
  ident,
  lineCursor,
  type Batch,
  type FactValue,
  type Frame,
  type LineCursor,
  type QueryOptions,
} from '@dayshift/core'
import { suspects } from './conditions.ts'
import { FailingValues } from './failing-values.ts'
import type { FailureSink } from './failure.ts'
import type { Judge, Verdict } from './judge.ts'
import type { PlannedColumn } from './planned-column.ts'
import { idOf } from './tally.ts'
import { Breath } from './time-limit.ts'

/** A column as it is read row by row. */
export interface JudgedColumn {
  readonly column: PlannedColumn
  readonly judge: Judge
}

/** Values of which it is remembered what was found, a column. */
const REMEMBERED = 10_000

const MINUS_ZERO = Symbol('-0')

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
  const numbered = `SELECT row_number() OVER () AS ${ROW}, * FROM (${rowsQuery(frame, columns)})`
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

/** What is found of a column's stored values, the last of them remembered, unless hardly any comes again. */
function remembering<Found>(find: (stored: unknown) => Found): (stored: unknown) => Found {
  const known = new Map<unknown, Found>()
  let asked = 0
  let remembers = true
  return (stored) => {
    if (!remembers) return find(stored)
    asked++
    // A map takes −0 for 0.
    const key = Object.is(stored, -0) ? MINUS_ZERO : stored
    let found = known.get(key)
    if (found === undefined) {
      found = find(stored)
      if (known.size >= REMEMBERED) {
        remembers = asked > 2 * REMEMBERED
        asked = 0
        known.clear()
      }
      known.set(key, found)
    }
    return found
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

/** Failures of a check that the second phase has seen, and whether more of them are wanted in full. */
interface Seen {
  readonly id: string
  readonly values: FailingValues
  count: number
  wanted: boolean
}

/**
 * The second phase: walks the rows of the columns that have failures, and tells each failure, in the order of rows.
 *
 * @returns how many failures of a check there were
 */
export async function tellFailures(
  frame: Frame,
  columns: readonly JudgedColumn[],
  sink: FailureSink,
  options: QueryOptions,
): Promise<(column: string, check: string) => number> {
  const judged = columns.map(({ column, judge }) => ({
    column,
    judge,
    breaks: remembering((stored) => judge.breaks(judge.decode(stored))),
    verdicts: remembering((stored) => judge.verdicts(judge.decode(stored))),
    seen: new Map<string, Seen>(),
  }))
  const words = Math.ceil(columns.length / FLAGS)
  const lines = linesOf(frame)
  const breath = new Breath()
  const planned = columns.map(({ column }) => column)
  try {
    for await (const batch of suspectRows(frame, planned, options)) {
      const [numbers, ...others] = batch.columns as [ArrayLike<number>, ...ArrayLike<unknown>[]]
      const flags = others.slice(0, words) as ArrayLike<number>[]
      const values = others.slice(words)
      for (let at = 0; at < batch.rows; at++) {
        if (breath.isDue()) await breath.take(options.signal)
        const row = numbers[at] as number
        for (let word = 0; word < words; word++) {
          for (let bits = flags[word]?.[at] as number; bits !== 0; bits &= bits - 1) {
            const index = word * FLAGS + 31 - Math.clz32(bits & -bits)
            const { column, judge, breaks, verdicts, seen } = judged[index] as (typeof judged)[number]
            const stored = values[index]?.[at]
            for (const check of breaks(stored)) {
              const one = seenOf(seen, column.rules.column, check)
              sink.failed(row, one.id)
              one.values.add(stored)
              one.count++
              one.wanted &&= sink.wants(column.rules.column, check)
              if (!one.wanted) continue
              const message = verdicts(stored).find((verdict) => verdict.check === check)?.message ?? ''
              const place = { row, ...lineField(await lines.lineOf(row)) }
              const value = judge.show(judge.decode(stored))
              await sink.tell({ ...place, column: column.rules.column, check, message, value })
            }
          }
        }
      }
    }
  } finally {
    await lines.close()
  }
  for (const { column, judge, seen } of judged) {
    const show = column.hidden ? undefined : (stored: unknown): FactValue => judge.show(judge.decode(stored))
    for (const [check, { values }] of seen) sink.values(column.rules.column, check, values.result(show))
  }
  return (name, check) => judged.find(({ column }) => column.rules.column === name)?.seen.get(check)?.count ?? 0
}

function seenOf(seen: Map<string, Seen>, column: string, check: string): Seen {
  let one = seen.get(check)
  if (!one) {
    one = { id: idOf(column, check), values: new FailingValues(), count: 0, wanted: true }
    seen.set(check, one)
  }
  return one
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
