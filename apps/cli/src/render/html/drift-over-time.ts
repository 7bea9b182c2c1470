import type { Status } from '@dayshift/core'
import type { ColumnHistory } from '@dayshift/monitor'
import type { DriftOverTime, WalkedVersion } from '../../drift/walk-versions.ts'
import { ownVersion } from '../../own-version.ts'
import { historyRemarks, historyWeight, historyWords } from '../drift-history.ts'
import { count, short } from '../words.ts'
import { fitting, inTurn, leftOut, shortened } from './bounded.ts'
import { effectLine, quantileFan, shareBands, type TimedPoint } from './fan.ts'
import { heatCalendar, heatKeys, heatStrip, type Heat } from './heat.ts'
import { html, NOTHING, type Html } from './markup.ts'
import { shareWords } from './numbers.ts'
import { pageOf, SECTION_BYTES } from './page.ts'
import { statusMark } from './status.ts'
import { tableOf } from './table.ts'

/** Rows of the table of numbers of a column: of more versions, so many, evenly chosen. */
const MOST_NUMBERS = 12

/** Names of columns that drifted, in a line of a version. */
const LONGEST_LIST = 160

/** What happened to a dataset over its versions, as one page that needs nothing else. */
export function driftOverTimePage(found: DriftOverTime, subject: string, status: Status): string {
  const { versions, against, since, columns } = found
  const first = versions[0]?.label ?? since
  const what = against === 'first' ? first : against === 'previous' ? 'the version before it' : against
  const sorted = columns.toSorted((a, b) => historyWeight(b) - historyWeight(a))
  const body = inTurn(
    [
      () => calendarSection(found),
      (room) => columnsSection(found, sorted, room),
      (room) => detailsSection(found, sorted, room),
      (room) => versionsSection(versions, room),
    ],
    SECTION_BYTES,
    [1, 4, 8, 3],
  )
  return pageOf({
    title: `drift ${shortened(subject, 120)} since ${shortened(since, 60)}`,
    lead: html`<p>
      ${statusMark(status)}
      <span class="meta">${count(versions.length, 'version')}, each against <bdi>${shortened(what, 80)}</bdi></span>
    </p>`,
    contents:
      columns.length === 0
        ? []
        : [
            { id: 'calendar', title: 'Day by day' },
            { id: 'columns', title: 'Columns' },
            { id: 'each', title: 'Each column' },
            { id: 'versions', title: 'Versions' },
          ],
    body,
    version: ownVersion(),
  })
}

/** How hot a version was: by the share of its columns that drifted, or what broke. */
function heatOfVersion({ compared, driftedColumns = [], status }: WalkedVersion): Heat | undefined {
  if (compared === undefined) return undefined
  if (driftedColumns.length === 0) return 0
  return status === 'fail' ? 3 : 2
}

function heatOf(effect: number | null, drifted: boolean, minEffect: number | undefined): Heat | undefined {
  if (effect === null) return undefined
  const least = minEffect ?? 0
  if (drifted) return least > 0 && effect < 2 * least ? 2 : 3
  return least > 0 && effect >= least / 2 ? 1 : 0
}

function calendarSection({ versions, columns }: DriftOverTime): Html {
  if (columns.length === 0) return html`<p>No two versions were compared.</p>`
  const drifted = versions.filter(({ driftedColumns = [] }) => driftedColumns.length > 0)
  const compared = versions.filter((one) => one.compared !== undefined).length
  const last = drifted.at(-1)
  const words =
    `${count(compared, 'version')} compared, ${drifted.length} with columns that drifted` +
    (drifted[0] && last ? `: the first on ${drifted[0].at.slice(0, 10)}, the last on ${last.at.slice(0, 10)}` : '')
  const cells = versions.map((version) => ({ at: version.at, heat: heatOfVersion(version) }))
  const span = Date.parse(versions.at(-1)?.at ?? '') - Date.parse(versions[0]?.at ?? '')
  return html`<h2 id="calendar">Day by day</h2>
    <p>${words}.</p>
    ${heatCalendar(cells, words)}
    <p class="note">
      <span class="nowrap">${square('heatbreak')} the reference, or not compared,</span>
      <span class="nowrap">${square('heat0')} nothing drifted,</span>
      <span class="nowrap">${square('heat2')} columns drifted,</span>
      <span class="nowrap">${square('heat3')} so many that it fails, or something broke</span>.
      ${span > 370 * 86_400_000 ? 'The last year is shown.' : ''}
    </p>`
}

