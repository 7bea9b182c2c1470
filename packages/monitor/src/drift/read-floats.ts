import { ident, profileOfDoubles, sql, throwIfAborted, type Frame, type QueryOptions } from '@dayshift/core'
import type { Sides } from '../detector.ts'
import type { ComparedColumn } from './pair-columns.ts'
import type { ProfiledPair } from './plan.ts'
import type { FramePair } from './read-numbers.ts'
import { streamFloats } from './stream-floats.ts'
import type { StreamedGap } from './stream-gap.ts'

/** Values of a column, of both sides, that are held in memory, 8 bytes each: 268 MB. */
export const MOST_IN_MEMORY = 2 ** 25

/** Values of columns that are read together, of both sides: what columns share is read once. */
const MOST_TOGETHER = 2 ** 26

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
  const together = Math.max(1, Math.floor(MOST_TOGETHER / Math.max(1, rows[0] + rows[1])))
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
  const [before, after] = [await filledOf(sides[0], signal), await filledOf(sides[1], signal)]
  if (rows[0] + rows[1] > MOST_IN_MEMORY) {
    const streamed: ReadFloats[] = []
    for (const [at, pair] of pairs.entries()) {
      const filled = [before[at] as number, after[at] as number] as const
      streamed.push(await streamFloats(frames, pair, rows, filled, { signal }))
    }
    return streamed
  }
  const [old, now] = await Promise.all([doublesOf(sides[0], before, signal), doublesOf(sides[1], after, signal)])
  return pairs.map(({ column }, at) => {
    const [reference, current] = [old[at] as Float64Array, now[at] as Float64Array]
    const profile = (side: 0 | 1, values: Float64Array, filled: number) =>
      profileOfDoubles({
        name: column.name,
        values,
        nulls: rows[side] - filled,
        nans: filled - values.length,
      })
    return {
      profiled: {
        rows,
        profiles: [profile(0, reference, before[at] as number), profile(1, current, after[at] as number)],
      },
      numbers: { reference, current, column, scale: 'value' },
    }
  })
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

/** The values of columns, without missing ones and NaN. */
async function doublesOf(
  { frame, names, rows }: Side,
  filled: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Float64Array[]> {
  const list = names.map((name, at) => {
    const value = sql`CAST(${ident(name)} AS DOUBLE)`
    // A batch of doubles without missing ones is read as it lies in memory.
    return [`c${at}`, filled[at] === rows ? value : sql`COALESCE(${value}, CAST('NaN' AS DOUBLE))`] as const
  })
  const arrays = names.map(() => new Float64Array(rows))
  let at = 0
  const chosen = frame.select(...names).derive(Object.fromEntries(list))
  const batches = chosen.select(...list.map(([name]) => name)).batches({ signal, lent: true })
  for await (const { columns, rows: more } of batches) {
    throwIfAborted(signal)
    for (const [column, values] of columns.entries()) arrays[column]?.set(values as ArrayLike<number>, at)
    at += more
  }
  return arrays.map((values) => withoutNaN(values))
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
