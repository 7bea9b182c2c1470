import { ecdfArea, type EcdfDistanceOptions } from './ecdf-area.ts'

/**
 * The first Wasserstein distance (earth mover's) between two samples: how far values have to be moved on average to turn one into the
 * other; the area between their distribution functions, ∫ |F − G|.
 *
 * As scipy.stats.wasserstein_distance 1.17.1, to 1e-14 relative; Infinity, not NaN, where the sides have unlike shares at ±Infinity. O(n log n).
 *
 * @param a at least one value, in any order; any unit
 * @param b likewise, in the same unit
 * @returns in the unit of the values, 0 or more
 * @throws DS_SAMPLE_INVALID where a sample is empty, or has NaN and nanPolicy is `raise`
 * @throws DS_COUNTS_INVALID where weights are not as many as values, negative or infinite, or sum to 0
 * @see Vallender (1974), Theory Probab. Appl. 18; Ramdas, García Trillos and Cuturi (2017), Entropy 19(2)
 * @example wassersteinDistance([0, 1, 3], [5, 6, 8]) // 5
 */
export function wassersteinDistance(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: EcdfDistanceOptions = {},
): number {
  return ecdfArea(a, b, 1, options)
}
