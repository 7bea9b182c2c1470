import { isNumeric } from '@dayshift/core'
import type { Detector, DetectorOptions } from '../detector.ts'
import { extentOf, type Extent } from '../drift/extent.ts'

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
    test: ({ reference, current, scale }) => {
      const [n, m] = [reference.length, current.length]
      const [before, now] = [extentOf(reference), extentOf(current)]
      if (now.low >= before.low && now.high <= before.high) return { statistic: 0, pValue: 1, effect: 0 }
      let [below, above] = [0, 0]
      for (const value of current) {
        if (value < before.low) below++
        else if (value > before.high) above++
      }
      return { ...outsideOutcome([below, above], [n, m]), detail: rangeWords(scale, before, now) }
    },
    testPasses: async (numbers) => {
      const { sizes, scale } = numbers
      const [before, now] = await numbers.extents()
      if (now.low >= before.low && now.high <= before.high) return { statistic: 0, pValue: 1, effect: 0 }
      return { ...outsideOutcome(await numbers.outside(before), sizes), detail: rangeWords(scale, before, now) }
    },
  }
}

/** What so many values below and above the reference's range come to, of so many on each side. */
function outsideOutcome(
  [below, above]: readonly [number, number],
  [n, m]: readonly [number, number],
): { readonly statistic: number; readonly pValue: number; readonly effect: number } {
  const share = (below + above) / m
  return { statistic: share, pValue: Math.min(1, 2 * outermost(Math.max(below, above), n, m)), effect: share }
}

/** The chance that the k largest of n + m values are all among a given m. */
function outermost(k: number, n: number, m: number): number {
  let p = 1
  for (let at = 0; at < k && p > 0; at++) p *= (m - at) / (n + m - at)
  return p
}

function rangeWords(scale: string | undefined, before: Extent, now: Extent): string {
  if (scale !== undefined && scale !== 'value') return 'beyond the range of the reference'
  return `range ${ends(before)} before, ${ends(now)} now`
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}

function ends({ low, high }: Extent): string {
  return `${short(low)} – ${short(high)}`
}