function square(name: 'heatbreak' | 'heat0' | 'heat2' | 'heat3'): Html {
  return html`<svg class="inline" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    <path class="${name}" d="M0.5 0.5h11v11h-11z" />
  </svg>`
}

function columnsSection(found: DriftOverTime, sorted: readonly ColumnHistory[], room: number): Html {
  if (sorted.length === 0) return NOTHING
  const version = (place: number): WalkedVersion | undefined => found.versions[found.compared[place] as number]
  return html`<h2 id="columns">Columns</h2>
    ${tableOf({
      id: 'columns-table',
      caption: 'What each column did, those that drift now first',
      noun: 'line',
      columns: [
        { head: 'column' },
        { head: 'now' },
        { head: 'over time' },
        { head: 'detector' },
        { head: 'effect', isNumber: true },
        { head: 'counts from', isNumber: true },
        { head: 'drifted since' },
        { head: 'by its history' },
      ],
      rows: sorted.map((one) => () => {
        const { column, detector, effects, drifted, minEffect, since } = one
        const heats = effects.map((effect, at) => heatOf(effect, drifted[at] ?? false, minEffect))
        const often = drifted.filter(Boolean).length
        const [firstPlace, lastPlace] = [drifted.indexOf(true), drifted.lastIndexOf(true)]
        const when =
          often === 0 ? '' : `, from ${version(firstPlace)?.at.slice(0, 10)} to ${version(lastPlace)?.at.slice(0, 10)}`
        const now = effects.at(-1)
        return [
          html`<bdi>${shortened(column)}</bdi>`,
          since === null
            ? html`<span class="mute">no drift</span>`
            : html`<span class="status fail"><span aria-hidden="true">✖</span> drifted</span>`,
          heatStrip(heats, `${shortened(column)} drifted in ${often} of ${count(drifted.length, 'version')}${when}`),
          detector,
          typeof now === 'number' ? short(now) : '',
          minEffect === undefined ? '' : short(minEffect),
          since === null ? '' : html`<bdi>${shortened(version(since)?.label ?? '', 40)}</bdi>`,
          historyWords(one),
        ]
      }),
      room: room - 900,
    })}
    ${heatKeys()}`
}

function detailsSection(found: DriftOverTime, sorted: readonly ColumnHistory[], room: number): Html {
  const names = [...new Set(sorted.map(({ column }) => column))]
  const { shown, left } = fitting(names, room - 500, (name, at) =>
    columnDetails(
      found,
      sorted.filter(({ column }) => column === name),
      at,
    ),
  )
  if (names.length === 0) return NOTHING
  return html`<h2 id="each">Each column</h2>
    ${shown}${leftOut(left, 'column')}`
}

/** One column in full: values and effects over time, what changed, and some of the numbers. */
function columnDetails(found: DriftOverTime, histories: readonly ColumnHistory[], at: number): Html {
  const [lead] = histories
  if (!lead) return NOTHING
  const { versions, compared, spreads } = found
  const version = (place: number): WalkedVersion => versions[compared[place] as number] as WalkedVersion
  const name = shortened(lead.column)
  const own = spreads.map((all) => all.find(({ column }) => column === lead.column))
  const quantiles = own.flatMap((spread, place): TimedPoint<readonly number[]>[] =>
    spread?.quantiles ? [{ at: version(place).at, value: spread.quantiles }] : [],
  )
  const shares = own.flatMap((spread, place): TimedPoint<ReadonlyMap<string, number>>[] =>
    spread?.shares ? [{ at: version(place).at, value: new Map(spread.shares) }] : [],
  )
  const timesOf = (changes: { readonly found: readonly { readonly place: number }[] } | undefined): string[] =>
    (changes?.found ?? []).map(({ place }) => version(place).at)
  const lines = histories.flatMap((history, order) =>
    historyRemarks(history, (place) => version(place).label, order === 0),
  )
  const effects = histories.slice(0, 2).map((history) =>
    effectLine(
      name,
      history.detector,
      history.effects.flatMap((effect, place) =>
        effect === null || effect === Number.MAX_VALUE ? [] : [{ at: version(place).at, value: effect }],
      ),
      history.minEffect ?? 0,
      timesOf(history.effect.changes),
    ),
  )
  const isDrifting = histories.some(({ since }) => since !== null)
  const said = isDrifting
    ? 'drifts now'
    : histories.some(({ drifted }) => drifted.includes(true))
      ? 'drifted before'
      : 'no drift'
  const chart = html`${quantileFan(name, quantiles, timesOf(lead.mean?.changes))}${shareBands(name, shares)}${effects}`
  const open = at === 0 && isDrifting ? html` open` : undefined
  return html`<details${open}><summary><bdi>${name}</bdi>: ${said}</summary>
    ${
      lines.length > 0
        ? html`<ul class="plain">
            ${lines.slice(0, 8).map((line) => html`<li><bdi>${shortened(line, 300)}</bdi></li>`)}
          </ul>`
        : undefined
    }
    ${chart}
    ${numbersOf(found, lead, `column-${at}`)}
  </details>`
}

