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
export { coreErrors } from './codes.ts'
export { formatDuration, formatSize, parseDuration, parseFraction, parseSize } from './units.ts'
export { datasetOf, fileDataset, withoutSecrets, type DatasetRef } from './dataset.ts'
export { isNumeric, sameSchema, type Column, type ColumnType, type TableSchema } from './schema.ts'
export {
  findReport,
  makeReport,
  statusOf,
  worst,
  type AnyReport,
  type Finding,
  type Report,
  type Severity,
  type Status,
} from './report.ts'
export type {
  CheckResult,
  ColumnDrift,
  DriftFacts,
  Facts,
  FactRow,
  FactValue,
  FailureExample,
  FreshnessFacts,
  LogFacts,
  PrototypeFacts,
  RegisterFacts,
  ReportKind,
  ValidateFacts,
  VersionedFile,
  VersionFacts,
} from './facts.ts'
export type { ColumnProfile, Profile } from './profile.ts'
export {
  appendJournal,
  readJournal,
  readJournalLines,
  type Journal,
  type JournalDamage,
  type JournalLine,
  type JournalRecord,
} from './journal.ts'
