import { isNumeric } from '@dayshift/core'
import type { Detector, DetectorOptions, NumbersInPasses } from '../detector.ts'
import { ascending } from '../drift/ascending.ts'
import { extentOf } from '../drift/extent.ts'
import { UNIT_CHANGES, type UnitChange } from '../drift/unit-changes.ts'
import { ecdfGaps } from '../statistics/ecdf-gaps.ts'
import { ksOutcome } from './ks.ts'

/** The least D before the change is undone, by default: a mere drift is not taken for another unit. */
const MIN_EFFECT = 0.3

/** D that is left at most once the change is undone; more where few rows make more by chance. */
const MOST_LEFT = 0.05

/** A unit explains a drift where less than this part of D is left. */
const PART_LEFT = 0.25

/** D that sides without drift exceed once in 20 times is this over the root of nm/(n + m). */
const CRITICAL = 1.36

/** Values of a side below which any factor may seem to fit. */
const LEAST_VALUES = 10

/**
 * Numbers that look measured in another unit: multiplied by 1000 or 1024, in °C instead of °F, with the opposite sign. Some 50 known
 * changes are undone one after another; where the Kolmogorov–Smirnov D is large before and as good as gone after, that is named. p and
 * effect are those of D before. Says nothing where no change fits.
 *
 * @param options minEffect: the least D before. Default: 0.3
 * @example await drift(reference, current, { detectors: [unitChange()] })
 */
export function unitChange({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'unit-change',
    needs: 'numbers',
    minEffect,
    breaks: true,
    fits: isNumeric,
    test: ({ reference, current, scale = 'value' }) => {
      if (scale !== 'value' || Math.min(reference.length, current.length) < LEAST_VALUES) return undefined
      const { low, high } = extentOf(reference)
      const { statistic, pValue } = ksOutcome(reference, current)
      if (low === high || statistic < MOST_LEFT || !mayFit(reference, current)) return undefined
      const found = unitOf(ascending(reference), ascending(current), statistic)
      if (!found) return undefined
      return { statistic, pValue, effect: statistic, detail: `values look ${found.words}` }
    },
    testPasses: async (numbers) => {
      const { scale, sizes, found } = numbers
      if (scale !== 'value' || Math.min(...sizes) < LEAST_VALUES || found.statistic < MOST_LEFT) return undefined
      const { low, high } = (await numbers.extents())[0]
      const unit = low === high ? undefined : await unitInPasses(numbers)
      if (!unit) return undefined
      const { statistic, pValue } = found
      return { statistic, pValue, effect: statistic, detail: `values look ${unit.words}` }
    },
  }
}

/** What may be left of D after a change that explains a drift whose D is `before`. */
function mostLeft(before: number, n: number, m: number): number {
  return Math.min(before * PART_LEFT, Math.max(MOST_LEFT, CRITICAL * Math.sqrt((n + m) / (n * m))))
}

/** D of a sample of 65 536 values a side is off by more in fewer than one of 10 000 cases. */
const OFF = 0.02

/** As {@link unitOf}: those changes are looked at in all values that samples do not rule out. */
async function unitInPasses(numbers: NumbersInPasses): Promise<UnitChange | undefined> {
  const { found, sizes } = numbers
  const most = mostLeft(found.statistic, ...sizes)
  const [reference, current] = await numbers.drawn()
  let best: UnitChange | undefined
  let least = Infinity
  for (const change of UNIT_CHANGES) {
    if (!isNear(reference, current, change, 0.1) || gapOf(changed(reference, change), current) > most + OFF) continue
    const left = await numbers.gapAfter(change)
    if (left <= most && left < least) [best, least] = [change, left]
  }
  return best
}

/** The change of unit that explains best how two ascending samples differ whose D is `before`. */
function unitOf(reference: Float64Array, current: Float64Array, before: number): UnitChange | undefined {
  const most = mostLeft(before, reference.length, current.length)
  let best: UnitChange | undefined
  let least = Infinity
  for (const change of UNIT_CHANGES) {
    if (!isNear(reference, current, change)) continue
    const left = gapOf(changed(reference, change), current)
    if (left <= most && left < least) [best, least] = [change, left]
  }
  return best
}

/** Values of a side from which a sample is looked at first: sorting so many takes a while. */
const MANY = 2 ** 20

/** Whether any change may fit, told by some of the values where there are many. */
function mayFit(reference: Float64Array, current: Float64Array): boolean {
  if (reference.length + current.length < MANY) return true
  const [before, after] = [someOf(reference), someOf(current)]
  return UNIT_CHANGES.some((change) => isNear(before, after, change, 0.1))
}

function someOf(values: Float64Array): Float64Array {
  const step = Math.ceil(values.length / 2 ** 14)
  return Float64Array.from({ length: Math.ceil(values.length / step) }, (_, at) => values[at * step] as number).sort()
}

/** Whether a change takes the reference's median into the middle of the current values: told in no time. */
function isNear(
  reference: Float64Array,
  current: Float64Array,
  { factor, shift }: UnitChange,
  outermost = 0.2,
): boolean {
  const median = (reference[reference.length >> 1] as number) * factor + shift
  const at = (share: number): number => current[Math.floor((current.length - 1) * share)] as number
  return median >= at(outermost) && median <= at(1 - outermost)
}

/** The values in the new unit, in ascending order. */
function changed(ascendingValues: Float64Array, { factor, shift }: UnitChange): Float64Array {
  const values = ascendingValues.map((value) => value * factor + shift)
  return factor < 0 ? values.toReversed() : values
}

function gapOf(a: Float64Array, b: Float64Array): number {
  const { above, below } = ecdfGaps(a, b)
  return Math.max(above.height, below.height) / (a.length * b.length)
}
