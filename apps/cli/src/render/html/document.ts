import { stripVTControlCharacters } from 'node:util'
import type { AnyReport, ReportKind, Status } from '@dayshift/core'
import { worst } from '@dayshift/core/ground'
import { STEPS } from '@dayshift/core/ground'
import type { SkippedStep } from '../../command.ts'
import type { Document } from '../../document.ts'
import type { Listing } from '../../listing.ts'
import { nameOf, subjectOf } from '../name.ts'
import { summaryOf } from '../summary.ts'
import { count } from '../words.ts'
import { datasetKey, NO_BACKGROUND, type Background, type DatasetTrends } from './background.ts'
import { fitting, inTurn, leftOut, shortened, type Part } from './bounded.ts'
import { habitBody, habitHead } from './habit.ts'
import { html, isNothing, NOTHING, sizeOf, trusted, type Content, type Html } from './markup.ts'
import { pageOf, SECTION_BYTES } from './page.ts'
import { statusMark } from './status.ts'
import { tableOf } from './table.ts'
import { trendTable } from './trend.ts'

/** What stands on a page beside the document. */
export interface PageMore {
  readonly listing?: Listing | undefined
  /** What a command's own lines are about. */
  readonly subject?: string | undefined
  /** A command's own lines, where no report says it all. */
  readonly text?: readonly string[] | undefined
  readonly background?: Background | undefined
}

/** The reports about one dataset. */
interface DatasetReports {
  readonly id: string
  readonly name: string
  readonly status: Status
  readonly reports: readonly AnyReport[]
}

/** A document as one page that needs nothing else: no network, no code, and no more than 300 kB whatever it tells of. */
export function renderHtml(
  document: Document,
  cwd: string,
  { listing, subject: named = listing?.subject, text, background = NO_BACKGROUND }: PageMore = {},
): string {
  const { command, reports, skipped = [], plan = [], error, status, durationMs, dayshift } = document
  const groups = groupsOf(reports, cwd)
  const isRun = reports.length > 1
  const shown = groups.slice(0, MOST_GROUPS)
  const parts: readonly (readonly [weight: number, part: Part])[] = [
    [1, () => (error ? errorBox(error) : NOTHING)],
    [1, () => (isRun ? firstFailure(shown, cwd) : NOTHING)],
    [3, (room) => (isRun ? summaryTable(groups, skipped, room) : NOTHING)],
    [3, (room) => (listing ? listed(listing, room) : NOTHING)],
    [1, (room) => skippedList(skipped, room)],
    [3, (room) => (reports.length === 0 && !listing ? plain(plan.length > 0 ? plan : (text ?? []), room) : NOTHING)],
    ...shown.flatMap((group) => groupParts(group, background)),
  ]
  // Heads stand there even where what is below them has no room: links lead to them.
  const heads = shown.map((group) => group.reports.map((report, at) => headOf(group, report, at, isRun, cwd)))
  const room = SECTION_BYTES - heads.flat().reduce((sum, head) => sum + sizeOf(head) + AROUND, 0)
  const [failed, first, summary, list, left, lines, ...bodies] = inTurn(
    parts.map(([, part]) => part),
    room,
    parts.map(([weight]) => weight),
  )
  let next = 0
  const sections = shown.map((group, place) => {
    const own = bodies.slice(next, (next += group.reports.length + 1))
    return groupSection(group, heads[place] ?? [], own, isRun)
  })
  const subject =
    groups.length === 1 && groups[0] ? shortened(subjectOf(groups[0].reports[0] as AnyReport, cwd), 120) : ''
  const about = subject === '' ? (named === undefined ? '' : ` ${shortened(named, 120)}`) : ` ${subject}`
  const [at] = reports.map((report) => report.at).toSorted((a, b) => (a < b ? -1 : 1))
  return pageOf({
    title: `${command}${about}`,
    lead: html`<p>
      ${statusMark(status === 'error' ? 'fail' : status)}
      <span class="meta"
        >${at === undefined ? '' : html`began <time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time>, `}took
        ${(durationMs / 1000).toFixed(1)} s</span
      >
    </p>`,
    contents: groups.length > 1 ? shown.map(({ id, name, status: own }) => ({ id, title: `${name} (${own})` })) : [],
    body: [failed, first, summary, sections, leftOut(groups.length - shown.length, 'dataset'), list, left, lines],
    version: dayshift,
  })
}

/** Reports by dataset, the worst first. */
function groupsOf(reports: readonly AnyReport[], cwd: string): DatasetReports[] {
  const groups = new Map<string, AnyReport[]>()
  for (const report of reports) {
    const key = datasetKey(report.dataset)
    groups.set(key, [...(groups.get(key) ?? []), report])
  }
  const order: readonly Status[] = ['fail', 'warn', 'pass']
  return [...groups.values()]
    .map((own, at) => ({
      id: `dataset-${at}`,
      name: shortened(nameOf(own[0] as AnyReport, cwd), 120),
      status: worst(own.map(({ status }) => status)),
      reports: own,
    }))
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
}

/** What is told of each report of a dataset, and of its past. */
function groupParts({ id, reports }: DatasetReports, background: Background): (readonly [number, Part])[] {
  const trends = background.trends.get(datasetKey((reports[0] as AnyReport).dataset))
  return [
    ...reports.map((report, at): readonly [number, Part] => [
      10 * WEIGHTS[report.kind],
      (room) => habitBody(report, background, `${id}-${at}`, room),
    ]),
    [10, (room) => (trends ? pastOf(trends, `${id}-trends`, room) : NOTHING)],
  ]
}

