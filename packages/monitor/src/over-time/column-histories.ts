import type { LearnedDrift } from '@dayshift/core'
import { isUnusual, learnedOf, type PastEffect } from './learned.ts'
import type { TimedVersion } from './reference.ts'
import { seriesShapes, type ManySeriesOptions, type SeriesShape, type TimedValue } from './series.ts'

/** What one detector said of a column of a version. */
export interface ColumnEffect {
  readonly column: string
  readonly detector: string
  /** In the detector's own unit. */
  readonly effect: number
  /** From which effect on it counts, where there is such. */
  readonly minEffect?: number
  /** After correction for all tests of the comparison; left out of distances. */
  readonly adjustedPValue?: number
  readonly drifted: boolean
  /** Mean of the column in this version, of numbers. */
  readonly mean?: number
}

/** A version, compared with its reference. */
export interface ComparedVersion {
  readonly version: TimedVersion
  /** Of each column its main detector first. */
  readonly columns: readonly ColumnEffect[]
}

/** What one detector says of a column over time. */
export interface ColumnHistory {
  readonly column: string
  readonly detector: string
  /** Of each version; null where it was not compared. */
  readonly effects: readonly (number | null)[]
  readonly drifted: readonly boolean[]
  readonly minEffect?: number
  /** The first of the versions that drifted without a break up to the newest; null where the newest did not. */
  readonly since: number | null
  readonly effect: SeriesShape
  /** Means of the column in each version, and what they do; of numbers only. */
  readonly means?: readonly (number | null)[]
  readonly mean?: SeriesShape
  /** How usual the newest effect is beside those before; left out where the newest version was not compared. */
  readonly learned?: LearnedDrift
  /** Versions that drifted, and more than those before did. */
  readonly alarms: readonly boolean[]
}

/** How histories are put together. */
export interface HistoryOptions extends ManySeriesOptions {
  /** The chance of an alarm by history where all is as it was. Default: 0.05. */
  readonly learnAlpha?: number | undefined
}

/**
 * What happened to each column over time: of its main detector, and of others that said drift of any version.
 *
 * @param compared the oldest first
 * @example columnHistories(compared).find(({ since }) => since !== null)?.column // 'temp'
 */
export function columnHistories(compared: readonly ComparedVersion[], options: HistoryOptions = {}): ColumnHistory[] {
  const { learnAlpha = 0.05 } = options
  const found = seriesNames(compared).map(([column, detector]) => {
    const told = compared.map(({ columns }) => toldOf(columns, column, detector))
    const effects = told.map((one) => one?.effect ?? null)
    const drifted = told.map((one) => one?.drifted ?? false)
    const means = compared.map(({ columns }) => columns.find((one) => one.column === column)?.mean ?? null)
    const minEffect = told.findLast((one) => one?.minEffect !== undefined)?.minEffect
    return { column, detector, effects, drifted, minEffect, means }
  })
  // Means of a column are the same whichever of its detectors tells of them: they are tested once.
  const withMeans = new Map(
    found.flatMap(({ column, means }) => (means.every((mean) => mean === null) ? [] : [[column, means] as const])),
  )
  const shapes = shapesOf(compared, [...found.map(({ effects }) => effects), ...withMeans.values()], options)
  const ofMeans = new Map([...withMeans.keys()].map((column, at) => [column, shapes[found.length + at]]))
  return found.map(({ column, detector, effects, drifted, minEffect, means }, at) => {
    const { alarms, learned } = byHistory(effects, drifted, learnAlpha)
    const mean = ofMeans.get(column)
    return {
      column,
      detector,
      effects,
      drifted,
      ...(minEffect === undefined ? {} : { minEffect }),
      since: sinceOf(drifted),
      effect: shapes[at] as SeriesShape,
      ...(mean ? { means, mean } : {}),
      ...(learned ? { learned } : {}),
      alarms,
    }
  })
}

/** Columns with their main detectors, each followed by other detectors that said drift. */
function seriesNames(compared: readonly ComparedVersion[]): [column: string, detector: string][] {
  const names = new Map<string, Set<string>>()
  // What is main may change with the size of versions: the newest says.
  for (const { columns } of compared.toReversed()) {
    const leads = new Set<string>()
    for (const { column, detector, drifted } of columns) {
      const isLead = !leads.has(column)
      leads.add(column)
      const own = names.get(column)
      if (own === undefined) names.set(column, new Set([detector]))
      else if (isLead || drifted) own.add(detector)
    }
  }
  return [...names].flatMap(([column, detectors]) =>
    [...detectors].map((detector): [string, string] => [column, detector]),
  )
}

/** A detector that found nothing is not told of. */
function toldOf(columns: readonly ColumnEffect[], column: string, detector: string): ColumnEffect | undefined {
  const own = columns.filter((one) => one.column === column)
  const found = own.find((one) => one.detector === detector)
  return found ?? (own.length > 0 ? { column, detector, effect: 0, drifted: false } : undefined)
}

/** Looks at each version as if it were the newest. */
function byHistory(
  effects: readonly (number | null)[],
  drifted: readonly boolean[],
  alpha: number,
): { readonly alarms: readonly boolean[]; readonly learned: LearnedDrift | undefined } {
  const past: PastEffect[] = []
  let learned: LearnedDrift | undefined
  const alarms = effects.map((effect, at) => {
    learned = effect === null ? undefined : learnedOf(past, effect, alpha)
    const alarmed = learned !== undefined && drifted[at] === true && isUnusual(learned)
    if (effect !== null) past.push({ effect, alarmed })
    return alarmed
  })
  return { alarms, learned }
}

function sinceOf(drifted: readonly boolean[]): number | null {
  if (drifted.at(-1) !== true) return null
  return drifted.lastIndexOf(false) + 1
}

/** What series do over time, all of them corrected for their number. */
function shapesOf(
  compared: readonly ComparedVersion[],
  all: readonly (readonly (number | null)[])[],
  options: ManySeriesOptions,
): SeriesShape[] {
  const placed = all.map((values) =>
    values.flatMap((value, place): (TimedValue & { readonly place: number })[] =>
      // What stands for infinity has no place on a line.
      value === null || !(Math.abs(value) < Number.MAX_VALUE)
        ? []
        : [{ at: (compared[place] as ComparedVersion).version.at, value, place }],
    ),
  )
  return seriesShapes(placed, options).map(({ changes, ...shape }, at) => {
    if (!changes) return shape
    const found = changes.found.map((one) => ({ ...one, place: placed[at]?.[one.place]?.place as number }))
    return { ...shape, changes: { ...changes, found } }
  })
}
