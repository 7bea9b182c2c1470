import { runsOf } from '@dayshift/core/ground'
import { boundCells } from './bound-cells.ts'
import { cellsOfRuns, NO_CELLS, type EcdfCells } from './ecdf-cells.ts'

/** Takes numbers as they are read, and keeps cells of them. */
export interface CellBuilder {
  /** @param values in any order; they may be used again afterwards. NaN are counted only */
  take(values: ArrayLike<number>): void
  cells(): EcdfCells
  /** How many were NaN. */
  nans(): number
}

/** Numbers that are sorted at a time. */
const PART = 2 ** 18

/**
 * Makes cells of numbers in bounded memory: some 4 MB, whatever their number.
 *
 * @param most cells, as for {@link boundCells}
 */
export function cellBuilder(most: number): CellBuilder {
  const part = new Float64Array(PART)
  let [length, nans] = [0, 0]
  let kept = NO_CELLS
  const flush = (): void => {
    kept = boundCells([kept, cellsOfRuns(runsOf(part.slice(0, length).sort()))], most)
    length = 0
  }
  return {
    take(values) {
      for (let at = 0; at < values.length; at++) {
        const value = values[at] as number
        if (value !== value) nans++
        else {
          part[length++] = value
          if (length === PART) flush()
        }
      }
    },
    cells() {
      if (length > 0) flush()
      return kept
    },
    nans: () => nans,
  }
}
