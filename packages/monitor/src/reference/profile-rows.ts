import type { Row } from '@dayshift/core'
import { failure } from '../codes.ts'
import type { JsonCells, ProfileDocument } from './profile-document.ts'
import type { TextCounts } from './reference-profile.ts'

/** What a row of a profile in Parquet has, with the engine's types. */
export const ROW_TYPES = {
  column: 'VARCHAR',
  part: 'VARCHAR',
  low: 'DOUBLE',
  high: 'DOUBLE',
  text: 'VARCHAR',
  count: 'BIGINT',
} as const

/** The parts of a column that are cells, and those that are texts. */
const CELLS = { number: 'numbers', length: 'lengths' } as const
const TEXTS = { value: 'values', pattern: 'patterns', word: 'words' } as const

/**
 * A profile as rows: one `profile` row whose text is JSON; a `column` row for each column, whose text is JSON too; a row for each cell of numbers and
 * lengths, for each text, and for what is `other` of them (with no text).
 */
export function toRows({ columns, ...profile }: ProfileDocument): Row[] {
  const rows = [row(null, 'profile', { text: JSON.stringify(profile), count: profile.rows })]
  for (const { numbers, lengths, values, patterns, words, ...column } of columns) {
    rows.push(row(column.name, 'column', { text: JSON.stringify(column), count: column.nulls }))
    const cells = { number: numbers, length: lengths }
    for (const [part, { low, high = low, counts }] of there(cells)) {
      // That there are no values is known, too.
      if (counts.length === 0) rows.push(row(column.name, part, { count: 0 }))
      for (const [at, count] of counts.entries())
        rows.push(row(column.name, part, { low: Number(low[at]), high: Number(high[at]), count }))
    }
    const texts = { value: values, pattern: patterns, word: words }
    for (const [part, counted] of there(texts)) {
      for (const [at, text] of counted.texts.entries())
        rows.push(row(column.name, part, { text, count: counted.counts[at] }))
      rows.push(row(column.name, part, { count: counted.other }))
    }
  }
  return rows
}

function row(column: string | null, part: string, rest: Row): Row {
  return { column, part, low: null, high: null, text: null, count: null, ...rest }
}

function there<T>(parts: Readonly<Record<string, T | undefined>>): [string, T][] {
  return Object.entries(parts).filter((entry): entry is [string, T] => entry[1] !== undefined)
}

/**
 * The document whose rows these are, unchecked: `fromDocument` checks it.
 *
 * @throws DS_REFERENCE_PROFILE where they are rows of something else
 */
export function fromRows(rows: Iterable<Row>, where: string): unknown {
  let profile: unknown
  const columns = new Map<string, Record<string, unknown>>()
  try {
    for (const { column, part, low, high, text, count } of rows) {
      if (part === 'profile') profile = JSON.parse(String(text))
      else if (part === 'column') columns.set(String(column), JSON.parse(String(text)) as Record<string, unknown>)
      else {
        const of = columns.get(String(column))
        const name = { ...CELLS, ...TEXTS }[String(part) as keyof typeof CELLS | keyof typeof TEXTS]
        if (!of || name === undefined) throw new Error(`there is a row of '${String(part)}' of '${String(column)}'`)
        if (name === 'numbers' || name === 'lengths') addCell(of, name, Number(low), Number(high), Number(count))
        else addText(of, name, text as string | null, Number(count))
      }
    }
  } catch (error) {
    throw failure('DS_REFERENCE_PROFILE', `${where} is no reference profile: ${(error as Error).message}`, {
      where,
      cause: error,
    })
  }
  return typeof profile === 'object' ? { ...profile, columns: [...columns.values()] } : undefined
}

interface Cells {
  low: JsonCells['low'][number][]
  high: JsonCells['low'][number][]
  counts: number[]
}

function addCell(column: Record<string, unknown>, name: string, low: number, high: number, count: number): void {
  const cells = (column[name] ??= { low: [], high: [], counts: [] }) as Cells
  if (count === 0) return
  cells.low.push(jsonOf(low))
  cells.high.push(jsonOf(high))
  cells.counts.push(count)
}

function jsonOf(value: number): JsonCells['low'][number] {
  return value === Infinity ? 'Infinity' : value === -Infinity ? '-Infinity' : value
}

function addText(column: Record<string, unknown>, name: string, text: string | null, count: number): void {
  const counted = (column[name] ??= { texts: [], counts: [], other: 0 }) as {
    -readonly [Name in keyof TextCounts]: TextCounts[Name]
  }
  if (text === null) counted.other = count
  else {
    ;(counted.texts as string[]).push(text)
    ;(counted.counts as number[]).push(count)
  }
}
