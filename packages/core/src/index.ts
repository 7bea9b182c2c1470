export {
  DayshiftError,
  errorsOf,
  isDayshiftError,
  messageOf,
  systemCode,
  type ErrorDetails,
  type ErrorEntry,
  type ErrorKind,
  type ErrorTable,
} from './errors.ts'
export { throwIfAborted } from './abort.ts'
export { coreErrors } from './codes.ts'
export { formatDuration, formatSize, parseDuration, parseFraction, parseSize } from './units.ts'
export { datasetOf, fileDataset, isAddress, type DatasetRef } from './dataset.ts'
export { withoutSecrets, withoutSecretsWithin } from './secrets.ts'
export { isNumeric, sameSchema, type Column, type ColumnType, type TableSchema } from './schema.ts'
export { findReport, makeReport, statusOf, worst, type AnyReport, type Report, type Status } from './report.ts'
export type {
  CellShare,
  CheckResult,
  ColumnChange,
  ColumnDrift,
  DistributionGap,
  ClassifierFacts,
  CorrelationChange,
  CorrelationFacts,
  DriftFacts,
  DriftReference,
  Facts,
  FailedValues,
  FailTogether,
  FailureExample,
  FreshnessFacts,
  FreshnessOfBasis,
  LearnedDrift,
  LogFacts,
  PrototypeFacts,
  RegisterFacts,
  ReportKind,
  SegmentDrift,
  SegmentFacts,
  ValidateFacts,
  VersionedFile,
  VersionFacts,
} from './facts.ts'
export type { ColumnProfile, Duplicates, Profile, ProfileOptions, Quantile, TextLengths, TopValue } from './profile.ts'
export type { Histogram } from './profile/histogram.ts'
export { mergeProfiles } from './profile/merge.ts'
export {
  doublesProfiler,
  profileOfDoubles,
  type CountedSide,
  type Doubles,
  type DoublesProfiler,
} from './profile/of-doubles.ts'
export { spreadFinder, type DoublesSpread, type SpreadFinder } from './profile/spread.ts'
export { fewRuns, runsOf, type Runs } from './profile/runs.ts'
export { ident, isSql, join, literal, raw, sql, type Sql, type SqlValue } from './sql.ts'
export type { Batch, DoublesBatch, Engine, GivenColumn, QueryOptions, QueryProgress, Row } from './engine.ts'
export type { ColumnValues } from './column-values.ts'
export type { JoinKind, JoinOptions } from './verbs/join.ts'
export type { UnionOptions } from './verbs/union.ts'
export type { Preparation } from './preparation.ts'
export type { GivenRows } from './sources/rows.ts'
export type { GivenBytes } from './sources/spool.ts'
export type { CsvLayout, Dialect, TypedName, WrittenForm } from './dialect.ts'
export { createDuckdb, type DuckdbOptions } from './engines/duckdb.ts'
export type { CsvOptions, RenamedColumn, Source, TextTable } from './source.ts'
export { LARGEST_AUTOMATON, type AscendingRun, type ByteAutomaton, type CellForm, type Span } from './text/cell-form.ts'
export type { FormLook, FormsSeen } from './text/form-walk.ts'
export type { ToldCells } from './text/told-cells.ts'
export type { PlaceCursor, RowPlace } from './places.ts'
export type { Relation, Step } from './relation.ts'
export { findFiles, type DataFile, type FoundFiles } from './files.ts'
export { checkWhole } from './text/file-bytes.ts'
export { glob } from './glob.ts'
export { formatOf, type FileFormat } from './format.ts'
export { open, type Openable, type OpenOptions } from './open.ts'
export { Frame, type Expression } from './frame.ts'
export { nearest, resolveNames } from './names.ts'
export { freeName } from './free-name.ts'
export { checkManifest, readManifest, type SampledFile, type SampleManifest } from './sample.ts'
export {
  diffRows,
  type ChangedColumn,
  type ChangedValue,
  type DiffRowsOptions,
  type OddKeys,
  type RowsDiff,
} from './diff.ts'
export { rebuildSample, type RebuildOptions } from './rebuild.ts'
export type { SampleOptions, SamplePlan, TimeWindow } from './sampling/plan.ts'
export type { DrawnFacts } from './sampling/drawn.ts'
export { prototype, type Etl, type PrototypeOptions } from './prototype.ts'
export { type WriteOptions } from './write.ts'
export { writtenForm, type FileForm, type FormOptions } from './writing/form.ts'
export { needFolder, writeAtomically } from './atomic.ts'
export { isSamePlace, refuseOverwrite } from './overwrite.ts'
export { withLock, type LockOptions } from './lock.ts'
export { factRow, factValue, type FactRow, type FactValue } from './fact-value.ts'
export type { Finding, Severity } from './finding.ts'
export type { Sink, SinkOptions } from './sink.ts'
export { lastReports } from './last-reports.ts'
export { historySink } from './sinks/history.ts'
export { deliver } from './sinks/deliver.ts'
export { filtered, type SinkFilter } from './sinks/filtered.ts'
export type { DeliveryOptions, SinkOutcome } from './sinks/attempt.ts'
export { webhookSink, type WebhookOptions } from './sinks/webhook.ts'
export type { WebhookAlert, WebhookBody } from './sinks/webhook-body.ts'
export { verifySignature } from './sinks/http/signature.ts'
export type { PostOptions } from './sinks/http/post.ts'
export { alertmanagerSink, type AlertmanagerOptions } from './sinks/alertmanager.ts'
export {
  observationOf,
  type Alert,
  type AlertEvent,
  type AlertNotice,
  type AlertSeverity,
  type Observation,
} from './alerts/alert.ts'
export type { Labels } from './alerts/labels.ts'
export { alertRules, type AlertOptions, type AlertRules } from './alerts/rules.ts'
export type { AlertRecord, AlertState, Told } from './alerts/state.ts'
export { observeAlerts } from './alerts/observe.ts'
export { dueNotices, markTold, type AlertListener } from './alerts/due.ts'
export { filesSetAside, readAlertState, type ReadState } from './alerts/state-file.ts'
export { muteAlert } from './alerts/mute.ts'
export { tellTest } from './alerts/tell-test.ts'
export { notify, type Notified, type NotifyOptions } from './alerts/notify.ts'
export {
  planWorkflow,
  runWorkflow,
  STEPS,
  type PlannedStep,
  type PlanOptions,
  type StepReadiness,
  type StepRunner,
  type StepSkip,
  type WorkflowDataset,
  type WorkflowResult,
} from './workflow.ts'
export type { Journal, JournalDamage, JournalLine, JournalPlace, JournalRecord } from './journal/journal.ts'
export { appendJournal, journalWriter, type Durability, type JournalWriter } from './journal/append.ts'
export { readJournal, readJournalLine, readJournalLines, type ReadLinesOptions } from './journal/read.ts'
export { foldJournal, type Folded, type FoldOptions, type JournalFold } from './journal/fold.ts'
export { checkJournal, type CheckedFile, type CheckJournalOptions, type JournalCheck } from './journal/check.ts'
export { repairJournal, type Repair, type RepairOptions } from './journal/repair.ts'
export { compactJournal, type CompactOptions, type Compaction } from './journal/compact.ts'
