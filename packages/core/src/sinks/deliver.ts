import type { AnyReport } from '../report.ts'
import type { Sink } from '../sink.ts'
import { attempt, type DeliveryOptions, type SinkOutcome } from './attempt.ts'

/**
 * Gives reports to all sinks that take reports, to each in order, to all at once. Never throws: what a sink does not take
 * is told as data, and changes nothing of the reports.
 *
 * @returns what became of it, a line a sink that takes reports
 * @example const failed = (await deliver(reports, [historySink(path)])).filter(({ error }) => error)
 */
export async function deliver(
  reports: readonly AnyReport[],
  sinks: readonly Sink[],
  options: DeliveryOptions = {},
): Promise<SinkOutcome[]> {
  const takers = sinks.filter((sink) => sink.write !== undefined)
  return Promise.all(
    takers.map(async (sink): Promise<SinkOutcome> => {
      let taken = 0
      const writeAll = async (signal: AbortSignal): Promise<void> => {
        for (const report of reports) {
          await sink.write?.(report, { signal })
          taken++
        }
      }
      const error = await attempt(sink.name, writeAll, options)
      return { sink: sink.name, given: reports.length, taken, ...(error ? { error } : {}) }
    }),
  )
}
