import { isNumeric } from '@dayshift/core'
import type { Detector, DetectorOptions } from '../detector.ts'
import { ascending, countBelow } from '../drift/ascending.ts'

/** The least share of values outside that counts by default. */
const MIN_EFFECT = 0.01

/**
 * Values beyond all that the reference has. Some are to be expected: of two samples of one distribution, the smallest and the largest
 * value are as likely on either side. p is the chance that so many of the outermost values all are of the current side, for the worse
 * end, doubled; exact at every size. The effect is the share of values outside, 0–1.
 *
 * @param options minEffect: the least share outside that counts. Default: 0.01
 * @example await drift(reference, current, { detectors: [range()] })
 */
export function range({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'range',
    needs: 'numbers',
    minEffect,
    fits: isNumeric,
    test: (sides) => {
      const [reference, current] = [ascending(sides.reference), ascending(sides.current)]
      const [n, m] = [reference.length, current.length]
      const [low, high] = [reference[0] as number, reference[n - 1] as number]
      const below = countBelow(current, low)
      const above = m - countBelow(current, high, true)
      const outside = (below + above) / m
      if (outside === 0) return { statistic: 0, pValue: 1, effect: 0 }
      const pValue = Math.min(1, 2 * outermost(Math.max(below, above), n, m))
      return { statistic: outside, pValue, effect: outside, detail: rangeWords(sides.scale, reference, current) }
    },
  }
}

/** The chance that the k largest of n + m values are all among a given m. */
function outermost(k: number, n: number, m: number): number {
  let p = 1
  for (let at = 0; at < k && p > 0; at++) p *= (m - at) / (n + m - at)
  return p
}

function rangeWords(scale: string | undefined, reference: Float64Array, current: Float64Array): string {
  if (scale !== undefined && scale !== 'value') return 'beyond the range of the reference'
  return `range ${ends(reference)} before, ${ends(current)} now`
}

function short(value: number | undefined): string {
  return String(Number((value as number).toPrecision(4)))
}

function ends(values: Float64Array): string {
  return `${short(values[0])} – ${short(values.at(-1))}`
}
