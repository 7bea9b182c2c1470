import type { AnyReport } from '@dayshift/core'
import { STEPS } from '@dayshift/core/ground'
import { summaryOf } from '../summary.ts'
import { datasetKey, type Background } from './background.ts'
import { inTurn, shortened } from './bounded.ts'
import { driftSection } from './drift.ts'
import { freshnessSection, registerSection, versionSection } from './facts.ts'
import { logSection } from './lineage.ts'
import { html, type Content, type Html } from './markup.ts'
import { prototypeSection } from './prototype.ts'
import { findingsList, statusMark } from './status.ts'
import { validateSection } from './validate.ts'

/** Findings that the details of a report show already. */
const TOLD = /^(?:drift\.column|validate\.(?:failed|tolerated))$/

/** One report in full. */
export function habitSection(
  report: AnyReport,
  background: Background,
  id: string,
  title: Content,
  room: number,
): Html {
  const { kind, status, at, durationMs, findings, dataset } = report
  const step = STEPS.indexOf(kind) + 1
  const head = html`<h3 id="${id}">${title ?? `${step} ${kind}`} ${statusMark(status)}</h3>
    <p>${shortened(summaryOf(report), 400)}</p>
    <p class="meta">
      <time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time>, ${durationMs.toLocaleString('en-US')}
      ms${dataset.version === undefined ? '' : `, version ${dataset.version}`}
    </p>`
  const parts = inTurn(
    [
      (share) =>
        findingsList(
          findings.filter(({ code }) => !TOLD.test(code)),
          share,
        ),
      (share) => detailsOf(report, background, id, share),
    ],
    room - 3000,
    [1, 4],
  )
  return html`<section aria-labelledby="${id}">${head}${parts}</section>`
}

function detailsOf(report: AnyReport, { trends, runs }: Background, id: string, room: number): Html {
  switch (report.kind) {
    case 'prototype':
      return prototypeSection(report, id, room)
    case 'validate':
      return validateSection(report, id, room)
    case 'version':
      return versionSection(report, id, room)
    case 'register':
      return registerSection(report, id, room)
    case 'log':
      return logSection(report, runs.get(report.facts.runId), room)
    case 'freshness':
      return freshnessSection(report, id, room)
    case 'drift':
      return driftSection(report, trends.get(datasetKey(report.dataset)), id, room)
  }
  return html``
}
