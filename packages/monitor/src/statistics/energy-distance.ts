import { ecdfArea, type EcdfDistanceOptions } from './ecdf-area.ts'

/**
 * The energy distance between two samples, √(2·E|X − Y| − E|X − X′| − E|Y − Y′|) = √(2·∫ (F − G)²).
 *
 * As scipy.stats.energy_distance 1.17.1, to 1e-14 relative; Infinity, not NaN, where the sides have unlike shares at ±Infinity. O(n log n).
 *
 * @param a at least one value, in any order; any unit
 * @param b likewise, in the same unit
 * @returns in the square root of the values' unit, 0 or more
 * @throws DS_SAMPLE_INVALID where a sample is empty, or has NaN and nanPolicy is `raise`
 * @throws DS_COUNTS_INVALID where weights are not as many as values, negative or infinite, or sum to 0
 * @see Székely and Rizzo (2013), J. Statist. Plann. Inference 143
 * @example energyDistance([0, 8], [0, 8], { weightsA: [3, 1], weightsB: [2, 2] }) // 1
 */
export function energyDistance(a: ArrayLike<number>, b: ArrayLike<number>, options: EcdfDistanceOptions = {}): number {
  return Math.sqrt(2 * ecdfArea(a, b, 2, options))
}