function mostFrequent(shares: readonly (readonly [value: string, share: number])[]): string {
  const words = shares
    .slice(0, 3)
    .map(([value, share]) => `${value === '' ? "''" : shortened(value, 30)} ${shareWords(share)}`)
  return words.join(', ')
}

/** A hash, or tags: what is short stays in one line. */
function versionName({ label }: WalkedVersion): Html {
  return label.length <= 12 ? html`<bdi class="nowrap">${label}</bdi>` : html`<bdi>${shortened(label, 60)}</bdi>`
}

function timeOf({ at }: WalkedVersion): Html {
  return html`<span class="nowrap">${at.slice(0, 10)} ${at.slice(11, 16)}</span>`
}

/** The numbers behind the drawings. */
function numbersOf({ versions, compared, spreads }: DriftOverTime, history: ColumnHistory, id: string): Html {
  const last = compared.length - 1
  const places = [
    ...new Set(
      Array.from({ length: Math.min(MOST_NUMBERS, compared.length) }, (_, order) =>
        Math.round((order / Math.max(1, Math.min(MOST_NUMBERS, compared.length) - 1)) * last),
      ),
    ),
  ]
  const spreadAt = (place: number) => spreads[place]?.find(({ column }) => column === history.column)
  const hasQuantiles = places.some((place) => spreadAt(place)?.quantiles)
  const hasShares = places.some((place) => spreadAt(place)?.shares)
  return tableOf({
    id,
    caption: `${shortened(history.column)} in numbers${places.length < compared.length ? `, ${places.length} of ${count(compared.length, 'version')}` : ''}`,
    noun: 'version',
    columns: [
      { head: 'version' },
      { head: 'at (UTC)' },
      { head: `${history.detector} effect`, isNumber: true },
      ...(hasQuantiles
        ? ['5 %', '25 %', 'median', '75 %', '95 %'].map((head) => ({ head, isNumber: true }))
        : hasShares
          ? [{ head: 'most frequent' }]
          : []),
    ],
    rows: places.map((place) => {
      const version = versions[compared[place] as number] as WalkedVersion
      const { quantiles, shares = [] } = spreadAt(place) ?? {}
      const effect = history.effects[place]
      return [
        versionName(version),
        timeOf(version),
        typeof effect === 'number' ? short(effect) : '',
        ...(hasQuantiles
          ? [0, 1, 2, 3, 4].map((at) => (quantiles ? short(quantiles[at] as number) : ''))
          : hasShares
            ? [html`<bdi>${mostFrequent(shares)}</bdi>`]
            : []),
      ]
    }),
    room: 8000,
  })
}

function versionsSection(versions: readonly WalkedVersion[], room: number): Html {
  return html`<h2 id="versions">Versions</h2>
    ${tableOf({
      id: 'versions-table',
      caption: 'Every version, the newest first',
      noun: 'version',
      columns: [
        { head: 'version' },
        { head: 'at (UTC)' },
        { head: 'rows', isNumber: true },
        { head: 'verdict' },
        { head: 'drifted' },
      ],
      rows: versions
        .toReversed()
        .map((version) => () => [
          versionName(version),
          timeOf(version),
          version.rows === undefined ? '' : version.rows.toLocaleString('en-US'),
          version.status
            ? statusMark(version.status)
            : html`<span class="mute">${version.skipped === undefined ? 'the reference' : 'not compared'}</span>`,
          version.skipped === undefined
            ? version.compared === undefined
              ? ''
              : html`${(version.driftedColumns ?? []).length} of
                  ${version.compared}${(version.driftedColumns ?? []).length > 0 ? ':' : ''}
                  <bdi>${shortened((version.driftedColumns ?? []).slice(0, 20).join(', '), LONGEST_LIST)}</bdi>`
            : shortened(version.skipped, LONGEST_LIST),
        ]),
      room: room - 200,
    })}`
}
