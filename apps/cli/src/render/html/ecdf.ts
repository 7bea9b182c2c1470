import type { ColumnDrift, ColumnProfile } from '@dayshift/core'
import { short } from '../words.ts'
import { ends } from './histogram.ts'
import { figure } from './figure.ts'
import { html, NOTHING, trusted, type Html } from './markup.ts'
import { at, axis, shareWords } from './numbers.ts'

const SIZE = { width: 460, height: 190, bottom: 22, top: 6 }

/** A value, and the share of the values that do not exceed it. */
type Point = readonly [value: number, share: number]

/**
 * The distribution functions of both sides, with the gap that Kolmogorov–Smirnov's D measures where it is. Points are the edges of the
 * histogram, quantiles and the gap itself; between them lines are straight.
 */
export function distributions({ column, reference, current, gap }: ColumnDrift): Html {
  const [one, two] = [
    pointsOf(reference, gap && [gap.at, gap.reference]),
    pointsOf(current, gap && [gap.at, gap.current]),
  ]
  if (one.length === 0 || two.length === 0) return NOTHING
  const { width, height, bottom, top } = SIZE
  const floor = height - bottom
  const low = Math.min((one[0] as Point)[0], (two[0] as Point)[0])
  const high = Math.max((one.at(-1) as Point)[0], (two.at(-1) as Point)[0])
  const x = axis(low, high, 0, width)
  const y = axis(0, 1, floor, top)
  const line = (points: readonly Point[]): Html =>
    trusted(
      [[low, 0] as const, ...points, [high, 1] as const]
        .map(([value, share], place) => `${place === 0 ? 'M' : 'L'}${at(x(value))} ${at(y(share))}`)
        .join(''),
    )
  const words = gap ? gapWords(gap) : 'the largest gap was not located'
  const drawn = gap
    ? html`<line
          class="gap"
          x1="${at(x(gap.at))}"
          y1="${at(y(gap.reference))}"
          x2="${at(x(gap.at))}"
          y2="${at(y(gap.current))}"
        /><circle class="dot" cx="${at(x(gap.at))}" cy="${at(y(gap.reference))}" r="3.5" /><circle
          class="dot"
          cx="${at(x(gap.at))}"
          cy="${at(y(gap.current))}"
          r="3.5"
        />`
    : undefined
  return figure(
    { width, height },
    html`Distribution functions of ${column}: ${words}`,
    html`<line class="axis" x1="0" y1="${floor}" x2="${width}" y2="${floor}" />
      <line class="axis" x1="0" y1="${top}" x2="${width}" y2="${top}" />
      <path class="refline" d="${line(one)}" />
      <path class="curline" d="${line(two)}" />
      ${drawn}${ends(low, high, width, height)}`,
    html`Share of values up to a value (0 % at the bottom, 100 % at the top); solid: before, dashed: now.
    ${words[0]?.toUpperCase()}${words.slice(1)}.`,
  )
}

function gapWords({ at: value, reference, current }: NonNullable<ColumnDrift['gap']>): string {
  const gap = Number(Math.abs(reference - current).toPrecision(3))
  return `the largest gap, D = ${gap}, is at ${short(value)}: ${shareWords(reference)} of the values were up to there before, ${shareWords(current)} are now`
}

/** Points of a side, ascending in both. */
function pointsOf({ histogram, quantiles, quartiles }: ColumnProfile, gap: Point | undefined): Point[] {
  if (!histogram) return []
  const { edges, counts } = histogram
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return []
  let sum = 0
  const points: Point[] = edges.map((edge, bin) => {
    if (bin > 0) sum += counts[bin - 1] as number
    return [edge, sum / total]
  })
  const more: Point[] =
    quantiles?.map(({ p, value }): Point => [value, p]) ??
    quartiles?.map((value, place): Point => [value, (place + 1) / 4]) ??
    []
  const all = [...points, ...(gap ? [gap] : []), ...more].sort(([a, p], [b, q]) => a - b || p - q)
  // Quantiles are interpolated, so that one of them may say a little less than an edge before it.
  let most = 0
  return all.filter(([, share]) => share >= most && ((most = share), true))
}
