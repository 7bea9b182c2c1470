import { keyOf, type Alert, type AlertEvent, type AlertNotice } from './alert.ts'
import type { AlertRules } from './rules.ts'
import { between, toldOf, type AlertRecord, type AlertState, type Told } from './state.ts'

/** Who is told of alerts. */
export interface AlertListener {
  readonly name: string
  /** Whether it is to be told of an alert; default: of all. */
  wants?(alert: Alert): boolean
}

/**
 * What a sink is to be told now: that an alert is there, once; that it is there still, after `remindAfter`; that it is over,
 * where the sink was told that it is there. What it could not be told before is due still.
 *
 * @returns errors first, then what began first
 */
export function dueNotices(
  state: AlertState,
  listener: AlertListener,
  now: Date,
  rules: Pick<AlertRules, 'remindAfter'>,
): AlertNotice[] {
  const due: AlertNotice[] = []
  for (const record of state.values()) {
    const told = toldOf(record, listener.name)
    const event = eventOf(record, told, now, rules)
    if (event === undefined) continue
    // Who was told that it began is told that it is over, whatever it wants by now.
    if (event !== 'resolve' && listener.wants && !listener.wants(record)) continue
    due.push(noticeOf(record, event, told?.over === false ? told.since : record.since))
  }
  return due.sort((a, b) => weight(a) - weight(b) || (a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : 0))
}

/** The state once a sink has taken what it was told. */
export function markTold(state: AlertState, sink: string, notices: readonly AlertNotice[], now: Date): AlertState {
  const next = new Map(state)
  for (const notice of notices) {
    const { event, startsAt } = notice
    const key = next.has(notice.key) ? notice.key : keyOf(notice)
    const record = next.get(key)
    if (!record) continue
    const told: Told = { since: startsAt, at: now.toISOString(), over: event === 'resolve' }
    next.set(key, { ...record, told: { ...record.told, [sink]: told } })
  }
  return next
}

function eventOf(
  { state, mutedUntil }: AlertRecord,
  told: Told | undefined,
  now: Date,
  { remindAfter }: Pick<AlertRules, 'remindAfter'>,
): AlertEvent | undefined {
  const isTold = told !== undefined && !told.over
  if (state === 'over') return isTold ? 'resolve' : undefined
  if (state === 'pending') return undefined
  if (mutedUntil !== undefined && Date.parse(mutedUntil) > now.getTime()) return undefined
  if (!isTold) return 'fire'
  return between(told.at, now) >= remindAfter ? 'remind' : undefined
}

function noticeOf(record: AlertRecord, event: AlertEvent, startsAt: string): AlertNotice {
  const { key, project, dataset, kind, code, column, severity, uri, message, hint, overAt } = record
  return {
    key,
    ...(project === undefined ? {} : { project }),
    dataset,
    kind,
    code,
    ...(column === undefined ? {} : { column }),
    severity,
    uri,
    message,
    ...(hint === undefined ? {} : { hint }),
    event,
    startsAt,
    // A clock that was set back is no reason to end before the beginning.
    ...(event === 'resolve' && overAt !== undefined ? { endsAt: overAt < startsAt ? startsAt : overAt } : {}),
  }
}

function weight({ event, severity }: AlertNotice): number {
  return event === 'resolve' ? 2 : severity === 'error' ? 0 : 1
}
