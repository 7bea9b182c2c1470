import { alertsOf, type Alert, type Observation } from './alert.ts'
import type { AlertRules } from './rules.ts'
import { between, type AlertRecord, type AlertState } from './state.ts'

/** Milliseconds for which an alert that is over is kept at most: for sinks that are to be told, and never were reached. */
const KEPT = 30 * 86_400_000

/**
 * What alerts come to when datasets have been looked at: some begin, some go on, some are over. A look that finds a trouble is
 * bad, one of the same habit at the same dataset that does not is good; what was not looked at stays as it is.
 *
 * An alert fires after `fireAfter` bad looks in a row, or that many of the last `within`. It is over after `resolveAfter` good looks in a row, or once it has been
 * good for `calm`. One that came back, and was good again within `calm`, flaps: only `calm` without coming back ends it.
 *
 * @returns the new state; the old one stays as it is
 * @example observeAlerts(new Map(), [observationOf(report)], new Date(), alertRules())
 */
export function observeAlerts(
  state: AlertState,
  observations: readonly Observation[],
  now: Date,
  rules: AlertRules,
): AlertState {
  const next = new Map(state)
  for (const observation of observations) {
    const bad = alertsOf(observation, rules.from)
    for (const [key, record] of next) {
      if (bad.has(key) || observation.isPartial || !isOf(record, observation)) continue
      const after = goodLook(record, now, rules)
      if (after) next.set(key, after)
      else next.delete(key)
    }
    for (const [key, alert] of bad) next.set(key, badLook(next.get(key), alert, now, rules))
  }
  for (const [key, record] of next) if (isForgotten(record, now, rules)) next.delete(key)
  return next
}

function isOf(record: AlertRecord, { project, dataset, kind }: Observation): boolean {
  return record.kind === kind && record.dataset === dataset && record.project === project
}

function badLook(
  before: AlertRecord | undefined,
  alert: Alert,
  now: Date,
  { fireAfter, within }: AlertRules,
): AlertRecord {
  const at = now.toISOString()
  if (before === undefined || before.state === 'over') {
    const { key = alert.key, overAt, mutedUntil, told = {} } = before ?? {}
    return {
      ...alert,
      key,
      state: fireAfter > 1 ? 'pending' : 'firing',
      since: at,
      bad: 1,
      good: 0,
      // It would not be known any more, had it not been over for less than the time of calm.
      ...(overAt === undefined ? {} : { overAt, returnedAt: at }),
      ...(mutedUntil === undefined ? {} : { mutedUntil }),
      told,
    }
  }
  const { goodSince, looks: _, ...rest } = before
  const looks = `${looksOf(before)}b`.slice(-within)
  const isFiring = before.state === 'firing' || badOf(looks) >= fireAfter
  return {
    ...rest,
    ...wordsOf(alert),
    state: isFiring ? 'firing' : 'pending',
    bad: before.bad + 1,
    good: 0,
    ...(!isFiring && looks.includes('g') ? { looks } : {}),
    ...(goodSince === undefined ? {} : { returnedAt: at }),
  }
}

/** What of an alert may differ from look to look. */
function wordsOf({ uri, message, hint }: Alert): Partial<Alert> {
  return { uri, message, ...(hint === undefined ? {} : { hint }) }
}

/** @returns undefined where nothing need be known of it any more */
function goodLook(record: AlertRecord, now: Date, rules: AlertRules): AlertRecord | undefined {
  const { resolveAfter, calm } = rules
  const { state, overAt, returnedAt } = record
  const good = record.good + 1
  if (state === 'over') return record
  if (state === 'pending') {
    const looks = looksThatCount(`${looksOf(record)}g`, rules)
    if (looks !== '') return { ...record, bad: 0, good, looks }
    const { looks: _, ...rest } = record
    return overAt === undefined ? undefined : { ...rest, state: 'over', bad: 0, good }
  }
  const { goodSince = now.toISOString() } = record
  const looked = { ...record, bad: 0, good, goodSince }
  const flaps = returnedAt !== undefined && between(returnedAt, new Date(goodSince)) < calm
  const isOver = between(goodSince, now) >= calm || (good >= resolveAfter && !flaps)
  return isOver ? { ...looked, state: 'over', overAt: now.toISOString() } : looked
}

/** The last looks at what is pending. Of a file that was edited by hand, no more than can be read. */
function looksOf({ looks, bad }: AlertRecord): string {
  return typeof looks === 'string' ? looks.replaceAll(/[^bg]/g, '') : 'b'.repeat(Math.min(bad, 1000))
}

function badOf(looks: string): number {
  return looks.length - looks.replaceAll('b', '').length
}

/** Those of the last looks with which there can still be enough bad ones in a row of looks: from a bad one on. */
function looksThatCount(looks: string, { fireAfter, within }: AlertRules): string {
  let kept = looks.slice(-within)
  while (kept !== '' && (kept.startsWith('g') || kept.length - badOf(kept) > within - fireAfter)) kept = kept.slice(1)
  return kept
}

function isForgotten({ state, overAt, mutedUntil, told }: AlertRecord, now: Date, { calm }: AlertRules): boolean {
  if (state !== 'over' || overAt === undefined) return false
  if (mutedUntil !== undefined && Date.parse(mutedUntil) > now.getTime()) return false
  const age = between(overAt, now)
  return age >= KEPT || (age >= calm && Object.values(told).every(({ over }) => over))
}
