import { ident, sql, type Column, type Frame, type QueryOptions, type Sql } from '@dayshift/core'
import type { Cells, Sides } from '../detector.ts'
import type { ComparedColumn } from './pair-columns.ts'
import type { FramePair } from './read-numbers.ts'

/** Values that are counted by name, the most frequent ones of each side. */
const MOST = 2000

/** Characters by which long texts are told apart. */
const LONGEST = 200

/** What rows are counted by. */
export type CellKind = 'values' | 'patterns' | 'words'

/** Rows by value, as far as they were asked for. */
interface Counted {
  readonly counts: ReadonlyMap<string, number>
  /** The number of rows that a value not counted may have; 0 where all are counted. */
  readonly most: number
}

/**
 * Counts both sides' rows by value, form or word, by the engine: in memory are the 2000 most frequent ones of each side at most.
 * Beyond, values that both sides together have too seldom to be surely among those are counted as the rest.
 *
 * @param rows of each side with a value
 */
export async function readCells(
  frames: FramePair,
  pair: ComparedColumn,
  kind: CellKind,
  rows: readonly [reference: number, current: number],
  options: QueryOptions,
): Promise<Sides<Cells>> {
  const [before, after] = [keyed(frames.reference, pair.before, kind), keyed(frames.current, pair.column, kind)]
  const reference = await mostFrequent(before, options)
  const current = await mostFrequent(after, options)
  const all = [...new Set([...reference.counts.keys(), ...current.counts.keys()])]
  const old = await withOthers(before, reference, all, options)
  const now = await withOthers(after, current, all, options)
  const least = reference.most + current.most
  const names = all.filter((name) => (old.get(name) ?? 0) + (now.get(name) ?? 0) > least).sort(byText)
  const cells = (counts: ReadonlyMap<string, number>, total: number): Cells => {
    const counted = names.map((name) => counts.get(name) ?? 0)
    const rest = kind === 'words' ? 0 : total - counted.reduce((sum, count) => sum + count, 0)
    return { names, counts: counted, rest, rows: total }
  }
  return { reference: cells(old, rows[0]), current: cells(now, rows[1]), column: pair.column }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** One row for each value, as `cell`. */
function keyed(frame: Frame, { name }: Column, kind: CellKind): Frame {
  return frame
    .select(name)
    .derive({ cell: KEYS[kind](sql`CAST(${ident(name)} AS VARCHAR)`) })
    .select('cell')
    .dropNulls()
}

const KEYS: Readonly<Record<CellKind, (text: Sql) => Sql>> = {
  values: (text) => sql`left(${text}, ${LONGEST})`,
  // Capitals last: a capital A that stands for capitals must not be taken for one.
  patterns: (text) =>
    sql`left(regexp_replace(regexp_replace(regexp_replace(${text}, '\\d+', '9', 'g'), '\\p{Ll}+', 'a', 'g'), '\\p{Lu}+', 'A', 'g'), ${LONGEST})`,
  words: (text) =>
    sql`left(unnest(list_filter(list_distinct(string_split_regex(lower(${text}), '[^\\p{L}\\p{N}]+')), word -> word <> '')), ${LONGEST})`,
}

async function mostFrequent(frame: Frame, options: QueryOptions): Promise<Counted> {
  const grouped = frame.summarize({ rows: 'count(*)' }, { by: 'cell' }).sort('-rows', 'cell')
  const found = await grouped.limit(MOST + 1).toArray(options)
  const most = found.length > MOST ? Number(found[MOST]?.rows) : 0
  return { counts: mapOf(found.slice(0, MOST)), most }
}

/** The counts of all names, also of those that were not among the most frequent. */
async function withOthers(
  frame: Frame,
  { counts, most }: Counted,
  names: readonly string[],
  options: QueryOptions,
): Promise<ReadonlyMap<string, number>> {
  const others = most === 0 ? [] : names.filter((name) => !counts.has(name))
  if (others.length === 0) return counts
  const grouped = frame.filter(sql`"cell" IN (${others})`).summarize({ rows: 'count(*)' }, { by: 'cell' })
  return new Map([...counts, ...mapOf(await grouped.toArray(options))])
}

function mapOf(rows: readonly Record<'cell' | 'rows', unknown>[]): Map<string, number> {
  return new Map(rows.map(({ cell, rows: count }) => [String(cell), Number(count)]))
}
