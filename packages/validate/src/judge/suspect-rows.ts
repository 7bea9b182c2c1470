import { freeName, ident, type Frame, type QueryOptions } from '@dayshift/core'
import { suspects } from '../guards/conditions.ts'
import type { PlannedColumn } from '../planned-column.ts'

/** Columns of which rows are looked for, each with the SQL of its suspects. */
export interface Watch {
  readonly column: PlannedColumn
  /** Whether a suspect of this column alone is reason enough to look at a row. */
  readonly alone: boolean
}

/** Rows of which every value is looked at, whether it is a suspect or not. */
export interface Looked {
  /** So many at the front, */
  readonly front: number
  /** and this share of all, by chance. */
  readonly share: number
}

/** Some rows, in order, with the columns that are to be judged in them. */
export interface SuspectRows {
  readonly rows: number
  /** The number of each row in the data, from 1. */
  readonly numbers: ArrayLike<number>
  /** Whether all values of the row are looked at: 1 or 0. */
  readonly looked: ArrayLike<number>
  /** Bits that tell which columns are suspects, {@link FLAGS} columns to a number. */
  readonly flags: readonly ArrayLike<number>[]
  /** The values of each column, `null` where it is neither a suspect nor looked at. */
  readonly values: readonly ArrayLike<unknown>[]
}

/** Columns whose suspects one number tells: as many as JavaScript's operators take bits, and less. */
export const FLAGS = 30

/** The rows that hold what columns are judged by: as text, or as the engine typed it. */
export function valuesOf(frame: Frame): Frame['relation'] {
  return frame.text ? frame.text.relation : frame.relation
}

/**
 * The rows in which one of the columns may fail, and some by chance: one pass of the engine over all of them, which hands over
 * what is suspect alone. Numbers are doubles, which it hands over as they lie in memory.
 */
export async function* suspectRows(
  frame: Frame,
  watches: readonly Watch[],
  { front, share }: Looked,
  options: QueryOptions,
): AsyncGenerator<SuspectRows> {
  const number = freeName(frame.columns)
  const names = watches.map(({ column }) => ident(column.name).text)
  const numbered = frame.text
    ? `(SELECT row_number() OVER () AS ${number}, ${names.join(', ')} FROM ${valuesOf(frame).from.text})`
    : frame.numbered(number).from.text
  const looked = share > 0 ? `(${number} <= ${front} OR random() < ${share})` : 'FALSE'
  const isSuspect = watches.map(({ column }, at) => `(${suspects(column) ?? 'TRUE'}) AS ${number}_${at}`)
  const all = `SELECT *, ${[`${looked} AS ${number}_looked`, ...isSuspect].join(', ')} FROM ${numbered}`
  const reasons = watches.flatMap(({ alone }, at) => (alone ? [`${number}_${at}`] : []))
  const words = Array.from({ length: Math.ceil(watches.length / FLAGS) }, (_, word) => {
    const bits = watches.slice(word * FLAGS, (word + 1) * FLAGS)
    return bits
      .map((_watch, bit) => `CASE WHEN ${number}_${word * FLAGS + bit} THEN ${2 ** bit} ELSE 0 END`)
      .join(' + ')
  })
  const numbers = [number, `${number}_looked`, ...words].map((one) => `CAST(${one} AS DOUBLE)`)
  const values = names.map((name, at) => `CASE WHEN ${number}_${at} OR ${number}_looked THEN ${name} END`)
  const query = `SELECT ${[...numbers, ...values].join(', ')} FROM (${all}) WHERE ${[...reasons, `${number}_looked`].join(' OR ')}`
  for await (const { rows, columns } of frame.engine.stream(query, options)) {
    const [row, isLooked, ...rest] = columns as [ArrayLike<number>, ArrayLike<number>, ...ArrayLike<unknown>[]]
    yield {
      rows,
      numbers: row,
      looked: isLooked,
      flags: rest.slice(0, words.length) as ArrayLike<number>[],
      values: rest.slice(words.length),
    }
  }
}
