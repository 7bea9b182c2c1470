/** What every package stands on, without the frame and its engine: programs that only need this start at once. */
export { throwIfAborted } from './abort.ts'
export { coreErrors } from './codes.ts'
export { fileDataset } from './dataset.ts'
export { errorsOf, isDayshiftError, messageOf, systemCode, type ErrorTable } from './errors.ts'
export type { VersionedFile } from './facts.ts'
export type { Finding } from './finding.ts'
export { withLock, type LockOptions } from './lock.ts'
export { makeReport, type Report } from './report.ts'
