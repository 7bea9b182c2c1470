import { ident, isNumeric, literal, sql, type Column, type Frame, type QueryOptions, type Sql } from '@dayshift/core'
import type { DetectorInput, NumberScale } from '../detector.ts'
import type { ComparedColumn } from './pair-columns.ts'
import { ranks, scaleOf, type WholeSpan } from './whole-numbers.ts'

/** The frames of a comparison. */
export interface FramePair {
  readonly reference: Frame
  readonly current: Frame
}

/** A column of both sides, ready to be read as doubles. */
export interface NumberFrames extends FramePair {
  readonly scale: Exclude<NumberScale, 'rank'>
}

/** The one column that frames of numbers have. */
export const VALUE = 'value'

/**
 * The values of a column on both sides as doubles, missing ones and NaN left out. Dates are days since 1970, other times microseconds
 * (nanoseconds where both sides have those), an infinite one ±Infinity. Whole numbers, decimals and nanoseconds that would
 * lose digits as doubles are taken less their smallest, or by rank: `scale` says how.
 */
export async function readNumbers(
  frames: FramePair,
  pair: ComparedColumn,
  options: QueryOptions,
): Promise<DetectorInput & { readonly scale: NumberScale }> {
  const { column } = pair
  const found = await numberFrames(frames, pair, options)
  if ('ranked' in found) {
    const [before, after] = found.ranked
    const [reference, current] = ranks(await wholes(before, options), await wholes(after, options))
    return { reference, current, column, scale: 'rank' }
  }
  const [reference, current] = [
    await found.reference.numbers(VALUE, options),
    await found.current.numbers(VALUE, options),
  ]
  return { reference: withoutNaN(reference), current: withoutNaN(current), column, scale: found.scale }
}

/** The column as frames of doubles, or, where no doubles keep its order, as frames of whole numbers that are to be ranked. */
export async function numberFrames(
  frames: FramePair,
  pair: ComparedColumn,
  options: QueryOptions,
): Promise<NumberFrames | { readonly ranked: readonly [Frame, Frame] }> {
  const { column } = pair
  const whole = wholeOf(pair)
  if (whole) {
    const [before, after] = [named(frames.reference, pair.before, whole), named(frames.current, column, whole)]
    const span = joined(await spanOf(before, options), await spanOf(after, options))
    const scale = span === undefined ? 'value' : scaleOf(span)
    // Decimals of up to 15 digits are doubles of their own too.
    const isShort = column.type === 'decimal' && span !== undefined && span.low > -SHORT && span.high < SHORT
    if (scale === 'rank') return { ranked: [before, after] }
    if (span && !isShort && (scale === 'offset' || column.type === 'decimal')) {
      const less = sql`"value" - ${literal(span.low)}`
      return { reference: before.derive({ value: less }), current: after.derive({ value: less }), scale: 'offset' }
    }
  }
  return plainFrames(frames, pair)
}

/** The values of a column on both sides, as `value` and as they are; missing ones left out, NaN not. */
export function plainFrames(frames: FramePair, { before, column }: ComparedColumn): NumberFrames {
  const days = before.type === 'date' && column.type === 'date'
  return {
    reference: named(frames.reference, before, asDouble(before, days)),
    current: named(frames.current, column, asDouble(column, days)),
    scale: 'value',
  }
}

const SHORT = 10n ** 15n

/** A column by itself, as `value`. */
function named(frame: Frame, { name }: Column, value: (value: Sql) => Sql): Frame {
  return frame
    .select(name)
    .derive({ value: value(ident(name)) })
    .select(VALUE)
    .dropNulls()
}

/** A column of values that doubles may be too short for, as 128-bit integers; undefined for all others. */
function wholeOf({ before, column }: ComparedColumn): ((value: Sql) => Sql) | undefined {
  const types = [before, column]
  if (types.every(({ type, nativeType }) => type === 'integer' && nativeType !== 'UHUGEINT'))
    return types.some(({ nativeType }) => WIDE.test(nativeType)) ? (value) => sql`CAST(${value} AS HUGEINT)` : undefined
  if (types.every(({ nativeType }) => nativeType === 'TIMESTAMP_NS'))
    return (value) => sql`CAST(CASE WHEN isfinite(${value}) THEN epoch_ns(${value}) END AS HUGEINT)`
  const digits = types.map(({ nativeType }) => /^DECIMAL\((\d+),(\d+)\)$/.exec(nativeType))
  const isLong =
    digits.every((found) => found?.[2] === digits[0]?.[2]) && digits.some((found) => Number(found?.[1]) > 15)
  return isLong ? (value) => sql`CAST(replace(CAST(${value} AS VARCHAR), '.', '') AS HUGEINT)` : undefined
}

/** Types of whole numbers that may be beyond 2^53. */
const WIDE = /^(U?BIGINT|HUGEINT)$/

/** A value as a double. */
function asDouble({ type, nativeType }: Column, days: boolean): (value: Sql) => Sql {
  if (isNumeric({ name: '', type, nativeType }) || type === 'string') return (value) => sql`CAST(${value} AS DOUBLE)`
  if (type === 'time') return (value) => sql`CAST(epoch_us(CAST(${value} AS TIME)) AS DOUBLE)`
  return (value) => {
    const finite = days
      ? sql`${value} - DATE '1970-01-01'`
      : type === 'date'
        ? sql`epoch_us(CAST(${value} AS TIMESTAMP))`
        : sql`epoch_us(${value})`
    const infinite = sql`CASE WHEN CAST(${value} AS VARCHAR) = 'infinity' THEN CAST('Infinity' AS DOUBLE) ELSE CAST('-Infinity' AS DOUBLE) END`
    return sql`CASE WHEN isfinite(${value}) THEN CAST(${finite} AS DOUBLE) WHEN ${value} IS NOT NULL THEN ${infinite} END`
  }
}

async function spanOf(frame: Frame, options: QueryOptions): Promise<WholeSpan | undefined> {
  const ends = frame.summarize({
    low: 'CAST(min("value") AS VARCHAR)',
    high: 'CAST(max("value") AS VARCHAR)',
  })
  const [row] = await ends.toArray(options)
  return typeof row?.low === 'string' ? { low: BigInt(row.low), high: BigInt(row.high as string) } : undefined
}

function joined(a: WholeSpan | undefined, b: WholeSpan | undefined): WholeSpan | undefined {
  if (!a || !b) return a ?? b
  return { low: a.low < b.low ? a.low : b.low, high: a.high > b.high ? a.high : b.high }
}

async function wholes(frame: Frame, options: QueryOptions): Promise<bigint[]> {
  const values: bigint[] = []
  for await (const { columns, rows } of frame.cast({ value: 'VARCHAR' }).batches(options)) {
    for (let at = 0; at < rows; at++) values.push(BigInt(columns[0]?.[at] as string))
  }
  return values
}

function withoutNaN(values: Float64Array): Float64Array {
  return values.some(Number.isNaN) ? values.filter((value) => !Number.isNaN(value)) : values
}
