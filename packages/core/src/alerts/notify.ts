import { failure } from '../codes.ts'
import { isDayshiftError, messageOf } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { withLock } from '../lock.ts'
import type { Sink } from '../sink.ts'
import { attempt, type DeliveryOptions, type SinkOutcome } from '../sinks/attempt.ts'
import type { Alert, AlertNotice, Observation } from './alert.ts'
import { dueNotices, markTold } from './due.ts'
import { keeperOf } from './keeper.ts'
import { observeAlerts } from './observe.ts'
import { alertRules, type AlertOptions } from './rules.ts'
import type { AlertState } from './state.ts'

/** Where the state of alerts is kept, and how long all may take. */
export interface NotifyOptions extends DeliveryOptions {
  /** The state's file, usually `.dayshift/alerts.json`; made where it is missing. */
  readonly path: string
  /** Where it is kept while that file can be neither read nor written. Default: nowhere. */
  readonly fallback?: string | undefined
  readonly rules?: AlertOptions | undefined
  /** Whether nobody looks at what an alert is of any more: it counts as looked at, and good. Default: never. */
  readonly isGone?: ((alert: Alert) => boolean) | undefined
  /** Default: now. */
  readonly clock?: (() => Date) | undefined
}

/** What became of alerts. Plain data. */
export interface Notified {
  /** A line a sink that takes alerts. */
  readonly sinks: readonly SinkOutcome[]
  /** What is wrong with the state's file. */
  readonly findings: readonly Finding[]
}

/**
 * Takes what was observed into the state of alerts, and tells all sinks what is due. What goes wrong is told as
 * data.
 *
 * What was observed is on the disk before anything is sent; that something was told is written once a sink has taken it. So
 * what a sink does not take comes again the next time, and what a killed process sent and could not note comes twice, with the
 * same `key`, `startsAt` and `event`. Of two processes at once, one sends after the other. Where the file cannot be read
 * or written all is sent as if nothing was known: told twice is better than not told.
 *
 * @throws DS_UNIT, DS_OPTION for rules that are none, and for two sinks of one name
 * @example await notify([observationOf(report)], [webhookSink({ url })], { path: '.dayshift/alerts.json' })
 */
export async function notify(
  observations: readonly Observation[],
  sinks: readonly Sink[],
  options: NotifyOptions,
): Promise<Notified> {
  const { path, fallback, signal, patience = 10_000, clock = () => new Date() } = options
  const rules = alertRules(options.rules)
  const keeper = keeperOf({ path, fallback, clock })
  const { findings } = keeper
  const takers = sinks.filter((sink) => sink.alert !== undefined).map(steady)
  const twice = takers.find(({ name }, at) => takers.slice(0, at).some((other) => other.name === name))
  if (twice) throw failure('DS_OPTION', `two sinks are called ${twice.name}`)

  try {
    const seen = await keeper.change(undefined, (state) => {
      const gone = goneFrom(state, options.isGone)
      return observeAlerts(state, [...observations, ...gone], clock(), rules)
    })
    if (takers.length === 0) return { sinks: [], findings }
    const send = async (state: AlertState): Promise<SinkOutcome[]> => {
      const now = clock()
      const posts = takers.map((sink) => ({ sink, notices: dueNotices(state, sink, now, rules) }))
      const outcomes = await Promise.all(posts.map(({ sink, notices }) => post(sink, notices, { signal, patience })))
      const told = posts.filter(({ notices }, at) => notices.length > 0 && outcomes[at]?.error === undefined)
      if (told.length > 0) {
        const mark = (kept: AlertState): AlertState =>
          told.reduce((marked, { sink, notices }) => markTold(marked, sink.name, notices, now), kept)
        await keeper.change(state, mark)
      }
      return outcomes
    }
    const isNothingDue = takers.every((sink) => dueNotices(seen, sink, clock(), rules).length === 0)
    if (isNothingDue) return { sinks: takers.map(({ name }) => ({ sink: name, given: 0, taken: 0 })), findings }
    if (!keeper.isKept()) return { sinks: await send(seen), findings }
    // Read anew once it is our turn: what another process has told by then is not told again.
    const turn = { timeout: (2 * patience) / 1000, ...(signal ? { signal } : {}) }
    return {
      sinks: await withLock(`${keeper.place()}.sending.lock`, async () => send(await keeper.read()), turn),
      findings,
    }
  } catch (error) {
    const { code, hint } = isDayshiftError(error) ? error : { code: 'DS_SINK_FAILED', hint: '' }
    const problem = { code, message: messageOf(error), hint }
    return { sinks: takers.map(({ name }) => ({ sink: name, given: 0, taken: 0, error: problem })), findings }
  }
}

/** What nobody looks at any more, each once, as if it were good. */
function goneFrom(state: AlertState, isGone: NotifyOptions['isGone']): Observation[] {
  const gone = new Map<string, Observation>()
  for (const record of state.values()) {
    if (!isGone?.(record)) continue
    const { project, dataset, kind, uri } = record
    gone.set(JSON.stringify([project, dataset, kind]), { project, dataset, kind, uri, findings: [] })
  }
  return [...gone.values()]
}

/** A sink whose `wants` may throw, and then wants it: rather told too much than not told. */
function steady(sink: Sink): Sink {
  const wants = (alert: Alert): boolean => {
    try {
      return sink.wants?.(alert) ?? true
    } catch {
      return true
    }
  }
  return { name: sink.name, wants, alert: async (notices, options) => sink.alert?.(notices, options) }
}

async function post(sink: Sink, notices: readonly AlertNotice[], options: DeliveryOptions): Promise<SinkOutcome> {
  const given = notices.length
  if (given === 0) return { sink: sink.name, given, taken: 0 }
  const error = await attempt(sink.name, async (signal) => sink.alert?.(notices, { signal }), options)
  return { sink: sink.name, given, taken: error ? 0 : given, ...(error ? { error } : {}) }
}
