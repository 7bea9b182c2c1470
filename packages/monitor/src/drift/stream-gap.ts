import type { QueryOptions } from '@dayshift/core'
import { ksOfGap, type Ks2sampResult } from '../statistics/ks2samp.ts'
import { scanGaps } from './gap-scan.ts'
import type { ComparedColumn } from './pair-columns.ts'
import { numberFrames, VALUE, type FramePair, type NumberFrames } from './read-numbers.ts'

/** What the Kolmogorov–Smirnov test says of a column that was read in passes. */
export interface StreamedGap {
  readonly sizes: readonly [number, number]
  /** Left out where a side has no values. */
  readonly found?: Ks2sampResult
  /** What was read, for those that ask more of it. */
  readonly values: NumberFrames
}

/**
 * Tests a column whose values are too many for memory: they are read once, and those that matter once or twice more.
 *
 * @returns undefined for numbers of which doubles do not keep the order
 */
export async function streamGap(
  frames: FramePair,
  pair: ComparedColumn,
  { signal }: QueryOptions,
): Promise<StreamedGap | undefined> {
  const streamed = await numberFrames(frames, pair, { signal })
  if ('ranked' in streamed) return undefined
  const { sizes = [0, 0], gap } =
    (await scanGaps(streamed.reference, streamed.current, [VALUE], { signal })).get(VALUE) ?? {}
  return gap === undefined ? { sizes, values: streamed } : { sizes, found: ksOfGap(gap, sizes), values: streamed }
}
