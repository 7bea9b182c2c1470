import type { ColumnDrift, Report } from '@dayshift/core'
import { count, probability, short } from '../words.ts'
import type { DatasetTrends } from './background.ts'
import { fitting, inTurn, leftOut, shortened } from './bounded.ts'
import { categoryBars } from './categories.ts'
import { driftWhySection } from './drift-why.ts'
import { distributions } from './ecdf.ts'
import { keys, overlaidHistograms, pairedHistograms } from './histogram.ts'
import { html, isNothing, NOTHING, type Content, type Html } from './markup.ts'
import { shareWords } from './numbers.ts'
import { tableOf } from './table.ts'
import { trendLine } from './trend.ts'

/** What a drift report tells beyond its summary: a table by severity, and each column in full. */
export function driftSection(
  { facts }: Report<'drift'>,
  trends: DatasetTrends | undefined,
  id: string,
  room: number,
): Html {
  const { referenceRows, currentRows, newColumns = [], missingColumns = [], retypedColumns = [] } = facts
  const columns = bySeverity(facts.columns)
  const lists = [
    ['only in the current data', newColumns],
    ['only in the reference', missingColumns],
    ['of another type', retypedColumns.map(({ column, from, to }) => `${column} ${from} → ${to}`)],
  ] as const
  const told = lists.flatMap(([what, names]) =>
    names.length === 0
      ? []
      : [
          html`<p>
            ${count(names.length, 'column')} ${what}: <bdi>${shortened(names.slice(0, 60).join(', '), 400)}</bdi>
          </p>`,
        ],
  )
  const parts = inTurn(
    [
      (share) => columnTable(columns, trends, `${id}-columns`, share),
      (share) => driftWhySection(facts, id, share),
      (share) => columnDetails(columns, [referenceRows, currentRows], id, share),
    ],
    room - 3000,
    [2, 1, 3],
  )
  return html`<p>Reference ${count(referenceRows, 'row')}, current ${count(currentRows, 'row')}.</p>
    ${told}${parts}`
}

function rank({ drifted, undecided, significant }: ColumnDrift): number {
  return drifted ? 0 : significant ? 1 : undecided ? 2 : 3
}

/** How many times as large as counts an effect is. */
function excess({ effect, minEffect, statistic, threshold }: ColumnDrift): number {
  return effect === undefined ? statistic / (threshold || 1) : effect / (minEffect || 1)
}

/**
 * Columns that drifted most first, then what is certain but small, what is open, and the rest; the lines of one column stand together, the
 * weightiest first.
 */
function bySeverity(columns: readonly ColumnDrift[]): ColumnDrift[] {
  const sorted = [...columns].sort(
    (a, b) => rank(a) - rank(b) || excess(b) - excess(a) || (a.adjustedPValue ?? 1) - (b.adjustedPValue ?? 1),
  )
  const names = [...new Set(sorted.map(({ column }) => column))]
  const place = new Map(names.map((name, at) => [name, at]))
  return sorted.sort((a, b) => (place.get(a.column) ?? 0) - (place.get(b.column) ?? 0))
}

function columnTable(
  columns: readonly ColumnDrift[],
  trends: DatasetTrends | undefined,
  id: string,
  room: number,
): Html {
  const hasTrends = columns.some(({ column }) => (trends?.effects.get(column)?.length ?? 0) > 1)
  const seen = new Set<string>()
  const table = tableOf({
    id,
    caption: 'Columns, those that drifted most first',
    noun: 'line',
    columns: [
      { head: 'column' },
      { head: 'verdict' },
      { head: 'before and now' },
      { head: 'detector' },
      { head: 'effect', isNumber: true },
      { head: 'counts from', isNumber: true },
      { head: 'p (corrected)', isNumber: true },
      { head: 'without value', isNumber: true },
      ...(hasTrends ? [{ head: 'effect over time' }] : []),
    ],
    rows: columns.map((one) => () => {
      const isFirst = !seen.has(one.column)
      seen.add(one.column)
      return rowOf(one, isFirst, hasTrends ? trends : undefined)
    }),
    room: room - 300,
  })
  return isNothing(table)
    ? table
    : html`${table}
        <p class="note">${keys()}</p>`
}

