import { doubleOfKey, isBefore } from '@dayshift/core/ground'
import type { EcdfGap } from './ecdf-gaps.ts'

/** The largest gap of two empirical distribution functions F and G, in either direction. */
export interface LargestGap extends EcdfGap {
  /** 1 where F lies above G there, −1 where below; 1 where both gaps are as large. */
  readonly sign: 1 | -1
}

/** Keeps the largest gaps among those that are looked at, in any order. */
export interface FirstGaps {
  /**
   * @param height F − G at a value, in any unit
   * @param inFirst whether the first sample holds that value; `inSecond` whether the second does
   */
  look(height: number, inFirst: boolean, inSecond: boolean, high: number, low: number): void
  /**
   * The largest gap; of gaps as large that at the least value of the first sample, and only then of the second; of two directions that
   * are as large, that in which F lies above G.
   */
  largest(): LargestGap
}

interface Gap {
  height: number
  high: number
  low: number
}

/** No gap has been looked at yet. */
export function firstGaps(): FirstGaps {
  const above = [noGap(), noGap()] as const
  const below = [noGap(), noGap()] as const
  return {
    look(height, inFirst, inSecond, high, low) {
      if (inFirst) {
        keep(above[0], height, high, low)
        keep(below[0], -height, high, low)
      }
      if (inSecond) {
        keep(above[1], height, high, low)
        keep(below[1], -height, high, low)
      }
    },
    largest() {
      const [up, down] = [larger(...above), larger(...below)]
      const { height, high, low } = down.height > up.height ? down : up
      return { height: height + 0, location: doubleOfKey(high, low) + 0, sign: down.height > up.height ? -1 : 1 }
    },
  }
}

function noGap(): Gap {
  return { height: -Infinity, high: 0, low: 0 }
}

function keep(gap: Gap, height: number, high: number, low: number): void {
  if (height < gap.height || (height === gap.height && !isBefore(high, low, gap.high, gap.low))) return
  gap.height = height
  gap.high = high
  gap.low = low
}

function larger(ofFirst: Gap, ofSecond: Gap): Gap {
  return ofFirst.height >= ofSecond.height ? ofFirst : ofSecond
}
