import { failure } from '../codes.ts'

const HOUR = 3_600_000

/** The zones that are furthest from UTC: a time without a zone lies between them. */
const WESTMOST = -12 * HOUR
const EASTMOST = 14 * HOUR

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    })
    formats.set(zone, format)
    return format
  } catch (error) {
    throw failure('DS_FRESHNESS_SCHEDULE', `'${zone}' is not a time zone`, {
      cause: error,
      hint: 'Name one of the IANA database, as Europe/Berlin or UTC.',
    })
  }
}

/**
 * Checks that the system knows a time zone.
 *
 * @throws DS_FRESHNESS_SCHEDULE where it does not
 */
export function needZone(zone: string): string {
  formatOf(zone)
  return zone
}

/** Whether the system knows a time zone. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/**
 * What clocks on the wall show in a zone, as if that were UTC.
 *
 * @param instant milliseconds since 1970, UTC
 * @returns milliseconds, to be read with the UTC getters of Date
 * @example new Date(wallTime(Date.UTC(2026, 6, 1, 5), 'Europe/Berlin')).getUTCHours() // 7
 */
export function wallTime(instant: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(instant)
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value)
  const isBefore = parts.some(({ type, value }) => type === 'era' && value.startsWith('B'))
  const wall = new Date(0)
  wall.setUTCFullYear(isBefore ? 1 - of('year') : of('year'), of('month') - 1, of('day'))
  wall.setUTCHours(of('hour'), of('minute'), of('second'))
  return wall.getTime() + (((instant % 1000) + 1000) % 1000)
}

/** When clocks of a zone show a time: once, never since they were put forward over it, or twice since they were put back. */
export interface Instants {
  readonly kind: 'once' | 'never' | 'twice'
  /** Milliseconds since 1970, UTC. Of two the earlier; of none, what the clocks would have shown without the change. */
  readonly earlier: number
  /** The same as `earlier`, but for `twice`. */
  readonly later: number
}

/**
 * The instants at which clocks of a zone show a time.
 *
 * @param wall the time as if it were UTC: milliseconds since 1970
 */
export function instantsOf(wall: number, zone: string): Instants {
  const offset = (at: number): number => wallTime(at, zone) - at
  const [before, after] = [wall - offset(wall - 24 * HOUR), wall - offset(wall + 24 * HOUR)]
  const isBefore = wallTime(before, zone) === wall
  const isAfter = wallTime(after, zone) === wall
  if (isBefore && isAfter) {
    const [earlier, later] = before < after ? [before, after] : [after, before]
    return { kind: earlier === later ? 'once' : 'twice', earlier, later }
  }
  if (isBefore || isAfter) {
    const only = isBefore ? before : after
    return { kind: 'once', earlier: only, later: only }
  }
  return { kind: 'never', earlier: before, later: before }
}

/** The instants between which a time without a zone lies, whatever its zone is. */
export function spanOf(wall: number): readonly [earliest: number, latest: number] {
  return [wall - EASTMOST, wall - WESTMOST]
}
