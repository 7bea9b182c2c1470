import { short } from '../words.ts'
import { shortened } from './bounded.ts'
import { figure } from './figure.ts'
import { html, NOTHING, trusted, type Html } from './markup.ts'
import { at, axis, shareWords } from './numbers.ts'

const SIZE = { width: 460, height: 180, left: 52, bottom: 22, top: 8 }

/** Points of a line: of more, so many are drawn, evenly chosen. */
const MOST_POINTS = 100

/** Values of categories that are told apart; the rest is taken together. */
const MOST_VALUES = 5

/** A value at a time. */
export interface TimedPoint<Value> {
  /** UTC, ISO 8601. */
  readonly at: string
  readonly value: Value
}

/** Quantiles over time, as bands about the median. */
export function quantileFan(
  name: string,
  points: readonly TimedPoint<readonly number[]>[],
  changedAt: readonly string[],
): Html {
  if (points.length < 2) return NOTHING
  const some = thinned(points)
  const { width, height, bottom, top, left } = SIZE
  const x = timeAxis(some)
  const low = Math.min(...some.map(({ value }) => value[0] as number))
  const high = Math.max(...some.map(({ value }) => value[4] as number))
  const y = axis(low, high, height - bottom, top)
  const line = (quantile: number): string[] =>
    some.map((point) => `${at(x(point.at))} ${at(y(point.value[quantile] as number))}`)
  const band = (from: number, to: number): Html =>
    html`<path class="band" d="${trusted(`M${[...line(from), ...line(to).toReversed()].join('L')}z`)}" />`
  const [first, last] = [some[0], some.at(-1)] as [TimedPoint<readonly number[]>, TimedPoint<readonly number[]>]
  const of = ({ value }: TimedPoint<readonly number[]>): string =>
    `median ${short(value[2] as number)}, middle half ${short(value[1] as number)} to ${short(value[3] as number)}`
  const words = `${first.at.slice(0, 10)}: ${of(first)}; ${last.at.slice(0, 10)}: ${of(last)}${changeWords(changedAt)}`
  return figure(
    { width, height },
    html`Quantiles of ${name} over time; ${words}`,
    html`${axes(first.at, last.at)}${band(0, 4)}${band(1, 3)}
      <path class="curline solid" d="${trusted(`M${line(2).join('L')}`)}" />
      ${levels(changedAt, x)}
      <text x="${left - 4}" y="${top + 8}" text-anchor="end">${shortened(short(high), 8)}</text>
      <text x="${left - 4}" y="${height - bottom}" text-anchor="end">${shortened(short(low), 8)}</text>`,
    html`Values over time: median, the middle half, and 5 % to 95
    %${changedAt.length > 0 ? '; dotted: a change of level of the mean' : ''}.`,
  )
}

/** Effects over time, with the effect from which on they count. */
export function effectLine(
  name: string,
  detector: string,
  points: readonly TimedPoint<number>[],
  minEffect: number,
  changedAt: readonly string[],
): Html {
  if (points.length < 2) return NOTHING
  const some = thinned(points)
  const { width, height, bottom, top, left } = SIZE
  const x = timeAxis(some)
  const high = Math.max(minEffect, ...some.map(({ value }) => value))
  const y = axis(0, high, height - bottom, top)
  const path = some.map((point) => `${at(x(point.at))} ${at(y(point.value))}`).join('L')
  const largest = some.reduce((most, one) => (one.value > most.value ? one : most))
  const words = `at most ${short(largest.value)}, on ${largest.at.slice(0, 10)}; ${short((some.at(-1) as TimedPoint<number>).value)} now${minEffect > 0 ? `; it counts from ${short(minEffect)} on` : ''}${changeWords(changedAt)}`
  return figure(
    { width, height },
    html`Effect of ${detector} on ${name} over time: ${words}`,
    html`${axes(some[0]?.at ?? '', some.at(-1)?.at ?? '')}
      ${minEffect > 0 ? html`<line class="limit" x1="${left}" x2="${width}" y1="${at(y(minEffect))}" y2="${at(y(minEffect))}" />` : undefined}
      <path class="textline" d="M${trusted(path)}" />
      ${levels(changedAt, x)}
      <text x="${left - 4}" y="${top + 8}" text-anchor="end">${short(high)}</text>
      <text x="${left - 4}" y="${height - bottom}" text-anchor="end">0</text>`,
    html`Effect of ${detector} over
    time${minEffect > 0 ? '; dashed: from where on it counts' : ''}${changedAt.length > 0 ? '; dotted: a change of its level' : ''}.`,
  )
}

