import type { DatasetRef } from './dataset.ts'
import { readJournalLines, type ReadJournalOptions } from './journal/read.ts'
import type { AnyReport } from './report.ts'

/**
 * The last report of each kind about a dataset, from the history that {@link historySink} keeps. A report is the last one if
 * its work began last.
 *
 * @param path of the history; a missing one is empty
 * @throws DS_SOURCE_UNREADABLE, DS_ABORTED
 * @example await lastReports('.dayshift/reports.jsonl', { namespace: 'file', name: '/srv/data/weather.csv' })
 */
export async function lastReports(
  path: string,
  { namespace, name }: Pick<DatasetRef, 'namespace' | 'name'>,
  options: ReadJournalOptions = {},
): Promise<AnyReport[]> {
  const last = new Map<string, AnyReport>()
  await readJournalLines(
    path,
    ({ record }) => {
      const report = record as unknown as AnyReport
      if (report.dataset?.name !== name || report.dataset.namespace !== namespace) return
      const before = last.get(report.kind)
      if (before === undefined || before.at <= report.at) last.set(report.kind, report)
    },
    options,
  )
  return [...last.values()]
}
