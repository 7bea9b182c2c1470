import type { Runs } from '@dayshift/core/ground'

/**
 * What is kept of numbers in place of themselves: cells in ascending order, none of which overlaps another. In cell `i` lie `counts[i]` values,
 * the least of which is `low[i]`, the greatest `high[i]`. Where the two are one, so are all values in it.
 */
export interface EcdfCells {
  readonly low: Float64Array
  readonly high: Float64Array
  readonly counts: Float64Array
}

/** No values. */
export const NO_CELLS: EcdfCells = { low: new Float64Array(), high: new Float64Array(), counts: new Float64Array() }

/** Cells of one value each. */
export function cellsOfRuns({ values, counts }: Runs): EcdfCells {
  return { low: values, high: values, counts }
}

/** Whether each cell holds one value: then nothing is lost but the order. */
export function isExact({ low, high }: EcdfCells): boolean {
  return low === high || low.every((value, at) => value === high[at])
}

/** How many values there are. */
export function sizeOf({ counts }: EcdfCells): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** The values in ascending order, of cells of one value each. */
export function valuesOf(cells: EcdfCells): Float64Array {
  const values = new Float64Array(sizeOf(cells))
  let at = 0
  for (const [cell, value] of cells.low.entries()) {
    const end = at + (cells.counts[cell] as number)
    values.fill(value, at, end)
    at = end
  }
  return values
}

/**
 * Cells after all values x became a·x + b. Rounding keeps the order, so what is known of them stays true.
 *
 * @param change a, and b
 */
export function changedCells(
  { low, high, counts }: EcdfCells,
  { factor, shift }: { readonly factor: number; readonly shift: number },
): EcdfCells {
  const changed = (values: Float64Array): Float64Array => values.map((value) => value * factor + shift)
  if (factor >= 0) return { low: changed(low), high: changed(high), counts }
  return { low: changed(high).toReversed(), high: changed(low).toReversed(), counts: counts.toReversed() }
}
