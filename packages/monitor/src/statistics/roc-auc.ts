import { mannWhitneyU } from './mann-whitney-u.ts'

/**
 * The area under the receiver operating characteristic: of all pairs of a score of each sample, the share in which that of the second is larger; equal
 * ones count half. 0.5 where scores tell nothing, 1 where they tell the samples apart.
 *
 * As sklearn.metrics.roc_auc_score 1.9.1, to 1e-12. O(n log n).
 *
 * @param negatives scores of the samples that are to be low: one or more, in any order
 * @param positives scores of those that are to be high
 * @returns 0–1; NaN where a score is NaN
 * @throws DS_SAMPLE_INVALID where a sample is empty
 * @see Hanley and McNeil (1982), Radiology 143, 29
 * @example rocAuc([0.1, 0.4], [0.35, 0.8]) // 0.75
 */
export function rocAuc(negatives: ArrayLike<number>, positives: ArrayLike<number>): number {
  const { statistic } = mannWhitneyU(positives, negatives, { method: 'asymptotic' })
  return statistic / (negatives.length * positives.length)
}
