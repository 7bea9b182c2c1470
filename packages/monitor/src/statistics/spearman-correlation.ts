import { midranksOf } from './midranks-of.ts'
import { pearsonCorrelation } from './pearson-correlation.ts'

/**
 * Spearman's rank correlation of pairs, −1 to 1: how far one side grows where the other does, along whatever curve. Pearson's of the midranks; as
 * scipy.stats.spearmanr, to 1e-13.
 *
 * @param x without NaN; ±Infinity are values like others
 * @param y as many
 * @returns NaN where all values of a side are equal
 * @throws DS_SAMPLE_INVALID where there are fewer than 2 pairs, or sides of different lengths
 * @see Spearman (1904), Am. J. Psychol. 15
 * @example spearmanCorrelation([1, 2, 3], [1, 8, 27]) // 1
 */
export function spearmanCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return pearsonCorrelation(midranksOf(x), midranksOf(y))
}
