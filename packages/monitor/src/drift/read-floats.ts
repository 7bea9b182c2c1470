import {
  ident,
  profileOfDoubles,
  spreadFinder,
  sql,
  type Column,
  type ColumnProfile,
  type CountedSide,
  type Frame,
  type QueryOptions,
} from '@dayshift/core'
import { countDoubles, type CountedDoubles } from '@dayshift/core/ground'
import type { Sides } from '../detector.ts'
import type { ComparedColumn } from './pair-columns.ts'
import type { ProfiledPair } from './plan.ts'
import type { FramePair } from './read-numbers.ts'
import { isSearched } from '../statistics/ks2samp.ts'
import { streamFloats } from './stream-floats.ts'
import type { StreamedGap } from './stream-gap.ts'

/** Values of a column, of both sides, that are held in memory, 8 bytes each: 268 MB. */
export const MOST_IN_MEMORY = 2 ** 25

/** A column of floats with its profiles, and its values or, where these are too many, what reading them in passes found. */
export interface ReadFloats {
  readonly profiled: ProfiledPair
  readonly numbers?: Sides<Float64Array>
  readonly streamed?: StreamedGap
}

/** Whether a column's profile can be made from its values as they are read: both sides have doubles, or shorter floats. */
export function isFloat({ before, column }: ComparedColumn): boolean {
  return before.type === 'float' && column.type === 'float'
}

/**
 * Reads columns of floats, several in one scan of each side, and makes their profiles from what was read, rather than by a query
 * that groups rows by value. Only those of one scan are in memory.
 *
 * @param pairs in the order in which they will be asked for
 * @param rows of each side
 * @returns a function that gives a column, once
 */
export function floatReader(
  frames: FramePair,
  pairs: readonly ComparedColumn[],
  rows: readonly [reference: number, current: number],
  { signal }: QueryOptions,
): (pair: ComparedColumn) => Promise<ReadFloats> {
  const ready = new Map<ComparedColumn, ReadFloats>()
  const together = Math.max(1, Math.floor(MOST_IN_MEMORY / Math.max(1, rows[0] + rows[1])))
  let next = 0
  return async (pair) => {
    while (!ready.has(pair)) {
      ready.clear()
      const some = pairs.slice(next, next + together)
      next += some.length
      for (const [at, read] of (await readSome(frames, some, rows, signal)).entries())
        ready.set(some[at] as ComparedColumn, read)
    }
    const found = ready.get(pair) as ReadFloats
    ready.delete(pair)
    return found
  }
}

async function readSome(
  frames: FramePair,
  pairs: readonly ComparedColumn[],
  rows: readonly [number, number],
  signal: AbortSignal | undefined,
): Promise<ReadFloats[]> {
  const sides = [
    { frame: frames.reference, names: pairs.map(({ before }) => before.name), rows: rows[0] },
    { frame: frames.current, names: pairs.map(({ column }) => column.name), rows: rows[1] },
  ] as const
  if (rows[0] + rows[1] > MOST_IN_MEMORY) {
    const [before, after] = [await filledOf(sides[0], signal), await filledOf(sides[1], signal)]
    const streamed: ReadFloats[] = []
    for (const [at, pair] of pairs.entries()) {
      const filled = [before[at] as number, after[at] as number] as const
      streamed.push(await streamFloats(frames, pair, rows, filled, { signal }))
    }
    return streamed
  }
  const [before, after] = [await doublesOf(sides[0], signal), await doublesOf(sides[1], signal)]
  return pairs.map(({ column }, at) => profiled(column, rows, before[at] as ReadColumn, after[at] as ReadColumn))
}

/** A column of both sides with its profiles; many values are counted on the way. */
function profiled(column: Column, rows: readonly [number, number], before: ReadColumn, after: ReadColumn): ReadFloats {
  let [reference, current] = [before.values, after.values]
  let counted = isSearched(reference.length, current.length) ? countBoth(reference, current) : undefined
  if (!counted || counted.hasNaN) {
    ;[reference, current] = [withoutNaN(reference), withoutNaN(current)]
    counted = isSearched(reference.length, current.length) ? countBoth(reference, current) : undefined
  }
  const profile = (side: 0 | 1, values: Float64Array, { nulls }: ReadColumn): ColumnProfile =>
    profileOfDoubles(
      { name: column.name, values, nulls, nans: rows[side] - nulls - values.length },
      counted?.side(side),
    )
  return {
    profiled: { rows, profiles: [profile(0, reference, before), profile(1, current, after)] },
    numbers: { reference, current, column, scale: 'value', counted: counted?.counted },
  }
}

/** Values of both sides, counted. */
interface CountedSides {
  readonly counted: CountedDoubles
  readonly hasNaN: boolean
  side(side: 0 | 1): CountedSide
}

function countBoth(reference: Float64Array, current: Float64Array): CountedSides {
  const spreads = [spreadFinder(), spreadFinder()] as const
  const counted = countDoubles(reference, current, { onPart: (side, part) => spreads[side].take(part) })
  if ('runs' in counted) return { counted, hasNaN: false, side: (side) => ({ runs: counted.runs[side] }) }
  const { cut, sizes } = counted
  return {
    counted,
    hasNaN: sizes[0] < reference.length || sizes[1] < current.length,
    side: (side) => ({ cut, side, spread: spreads[side].result(side === 0 ? reference : current) }),
  }
}

/** Columns of one side. */
interface Side {
  readonly frame: Frame
  readonly names: readonly string[]
  readonly rows: number
}

/** How many rows have a value, NaN among them. */
async function filledOf({ frame, names }: Side, signal: AbortSignal | undefined): Promise<number[]> {
  const counts = Object.fromEntries(names.map((name, at) => [`c${at}`, sql`count(${ident(name)})`]))
  const [row] = await frame.summarize(counts).toArray({ signal })
  return names.map((_, at) => Number(row?.[`c${at}`]))
}

/** A column of one side. */
interface ReadColumn {
  /** NaN where a row has none. */
  readonly values: Float64Array
  readonly nulls: number
}

async function doublesOf({ frame, names, rows }: Side, signal: AbortSignal | undefined): Promise<ReadColumn[]> {
  const list = names.map((name, at) => [`c${at}`, sql`CAST(${ident(name)} AS DOUBLE)`] as const)
  const arrays = names.map(() => new Float64Array(rows))
  const nulls = names.map(() => 0)
  let at = 0
  const chosen = frame.select(...names).derive(Object.fromEntries(list))
  await chosen.select(...list.map(([name]) => name)).scan(
    (batch) => {
      for (const [column, values] of batch.columns.entries()) {
        arrays[column]?.set(values, at)
        nulls[column] = (nulls[column] as number) + (batch.missing[column] as number)
      }
      at += batch.rows
    },
    { signal },
  )
  return arrays.map((values, column) => ({ values, nulls: nulls[column] as number }))
}

/** The values that are none, left out in place. */
function withoutNaN(values: Float64Array): Float64Array {
  let first = 0
  while (first < values.length && values[first] === values[first]) first++
  let length = first
  for (let at = first; at < values.length; at++) {
    const value = values[at] as number
    if (value === value) values[length++] = value
  }
  return values.subarray(0, length)
}