function rowOf(one: ColumnDrift, isFirst: boolean, trends: DatasetTrends | undefined): Content[] {
  const {
    column,
    type,
    detector,
    reference,
    current,
    effect,
    statistic,
    minEffect,
    threshold,
    pValue,
    adjustedPValue,
  } = one
  const pair = isFirst && reference.histogram && current.histogram
  const points = trends?.effects.get(column) ?? []
  return [
    html`<bdi>${shortened(column)}</bdi> <span class="mute">${type}</span>`,
    verdictMark(one),
    pair ? pairedHistograms(reference.histogram, current.histogram, shortened(column)) : isFirst ? topWords(one) : '',
    detector,
    short(effect ?? statistic),
    pValue === undefined ? short(threshold) : minEffect === undefined ? '' : short(minEffect),
    adjustedPValue === undefined ? '' : probability(adjustedPValue),
    isFirst ? `${reference.nulls.toLocaleString('en-US')} → ${current.nulls.toLocaleString('en-US')}` : '',
    ...(trends ? [isFirst && points.length > 1 ? trendLine(points, short, `effect on ${shortened(column)}`) : ''] : []),
  ]
}

/** What moved most, in words, where there is no histogram. */
function topWords({ moved = [], newValues = [], lostValues = [] }: ColumnDrift): Content {
  const [most] = [...moved, ...newValues, ...lostValues]
  if (!most) return ''
  return html`<bdi>${most.cell === '' ? "''" : shortened(most.cell, 40)}</bdi> ${shareWords(most.reference)} →
    ${shareWords(most.current)}`
}

function verdictMark({ drifted, undecided, significant }: ColumnDrift): Html {
  if (drifted) return html`<span class="status fail"><span aria-hidden="true">✖</span> drifted</span>`
  if (undecided) return html`<span class="status warn"><span aria-hidden="true">?</span> too few rows</span>`
  return significant
    ? html`<span class="mute">certain, but small</span>`
    : html`<span class="mute">no drift found</span>`
}

function columnDetails(
  columns: readonly ColumnDrift[],
  rows: readonly [number, number],
  id: string,
  room: number,
): Html {
  const names = [...new Set(columns.map(({ column }) => column))]
  const { shown, left } = fitting(names, room - 300, (name, at) =>
    detailsOf(
      columns.filter(({ column }) => column === name),
      rows,
      `${id}-column-${at}`,
      at === 0,
    ),
  )
  if (shown.length === 0) return left > 0 ? (leftOut(left, 'column') ?? NOTHING) : NOTHING
  return html`<h4>Each column</h4>
    ${shown}${leftOut(left, 'column')}`
}

/** One column in full: what detectors say, how values are spread, where the distributions are furthest apart. */
function detailsOf(all: readonly ColumnDrift[], rows: readonly [number, number], id: string, isOpen: boolean): Html {
  const lead = all.find(({ gap }) => gap) ?? all[0]
  if (!lead) return NOTHING
  const listed = all.find(({ moved, newValues, lostValues }) => moved ?? newValues ?? lostValues) ?? lead
  const name = shortened(lead.column)
  const drifted = all.filter((one) => one.drifted).map(({ detector }) => detector)
  const said = drifted.length > 0 ? `drifted by ${drifted.join(', ')}` : 'no drift found'
  const reasons = all.flatMap(({ detail, detector }) =>
    detail === undefined ? [] : [html`<p>${detector}: <bdi>${shortened(detail, 300)}</bdi></p>`],
  )
  const chart = html`${overlaidHistograms(lead, name)}${distributions({ ...lead, column: name })}${categoryBars(listed, rows, id, 20_000)}`
  const open = isOpen && drifted.length > 0 ? html` open` : undefined
  return html`<details${open}><summary><bdi>${name}</bdi>: ${said}</summary>${reasons}${chart}${numbersOf(lead)}</details>`
}

function numbersOf({ reference, current }: ColumnDrift): Html {
  const numbers = [
    ['mean', reference.mean, current.mean],
    ['standard deviation', reference.sd, current.sd],
    ['median', reference.quartiles?.[1], current.quartiles?.[1]],
    ['distinct values', reference.distinct, current.distinct],
  ] as const
  const lines = numbers.flatMap(([what, before, now]) =>
    typeof before === 'number' && typeof now === 'number'
      ? [html`<li><span class="mute">${what}:</span> ${short(before)} → ${short(now)}</li>`]
      : [],
  )
  return html`<ul class="plain">
    ${lines}
  </ul>`
}