function headOf({ id }: DatasetReports, report: AnyReport, at: number, isRun: boolean, cwd: string): Html {
  const title = isRun ? undefined : html`${report.kind} <bdi>${shortened(subjectOf(report, cwd), 120)}</bdi>`
  return habitHead(report, `${id}-${at}`, title)
}

function groupSection(
  { id, name }: DatasetReports,
  heads: readonly Html[],
  bodies: readonly Html[],
  isRun: boolean,
): Html {
  const sections = heads.map((head, at) => html`<section aria-labelledby="${id}-${at}">${head}${bodies[at]}</section>`)
  const title = isRun ? html`<h2 id="${id}"><bdi>${name}</bdi></h2>` : html`<h2 id="${id}">What was found</h2>`
  return html`${title}${sections}${bodies[heads.length]}`
}

/** How it came out before, where that was more than once. */
function pastOf(trends: DatasetTrends, id: string, room: number): Html {
  const table = trendTable(trends, id, room - 100)
  return isNothing(table)
    ? NOTHING
    : html`<h3>Before</h3>
        ${table}`
}

/** Datasets that are told of in full. */
const MOST_GROUPS = 40

/** Bytes of what stands around a section. */
const AROUND = 400

/** How much room each kind of report takes of that of its dataset. */
const WEIGHTS: Readonly<Record<ReportKind, number>> = {
  prototype: 3,
  validate: 4,
  version: 1,
  register: 1,
  log: 1,
  freshness: 1,
  drift: 6,
}

function firstFailure(groups: readonly DatasetReports[], cwd: string): Html {
  const all = groups.flatMap(({ id, reports }) => reports.map((report, at) => ({ report, id: `${id}-${at}` })))
  const [first] = all
    .filter(({ report }) => report.status === 'fail')
    .sort((a, b) => (a.report.at < b.report.at ? -1 : 1))
  if (!first) {
    const warned = all.filter(({ report }) => report.status === 'warn').length
    return html`<p class="box ${warned > 0 ? 'warn' : 'pass'}">
      Nothing failed${warned > 0 ? `; ${count(warned, 'step')} to be warned of` : ''}.
    </p>`
  }
  const { report, id } = first
  return html`<p class="box fail">
    <strong>First to fail:</strong> <a href="#${id}">${report.kind} of <bdi>${shortened(nameOf(report, cwd))}</bdi></a
    >: ${shortened(summaryOf(report), 300)}
  </p>`
}

/** A line a dataset, a column a step. */
function summaryTable(groups: readonly DatasetReports[], skipped: readonly SkippedStep[], room: number): Html {
  const left = new Set(skipped.map(({ step }) => step))
  return html`<h2 id="summary">Summary</h2>
    ${tableOf({
      id: 'summary-table',
      caption: 'What ran, and what came of it',
      noun: 'dataset',
      columns: [{ head: 'dataset' }, ...STEPS.map((step, at) => ({ head: `${at + 1} ${step}` }))],
      rows: groups.map(({ id, name, reports }, place) => () => [
        place < MOST_GROUPS ? html`<a href="#${id}"><bdi>${name}</bdi></a>` : html`<bdi>${name}</bdi>`,
        ...STEPS.map((step): Content => {
          const at = reports.findIndex(({ kind }) => kind === step)
          const report = reports[at]
          if (!report) return html`<span class="mute">${left.has(step) ? 'skipped' : '–'}</span>`
          return place < MOST_GROUPS
            ? html`<a href="#${id}-${at}">${statusMark(report.status)}</a>`
            : statusMark(report.status)
        }),
      ]),
      room: room - 200,
    })}`
}

function skippedList(skipped: readonly SkippedStep[], room: number): Html {
  if (skipped.length === 0) return NOTHING
  const { shown, left } = fitting(
    skipped,
    room - 400,
    ({ dataset, step, reason, hint }) =>
      html`<li>
        <bdi>${shortened(dataset)}</bdi>: ${step} skipped, ${shortened(reason, 200)}.
        <span class="note">${shortened(hint, 200)}</span>
      </li>`,
  )
  return html`<h2>Left out</h2>
    <ul class="plain">
      ${shown}
    </ul>
    ${leftOut(left, 'step')}`
}

function errorBox({ code, message, hint }: NonNullable<Document['error']>): Html {
  return html`<div class="box fail">
    <p><strong>${code}</strong>: ${shortened(message, 1000)}</p>
    <p>${shortened(hint, 400)}</p>
  </div>`
}

function listed({ summary, items }: Listing, room: number): Html {
  const marks = { fails: 'fail', warns: 'warn', holds: 'pass' } as const
  return html`<p>${shortened(summary, 300)}</p>
    ${tableOf({
      id: 'listing',
      caption: 'What was found',
      noun: 'line',
      columns: [{ head: 'what' }, { head: 'verdict' }, { head: 'message' }],
      rows: items.map(({ kind, verdict, message }) => [
        shortened(kind),
        statusMark(marks[verdict]),
        html`<bdi>${shortened(message, 400)}</bdi>`,
      ]),
      room: room - 1000,
    })}`
}

function plain(lines: readonly string[], room: number): Html {
  if (lines.length === 0) return NOTHING
  const { shown, left } = fitting(
    lines,
    room - 400,
    (line) => html`${shortened(stripVTControlCharacters(line), 400)}${trusted('\n')}`,
  )
  return html`<pre class="scroll" tabindex="0">${shown}</pre>
    ${leftOut(left, 'line')}`
}
