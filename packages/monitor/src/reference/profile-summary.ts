import {
  factValue,
  isNumeric,
  type ColumnProfile,
  type Histogram,
  type TextLengths,
  type TopValue,
} from '@dayshift/core'
import { isExact, sizeOf, type EcdfCells } from './ecdf-cells.ts'
import type { ReferenceColumn } from './reference-profile.ts'

/** Bins of a histogram, and most frequent values, as profiles of rows have them. */
const BINS = 20
const TOP = 10

/**
 * What reports tell of a column of a reference profile. Where its cells hold several values, mean, standard deviation, quartiles and
 * histogram are to within a cell, as if its values lay in its middle.
 *
 * @param rows of the profile
 */
export function summaryOf(column: ReferenceColumn, rows: number): ColumnProfile {
  if (column.summary) return column.summary
  const { name, type, nulls, nans, distinct, min = null, max = null, numbers, values, lengths } = column
  const filled = rows - nulls
  const least = distinct ?? Math.max(leastDifferent(numbers), values?.texts.length ?? 0, Math.min(1, filled))
  const general = {
    name,
    type,
    nulls,
    distinct: least,
    ...(distinct === undefined && least !== filled ? { distinctAtMost: filled } : {}),
    min,
    max,
  }
  const isNumber = isNumeric(column)
  return {
    ...general,
    ...(isNumber ? (numbers ? momentsOf(numbers) : { mean: null, sd: null, quartiles: null }) : {}),
    ...(isNumber ? { histogram: numbers ? histogramOf(numbers) : null } : {}),
    ...(nans === undefined ? {} : { nans }),
    ...(type === 'float' ? { infinite: numbers ? infiniteOf(numbers) : 0 } : {}),
    ...topOf(column),
    ...(type === 'string' ? { lengths: lengths && filled > 0 ? lengthsOf(lengths) : null } : {}),
  }
}

/** Different values that there are at least. */
function leastDifferent(cells: EcdfCells | undefined): number {
  if (!cells) return 0
  return cells.low.reduce((sum, low, at) => sum + (low === cells.high[at] ? 1 : 2), 0)
}

function infiniteOf({ low, counts }: EcdfCells): number {
  return counts.reduce((sum, count, at) => sum + (Number.isFinite(low[at]) ? 0 : count), 0)
}

/** The finite values, each cell by its middle. */
function middles(cells: EcdfCells): { readonly values: readonly number[]; readonly counts: readonly number[] } {
  const kept = Array.from(cells.low.keys()).filter(
    (at) => Number.isFinite(cells.low[at]) && Number.isFinite(cells.high[at]),
  )
  return {
    values: kept.map((at) => (cells.low[at] as number) / 2 + (cells.high[at] as number) / 2),
    counts: kept.map((at) => cells.counts[at] as number),
  }
}

function momentsOf(cells: EcdfCells): Pick<ColumnProfile, 'mean' | 'sd' | 'quartiles'> {
  const { values, counts } = middles(cells)
  const finite = counts.reduce((sum, count) => sum + count, 0)
  if (finite === 0) return { mean: null, sd: null, quartiles: null }
  const mean = values.reduce((sum, value, at) => sum + (value / finite) * (counts[at] as number), 0)
  const squares = values.reduce((sum, value, at) => sum + (value - mean) ** 2 * (counts[at] as number), 0)
  const quantile = (share: number): number => {
    const rank = (finite - 1) * share
    const [below, above] = [valueAt(values, counts, Math.floor(rank)), valueAt(values, counts, Math.ceil(rank))]
    return below + (above - below) * (rank - Math.floor(rank))
  }
  return {
    mean: Number.isFinite(mean) ? mean : null,
    sd: finite > 1 && Number.isFinite(squares) ? Math.sqrt(squares / (finite - 1)) : null,
    quartiles: [quantile(0.25), quantile(0.5), quantile(0.75)],
  }
}

function valueAt(values: readonly number[], counts: readonly number[], rank: number): number {
  let before = 0
  const at = counts.findIndex((count) => {
    before += count
    return rank < before
  })
  return values[at] as number
}

function histogramOf(cells: EcdfCells): Histogram | null {
  const { values, counts } = middles(cells)
  const [low, high] = [values[0], values.at(-1)]
  if (low === undefined || high === undefined || !Number.isFinite(high - low)) return null
  if (low === high) return { edges: [low, high], counts: [counts.reduce((sum, count) => sum + count, 0)] }
  const width = (high - low) / BINS
  const bins = Array.from({ length: BINS }, () => 0)
  for (const [at, value] of values.entries()) {
    const bin = Math.min(BINS - 1, Math.floor((value - low) / width))
    bins[bin] = (bins[bin] as number) + (counts[at] as number)
  }
  return { edges: Array.from({ length: BINS + 1 }, (_, at) => (at === BINS ? high : low + at * width)), counts: bins }
}

/** The most frequent values, of columns of which all are kept by name. */
function topOf({ values, numbers, type, distinct }: ReferenceColumn): { readonly top?: readonly TopValue[] } {
  const found: TopValue[] =
    numbers && isExact(numbers) && isNumeric({ name: '', type, nativeType: '' })
      ? Array.from(numbers.low, (value, at) => ({ value: factValue(value), count: numbers.counts[at] as number }))
      : values && values.other === 0 && type === 'string' && distinct !== undefined
        ? values.texts.map((value, at) => ({ value, count: values.counts[at] as number }))
        : []
  const top = found.sort((a, b) => b.count - a.count).slice(0, TOP)
  return top.some(({ count }) => count > 1) ? { top } : {}
}

function lengthsOf(cells: EcdfCells): TextLengths {
  const { values, counts } = middles(cells)
  const all = sizeOf(cells)
  return {
    min: cells.low[0] as number,
    max: cells.high.at(-1) as number,
    mean: values.reduce((sum, value, at) => sum + (value / all) * (counts[at] as number), 0),
    empty: cells.low[0] === 0 && cells.high[0] === 0 ? (cells.counts[0] as number) : 0,
  }
}
