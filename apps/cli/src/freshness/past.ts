import type { DatasetRef } from '@dayshift/core'
import type { ContentHistory } from '@dayshift/monitor'
import { readPastReports, type PastReports } from './past-reports.ts'
import type { FreshnessPlace } from './place.ts'

/** What is known of the past of a dataset; each is read once, when it is asked for. */
export interface Past {
  reports(this: void): Promise<PastReports>
  /** Undefined where no version was ever recorded. */
  content(this: void): Promise<ContentHistory | undefined>
}

/** The past of a dataset, by the history of reports and the versions of its path. */
export function pastOf(place: FreshnessPlace, dataset: DatasetRef): Past {
  let reports: Promise<PastReports> | undefined
  let content: Promise<ContentHistory | undefined> | undefined
  const readReports = (): Promise<PastReports> => (reports ??= readPastReports(place.root, dataset, place.signal))
  const readContent = async (): Promise<ContentHistory | undefined> => {
    // What reads versions is loaded when it is asked for.
    const { readContentHistory } = await import('./content-history.ts')
    return readContentHistory(place, await readReports())
  }
  return { reports: readReports, content: () => (content ??= readContent()) }
}
