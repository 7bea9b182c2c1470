/** Tests and distances of two samples, as functions of plain numbers: no frame, no engine. */
export { ks2samp, type Ks2sampOptions, type Ks2sampResult } from './statistics/ks2samp.ts'
export { ksPValue, type KsAlternative } from './statistics/ks-p-value.ts'
export type { KsPValue } from './statistics/ks-true-p-value.ts'
export { ksSmallestPValue } from './statistics/ks-smallest-p-value.ts'
export { ksStatistic, type KsStatistic } from './statistics/ks-statistic.ts'
export { kuiper2samp, type Kuiper2sampOptions } from './statistics/kuiper2samp.ts'
export {
  cramerVonMises2samp,
  type CramerVonMises2sampOptions,
  type TwoSampleResult,
} from './statistics/cramer-von-mises-2samp.ts'
export { andersonKsamp, type AndersonKsampOptions, type AndersonKsampResult } from './statistics/anderson-ksamp.ts'
export { mannWhitneyU, type MannWhitneyUOptions } from './statistics/mann-whitney-u.ts'
export { chi2Contingency, type Chi2ContingencyOptions, type ChiSquareResult } from './statistics/chi2-contingency.ts'
export { chisquare, type ChisquareOptions } from './statistics/chisquare.ts'
export type { Lambda } from './statistics/power-divergence.ts'
export { fisherExact, type FisherExactOptions, type FisherExactResult } from './statistics/fisher-exact.ts'
export {
  correlationDifference,
  type Correlated,
  type CorrelationDifferenceOptions,
} from './statistics/correlation-difference.ts'
export { pearsonCorrelation } from './statistics/pearson-correlation.ts'
export { spearmanCorrelation } from './statistics/spearman-correlation.ts'
export {
  classifier2samp,
  type Classifier2sampOptions,
  type Classifier2sampResult,
} from './statistics/classifier-2samp.ts'
export { rocAuc } from './statistics/roc-auc.ts'
export { wassersteinDistance } from './statistics/wasserstein-distance.ts'
export { energyDistance } from './statistics/energy-distance.ts'
export type { EcdfDistanceOptions } from './statistics/ecdf-area.ts'
export { jensenShannonDistance, type JensenShannonOptions } from './statistics/jensen-shannon-distance.ts'
export { hellingerDistance } from './statistics/hellinger-distance.ts'
export { klDivergence } from './statistics/kl-divergence.ts'
export { totalVariationDistance } from './statistics/total-variation-distance.ts'
export {
  populationStabilityIndex,
  type PopulationStabilityOptions,
  type PopulationStabilityResult,
} from './statistics/population-stability-index.ts'
export { mannKendall, type MannKendallOptions, type MannKendallResult } from './statistics/mann-kendall.ts'
export { theilSen, type TheilSenResult } from './statistics/theil-sen.ts'
export {
  changePoints,
  changePointsOfMany,
  type ChangePointOptions,
  type ChangePoints,
  type ChangePointsOfMany,
  type ManyChangePointsOptions,
} from './statistics/change-points.ts'
export { kruskalWallis, type KruskalWallisResult } from './statistics/kruskal-wallis.ts'
export { serialDependence, type SerialDependenceResult } from './statistics/serial-dependence.ts'
export { conformalPValue, pastNeeded } from './statistics/conformal-p-value.ts'
export { kolmogorovTail } from './statistics/kolmogorov-tail.ts'
export { kuiperTail } from './statistics/kuiper-tail.ts'
export { cramerVonMisesTail } from './statistics/cramer-von-mises-tail.ts'
export { andersonDarlingTail } from './statistics/anderson-darling-tail.ts'
export { chiSquareTail } from './statistics/special/chi-square-tail.ts'
export { normalTail } from './statistics/special/normal-tail.ts'
export type { NanPolicy } from './statistics/samples.ts'
export { adjustPValues, corrections, type Correction } from './multiplicity.ts'
