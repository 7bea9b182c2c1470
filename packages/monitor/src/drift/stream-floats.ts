import {
  doublesProfiler,
  sql,
  type DoublesProfiler,
  type DoublesSpread,
  type Frame,
  type QueryOptions,
} from '@dayshift/core'
import { ksOfGap } from '../statistics/ks2samp.ts'
import { scanGaps } from './gap-scan.ts'
import type { ComparedColumn } from './pair-columns.ts'
import type { ProfiledPair } from './plan.ts'
import { plainFrames, VALUE, type FramePair } from './read-numbers.ts'
import type { StreamedGap } from './stream-gap.ts'

/** A column that was read in passes. */
export interface StreamedFloats {
  readonly profiled: ProfiledPair
  readonly streamed: StreamedGap
}

/** Values that are drawn to know where quantiles lie. */
const SAMPLE = 2 ** 18

/**
 * Reads a column of floats that are too many for memory: its profiles are made from the same pass over all rows that the search for the
 * largest gap begins with. Before, one query finds where the values lie, and draws some.
 *
 * @param rows of each side, and `filled` those with a value
 */
export async function streamFloats(
  frames: FramePair,
  pair: ComparedColumn,
  rows: readonly [number, number],
  filled: readonly [number, number],
  { signal }: QueryOptions,
): Promise<StreamedFloats> {
  const values = plainFrames(frames, pair)
  const sides = [values.reference, values.current] as const
  const [before, after] = [await spreadOf(sides[0], signal), await spreadOf(sides[1], signal)]
  const spreads = [before, after] as const
  const profilers = [
    doublesProfiler(before, await drawn(sides[0], before, signal)),
    doublesProfiler(after, await drawn(sides[1], after, signal)),
  ] as const
  const take = (side: 0 | 1, some: Float64Array): void => takeAll(profilers[side], spreads[side], some)
  const isMissed = [false, false]
  let last: 0 | 1 = 0
  const end = (side: 0 | 1): void => {
    isMissed[side] = profilers[side].endPass()
  }
  const found = await scanGaps(...sides, [VALUE], {
    signal,
    onValues: (_, side, some) => {
      // What was kept of the reference is let go before the other side comes.
      if (side !== last) end(last)
      last = side
      take(side, some)
    },
  })
  end(last)
  for (const side of [0, 1] as const) {
    while (isMissed[side]) {
      for await (const { columns } of sides[side].batches({ signal })) take(side, columns[0] as Float64Array)
      end(side)
    }
  }
  const { sizes, gap } = found.get(VALUE) ?? { sizes: [0, 0] as const }
  const profile = (side: 0 | 1) =>
    profilers[side].profile({
      name: pair.column.name,
      nulls: rows[side] - filled[side],
      nans: spreads[side].nans,
    })
  return {
    profiled: { rows, profiles: [profile(0), profile(1)] },
    streamed: gap === undefined ? { sizes, values } : { sizes, found: ksOfGap(gap, sizes), values },
  }
}

interface Spread extends DoublesSpread {
  readonly nans: number
}

async function spreadOf(frame: Frame, signal: AbortSignal | undefined): Promise<Spread> {
  const ends = { values: 'count(*)', min: 'min("value")', max: 'max("value")', sum: 'fsum("value")' }
  const [plain] = await frame.summarize(ends).toArray({ signal })
  const [min, max] = [plain?.min, plain?.max] as [number | null, number | null]
  // NaN is the greatest of all.
  if (min !== null && max !== null && Number.isFinite(min) && Number.isFinite(max)) {
    const sum = plain?.sum as number
    return { finite: Number(plain?.values), infinite: 0, nans: 0, low: min, high: max, min, max, sum }
  }
  const kept = 'FILTER (WHERE isfinite("value"))'
  const [row] = await frame
    .summarize({
      finite: `count(*) ${kept}`,
      infinite: 'count(*) FILTER (WHERE isinf("value"))',
      nans: 'count(*) FILTER (WHERE isnan("value"))',
      low: `min("value") ${kept}`,
      high: `max("value") ${kept}`,
      max: 'max("value") FILTER (WHERE NOT isnan("value"))',
      sum: `fsum("value") ${kept}`,
    })
    .toArray({ signal })
  const found = row as unknown as Readonly<Record<string, number | null>>
  return {
    finite: Number(found['finite']),
    infinite: Number(found['infinite']),
    nans: Number(found['nans']),
    low: found['low'] ?? Infinity,
    high: found['high'] ?? -Infinity,
    // The least of all is NaN only where all are.
    min: Number.isNaN(min) ? Infinity : (min ?? Infinity),
    max: found['max'] ?? -Infinity,
    sum: found['sum'] ?? NaN,
  }
}

/** Some of the values. Which ones does not matter to what is found, only to how soon. */
async function drawn(frame: Frame, { finite }: Spread, signal: AbortSignal | undefined): Promise<Float64Array> {
  const values = await frame.filter(sql`random() < ${SAMPLE / Math.max(1, finite)}`).numbers(VALUE, { signal })
  return values.filter(Number.isFinite)
}

function takeAll(profiler: DoublesProfiler, { nans }: Spread, values: Float64Array): void {
  profiler.take(nans === 0 ? values : values.filter((value) => !Number.isNaN(value)))
}
