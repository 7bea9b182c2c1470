import type { ColumnProfile, FactValue } from '@dayshift/core'
import { clip, table, width } from './table.ts'
import { cell, short } from './words.ts'

/** Longest name, and longest end of a range. */
const NAME = 16
const END = 10

/** A histogram or frequent values that get less room than this say nothing. */
const LEAST = 6

/** Heights of a bin, in eighths; an empty one is a blank. */
const BARS = '▁▂▃▄▅▆▇█'

/**
 * A profile as a table, a line a column: counts, range, mean, median, and a histogram or the most frequent values.
 *
 * @param to columns of a terminal that lines keep to
 */
export function profileTable(columns: readonly ColumnProfile[], indent = '', to = 100): string[] {
  const plain = [['column', 'type', 'nulls', 'distinct', 'min … max', 'mean', 'median'], ...columns.map(cells)]
  const room = to - Math.max(...table(plain, indent).map(width)) - 2
  if (room < LEAST) return table(plain, indent, to)
  const last = ['values', ...columns.map((column) => valuesOf(column, room))]
  return table(
    plain.map((row, at) => [...row, last[at] ?? '']),
    indent,
  )
}

function cells({ name, type, nulls, distinct, min, max, mean, quartiles }: ColumnProfile): string[] {
  return [
    clip(cell(name), NAME),
    type,
    String(nulls),
    String(distinct),
    rangeWords(min, max),
    mean === undefined || mean === null ? '' : short(mean),
    quartiles ? short(quartiles[1]) : '',
  ]
}

/** From the smallest to the largest value; of times, the days. */
export function rangeWords(min: FactValue, max: FactValue): string {
  return min === null ? '' : `${end(min)} … ${end(max)}`
}

/** One end of a range; of a time, the day. */
function end(value: FactValue): string {
  const day = /^(\d{4}-\d{2}-\d{2})T[\d:.]+Z$/.exec(String(value))?.[1]
  return day ?? clip(shown(value), END)
}

/** A value in a cell; an empty text can be seen. */
function shown(value: FactValue): string {
  return value === '' ? "''" : cell(value)
}

function valuesOf({ histogram, top = [] }: ColumnProfile, room: number): string {
  if (histogram) return sparkline(histogram.counts, room)
  let text = ''
  for (const { value, count } of top) {
    const next = `${text === '' ? '' : `${text}, `}${clip(shown(value), NAME)} ${count}`
    if (width(next) > room) return text
    text = next
  }
  return text
}

/**
 * A histogram in one line. Neighbouring bins are joined where there are more than fit.
 *
 * @param room columns of the terminal
 * @example sparkline([1, 0, 4, 8], 10) // '▁ ▄█'
 */
export function sparkline(counts: readonly number[], room: number): string {
  const joined = Math.ceil(counts.length / room)
  const sums = Array.from({ length: Math.ceil(counts.length / joined) }, (_, at) =>
    counts.slice(at * joined, (at + 1) * joined).reduce((sum, count) => sum + count, 0),
  )
  const most = Math.max(...sums)
  return sums.map((sum) => (sum === 0 ? ' ' : BARS.charAt(Math.ceil((sum / most) * BARS.length) - 1))).join('')
}
