import type { AnyReport } from '@dayshift/core'
import { ownVersion } from '../../own-version.ts'
import { nameOf } from '../name.ts'
import { summaryOf } from '../summary.ts'
import { datasetKey, type Background } from './background.ts'
import { inTurn, shortened } from './bounded.ts'
import { html, isNothing, NOTHING } from './markup.ts'
import { pageOf, SECTION_BYTES } from './page.ts'
import { statusMark } from './status.ts'
import { tableOf } from './table.ts'
import { trendTable } from './trend.ts'

/** Datasets whose trends are shown. */
const MOST_DATASETS = 40

/** Letters of a run's id that are shown, from its end. */
const SHOWN_OF_ID = 6

/**
 * What the habits found before as one page that needs nothing else: how each came out over time, and the reports.
 *
 * @param reports the newest first
 * @param summary how many there are
 */
export function historyPage(
  reports: readonly AnyReport[],
  { trends }: Background,
  summary: string,
  cwd: string,
): string {
  const names = new Map(reports.map((report) => [datasetKey(report.dataset), nameOf(report, cwd)]))
  const shown = [...names].slice(0, MOST_DATASETS)
  const body = inTurn(
    [
      ...shown.map(([key, name], at) => (room: number) => {
        const own = trends.get(key)
        const table = own ? trendTable(own, `trend-${at}`, room - 200) : NOTHING
        return isNothing(table)
          ? NOTHING
          : html`<h2 id="dataset-${at}"><bdi>${shortened(name, 120)}</bdi></h2>
              ${table}`
      }),
      (room) =>
        html`<h2 id="reports">Reports</h2>
          ${tableOf({
            id: 'reports-table',
            caption: 'What was found, the newest first',
            noun: 'report',
            columns: [
              { head: 'at (UTC)' },
              { head: 'run' },
              { head: 'dataset' },
              { head: 'habit' },
              { head: 'result' },
              { head: 'what' },
            ],
            rows: reports.map((report) => () => [
              html`<time datetime="${report.at}">${report.at.slice(0, 16).replace('T', ' ')}</time>`,
              report.run?.slice(-SHOWN_OF_ID) ?? '',
              html`<bdi>${shortened(nameOf(report, cwd))}</bdi>`,
              report.kind,
              statusMark(report.status),
              html`<bdi>${shortened(summaryOf(report), 200)}</bdi>`,
            ]),
            room: room - 200,
          })}`,
    ],
    SECTION_BYTES,
    [...shown.map(() => 1), Math.max(2, shown.length)],
  )
  return pageOf({
    title: 'history',
    lead: html`<p>${summary}</p>`,
    contents: [
      ...shown.flatMap(([, name], at) =>
        isNothing(body[at] ?? NOTHING) ? [] : [{ id: `dataset-${at}`, title: shortened(name, 120) }],
      ),
      { id: 'reports', title: 'Reports' },
    ],
    body,
    version: ownVersion(),
  })
}
