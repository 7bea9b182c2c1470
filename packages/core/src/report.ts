import type { DatasetRef } from './dataset.ts'
import type { Facts, ReportKind } from './facts.ts'
import type { Finding } from './finding.ts'

/** What a report, or many of them, come to. */
export type Status = 'pass' | 'warn' | 'fail'

/** What one habit found out about one dataset. Plain data: it can be stored, sent and compared. */
export interface Report<Kind extends ReportKind = ReportKind> {
  readonly kind: Kind
  readonly dataset: DatasetRef
  readonly status: Status
  /** When the work began: UTC, ISO 8601. */
  readonly at: string
  readonly durationMs: number
  readonly findings: readonly Finding[]
  readonly facts: Facts[Kind]
  /** The run of a workflow that it is of, by the id that lineage knows it by. */
  readonly run?: string
}

/** A report of any kind; `kind` tells which facts it has. */
export type AnyReport = { [Kind in ReportKind]: Report<Kind> }[ReportKind]

const WEIGHT: Readonly<Record<Status, number>> = { pass: 0, warn: 1, fail: 2 }

/** The worst of several statuses; `pass` where there are none. */
export function worst(statuses: Iterable<Status>): Status {
  let result: Status = 'pass'
  for (const status of statuses) if (WEIGHT[status] > WEIGHT[result]) result = status
  return result
}

/** What a list of findings comes to. */
export function statusOf(findings: readonly Finding[]): Status {
  return worst(findings.map(({ severity }) => (severity === 'error' ? 'fail' : severity === 'warn' ? 'warn' : 'pass')))
}

/**
 * Puts a report together; its status is that of its findings.
 *
 * @param started when the work began
 */
export function makeReport<Kind extends ReportKind>(
  kind: Kind,
  dataset: DatasetRef,
  started: Date,
  facts: Facts[Kind],
  findings: readonly Finding[] = [],
): Report<Kind> {
  return {
    kind,
    dataset,
    status: statusOf(findings),
    at: started.toISOString(),
    durationMs: Math.max(0, Date.now() - started.getTime()),
    findings,
    facts,
  }
}

/** The last report of a kind among reports, or `undefined`. */
export function findReport<Kind extends ReportKind>(
  reports: Iterable<AnyReport>,
  kind: Kind,
): Report<Kind> | undefined {
  let found: Report<Kind> | undefined
  for (const report of reports) if (report.kind === kind) found = report as unknown as Report<Kind>
  return found
}
