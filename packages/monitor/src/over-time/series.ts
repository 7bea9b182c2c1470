import { wallTime } from '../freshness/zone.ts'
import { adjustPValues, type Correction } from '../multiplicity.ts'
import { changePoints, changePointsOfMany, type ChangePoints } from '../statistics/change-points.ts'
import { kruskalWallis } from '../statistics/kruskal-wallis.ts'
import { mannKendall } from '../statistics/mann-kendall.ts'
import { serialDependence } from '../statistics/serial-dependence.ts'
import { medianOf, theilSen } from '../statistics/theil-sen.ts'

/** A number at a time. */
export interface TimedValue {
  /** UTC, ISO 8601. */
  readonly at: string
  readonly value: number
}

/** A change of level. */
export interface LevelChange {
  /** The place of the first value after it, from 0 on. */
  readonly place: number
  /** Medians of the part before and of the part after. */
  readonly before: number
  readonly after: number
}

/** What a test of a series says. */
interface ShapeTest {
  readonly pValue: number
  /** After correction for all series that were tested alike; left out of a series by itself. */
  readonly adjustedPValue?: number
}

/** What a series does over time. What too few values cannot tell is left out. */
export interface SeriesShape {
  /** From 8 values on: where the level changed, and the chance of as clear a change by the order alone. */
  readonly changes?: ShapeTest & { readonly found: readonly LevelChange[] }
  /** From 5 values on: Mann–Kendall's test, and the slope of Theil and Sen, a day; null where all have the same time. */
  readonly trend?: ShapeTest & { readonly tau: number; readonly slopePerDay: number | null }
  /** Where at least two weekdays have two values or more, and there are 14 in all: their means, Monday 1 to Sunday 7, and the test of Kruskal and Wallis. */
  readonly season?: ShapeTest & {
    readonly weekdays: readonly { readonly weekday: number; readonly values: number; readonly mean: number }[]
  }
  /** From 10 values on: Bartels' test of whether neighbours are alike. Where they are, p-values above and of history are too small. */
  readonly dependence?: { readonly pValue: number }
}

/** How a series is looked at. */
export interface SeriesOptions {
  /** The chance of a change of level where there is none. Default: 0.05. */
  readonly alpha?: number | undefined
  /** Where weekdays are counted, as `Europe/Berlin`. Default: UTC. */
  readonly timezone?: string | undefined
}

/** How many series are looked at. */
export interface ManySeriesOptions extends SeriesOptions {
  /** How p-values of all series are judged together. Default: `bh`. */
  readonly correction?: Correction | undefined
}

/** Values from which on there can be a result. */
const LEAST = { changes: 8, trend: 5, dependence: 10, season: 14 } as const

/** Values of which changes and trends are looked for, the newest: the time grows with the square. */
const MOST = 1000

const DAY = 86_400_000

/**
 * What a series does over time: changes of level, a trend, a season of weekdays.
 *
 * @param series in the order of time, finite values
 * @throws DS_FRESHNESS_SCHEDULE for a zone that there is not
 * @example seriesShape(effects).changes?.found[0]?.place // 12
 */
export function seriesShape(series: readonly TimedValue[], options: SeriesOptions = {}): SeriesShape {
  const { alpha = 0.05 } = options
  const { values, skipped } = newest(series)
  const shape = shapeBeside(series, options)
  if (values.length < LEAST.changes) return shape
  return { changes: changesOf(values, skipped, changePoints(values, { alpha })), ...shape }
}

/**
 * {@link seriesShape} of many series, each test corrected for all series that it is made of: changes of level, trends and seasons each by themselves.
 *
 * @throws DS_FRESHNESS_SCHEDULE for a zone that there is not
 * @example seriesShapes([temp, wind]).map(({ changes }) => changes?.found.length) // [1, 0]
 */
