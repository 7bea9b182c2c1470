import { isNumeric, type DistributionGap } from '@dayshift/core'
import type { CountedDoubles } from '@dayshift/core/ground'
import { isTime, type Detector, type DetectorOptions, type TestOutcome } from '../detector.ts'
import { rangesOfNumbers } from '../drift/cells-of-numbers.ts'
import { detectableGap } from '../drift/detectable.ts'
import { massMoved } from '../drift/moved.ts'
import { searchGap } from '../statistics/gap-search.ts'
import { ks2samp, ksOfGap, type Ks2sampResult } from '../statistics/ks2samp.ts'
import { ksSmallestPValue } from '../statistics/ks-smallest-p-value.ts'

/** The least D that counts by default. */
const MIN_EFFECT = 0.05

/**
 * The two-sample Kolmogorov–Smirnov test, for every column of numbers or times: sees any difference of two distributions, in
 * centre, spread or shape. p is that of `ks2samp` with `accurate`: the true one, also in columns of few different values. Its
 * effect is D itself: the largest share of rows by which the sides differ at one value, 0–1.
 *
 * @param options minEffect: the least D that counts. Default: 0.05
 * @example await drift(reference, current, { detectors: [ks()] })
 */
export function ks({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'ks',
    needs: 'numbers',
    minEffect,
    fits: (column) => isNumeric(column) || isTime(column),
    test: ({ reference, current, scale, column, counted }) => {
      const { location, sign, ...outcome } = withLocation(reference, current, counted)
      const isNumber = scale === 'value' && column !== undefined && isNumeric(column)
      const gap =
        isNumber && Number.isFinite(location)
          ? gapAt(location, sign * outcome.statistic, reference, current)
          : undefined
      const isTold = isNumber && outcome.statistic >= minEffect
      const detail = isTold ? massMoved(...rangesOfNumbers(reference, current)) : undefined
      return { ...outcome, ...(gap === undefined ? {} : { gap }), ...(detail === undefined ? {} : { detail }) }
    },
    testGap: outcomeOfKs,
  }
}

/** What was found, and at which value the sides are furthest apart. */
type Located = TestOutcome & { readonly location: number; readonly sign: number }

const known = new WeakMap<Float64Array, { readonly current: Float64Array; readonly outcome: Located }>()

/** What the Kolmogorov–Smirnov test says of two samples, found once however many detectors ask. */
export function ksOutcome(reference: Float64Array, current: Float64Array): TestOutcome {
  const { location: _where, sign: _sign, ...outcome } = withLocation(reference, current)
  return outcome
}

function withLocation(reference: Float64Array, current: Float64Array, counted?: CountedDoubles): Located {
  const before = known.get(reference)
  if (before?.current === current) return before.outcome
  const searched = counted && searchGap(reference, current, counted)
  const found = searched?.gap
    ? ksOfGap(searched.gap, searched.sizes)
    : ks2samp(reference, current, { method: 'accurate', nanPolicy: 'raise' })
  const outcome = {
    ...outcomeOfKs(found, [reference.length, current.length]),
    location: found.location,
    sign: found.sign,
  }
  known.set(reference, { current, outcome })
  return outcome
}

/** @param height by how much more of the reference lies at or below the value than of the current side */
function gapAt(at: number, height: number, reference: Float64Array, current: Float64Array): DistributionGap {
  const before = shareUpTo(at, reference)
  // The share is a whole number of values.
  return { at, reference: before, current: Math.round((before - height) * current.length) / current.length }
}

function shareUpTo(at: number, values: Float64Array): number {
  let count = 0
  for (let place = 0; place < values.length; place++) count += (values[place] as number) <= at ? 1 : 0
  return count / values.length
}

/** What the test says, as detectors give it. */
export function outcomeOfKs({ statistic, pValue }: Ks2sampResult, [n, m]: readonly [number, number]): TestOutcome {
  return {
    statistic,
    pValue,
    smallestPValue: ksSmallestPValue(n, m),
    effect: statistic,
    smallestDetectable: (alpha) => detectableGap(n, m, alpha),
  }
}
