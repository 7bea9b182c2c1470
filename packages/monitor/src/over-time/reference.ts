import { parseDuration } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { instantsOf, needZone, wallTime } from '../freshness/zone.ts'

/** Which earlier versions current data is compared with. */
export interface ReferenceRule {
  /** As it is written: `same-weekday:4`. */
  readonly word: string
  /**
   * `previous`: the version before. `rolling`: the last ones. `same-hour`, `same-weekday`, `same-month`: those of the same time one, two
   * … days, weeks or years ago. `year-ago`: that of the same time a year ago.
   */
  readonly name: 'previous' | 'rolling' | 'same-hour' | 'same-weekday' | 'same-month' | 'year-ago'
  /** How many versions, taken together. */
  readonly count: number
}

/** A version of a dataset, and when it was recorded. */
export interface TimedVersion {
  /** `md5:…` */
  readonly hash: string
  /** UTC, ISO 8601. */
  readonly at: string
}

/** Current data. */
export interface CurrentVersion {
  /** Left out where it is not known, and differs from all that were recorded. */
  readonly hash?: string | undefined
  readonly at: string
}

/** How times are read. */
export interface ReferenceOptions {
  /** Where hours and days are counted, as `Europe/Berlin`. Default: UTC. */
  readonly timezone?: string | undefined
  /**
   * How far from the same time a version may lie, as `6h`: at most half of what lies between two such times. Default: 30 minutes for
   * `same-hour`, 12 hours for `same-weekday`, 3.5 days for `year-ago`, 15 days for `same-month`.
   */
  readonly tolerance?: string | number | undefined
}

