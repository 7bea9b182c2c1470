import { join } from 'node:path'
import type { AnyReport, DatasetRef, FreshnessOfBasis, Report } from '@dayshift/core'
import { readJournalLines } from '@dayshift/core/ground'
import { HISTORY_FILE } from '../places.ts'

/** What the history of reports says of the past of a dataset. */
export interface PastReports {
  /** Times of the newest data that were found, by basis. */
  readonly updates: Readonly<Record<string, readonly string[]>>
  /** What the last check of freshness found. */
  readonly last: Report<'freshness'> | undefined
  /** The versions that it was seen in, and when. */
  readonly versions: readonly { readonly hash: string; readonly at: string }[]
}

/** Reads what the history of reports says of a dataset. */
export async function readPastReports(
  root: string,
  { namespace, name }: Pick<DatasetRef, 'namespace' | 'name'>,
  signal: AbortSignal,
): Promise<PastReports> {
  const updates: Record<string, string[]> = {}
  const versions: { hash: string; at: string }[] = []
  let last: Report<'freshness'> | undefined
  await readJournalLines(
    join(root, HISTORY_FILE),
    ({ record }) => {
      const report = record as unknown as AnyReport
      if (report.dataset?.name !== name || report.dataset.namespace !== namespace) return
      if (report.dataset.version !== undefined) versions.push({ hash: report.dataset.version, at: report.at })
      if (report.kind !== 'freshness') return
      if (last === undefined || last.at <= report.at) last = report
      for (const { basis, newest, state } of basesOf(report)) {
        // A time from the future is no update.
        if (newest !== null && state !== 'future') (updates[basis] ??= []).push(newest)
      }
    },
    { signal },
  )
  return { updates, last, versions }
}

/** What a report says of each of its bases. */
export function basesOf({ facts }: Report<'freshness'>): readonly FreshnessOfBasis[] {
  return facts.bases ?? [facts]
}
