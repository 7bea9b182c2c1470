import { ident, join, sql, throwIfAborted, type Frame, type QueryOptions, type Sql } from '@dayshift/core'
import { gapSearch, type GapSearch } from '../statistics/gap-search.ts'
import type { LargestGap } from '../statistics/first-gaps.ts'

/** How far two sides of a column are apart. */
export interface ColumnGap {
  /** Values of the reference and of the current side, without missing ones and NaN. */
  readonly sizes: readonly [number, number]
  /** The largest gap between their distribution functions; left out where a side has no values. */
  readonly gap?: LargestGap
}

/** How a scan goes. */
export interface GapScanOptions extends Pick<QueryOptions, 'signal'> {
  /** Gets the pass, from 1, the rows read in it, and how many columns are still looked at. */
  readonly onProgress?: ((pass: number, rows: number, columns: number) => void) | undefined
  /**
   * Gets the values of a column as they are read in the first pass, which is all of them: those of the reference first. They may be neither
   * changed nor kept.
   */
  readonly onValues?: ((name: string, side: 0 | 1, values: Float64Array) => void) | undefined
}

/** Fewer than for one column by itself, for those of all columns share the processor's cache. */
const BUCKETS = 2 ** 18

/** Columns that are looked at in one scan: each takes some 10 MB to 80 MB. */
const TOGETHER = 8

/** Values of the reference by which buckets are made finer where many lie. */
const SAMPLE = 2 ** 16

/**
 * The largest gaps between the distribution functions of columns that two frames share, in bounded memory and without a sort: all rows
 * are read once, then those that matter once or twice more, all columns in one scan ({@link gapSearch}).
 *
 * @param names columns of numbers, which both frames have
 * @returns by column, as `ksStatistic` of the whole columns would find them
 */
export async function scanGaps(
  reference: Frame,
  current: Frame,
  names: readonly string[],
  options: GapScanOptions = {},
): Promise<Map<string, ColumnGap>> {
  const found = new Map<string, ColumnGap>()
  for (let at = 0; at < names.length; at += TOGETHER) {
    for (const [name, gap] of await scanSome([reference, current], names.slice(at, at + TOGETHER), options)) {
      found.set(name, gap)
    }
  }
  return found
}

async function scanSome(
  sides: readonly [Frame, Frame],
  names: readonly string[],
  { signal, onProgress, onValues }: GapScanOptions,
): Promise<[string, ColumnGap][]> {
  const searches = new Map(names.map((name) => [name, sampledSearch()]))
  let left = [...searches]
  for (let pass = 1; left.length > 0; pass++) {
    let rows = 0
    for (const [side, frame] of sides.entries()) {
      for (const part of partsOf(frame, left, pass)) {
        for await (const { columns, rows: more } of doublesOf(frame, part, pass, signal)) {
          throwIfAborted(signal)
          for (const [at, [name, search]] of part.entries()) {
            const values = columns[at] as Float64Array
            if (pass === 1) onValues?.(name, side as 0 | 1, values)
            search.take(side as 0 | 1, values)
          }
          rows += more
          onProgress?.(pass, rows, left.length)
        }
      }
    }
    left = left.filter(([, search]) => search.endPass())
  }
  return [...searches].map(([name, search]) => {
    const sizes = search.sizes()
    return [name, sizes.includes(0) ? { sizes } : { sizes, gap: search.result() }]
  })
}

type Searched = readonly [name: string, search: GapSearch]

/** What is read together: where a source holds columns apart, each has its own few rows after the first pass. */
function partsOf(frame: Frame, columns: readonly Searched[], pass: number): (readonly Searched[])[] {
  return pass > 1 && frame.relation.byColumn ? columns.map((column) => [column]) : [columns]
}

/** Columns of a frame in batches of doubles; what is missing is NaN. After the first pass only rows are read that matter. */
async function* doublesOf(
  frame: Frame,
  columns: readonly Searched[],
  pass: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly columns: readonly Float64Array[]; readonly rows: number }> {
  const names = columns.map(([name]) => name)
  const types = Object.fromEntries(names.map((name) => [name, 'DOUBLE']))
  const all = frame.select(...names).cast(types)
  const wanted = pass === 1 ? all : all.filter(join(columns.flatMap(conditionsOf), ' OR '))
  for await (const batch of wanted.batches({ signal, lent: true })) {
    yield { columns: batch.columns.map(doublesOrNaN), rows: batch.rows }
  }
}

function conditionsOf([name, search]: Searched): Sql[] {
  return search
    .sought()
    .map(([least, greatest]) => sql`${ident(name)} BETWEEN ${double(least)} AND ${double(greatest)}`)
}

function double(value: number): Sql {
  return sql`CAST(${String(value)} AS DOUBLE)`
}

function doublesOrNaN(values: ArrayLike<unknown>): Float64Array {
  if (values instanceof Float64Array) return values
  return Float64Array.from(values as ArrayLike<number | null>, (value) => value ?? NaN)
}

/** A search that takes its first values for a sample. */
function sampledSearch(): GapSearch {
  let search: GapSearch | undefined
  const early: [side: 0 | 1, values: Float64Array][] = []
  let waiting = 0
  const begin = (): GapSearch => {
    if (search) return search
    const sample = new Float64Array(waiting)
    let at = 0
    for (const [, values] of early) {
      sample.set(values, at)
      at += values.length
    }
    search = gapSearch(sample, { buckets: BUCKETS })
    for (const [side, values] of early.splice(0)) search.take(side, values)
    return search
  }
  return {
    take(side, values) {
      if (search) return search.take(side, values)
      // The engine may use the memory of a batch again.
      early.push([side, values.slice()])
      waiting += values.length
      if (waiting >= SAMPLE) begin()
    },
    endPass: () => begin().endPass(),
    sought: () => begin().sought(),
    sizes: () => begin().sizes(),
    left: () => begin().left(),
    bounds: () => begin().bounds(),
    result: () => begin().result(),
  }
}
