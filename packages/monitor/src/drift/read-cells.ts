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
  const sources = [
    countedRows(keyed(frames.reference, pair.before, kind), options),
    countedRows(keyed(frames.current, pair.column, kind), options),
  ] as const
  const [reference, current] = await pairCells(sources, kind, rows)
  return { reference, current, column: pair.column }
}

/** What rows of a side are counted by, however they are. */
export interface CountedSource {
  /** The 2000 most frequent ones. */
  frequent(): Promise<Counted>
  /** The counts of some; those that the side has not are left out. */
  countsOf(names: readonly string[]): Promise<ReadonlyMap<string, number>>
}

/** The same names with the counts of both sides, as {@link readCells} gives them. */
export async function pairCells(
  [before, after]: readonly [CountedSource, CountedSource],
  kind: CellKind,
  rows: readonly [reference: number, current: number],
): Promise<readonly [Cells, Cells]> {
  const [reference, current] = [await before.frequent(), await after.frequent()]
  const all = [...new Set([...reference.counts.keys(), ...current.counts.keys()])]
  const old = await withOthers(before, reference, all)
  const now = await withOthers(after, current, all)
  const least = reference.most + current.most
  const names = all.filter((name) => (old.get(name) ?? 0) + (now.get(name) ?? 0) > least).sort(byText)
  const cells = (counts: ReadonlyMap<string, number>, total: number): Cells => {
    const counted = names.map((name) => counts.get(name) ?? 0)
    const rest = kind === 'words' ? 0 : total - counted.reduce((sum, count) => sum + count, 0)
    return { names, counts: counted, rest, rows: total }
  }
  return [cells(old, rows[0]), cells(now, rows[1])]
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** One row for each value, as `cell`. */
export function keyed(frame: Frame, { name }: Column, kind: CellKind): Frame {
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

/**
 * Counts rows by the engine.
 *
 * @param frame one row for each value, as `cell`
 */
export function countedRows(frame: Frame, options: QueryOptions): CountedSource {
  return {
    async frequent() {
      const grouped = frame.summarize({ rows: 'count(*)' }, { by: 'cell' }).sort('-rows', 'cell')
      const found = await grouped.limit(MOST + 1).toArray(options)
      const most = found.length > MOST ? Number(found[MOST]?.rows) : 0
      return { counts: mapOf(found.slice(0, MOST)), most }
    },
    async countsOf(names) {
      const grouped = frame.filter(sql`"cell" IN (${names})`).summarize({ rows: 'count(*)' }, { by: 'cell' })
      return mapOf(await grouped.toArray(options))
    },
  }
}

/** Counts that are known already. */
export function countedTexts(counts: ReadonlyMap<string, number>): CountedSource {
  return {
    frequent: async () => {
      // The engine orders texts by their UTF-8.
      const sorted = [...counts].sort(
        ([a, rows], [b, others]) => others - rows || Buffer.compare(Buffer.from(a), Buffer.from(b)),
      )
      return { counts: new Map(sorted.slice(0, MOST)), most: sorted[MOST]?.[1] ?? 0 }
    },
    countsOf: async (names) =>
      new Map(names.flatMap((name) => (counts.has(name) ? [[name, counts.get(name) as number]] : []))),
  }
}

/** The counts of all names, also of those that were not among the most frequent. */
async function withOthers(
  source: CountedSource,
  { counts, most }: Counted,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const others = most === 0 ? [] : names.filter((name) => !counts.has(name))
  return others.length === 0 ? counts : new Map([...counts, ...(await source.countsOf(others))])
}

function mapOf(rows: readonly Record<'cell' | 'rows', unknown>[]): Map<string, number> {
  return new Map(rows.map(({ cell, rows: count }) => [String(cell), Number(count)]))
}
