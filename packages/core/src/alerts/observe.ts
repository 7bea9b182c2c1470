import { alertsOf, type Alert, type Observation } from './alert.ts'
import type { AlertRules } from './rules.ts'
import { between, type AlertRecord, type AlertState } from './state.ts'

/** Milliseconds for which an alert that is over is kept at most: for sinks that are to be told, and never were reached. */
const KEPT = 30 * 86_400_000

/**
 * What alerts come to when datasets have been looked at: some begin, some go on, some are over. A look that finds a trouble is
 * bad, one of the same habit at the same dataset that does not is good; what was not looked at stays as it is.
 *
 * An alert fires after `fireAfter` bad looks in a row. It is over after `resolveAfter` good looks in a row, or once it has been
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

function badLook(before: AlertRecord | undefined, alert: Alert, now: Date, { fireAfter }: AlertRules): AlertRecord {
  const at = now.toISOString()
  if (before === undefined || before.state === 'over') {
    const { overAt, mutedUntil, told = {} } = before ?? {}
    return {
      ...alert,
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
  const { goodSince, ...rest } = before
  return {
    ...rest,
    ...wordsOf(alert),
    state: before.state === 'firing' || before.bad + 1 >= fireAfter ? 'firing' : 'pending',
    bad: before.bad + 1,
    good: 0,
    ...(goodSince === undefined ? {} : { returnedAt: at }),
  }
}

/** What of an alert may differ from look to look. */
function wordsOf({ uri, message, hint }: Alert): Partial<Alert> {
  return { uri, message, ...(hint === undefined ? {} : { hint }) }
}

/** @returns undefined where nothing need be known of it any more */
function goodLook(record: AlertRecord, now: Date, { resolveAfter, calm }: AlertRules): AlertRecord | undefined {
  const { state, overAt, returnedAt } = record
  const good = record.good + 1
  if (state === 'over') return record
  if (state === 'pending') return overAt === undefined ? undefined : { ...record, state: 'over', bad: 0, good }
  const { goodSince = now.toISOString() } = record
  const looked = { ...record, bad: 0, good, goodSince }
  const flaps = returnedAt !== undefined && between(returnedAt, new Date(goodSince)) < calm
  const isOver = between(goodSince, now) >= calm || (good >= resolveAfter && !flaps)
  return isOver ? { ...looked, state: 'over', overAt: now.toISOString() } : looked
}

function isForgotten({ state, overAt, mutedUntil, told }: AlertRecord, now: Date, { calm }: AlertRules): boolean {
  if (state !== 'over' || overAt === undefined) return false
  if (mutedUntil !== undefined && Date.parse(mutedUntil) > now.getTime()) return false
  const age = between(overAt, now)
  return age >= KEPT || (age >= calm && Object.values(told).every(({ over }) => over))
}