/** What a rule chose. */
export interface ChosenReference {
  /** The newest first; none where there is no version of then. */
  readonly versions: readonly TimedVersion[]
  /** How many were looked for. */
  readonly wanted: number
  /** Why there are fewer, in words; left out where all are there. */
  readonly lacking?: string
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Of each season, how far it is from one to the next, and the usual tolerance: milliseconds. */
const SEASONS = {
  'same-hour': { days: 1, years: 0, tolerance: HOUR / 2, unit: 'day' },
  'same-weekday': { days: 7, years: 0, tolerance: DAY / 2, unit: 'week' },
  'same-month': { days: 0, years: 1, tolerance: 15 * DAY, unit: 'year' },
  'year-ago': { days: 0, years: 1, tolerance: 3.5 * DAY, unit: 'year' },
} as const

type Season = keyof typeof SEASONS

/** Versions that are taken together at most. */
const MOST = 1000

/**
 * Reads a word as a rule: `previous`, `rolling:7`, `same-hour`, `same-weekday:4`, `same-month`, `year-ago`. The number is how many versions are taken
 * together; 1 where there is none, but of `rolling`, which needs one.
 *
 * @returns `undefined` for a word of another kind, such as a path
 * @throws DS_DRIFT_OPTION for a number that is none, or does not belong there
 * @example readReference('same-weekday:4') // { word: 'same-weekday:4', name: 'same-weekday', count: 4 }
 */
export function readReference(word: string): ReferenceRule | undefined {
  const [, name = '', number] =
    /^(previous|rolling|same-hour|same-weekday|same-month|year-ago)(?::(.*))?$/.exec(word) ?? []
  if (name === '') return undefined
  const count = number === undefined ? 1 : Number(number)
  const isSingle = name === 'previous' || name === 'year-ago'
  const isCount = /^\d+$/.test(number ?? '1') && count >= 1 && count <= MOST
  if (!isCount || (isSingle && number !== undefined) || (name === 'rolling' && number === undefined)) {
    throw failure('DS_DRIFT_OPTION', `'${word}' names no reference`, {
      hint: isSingle
        ? `${name} is one version: write ${name}.`
        : `Write ${name}:4 for four versions; 1 to ${MOST} can be taken together.`,
    })
  }
  return { word, name: name as ReferenceRule['name'], count }
}

/**
 * Chooses the versions that current data is compared with. It is never compared with itself, nor with what came after it, and no content is
 * taken twice.
 *
 * Of the same hour, weekday or month, times are those of clocks on the wall, also where they are put forward or back in between, and where the month a
 * year ago is shorter its last day counts. Of each of the times, the version nearest to it is taken, if it lies within the tolerance;
 * times without a version are passed over, up to the oldest there is.
 *
 * @param versions in any order
 * @throws DS_DRIFT_OPTION for a tolerance of more than half the season, DS_UNIT for one that is none, DS_FRESHNESS_SCHEDULE for a zone that
 *   there is not
 * @example chooseReference(readReference('same-weekday:4'), versions, { at: '2026-11-30T06:00:00Z' }).versions.length // 4
 */
export function chooseReference(
  { name, count }: ReferenceRule,
  versions: readonly TimedVersion[],
  current: CurrentVersion,
  options: ReferenceOptions = {},
): ChosenReference {
  const timezone = needZone(options.timezone ?? 'UTC')
  const before = versionsBefore(versions, current)
  if (name === 'previous' || name === 'rolling') {
    return chosen(different(before).slice(0, count), count, 'earlier version')
  }
  const { unit } = SEASONS[name]
  const tolerance = toleranceOf(name, options.tolerance)
  const wall = wallTime(Date.parse(current.at), timezone)
  const oldest = timeOf(before.at(-1))
  const found: TimedVersion[] = []
  const furthest = name === 'year-ago' ? 1 : Infinity
  for (let back = 1; found.length < count && back <= furthest; back++) {
    const then = instantsOf(earlier(wall, name, back), timezone).earlier
    if (oldest === undefined || then + tolerance < oldest) break
    const nearest = nearestTo(then, before, tolerance)
    if (nearest && !found.some(({ hash }) => hash === nearest.hash)) found.push(nearest)
  }
  const words = {
    'same-hour': 'the same hour',
    'same-weekday': 'the same weekday',
    'same-month': 'the same month of another year',
    'year-ago': `this time a ${unit} ago`,
  }
  return chosen(found, count, `version of ${words[name]}`)
}

/** The versions that were there before the current one, the newest first; each as often as it was seen. */
function versionsBefore(versions: readonly TimedVersion[], { hash, at }: CurrentVersion): TimedVersion[] {
  const now = Date.parse(at)
  return versions
    .filter((version) => version.hash !== hash && Date.parse(version.at) <= now)
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
}

/** Each content once, as it was there last. */
function different(versions: readonly TimedVersion[]): TimedVersion[] {
  const seen = new Set<string>()
  return versions.filter(({ hash }) => !seen.has(hash) && seen.add(hash))
}

function chosen(versions: readonly TimedVersion[], wanted: number, words: string): ChosenReference {
  if (versions.length === wanted) return { versions, wanted }
  const lacking =
    versions.length === 0 ? `there is no ${words}` : `there is ${versions.length} of ${wanted}: no other ${words}`
  return { versions, wanted, lacking }
}

function toleranceOf(season: Season, given: string | number | undefined): number {
  const { tolerance, days, years } = SEASONS[season]
  if (given === undefined) return tolerance
  const asked = parseDuration(given) * 1000
  if (asked <= ((days + 365 * years) * DAY) / 2) return asked
  throw failure(
    'DS_DRIFT_OPTION',
    `the tolerance ${given} is more than half of what lies between two times of ${season}`,
    {
      hint: 'Give less, as 6h.',
    },
  )
}

/** The same time on the wall so many seasons ago. */
function earlier(wall: number, season: Season, back: number): number {
  const { days, years } = SEASONS[season]
  if (years === 0) return wall - back * days * DAY
  const then = new Date(wall)
  const month = then.getUTCMonth()
  then.setUTCFullYear(then.getUTCFullYear() - back * years)
  // The 29th of February became the 1st of March.
  if (then.getUTCMonth() !== month) then.setUTCDate(0)
  return then.getTime()
}

function nearestTo(then: number, versions: readonly TimedVersion[], tolerance: number): TimedVersion | undefined {
  let best: TimedVersion | undefined
  let least = Infinity
  for (const version of versions) {
    const apart = Math.abs(Date.parse(version.at) - then)
    if (apart > tolerance || apart >= least) continue
    best = version
    least = apart
  }
  return best
}

function timeOf(version: TimedVersion | undefined): number | undefined {
  return version && Date.parse(version.at)
}
