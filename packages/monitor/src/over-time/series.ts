import { wallTime } from '../freshness/zone.ts'
import { changePoints } from '../statistics/change-points.ts'
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

/** What a series does over time. What too few values cannot tell is left out. */
export interface SeriesShape {
  /** From 8 values on: where the level changed, and the chance of as clear a change by the order alone. */
  readonly changes?: { readonly pValue: number; readonly found: readonly LevelChange[] }
  /** From 5 values on: Mann–Kendall's test, and the slope of Theil and Sen, a day; null where all have the same time. */
  readonly trend?: { readonly pValue: number; readonly tau: number; readonly slopePerDay: number | null }
  /** Where at least two weekdays have two values or more, and there are 14 in all: their means, Monday 1 to Sunday 7, and the test of Kruskal and Wallis. */
  readonly season?: {
    readonly pValue: number
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
  const { alpha = 0.05, timezone = 'UTC' } = options
  const kept = series.slice(-MOST)
  const skipped = series.length - kept.length
  const values = kept.map(({ value }) => value)
  const isConstant = values.every((value) => value === values[0])
  const season = seasonOf(series, timezone)
  return {
    ...(values.length < LEAST.changes ? {} : { changes: changesOf(values, skipped, alpha) }),
    ...(values.length < LEAST.trend ? {} : { trend: trendOf(kept, values) }),
    ...(season ? { season } : {}),
    ...(values.length < LEAST.dependence || isConstant
      ? {}
      : { dependence: { pValue: serialDependence(values).pValue } }),
  }
}

function changesOf(values: readonly number[], skipped: number, alpha: number): NonNullable<SeriesShape['changes']> {
  const { at, pValue } = changePoints(values, { alpha })
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
