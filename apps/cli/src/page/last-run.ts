import { join } from 'node:path'
import type { AnyReport } from '@dayshift/core'
import { readJournalLines, STEPS } from '@dayshift/core/ground'
import { HISTORY_FILE } from '../places.ts'
import { datasetKey } from '../render/html/background.ts'
import { isReport } from './past.ts'

/** The last run of each dataset that the history knows. */
export interface LastRuns {
  /** By dataset, in the order of the steps. */
  readonly reports: readonly AnyReport[]
  /** Lines that cannot be read. */
  readonly damaged: number
}

/**
 * Reads the last run of each dataset from the history of reports. Steps of one run come in their order: a report of a step that is not
 * after the one before begins another run.
 *
 * @param wanted whether a dataset is meant. Default: all
 */
export async function readLastRuns(
  root: string,
  signal: AbortSignal,
  wanted: (dataset: AnyReport['dataset']) => boolean = () => true,
): Promise<LastRuns> {
  const runs = new Map<string, AnyReport[]>()
  const damage = await readJournalLines(
    join(root, HISTORY_FILE),
    ({ record }) => {
      const report = record as unknown as AnyReport
      if (!isReport(report) || !STEPS.includes(report.kind) || !wanted(report.dataset)) return
      const key = datasetKey(report.dataset)
      const run = runs.get(key) ?? []
      const last = run.at(-1)
      // Of branches that were merged, older lines may stand behind newer ones.
      if (last && report.at < last.at) return
      const goesOn = last !== undefined && STEPS.indexOf(report.kind) > STEPS.indexOf(last.kind)
      runs.set(key, goesOn ? [...run, report] : [report])
    },
    { signal },
  )
  return { reports: [...runs.values()].flat(), damaged: damage.length }
}
