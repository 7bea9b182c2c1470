import type { Alert, AlertNotice } from './alerts/alert.ts'
import type { AnyReport } from './report.ts'

/** How a sink is asked. */
export interface SinkOptions {
  /** Ends the work. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Where results go. One adapter a file in `sinks/`. What it has no member for, it does not take: one for history takes reports,
 * one for a pager takes alerts.
 */
export interface Sink {
  /** Names it in reports, and in the state of alerts. */
  readonly name: string
  /** Takes a report. */
  write?(report: AnyReport, options?: SinkOptions): Promise<void>
  /**
   * Takes what is new about alerts, all at once. Where it rejects, none of it counts as told, and all of it comes again.
   */
  alert?(notices: readonly AlertNotice[], options?: SinkOptions): Promise<void>
  /** Whether it is to be told of an alert; default: of all. */
  wants?(alert: Alert): boolean
}
