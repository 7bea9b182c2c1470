import type { AnyReport } from '@dayshift/core'
import { STEPS } from '@dayshift/core/ground'
import { summaryOf } from '../summary.ts'
import { datasetKey, type Background } from './background.ts'
import { inTurn, shortened } from './bounded.ts'
import { driftSection } from './drift.ts'
import { freshnessSection, registerSection, versionSection } from './facts.ts'
import { logSection } from './lineage.ts'
import { html, NOTHING, type Content, type Html } from './markup.ts'
import { prototypeSection } from './prototype.ts'
import { findingsList, statusMark } from './status.ts'
import { validateSection } from './validate.ts'

/** Findings that the details of a report show already. */
const TOLD = /^(?:drift\.column|validate\.(?:failed|tolerated))$/

/** The title of a report, what it says in a line, and when. */
export function habitHead(report: AnyReport, id: string, title?: Content): Html {
  const { kind, status, at, durationMs, dataset } = report
  const version = dataset.version === undefined ? '' : `, version ${dataset.version}`
  return html`<h3 id="${id}">${title ?? `${STEPS.indexOf(kind) + 1} ${kind}`} ${statusMark(status)}</h3>
    <p>${shortened(summaryOf(report), 400)}</p>
    <p class="meta">
      <time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time>, ${durationMs.toLocaleString('en-US')}
      ms${shortened(version)}
    </p>`
}

/** What a report tells beyond that. */
export function habitBody(report: AnyReport, background: Background, id: string, room: number): Html {
  const findings = report.findings.filter(({ code }) => !TOLD.test(code))
  const parts = inTurn(
    [(share) => findingsList(findings, share), (share) => detailsOf(report, background, id, share)],
    room,
    [1, 4],
  )
  return html`${parts}`
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
  return NOTHING
}
