import type { ColumnDrift, DriftFacts, Histogram } from '@dayshift/core'
import { clip, width } from './table.ts'
import { percent, printable, short } from './words.ts'

/** Columns that are drawn: those that moved most. */
const MOST_COLUMNS = 4

/** Values that are drawn of a column. */
const MOST_VALUES = 3

/** Cells that a histogram has, and the longest bar. */
const CELLS = 32

const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** The columns that drifted most as bars: histograms of numbers, shares of values. */
export function driftBars({ columns }: DriftFacts, to: number): string[] {
  const drifted = columns.filter(
    (one, at) => one.drifted && columns.findIndex((other) => other.drifted && other.column === one.column) === at,
  )
  const drawn = drifted
    .toSorted((a, b) => excess(b) - excess(a))
    .flatMap((one) => {
      const lines = histogramLines(one) ?? valueLines(one)
      return lines.length > 0 ? [['', ...lines.map((line) => `  ${clip(line, to - 2)}`)]] : []
    })
  return drawn.slice(0, MOST_COLUMNS).flat()
}

/** How many times as large as counts an effect is. */
function excess({ effect, statistic, minEffect, threshold }: ColumnDrift): number {
  return effect === undefined ? statistic / (threshold || 1) : effect / (minEffect || 1)
}

/** Both histograms on one axis, by the share of rows in each cell. */
function histogramLines({ column, reference, current }: ColumnDrift): string[] | undefined {
  const [before, now] = [reference.histogram, current.histogram]
  if (!before || !now) return undefined
  const low = Math.min(before.edges[0] as number, now.edges[0] as number)
  const high = Math.max(before.edges.at(-1) as number, now.edges.at(-1) as number)
  if (!(high > low) || !Number.isFinite(high - low)) return undefined
  const sides = [inCells(before, low, high), inCells(now, low, high)] as const
  const most = Math.max(...sides.flat())
  const name = `${printable(column)}  `
  const space = ' '.repeat(width(name))
  return [
    `${name}before ${heights(sides[0], most)}`,
    `${space}now    ${heights(sides[1], most)}`,
    `${space}       ${ends(short(low), short(high))}`,
  ]
}

function ends(low: string, high: string): string {
  return low + ' '.repeat(Math.max(1, CELLS - low.length - high.length)) + high
}

/** Rows in cells of one width, each bin's spread evenly over those that it covers. */
function inCells({ edges, counts }: Histogram, low: number, high: number): number[] {
  const cells = Array.from({ length: CELLS }, () => 0)
  const total = counts.reduce((sum, one) => sum + one, 0)
  const place = (value: number): number => ((value - low) / (high - low)) * CELLS
  for (const [bin, rows] of counts.entries()) {
    const [from, end] = [place(edges[bin] as number), place(edges[bin + 1] as number)]
    const wide = end - from
    for (let cell = Math.min(CELLS - 1, Math.floor(from)); cell < Math.max(end, from + 1e-9) && cell < CELLS; cell++) {
      const part = wide < 1e-9 ? 1 : (Math.min(end, cell + 1) - Math.max(from, cell)) / wide
      cells[cell] = (cells[cell] as number) + (total === 0 ? 0 : (rows / total) * Math.max(0, part))
      if (wide < 1e-9) break
    }
  }
  return cells
}

/** Where there is anything at all, there is a bar. */
function heights(shares: readonly number[], most: number): string {
  return shares
    .map((share) => (share < 1e-9 ? ' ' : HEIGHTS[Math.min(7, Math.floor((share / most) * 8))]))
    .join('')
    .trimEnd()
}

/** Values whose share changed most, two bars each. */
function valueLines({ column, moved = [], newValues = [], lostValues = [] }: ColumnDrift): string[] {
  const told = [...moved, ...newValues, ...lostValues]
    .filter(({ cell }, at, all) => all.findIndex((other) => other.cell === cell) === at)
    .toSorted((a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference))
    .slice(0, MOST_VALUES)
  if (told.length === 0) return []
  const most = Math.max(...told.flatMap(({ reference, current }) => [reference, current]))
  const names = told.map(({ cell }) => clip(printable(cell === '' ? "''" : cell), 20))
  const wide = Math.max(...names.map(width))
  const head = `${printable(column)}  `
  const space = ' '.repeat(width(head))
  return told.flatMap(({ reference, current }, at) => {
    const name = names[at] as string
    const label = name + ' '.repeat(wide - width(name))
    return [
      `${at === 0 ? head : space}${label}  before ${bar(reference / most)} ${rounded(reference)}`,
      `${space}${' '.repeat(wide)}  now    ${bar(current / most)} ${rounded(current)}`,
    ]
  })
}

function bar(share: number): string {
  const eighths = Math.round(share * 24 * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
}

function rounded(share: number): string {
  return percent(Number((share * 100).toPrecision(2)) / 100)
}
