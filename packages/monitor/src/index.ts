export { drift, type DriftOptions, type DriftProgress } from './drift.ts'
export { driftFromProfile } from './drift-from-profile.ts'
export { cellsOfRows, cellsSql, valuesSql, type CellsDialect, type CellsSqlOptions } from './reference/cells-sql.ts'
export type { EcdfCells } from './reference/ecdf-cells.ts'
export { gapOfCells, type GapOfCells } from './reference/gap-of-cells.ts'
export { openIntervals, refinedCells } from './reference/open-intervals.ts'
export { referenceProfile, type ReferenceProfileOptions } from './reference/make-profile.ts'
export { mergeReferenceProfiles } from './reference/merge-profiles.ts'
export {
  isProfileName,
  readReferenceProfile,
  writeReferenceProfile,
  type ProfileFileOptions,
} from './reference/profile-file.ts'
export type { KeptTexts, ReferenceColumn, ReferenceProfile, TextCounts } from './reference/reference-profile.ts'
export { pairColumns, type ComparedColumn, type Pairing } from './drift/pair-columns.ts'
export {
  planDrift,
  type ColumnKind,
  type ColumnOverride,
  type DetectorChoice,
  type PlannedColumn,
  type PlannedDetector,
  type PlanOptions,
} from './drift/plan.ts'
export type {
  Cells,
  Detector,
  DetectorInput,
  DetectorOptions,
  DistanceOutcome,
  Need,
  NumberScale,
  NumbersInPasses,
  Outcome,
  ProfiledColumn,
  Readings,
  Sides,
  TestOutcome,
} from './detector.ts'
export { detectorNamed, detectorNames } from './detectors/named.ts'
export { categories } from './detectors/categories.ts'
export { chiSquare } from './detectors/chi-square.ts'
export { constant } from './detectors/constant.ts'
export { datetime } from './detectors/datetime.ts'
export { duplicateRate } from './detectors/duplicate-rate.ts'
export { jensenShannon } from './detectors/jensen-shannon.ts'
export { ks } from './detectors/ks.ts'
export { nullRate } from './detectors/null-rate.ts'
export { psi } from './detectors/psi.ts'
export { range } from './detectors/range.ts'
export { textLength } from './detectors/text-length.ts'
export { textPattern } from './detectors/text-pattern.ts'
export { totalVariation } from './detectors/total-variation.ts'
export { unitChange } from './detectors/unit-change.ts'
export { vocabulary } from './detectors/vocabulary.ts'
export { wasserstein } from './detectors/wasserstein.ts'
export {
  chooseReference,
  readReference,
  type ChosenReference,
  type CurrentVersion,
  type ReferenceOptions,
  type ReferenceRule,
  type TimedVersion,
} from './over-time/reference.ts'
export type { LearnOptions as DriftLearnOptions, PastComparison } from './over-time/learned.ts'
export {
  columnHistories,
  type ColumnHistory,
  type ColumnEffect,
  type ComparedVersion,
  type HistoryOptions,
} from './over-time/column-histories.ts'
export {
  seriesShape,
  seriesShapes,
  type ManySeriesOptions,
  type LevelChange,
  type SeriesOptions,
  type SeriesShape,
  type TimedValue,
} from './over-time/series.ts'
export { adjustPValues, corrections, type Correction } from './multiplicity.ts'
export { freshness, type FreshnessOptions, type FreshnessTarget } from './freshness.ts'
export type { Absent, Basis, Evidence, Look, PastCheck } from './freshness/evidence.ts'
export { mtimeBasis, type MtimeOptions } from './freshness/bases/mtime.ts'
export { columnBasis } from './freshness/bases/column.ts'
export type { ColumnOptions } from './freshness/newest-time.ts'
export { partitionBasis, type PartitionOptions } from './freshness/bases/partition.ts'
export { objectBasis, type ObjectOptions } from './freshness/bases/object.ts'
export { openS3, type ObjectClient } from './freshness/s3-client.ts'
export { contentBasis, type ContentHistory } from './freshness/bases/content.ts'
export { runBasis, type LastRun } from './freshness/bases/run.ts'
export type { LimitOptions } from './freshness/limits.ts'
export { dueAt, readSchedule, type Due, type Schedule, type ScheduleOptions } from './freshness/schedule.ts'
export { readHolidays, type Holidays } from './freshness/calendar.ts'
export { learnLimit, type LearnedLimit, type LearnOptions } from './freshness/learned-limit.ts'
export { toDbtSources, type DbtSources, type DbtSourcesOptions } from './freshness/dbt-sources.ts'
export { toPrometheus } from './freshness/prometheus.ts'
export { kolmogorovTail } from './statistics/kolmogorov-tail.ts'
export { ksPValue } from './statistics/ks-p-value.ts'
export type { KsPValue } from './statistics/ks-true-p-value.ts'
export { ksSmallestPValue } from './statistics/ks-smallest-p-value.ts'
export { ksStatistic, type KsStatistic } from './statistics/ks-statistic.ts'
export { monitorErrors } from './codes.ts'
