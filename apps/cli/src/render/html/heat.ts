import { at as px } from './numbers.ts'
import { html, trusted, type Html } from './markup.ts'

/** How far something is from usual: not at all; less than counts; as much as counts; twice as much or more. */
export type Heat = 0 | 1 | 2 | 3

/** A day, or a time, with its heat; undefined where nothing was compared. */
interface HeatCell {
  /** UTC, ISO 8601. */
  readonly at: string
  readonly heat: Heat | undefined
}

const CELL = 12
const GAP = 2
const DAY = 86_400_000

/** Weeks that a calendar shows: a year. */
const WEEKS = 53

/** Cells of a strip: of more, so many are taken together, the worst of them counts. */
const MOST_CELLS = 60
const STRIP = { width: 160, height: 16 }

/** A calendar of the last year, a column a week from Monday to Sunday: the worst of each day. */
export function heatCalendar(cells: readonly HeatCell[], words: string): Html {
  const days = new Map<number, Heat | undefined>()
  for (const { at, heat } of cells) {
    const day = Math.floor(Date.parse(at) / DAY)
    const before = days.get(day)
    days.set(day, before === undefined || (heat ?? 0) > before ? heat : before)
  }
  const last = Math.max(...days.keys())
  const first = Math.max(monday(Math.min(...days.keys())), monday(last) - 7 * (WEEKS - 1))
  const weeks = Math.floor((last - first) / 7) + 1
  const squares = new Map<string, string>()
  for (const [day, heat] of days) {
    if (day < first) continue
    const [x, y] = [LEFT + Math.floor((day - first) / 7) * (CELL + GAP), TOP + ((day - first) % 7) * (CELL + GAP)]
    const name = heat === undefined ? 'heatbreak' : `heat${heat}`
    squares.set(name, `${squares.get(name) ?? ''}M${x} ${y}h${CELL}v${CELL}h-${CELL}z`)
  }
  const width = Math.max(LEFT + weeks * (CELL + GAP), 120)
  const height = TOP + 7 * (CELL + GAP)
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Calendar of drift">
    <svg
      class="fixed"
      width="${width}"
      height="${height}"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="${words}"
    >
      ${months(first, weeks)}
      <text x="0" y="${TOP + CELL - 2}">Mon</text>
      <text x="0" y="${TOP + 6 * (CELL + GAP) + CELL - 2}">Sun</text>
      ${[...squares].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, path]) => html`<path class="${trusted(name)}" d="${trusted(path)}" />`)}
    </svg>
  </div>`
}

const LEFT = 32
const TOP = 16

/** The day's Monday; day 0, 1 January 1970, was a Thursday. */
function monday(day: number): number {
  return day - ((((day + 3) % 7) + 7) % 7)
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** Names of months above the weeks in which they begin. */
function months(first: number, weeks: number): Html[] {
  const found: Html[] = []
  let before = -1
  let room = 0
  for (let week = 0; week < weeks; week++) {
    const month = new Date((first + 7 * week + 3) * DAY).getUTCMonth()
    if (month === before) continue
    before = month
    const x = LEFT + week * (CELL + GAP)
    if (x < room) continue
    room = x + 28
    found.push(html`<text x="${x}" y="10">${MONTHS[month]}</text>`)
  }
  return found
}

/** Versions one after another as a strip. */
export function heatStrip(heats: readonly (Heat | undefined)[], words: string): Html {
  const size = Math.ceil(heats.length / MOST_CELLS)
  const cells = Array.from({ length: Math.ceil(heats.length / size) }, (_, cell) => {
    const some = heats.slice(cell * size, (cell + 1) * size).filter((heat) => heat !== undefined)
    return some.length === 0 ? undefined : (Math.max(...some) as Heat)
  })
  const wide = STRIP.width / Math.max(cells.length, 12)
  const squares = new Map<Heat, string>()
  for (let from = 0, to = 0; from < cells.length; from = to) {
    const heat = cells[from]
    while (to < cells.length && cells[to] === heat) to++
    if (heat === undefined) continue
    // What is more than counts is higher, too: colour is never all there is.
    const high = [4, 7, 12, STRIP.height][heat] as number
    const path = `M${px(from * wide)} ${STRIP.height - high}H${px(to * wide - 0.5)}V${STRIP.height}H${px(from * wide)}z`
    squares.set(heat, (squares.get(heat) ?? '') + path)
  }
  return html`<svg
    class="fixed"
    width="${STRIP.width}"
    height="${STRIP.height}"
    viewBox="0 0 ${STRIP.width} ${STRIP.height}"
    role="img"
    aria-label="${words}"
  >
    ${[...squares].map(([heat, path]) => html`<path class="heat${heat}" d="${trusted(path)}" />`)}
  </svg>`
}

function key(heat: Heat): Html {
  return html`<svg class="inline" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    <path class="heat${heat}" d="M0 0h12v12h-12z" />
  </svg>`
}

/** What the colours of a calendar and of strips mean. */
export function heatKeys(): Html {
  return html`<p class="note">
    ${key(0)} as the reference, ${key(1)} half of what counts, or more, ${key(2)} drifted, ${key(3)} drifted, twice as
    much as counts or more
  </p>`
}
