import type { Sink } from '../sink.ts'
import { attempt, type DeliveryOptions, type SinkOutcome } from '../sinks/attempt.ts'
import type { AlertNotice } from './alert.ts'

/**
 * Tells sinks of an alert that is none, and then that it is over: to see whether they take it. No state knows of it. Never throws.
 *
 * @param notice that it fires
 * @example await tellTest([webhookSink({ url })], notice)
 */
export function tellTest(
  sinks: readonly Sink[],
  notice: AlertNotice,
  options: DeliveryOptions = {},
): Promise<SinkOutcome[]> {
  return Promise.all(
    sinks.map(async (sink): Promise<SinkOutcome> => {
      let taken = 0
      const tell = async (signal: AbortSignal): Promise<void> => {
        for (const event of ['fire', 'resolve'] as const) {
          const over = event === 'resolve' ? { endsAt: notice.startsAt } : {}
          await sink.alert?.([{ ...notice, event, ...over }], { signal })
          taken++
        }
      }
      const error = await attempt(sink.name, tell, options)
      return { sink: sink.name, given: 2, taken, ...(error ? { error } : {}) }
    }),
  )
}
