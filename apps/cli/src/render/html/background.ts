import type { ReportKind, Status } from '@dayshift/core'
import type { MergedRun } from '@dayshift/lineage'

/** What one report of the past said, in one number. */
export interface TrendPoint {
  /** UTC, ISO 8601. */
  readonly at: string
  readonly status: Status
  /** What the kind of report is measured by; null where it has none. */
  readonly value: number | null
}

/** The past of a dataset, the oldest first. */
export interface DatasetTrends {
  readonly kinds: Readonly<Partial<Record<ReportKind, readonly TrendPoint[]>>>
  /** Effects of drift, by column. */
  readonly effects: ReadonlyMap<string, readonly TrendPoint[]>
}

/** What a page may tell beside reports, where it is there. */
export interface Background {
  /** By {@link datasetKey}. */
  readonly trends: ReadonlyMap<string, DatasetTrends>
  /** By run id. */
  readonly runs: ReadonlyMap<string, MergedRun>
}

/** Nothing is known beside the reports. */
export const NO_BACKGROUND: Background = { trends: new Map(), runs: new Map() }

/** What datasets are told apart by. */
export function datasetKey({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return JSON.stringify([namespace, name])
}
