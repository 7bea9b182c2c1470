import { literal, sql, type Column, type Frame, type QueryOptions, type Sql } from '@dayshift/core'
import type { Ks2sampResult } from '../statistics/ks2samp.ts'
import type { NumbersInPasses } from '../detector.ts'
import type { Extent } from './extent.ts'
import { scanGaps } from './gap-scan.ts'
import { VALUE, type NumberFrames } from './read-numbers.ts'
import type { UnitChange } from './unit-changes.ts'

/** Values of a side that are drawn to know which changes of unit may fit. */
const DRAWN = 2 ** 16

/**
 * What detectors can ask of a column whose values are too many for memory. Nothing is read before it is asked for, and each thing once.
 *
 * @param values without missing ones
 * @param found by the passes that were made already
 */
export function numbersInPasses(
  values: NumberFrames,
  column: Column,
  found: Ks2sampResult,
  sizes: readonly [number, number],
  { signal }: QueryOptions,
): NumbersInPasses {
  let extents: Promise<readonly [Extent, Extent]> | undefined
  return {
    column,
    found,
    sizes,
    scale: values.scale,
    extents() {
      extents ??= (async () => [await extentOf(values.reference, signal), await extentOf(values.current, signal)])()
      return extents
    },
    async outside({ low, high }) {
      const counts = { below: sql`count(*) FILTER (WHERE ${beyond('<', low)})`, above: countAbove(high) }
      const [row] = await values.current.summarize(counts).toArray({ signal })
      return [Number(row?.below), Number(row?.above)]
    },
    async drawn() {
      return [await drawnOf(values.reference, signal), await drawnOf(values.current, signal)]
    },
    async gapAfter(change) {
      const reference = values.reference.derive({ [VALUE]: changedSql(change) }).select(VALUE)
      const { gap } = (await scanGaps(reference, values.current, [VALUE], { signal })).get(VALUE) ?? {}
      return gap === undefined ? 1 : gap.height / (sizes[0] * sizes[1])
    },
  }
}

/** NaN is the greatest of all to the engine, and no value here. */
const KEPT = sql`NOT isnan(CAST("value" AS DOUBLE))`

async function extentOf(frame: Frame, signal: AbortSignal | undefined): Promise<Extent> {
  const ends = {
    low: sql`min(CAST("value" AS DOUBLE)) FILTER (WHERE ${KEPT})`,
    high: sql`max(CAST("value" AS DOUBLE)) FILTER (WHERE ${KEPT})`,
  }
  const [row] = await frame.summarize(ends).toArray({ signal })
  return { low: Number(row?.low) + 0, high: Number(row?.high) + 0 }
}

function countAbove(high: number): Sql {
  return sql`count(*) FILTER (WHERE ${beyond('>', high)} AND ${KEPT})`
}

function beyond(sign: '<' | '>', end: number): Sql {
  const value = sql`CAST("value" AS DOUBLE)`
  return sign === '<' ? sql`${value} < ${double(end)}` : sql`${value} > ${double(end)}`
}

function changedSql({ factor, shift }: UnitChange): Sql {
  return sql`CAST("value" AS DOUBLE) * ${double(factor)} + ${double(shift)}`
}

function double(value: number): Sql {
  return sql`CAST(${literal(String(value))} AS DOUBLE)`
}

async function drawnOf(frame: Frame, signal: AbortSignal | undefined): Promise<Float64Array> {
  const values = await frame.sample({ rows: DRAWN, seed: 42 }).numbers(VALUE, { signal })
  return values.filter((value) => !Number.isNaN(value)).sort()
}
