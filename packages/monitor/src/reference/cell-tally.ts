import type { EcdfCells } from './ecdf-cells.ts'

/** Counts numbers by the ends of cells. */
export interface CellTally {
  /** @param values in any order; NaN are left out */
  take(values: ArrayLike<number>): void
  /** What was taken, as cells: as good as all values are for {@link gapOfCells} with the cells that it was made for. */
  cells(): EcdfCells
}

/**
 * Counts numbers of which there may be more than memory holds: at each end of a cell, and between two ends, with the least and the greatest
 * there.
 *
 * @example
 * const tally = cellTally(reference)
 * for await (const values of current) tally.take(values)
 * gapOfCells(reference, tally.cells())
 */
export function cellTally({ low, high }: EcdfCells): CellTally {
  const ends = endsOf(low, high)
  // Even places lie between ends, odd ones are ends.
  const counts = new Float64Array(2 * ends.length + 1)
  const least = new Float64Array(counts.length).fill(Infinity)
  const greatest = new Float64Array(counts.length).fill(-Infinity)
  return {
    take(values) {
      for (let at = 0; at < values.length; at++) {
        const value = values[at] as number
        if (value !== value) continue
        let [first, last] = [0, ends.length]
        while (first < last) {
          const middle = (first + last) >>> 1
          if ((ends[middle] as number) < value) first = middle + 1
          else last = middle
        }
        const place = first < ends.length && ends[first] === value ? 2 * first + 1 : 2 * first
        counts[place] = (counts[place] as number) + 1
        if (value < (least[place] as number)) least[place] = value
        if (value > (greatest[place] as number)) greatest[place] = value
      }
    },
    cells() {
      const filled = (_: number, place: number): boolean => (counts[place] as number) > 0
      return {
        low: least.filter(filled).map(withoutSign),
        high: greatest.filter(filled).map(withoutSign),
        counts: counts.filter(filled),
      }
    },
  }
}

/** −0 is 0. */
function withoutSign(value: number): number {
  return value + 0
}

function endsOf(low: Float64Array, high: Float64Array): Float64Array {
  const ends = new Float64Array(low.length * 2)
  let length = 0
  for (const [at, start] of low.entries()) {
    ends[length++] = start
    const end = high[at] as number
    if (end !== start) ends[length++] = end
  }
  return ends.subarray(0, length)
}
