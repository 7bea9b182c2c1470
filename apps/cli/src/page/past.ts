import { join } from 'node:path'
import type { AnyReport, ReportKind } from '@dayshift/core'
import { readJournalLines } from '@dayshift/core/ground'
import { readRun, type MergedRun } from '@dayshift/lineage'
import { existsSync } from 'node:fs'
import { HISTORY_FILE, LINEAGE_FILE } from '../places.ts'
import { datasetKey, type Background, type DatasetTrends, type TrendPoint } from '../render/html/background.ts'

/** Reports of each kind that a trend shows. */
const SHOWN = 30

/** The past of datasets while it is read. */
interface Reading {
  readonly kinds: Partial<Record<ReportKind, TrendPoint[]>>
  readonly effects: Map<string, TrendPoint[]>
}

/** What a page tells beside these reports: how their datasets came out before, and what their runs read and wrote. */
export async function backgroundOf(
  root: string,
  reports: readonly AnyReport[],
  signal: AbortSignal,
): Promise<Background> {
  const [trends, runs] = [await trendsOf(root, reports, signal), await runsOf(root, reports, signal)]
  return { trends, runs }
}

async function trendsOf(
  root: string,
  reports: readonly AnyReport[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, DatasetTrends>> {
  const found = new Map<string, Reading>(
    reports.map(({ dataset }) => [datasetKey(dataset), { kinds: {}, effects: new Map() }]),
  )
  await readJournalLines(
    join(root, HISTORY_FILE),
    ({ record }) => {
      const report = record as unknown as AnyReport
      const reading = isReport(report) ? found.get(datasetKey(report.dataset)) : undefined
      if (reading) take(report, reading)
    },
    { signal },
  )
  return found
}

function take(report: AnyReport, { kinds, effects }: Reading): void {
  const { at, status, kind } = report
  add((kinds[kind] ??= []), { at, status, value: measureOf(report) })
  if (report.kind !== 'drift') return
  const seen = new Set<string>()
  for (const { column, effect, statistic, drifted } of report.facts.columns) {
    if (seen.has(column)) continue
    seen.add(column)
    const points = effects.get(column) ?? []
    effects.set(column, points)
    add(points, { at, status: drifted ? 'fail' : 'pass', value: effect ?? statistic })
  }
}

/** Keeps the last ones, in the order of time: of two branches that were merged, lines may stand in another. */
function add(points: TrendPoint[], point: TrendPoint): void {
  const after = points.findIndex(({ at }) => at > point.at)
  points.splice(after < 0 ? points.length : after, 0, point)
  if (points.length > SHOWN) points.shift()
}

function measureOf(report: AnyReport): number | null {
  switch (report.kind) {
    case 'prototype':
      return finite(report.facts.rows)
    case 'validate':
      return report.facts.rows > 0 ? report.facts.failedRows / report.facts.rows : null
    case 'freshness':
      return finite(report.facts.ageSeconds)
    case 'drift':
      return finite(report.facts.share)
    default:
      return null
  }
}

function finite(value: number | null): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** Whether a line of the history is a report. */
export function isReport(value: Partial<AnyReport>): value is AnyReport {
  return (
    typeof value.kind === 'string' &&
    typeof value.at === 'string' &&
    typeof value.dataset?.name === 'string' &&
    typeof value.facts === 'object' &&
    Array.isArray(value.findings)
  )
}

async function runsOf(
  root: string,
  reports: readonly AnyReport[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, MergedRun>> {
  const log = join(root, LINEAGE_FILE)
  const runs = new Map<string, MergedRun>()
  if (!existsSync(log)) return runs
  for (const report of reports) {
    if (report.kind !== 'log') continue
    // What is broken in the log keeps no page from being made.
    const run = await readRun(log, report.facts.runId, { signal }).catch(() => undefined)
    if (run) runs.set(run.runId, run)
  }
  return runs
}
