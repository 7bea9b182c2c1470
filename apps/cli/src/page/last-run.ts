import { join } from 'node:path'
import type { AnyReport, ReportKind } from '@dayshift/core'
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

/** Runs of one dataset that are told apart while the history is read: more do not go on at once. */
const AT_ONCE = 16

/** A run, while the history is read. */
interface Run {
  readonly id: string | undefined
  /** When its first step began, as far as it was read. */
  began: string
  readonly reports: Map<ReportKind, AnyReport>
}

/**
 * Reads the last run of each dataset from the history of reports: the one that began last. Of reports that do not say which run they are
 * of, as earlier versions kept them, a step that is not after the one before begins another run.
 *
 * @param wanted whether a dataset is meant. Default: all
 */
export async function readLastRuns(
  root: string,
  signal: AbortSignal,
  wanted: (dataset: AnyReport['dataset']) => boolean = () => true,
): Promise<LastRuns> {
  const runs = new Map<string, Run[]>()
  const damage = await readJournalLines(
    join(root, HISTORY_FILE),
    ({ record }) => {
      const report = record as unknown as AnyReport
      if (!isReport(report) || !STEPS.includes(report.kind) || !wanted(report.dataset)) return
      const key = datasetKey(report.dataset)
      const known = runs.get(key) ?? []
      runs.set(key, known)
      take(known, report)
    },
    { signal },
  )
  return { reports: [...runs.values()].flatMap(reportsOfLast), damaged: damage.length }
}

function take(runs: Run[], report: AnyReport): void {
  const run = runs.find(({ id }) => id === report.run)
  if (run && (report.run !== undefined || goesOn(run, report))) {
    run.reports.set(report.kind, report)
    if (report.at < run.began) run.began = report.at
    return
  }
  // Of branches that were merged, older lines may stand behind newer ones.
  if (run && report.at < run.began) return
  if (run) runs.splice(runs.indexOf(run), 1)
  runs.push({ id: report.run, began: report.at, reports: new Map([[report.kind, report]]) })
  if (runs.length > AT_ONCE) runs.splice(runs.indexOf(runs.toSorted(byBeginning)[0] as Run), 1)
}

/** Whether a report of no known run is of the step after those of a run. */
function goesOn({ reports }: Run, { at, kind }: AnyReport): boolean {
  return [...reports.values()].every((one) => one.at <= at && STEPS.indexOf(one.kind) < STEPS.indexOf(kind))
}

function reportsOfLast(runs: readonly Run[]): AnyReport[] {
  const last = runs.toSorted(byBeginning).at(-1)
  return [...(last?.reports.values() ?? [])].sort((a, b) => STEPS.indexOf(a.kind) - STEPS.indexOf(b.kind))
}

function byBeginning(a: Run, b: Run): number {
  return a.began < b.began ? -1 : a.began > b.began ? 1 : 0
}
