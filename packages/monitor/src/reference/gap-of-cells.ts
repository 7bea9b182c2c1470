import type { EcdfCells } from './ecdf-cells.ts'
import { sizeOf } from './ecdf-cells.ts'

/** A gap of two distribution functions, as `ksOfGap` takes it. */
interface Gap {
  /** i·n₂ − j·n₁. */
  readonly height: number
  readonly location: number
  readonly sign: 1 | -1
}

/** Between which bounds the largest gap of two distribution functions lies, for certain. */
export interface GapOfCells {
  readonly sizes: readonly [number, number]
  /** A gap that there is. */
  readonly least: Gap
  /** One that none is larger than; the same where all cells are of one value. */
  readonly most: Gap
}

/**
 * Bounds the two-sided D = max |F − G| of numbers of which only cells are known. At each value the number of values up to there is known
 * on both sides, or between which two numbers it lies: that a cell has values at both its ends, and all others between, is all that is
 * used. Exact while n₁·n₂ < 2^53.
 *
 * @param a at least one value
 * @param b likewise
 * @example
 * const { least, most, sizes: [n, m] } = gapOfCells(before, after)
 * // least.height / (n * m) <= D <= most.height / (n * m)
 */
export function gapOfCells(a: EcdfCells, b: EcdfCells): GapOfCells {
  const sizes = [sizeOf(a), sizeOf(b)] as const
  const [n, m] = sizes
  const [first, second] = [counterOf(a), counterOf(b)]
  let least: Gap = { height: 0, location: Math.min(first.next(), second.next()), sign: 1 }
  let most = least
  for (;;) {
    const at = Math.min(first.next(), second.next())
    first.upTo(at)
    second.upTo(at)
    // Of F: at least so many, at most so many values up to here.
    const [f, F, g, G] = [first.least() * m, first.most() * m, second.least() * n, second.most() * n]
    if (f - G > least.height) least = { height: f - G, location: at, sign: 1 }
    if (g - F > least.height) least = { height: g - F, location: at, sign: -1 }
    if (F - g > most.height) most = { height: F - g, location: at, sign: 1 }
    if (G - f > most.height) most = { height: G - f, location: at, sign: -1 }
    if (first.isDone() && second.isDone()) return { sizes, least, most }
  }
}

/** Goes through the ends of cells. */
interface Counter {
  /** The next end; Infinity behind the last, too. */
  next(): number
  upTo(value: number): void
  least(): number
  most(): number
  isDone(): boolean
}

function counterOf({ low, high, counts }: EcdfCells): Counter {
  let [cell, least, most] = [0, 0, 0]
  let isWithin = false
  return {
    next: () => (cell === low.length ? Infinity : ((isWithin ? high : low)[cell] as number)),
    upTo(value) {
      while (cell < low.length && ((isWithin ? high : low)[cell] as number) <= value) {
        const count = counts[cell] as number
        if (isWithin || low[cell] === high[cell]) {
          least += isWithin ? count - 1 : count
          most += isWithin ? 1 : count
          isWithin = false
          cell++
        } else {
          least += 1
          most += count - 1
          isWithin = true
        }
      }
    },
    least: () => least,
    most: () => most,
    isDone: () => cell === low.length,
  }
}
