/** How much a finding weighs. `error` makes a report fail, `warn` makes it warn, `info` does neither. */
export type Severity = 'info' | 'warn' | 'error'

/** One line of a report that a person should read. */
export interface Finding {
  readonly severity: Severity
  /** Stable name of this kind of finding, as `freshness.stale`. */
  readonly code: string
  readonly message: string
  readonly column?: string
  /** The next thing to do. */
  readonly hint?: string
}
