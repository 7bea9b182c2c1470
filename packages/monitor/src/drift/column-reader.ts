import { ident, sql, type ColumnProfile, type QueryOptions } from '@dayshift/core'
import { isTime, type Need, type Readings, type Sides } from '../detector.ts'
import { cellsOfNumbers, shortNumber, type NumberWords } from './cells-of-numbers.ts'
import { isNumeric } from '@dayshift/core'
import type { ComparedColumn } from './pair-columns.ts'
import { readCells } from './read-cells.ts'
import { readNumbers, type FramePair } from './read-numbers.ts'

/** Different values of a column of numbers up to which rows are counted by value. */
export const FEW = 20

/** A column of both sides, with what is known of it. */
export interface ReadableColumn {
  readonly frames: FramePair
  readonly pair: ComparedColumn
  readonly rows: readonly [reference: number, current: number]
  readonly profiles: readonly [reference: ColumnProfile, current: ColumnProfile]
  /** Its values, where they were read already. */
  readonly numbers?: Sides<Float64Array> | undefined
}

/**
 * Reads what detectors need of a column, each thing once. Forgotten together with the reader, so memory holds one column at a
 * time.
 *
 * @returns a function that gives what a detector needs, or undefined where a side has no values
 */
export function columnReader(
  readable: ReadableColumn,
  options: QueryOptions,
): <N extends Need>(need: N) => Promise<Sides<Readings[N]> | undefined> {
  const { frames, pair, rows, profiles } = readable
  const { column } = pair
  const filled = [rows[0] - profiles[0].nulls, rows[1] - profiles[1].nulls] as const
  const kept = new Map<Need, Promise<Sides<Readings[Need]>>>()
  const numbers = (): Promise<Sides<Float64Array>> =>
    once('numbers', async () => readable.numbers ?? readNumbers(frames, pair, options))
  const read: { [N in Need]: () => Promise<Sides<Readings[N]>> } = {
    profile: async () => ({
      reference: { rows: rows[0], profile: profiles[0] },
      current: { rows: rows[1], profile: profiles[1] },
      column,
    }),
    numbers,
    cells: async () => {
      const isOrdered = isNumeric(column) || isTime(column)
      if (!isOrdered || Math.max(profiles[0].distinct, profiles[1].distinct) <= FEW)
        return readCells(frames, pair, 'values', filled, options)
      const sides = await numbers()
      const [reference, current] = cellsOfNumbers(sides.reference, sides.current, {
        words: wordsOf(pair, sides.scale),
      })
      return { reference, current, column }
    },
    lengths: async () => {
      const length = sql`length(${ident(column.name)})`
      const values = { length: sql`CAST(${length} AS DOUBLE)` }
      return {
        reference: await frames.reference.select(column.name).derive(values).numbers('length', options),
        current: await frames.current.select(column.name).derive(values).numbers('length', options),
        column,
      }
    },
    patterns: () => readCells(frames, pair, 'patterns', filled, options),
    words: () => readCells(frames, pair, 'words', filled, options),
  }

  function once<N extends Need>(need: N, give: () => Promise<Sides<Readings[N]>>): Promise<Sides<Readings[N]>> {
    let reading = kept.get(need)
    if (!reading) {
      reading = give()
      kept.set(need, reading)
    }
    return reading as Promise<Sides<Readings[N]>>
  }

  return async (need) => {
    if (need === 'profile') return rows.includes(0) ? undefined : once(need, read[need])
    if (filled.includes(0)) return undefined
    const sides = await once(need, read[need])
    return isEmpty(sides.reference) || isEmpty(sides.current) ? undefined : sides
  }
}

/** How numbers of a column are written: times as times, and places as nothing but places. */
export function wordsOf({ column, before }: ComparedColumn, scale: string | undefined): NumberWords {
  if (!isTime(column) || column.type === 'time' || scale !== 'value') return shortNumber
  const perUnit = column.type === 'date' && before.type === 'date' ? 86_400_000 : 1e-3
  return (value) => {
    const time = new Date(value * perUnit)
    return Number.isNaN(time.getTime()) ? String(value) : time.toISOString().slice(0, 16).replace('T', ' ')
  }
}

function isEmpty(side: unknown): boolean {
  return side instanceof Float64Array && side.length === 0
}