export function seriesShapes(all: readonly (readonly TimedValue[])[], options: ManySeriesOptions = {}): SeriesShape[] {
  const { alpha = 0.05, correction = 'bh' } = options
  const shapes = all.map((series) => shapeBeside(series, options))
  const long = all.flatMap((series, at) => (series.length < LEAST.changes ? [] : [at]))
  const changes = changePointsOfMany(
    long.map((at) => newest(all[at] as readonly TimedValue[]).values),
    { alpha, correction },
  )
  const trends = adjustedBy(shapes, ({ trend }) => trend, correction)
  const seasons = adjustedBy(shapes, ({ season }) => season, correction)
  return shapes.map(({ trend, season, ...rest }, at) => {
    const { values, skipped } = newest(all[at] as readonly TimedValue[])
    const found = changes[long.indexOf(at)]
    return {
      ...(found ? { changes: { ...changesOf(values, skipped, found), adjustedPValue: found.adjustedPValue } } : {}),
      ...(trend ? { trend: { ...trend, adjustedPValue: trends[at] as number } } : {}),
      ...(season ? { season: { ...season, adjustedPValue: seasons[at] as number } } : {}),
      ...rest,
    }
  })
}

/** Corrected p-values of one test, at the places of the shapes that have it. */
function adjustedBy(
  shapes: readonly SeriesShape[],
  testOf: (shape: SeriesShape) => ShapeTest | undefined,
  correction: Correction,
): (number | undefined)[] {
  const pValues = shapes.map((shape) => testOf(shape)?.pValue)
  const adjusted = adjustPValues(
    pValues.filter((p) => p !== undefined),
    correction,
  ).values()
  return pValues.map((p) => (p === undefined ? undefined : adjusted.next().value))
}

/** The newest values, which changes and trends are looked for among. */
function newest(series: readonly TimedValue[]): { readonly values: readonly number[]; readonly skipped: number } {
  const values = series.slice(-MOST).map(({ value }) => value)
  return { values, skipped: series.length - values.length }
}

/** All but changes of level. */
function shapeBeside(series: readonly TimedValue[], { timezone = 'UTC' }: SeriesOptions): SeriesShape {
  const { values } = newest(series)
  const isConstant = values.every((value) => value === values[0])
  const season = seasonOf(series, timezone)
  return {
    ...(values.length < LEAST.trend ? {} : { trend: trendOf(series.slice(-MOST), values) }),
    ...(season ? { season } : {}),
    ...(values.length < LEAST.dependence || isConstant
      ? {}
      : { dependence: { pValue: serialDependence(values).pValue } }),
  }
}

function changesOf(
  values: readonly number[],
  skipped: number,
  { at, pValue }: ChangePoints,
): NonNullable<SeriesShape['changes']> {
  const found = at.map((place, order) => ({
    place: place + skipped,
    before: medianOf(values.slice(at[order - 1] ?? 0, place)),
    after: medianOf(values.slice(place, at[order + 1])),
  }))
  return { pValue, found }
}

function trendOf(series: readonly TimedValue[], values: readonly number[]): NonNullable<SeriesShape['trend']> {
  const { pValue, tau } = mannKendall(values)
  const days = series.map(({ at }) => Date.parse(at) / DAY)
  const isOneTime = days.every((day) => day === days[0])
  return { pValue, tau, slopePerDay: isOneTime ? null : theilSen(values, days).slope }
}

function seasonOf(series: readonly TimedValue[], timezone: string): SeriesShape['season'] {
  if (series.length < LEAST.season) return undefined
  const groups = new Map<number, number[]>()
  for (const { at, value } of series) {
    const weekday = new Date(wallTime(Date.parse(at), timezone)).getUTCDay() || 7
    groups.set(weekday, [...(groups.get(weekday) ?? []), value])
  }
  const full = [...groups.values()].filter(({ length }) => length >= 2)
  if (full.length < 2 || full.flat().every((value) => value === full[0]?.[0])) return undefined
  const weekdays = [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([weekday, own]) => ({
      weekday,
      values: own.length,
      mean: own.reduce((sum, value) => sum + value, 0) / own.length,
    }))
  return { pValue: kruskalWallis(full).pValue, weekdays }
}
