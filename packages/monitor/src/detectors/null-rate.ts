import type { Cells, Detector, DetectorOptions, ProfiledColumn } from '../detector.ts'
import { homogeneity } from '../drift/homogeneity.ts'

/** The least change of the share of missing values that counts by default. */
const MIN_EFFECT = 0.02

/**
 * Whether values are missing more often, or less: Fisher's exact test (chi-square beyond a million rows) of rows without and with
 * a value. NaN counts as missing. Its effect is the change of the share, 0–1. Says nothing where no value is missing on either
 * side, or all are.
 *
 * @param options minEffect: the least change that counts. Default: 0.02
 * @example await drift(reference, current, { detectors: [nullRate({ minEffect: 0.001 })] })
 */
export function nullRate({ minEffect = MIN_EFFECT }: DetectorOptions = {}): Detector {
  return {
    name: 'null-rate',
    needs: 'profile',
    minEffect,
    fits: () => true,
    test: ({ reference, current }) => {
      const [before, after] = [missingOf(reference), missingOf(current)]
      const found = homogeneity(before, after)
      if (!found) return undefined
      const [old, now] = [shareOf(before), shareOf(after)]
      return {
        statistic: now - old,
        pValue: found.pValue,
        effect: Math.abs(now - old),
        detail: `missing in ${percent(old)} of the rows, ${percent(now)} now`,
      }
    },
  }
}

function missingOf({ rows, profile }: ProfiledColumn): Cells {
  const missing = profile.nulls + (profile.nans ?? 0)
  return { names: ['missing', 'there'], counts: [missing, rows - missing], rest: 0, rows }
}

function shareOf({ counts: [missing = 0], rows }: Cells): number {
  return missing / rows
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}
