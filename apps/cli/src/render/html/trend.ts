import type { ReportKind } from '@dayshift/core'
import { formatDuration } from '@dayshift/core/ground'
import { short } from '../words.ts'
import type { DatasetTrends, TrendPoint } from './background.ts'
import { html, NOTHING, trusted, type Html } from './markup.ts'
import { at, axis, shareWords } from './numbers.ts'
import { statusMark } from './status.ts'
import { tableOf } from './table.ts'

const SIZE = { width: 150, height: 30, edge: 4 }

/** What each kind of report is measured by, and how it is said. */
const MEASURES: Readonly<Partial<Record<ReportKind, readonly [name: string, words: (value: number) => string]>>> = {
  prototype: ['rows', (value) => value.toLocaleString('en-US')],
  validate: ['share of rows that break a check', shareWords],
  freshness: ['age', formatDuration],
  drift: ['share of drifted columns', shareWords],
}

/** How the reports of a dataset came out before: a line a habit. */
export function trendTable({ kinds }: DatasetTrends, id: string, room: number): Html {
  const rows = Object.entries(kinds).flatMap(([kind, points]) => {
    const last = points.at(-1)
    if (!last || points.length < 2) return []
    const [name = '', words = short] = MEASURES[kind as ReportKind] ?? []
    const values = points.flatMap(({ value }) => (value === null ? [] : [value]))
    const passed = points.filter(({ status }) => status === 'pass').length
    return [
      [
        kind,
        statusMark(last.status),
        `${passed} of ${points.length}`,
        statusStrip(points),
        name,
        values.length > 1 ? trendLine(points, words, name) : '',
        last.value === null ? '' : words(last.value),
      ],
    ]
  })
  return tableOf({
    id,
    caption: 'The last runs of each habit, the oldest first',
    noun: 'habit',
    columns: [
      { head: 'habit' },
      { head: 'last' },
      { head: 'passed', isNumber: true },
      { head: 'runs' },
      { head: 'measure' },
      { head: 'trend' },
      { head: 'now', isNumber: true },
    ],
    rows,
    room,
  })
}

/** Values over time as a line, the last one as a dot. */
export function trendLine(points: readonly TrendPoint[], words: (value: number) => string, name: string): Html {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]))
  if (values.length === 0) return NOTHING
  const { width, height, edge } = SIZE
  const x = axis(0, Math.max(1, values.length - 1), edge, width - edge)
  const y = axis(Math.min(0, ...values), Math.max(...values), height - edge, edge)
  const line = values.map((value, place) => `${place === 0 ? 'M' : 'L'}${at(x(place))} ${at(y(value))}`).join('')
  const last = values.at(-1) as number
  const told = `${name} over ${values.length} runs: from ${words(values[0] as number)} to ${words(last)}, at most ${words(Math.max(...values))}`
  return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${told}">
    <path class="textline" d="${trusted(line)}" />
    <circle class="cur" cx="${at(x(values.length - 1))}" cy="${at(y(last))}" r="3" />
  </svg>`
}

/** A bar a run: high where it failed, half where it warned. */
function statusStrip(points: readonly TrendPoint[]): Html {
  const heights = { pass: 8, warn: 14, fail: 20 }
  const width = points.length * 7
  const words = points.map(({ at: time, status }) => `${time.slice(0, 10)} ${status}`).join(', ')
  const bars = points.map(
    ({ status }, place) =>
      html`<rect
        class="${trusted(status)}fill"
        x="${place * 7}"
        y="${22 - heights[status]}"
        width="5"
        height="${heights[status]}"
      />`,
  )
  return html`<svg width="${width}" height="22" viewBox="0 0 ${width} 22" role="img" aria-label="${words}">
    ${bars}
  </svg>`
}