/** Shares of the most frequent values over time, one above the other. */
export function shareBands(name: string, points: readonly TimedPoint<ReadonlyMap<string, number>>[]): Html {
  if (points.length < 2) return NOTHING
  const some = thinned(points)
  const totals = new Map<string, number>()
  for (const { value } of some) {
    for (const [cell, share] of value) totals.set(cell, (totals.get(cell) ?? 0) + share)
  }
  const cells = [...totals]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_VALUES)
    .map(([cell]) => cell)
  const { width, height, bottom, top, left } = SIZE
  const x = timeAxis(some)
  const y = axis(0, 1, height - bottom, top)
  const sums = some.map(() => 0)
  const bands = cells.map((cell, place) => {
    const below = [...sums]
    for (const [order, { value }] of some.entries()) {
      sums[order] = Math.min(1, (sums[order] as number) + (value.get(cell) ?? 0))
    }
    const up = some.map((point, order) => `${at(x(point.at))} ${at(y(sums[order] as number))}`)
    const down = some.map((point, order) => `${at(x(point.at))} ${at(y(below[order] as number))}`)
    return html`<path class="share${place}" d="${trusted(`M${[...up, ...down.toReversed()].join('L')}z`)}" />`
  })
  const [first, last] = [some[0], some.at(-1)] as [
    TimedPoint<ReadonlyMap<string, number>>,
    TimedPoint<ReadonlyMap<string, number>>,
  ]
  const named = cells.map((cell) => ({
    name: cell === '' ? "''" : shortened(cell, 30),
    before: shareWords(first.value.get(cell) ?? 0),
    now: shareWords(last.value.get(cell) ?? 0),
  }))
  const words = named.map((one) => `${one.name} ${one.before} to ${one.now}`).join(', ')
  return figure(
    { width, height },
    html`Shares of values of ${name} over time: ${words}`,
    html`${bands}${axes(first.at, last.at)}
      <text x="${left - 4}" y="${top + 8}" text-anchor="end">100 %</text>
      <text x="${left - 4}" y="${height - bottom}" text-anchor="end">0 %</text>`,
    html`Share of the rows by value, the first version and the newest, from below:
    ${named.map(
      (one, place) =>
        html`<span class="nowrap"
          ><svg class="inline" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            <path class="share${place}" d="M0 0h12v12h-12z" />
          </svg>
          <bdi>${one.name}</bdi> ${one.before} → ${one.now}</span
        > `,
    )}`,
  )
}

function thinned<Value>(points: readonly TimedPoint<Value>[]): readonly TimedPoint<Value>[] {
  if (points.length <= MOST_POINTS) return points
  const last = points.length - 1
  return Array.from(
    { length: MOST_POINTS },
    (_, place) => points[Math.round((place / (MOST_POINTS - 1)) * last)] as TimedPoint<Value>,
  )
}

function timeAxis(points: readonly { readonly at: string }[]): (time: string) => number {
  const [first, last] = [Date.parse(points[0]?.at ?? ''), Date.parse(points.at(-1)?.at ?? '')]
  const scale = axis(first, last, SIZE.left, SIZE.width)
  return (time) => scale(Date.parse(time))
}

function axes(first: string, last: string): Html {
  const { width, height, bottom, left, top } = SIZE
  return html`<line class="axis" x1="${left}" y1="${height - bottom}" x2="${width}" y2="${height - bottom}" /><line
      class="axis"
      x1="${left}"
      y1="${top}"
      x2="${left}"
      y2="${height - bottom}"
    /><text x="${left}" y="${height - 6}">${first.slice(0, 10)}</text
    ><text x="${width}" y="${height - 6}" text-anchor="end">${last.slice(0, 10)}</text>`
}

function levels(changedAt: readonly string[], x: (time: string) => number): Html[] {
  const { height, bottom, top } = SIZE
  return changedAt.map(
    (time) => html`<line class="level" x1="${at(x(time))}" x2="${at(x(time))}" y1="${top}" y2="${height - bottom}" />`,
  )
}

function changeWords(changedAt: readonly string[]): string {
  return changedAt.length === 0 ? '' : `; changes of level on ${changedAt.map((time) => time.slice(0, 10)).join(', ')}`
}
