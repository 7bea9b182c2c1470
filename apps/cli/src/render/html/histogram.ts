import type { ColumnProfile, Histogram } from '@dayshift/core'
import { short } from '../words.ts'
import { figure } from './figure.ts'
import { html, NOTHING, trusted, type Html } from './markup.ts'
import { at, axis, shareWords } from './numbers.ts'

/** Small enough for a cell of a table. */
const MINI = { width: 120, height: 34 }

const LARGE = { width: 460, height: 170, left: 6, bottom: 22 }

/** A histogram in a cell. */
export function miniHistogram({ edges, counts }: Histogram, name: string): Html {
  const [x, y] = scales([{ edges, counts }], MINI.width, MINI.height - 2)
  return html`<svg
    width="${MINI.width}"
    height="${MINI.height}"
    viewBox="0 0 ${MINI.width} ${MINI.height}"
    role="img"
    aria-label="Histogram of ${name}: ${wordsOf({ edges, counts })}"
  >
    <path class="ref" d="${trusted(stepsOf({ edges, counts }, x, y, MINI.height))}" />
  </svg>`
}

/** Two histograms in a cell, one above the other on the same axis: what was before, what is now. */
export function pairedHistograms(reference: Histogram, current: Histogram, name: string): Html {
  const half = MINI.height / 2
  const [x, y] = scales([reference, current], MINI.width, half - 2)
  const height = MINI.height + 4
  return html`<svg
    width="${MINI.width}"
    height="${height}"
    viewBox="0 0 ${MINI.width} ${height}"
    role="img"
    aria-label="Histograms of ${name}; before: ${wordsOf(reference)}; now: ${wordsOf(current)}"
  >
    <path class="ref" d="${trusted(stepsOf(reference, x, y, half))}" />
    <path class="cur" d="${trusted(stepsOf(current, x, y, height))}" />
  </svg>`
}

/** Two histograms over each other, as shares of the rows of each side by the width of a bin. */
export function overlaidHistograms(
  { reference, current }: { readonly reference: ColumnProfile; readonly current: ColumnProfile },
  name: string,
): Html {
  const [one, two] = [reference.histogram, current.histogram]
  if (!one || !two) return NOTHING
  const { width, height, bottom } = LARGE
  const floor = height - bottom
  const [x, y, low, high] = scales([one, two], width, floor - 6)
  return figure(
    { width, height },
    html`Histograms of ${name} over each other; before: ${wordsOf(one)}; now: ${wordsOf(two)}`,
    html`<path class="refhalf" d="${trusted(stepsOf(one, x, y, floor))}" />
      <path class="curhalf" d="${trusted(stepsOf(two, x, y, floor))}" />
      <line class="axis" x1="0" y1="${floor}" x2="${width}" y2="${floor}" />
      ${ends(low, high, width, height)}`,
    html`How values are spread: ${keys()}`,
  )
}

/** What the colours mean, in words. */
export function keys(): Html {
  return html`<span class="key ref"></span>before (reference), <span class="key cur"></span>now (current)`
}

/** The ends of an axis. */
export function ends(low: number, high: number, width: number, height: number): Html {
  return html`<text x="0" y="${height - 6}">${short(low)}</text
    ><text x="${width}" y="${height - 6}" text-anchor="end">${short(high)}</text>`
}

/** Scales that several histograms share: places on the axis, and heights of densities. */
function scales(
  all: readonly Histogram[],
  width: number,
  height: number,
): [x: (value: number) => number, y: (density: number) => number, low: number, high: number] {
  const low = Math.min(...all.map(({ edges }) => edges[0] ?? 0))
  const high = Math.max(...all.map(({ edges }) => edges.at(-1) ?? 0))
  const most = Math.max(
    ...all.map((one) => Math.max(...densities(one).map((density) => (Number.isFinite(density) ? density : 0)))),
  )
  return [
    axis(low, high, 0, width),
    (density) => (most > 0 && Number.isFinite(density) ? (density / most) * height : height),
    low,
    high,
  ]
}

/** Share of all values by the width of the bin; of a bin without width, as if it were the only one. */
function densities({ edges, counts }: Histogram): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count, bin) => {
    const wide = (edges[bin + 1] as number) - (edges[bin] as number)
    return count === 0 ? 0 : count / total / wide
  })
}

function stepsOf(
  histogram: Histogram,
  x: (value: number) => number,
  y: (density: number) => number,
  floor: number,
): string {
  const { edges } = histogram
  return densities(histogram)
    .map((density, bin) => {
      if (density === 0) return ''
      const [from, to] = [x(edges[bin] as number), x(edges[bin + 1] as number)]
      const wide = Math.max(1, to - from)
      return `M${at(from)} ${at(floor)}v${at(-Math.max(1, y(density)))}h${at(wide)}V${at(floor)}z`
    })
    .join('')
}

/** A histogram in words: where most values lie. */
function wordsOf({ edges, counts }: Histogram): string {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return 'no values'
  const top = counts.indexOf(Math.max(...counts))
  const range = `${short(edges[0] as number)} to ${short(edges.at(-1) as number)}`
  return `from ${range}, most (${shareWords((counts[top] as number) / total)}) from ${short(edges[top] as number)} to ${short(edges[top + 1] as number)}`
}
