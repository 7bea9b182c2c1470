/** What every package stands on, without the frame and its engine: programs that only need this start at once. */
export { throwIfAborted } from './abort.ts'
export { isAlive } from './alive.ts'
export { writeAtomically } from './atomic.ts'
export { canonicalJson } from './canonical-json.ts'
export { coreErrors } from './codes.ts'
export { datasetOf, fileDataset, isAddress } from './dataset.ts'
export { DayshiftError, errorsOf, isDayshiftError, messageOf, systemCode, type ErrorTable } from './errors.ts'
export type { PushedVersion, VersionedFile, VersionFacts } from './facts.ts'
export type { Finding } from './finding.ts'
export { formatOf } from './format.ts'
export { glob, isGlob, matchesGlob } from './glob.ts'
export { withLock, type LockOptions } from './lock.ts'
export { appendJournal } from './journal/append.ts'
export { checkJournal, type JournalCheck } from './journal/check.ts'
export { compactJournal, type CompactOptions, type Compaction } from './journal/compact.ts'
export { foldJournal, type Folded, type JournalFold } from './journal/fold.ts'
export type { JournalLine, JournalPlace, JournalRecord } from './journal/journal.ts'
export { readJournalLine, readJournalLines } from './journal/read.ts'
export { realPath } from './journal/real-path.ts'
export { repairJournal, type Repair } from './journal/repair.ts'
export { lastReports } from './last-reports.ts'
export { makeFolders } from './make-folders.ts'
export { editDistance, nearest } from './names.ts'
export { isSamePlace, refuseOverwrite } from './overwrite.ts'
export { countDoubles, type CountedDoubles } from './profile/count-doubles.ts'
export {
  bucketOf,
  countKeys,
  FIRST_BITS,
  firstBuckets,
  keyBuckets,
  pickKeys,
  widthFor,
  type KeyBuckets,
} from './profile/key-buckets.ts'
export { bitsOf, doubleOfKey, highOfKey, isBefore, isNaNKey, lowOfKey, withBits } from './profile/order-keys.ts'
export { fewRuns, runsOf, type Runs } from './profile/runs.ts'
export { makeReport, worst, type Report } from './report.ts'
export { withoutSecrets, withoutSecretsWithin } from './secrets.ts'
export { ident, literal } from './sql.ts'
export { formatDuration, formatSize, parseDuration, parseSize } from './units.ts'
export { removeAllLeft, temporaryFor } from './temporary.ts'
export { readTextFile, readTextFileSync } from './text-file.ts'
export { typeName } from './verbs/type-name.ts'
export { STEPS } from './workflow.ts'
