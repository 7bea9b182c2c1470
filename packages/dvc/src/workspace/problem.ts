import { isDayshiftError, messageOf, type DayshiftError, type Finding } from '@dayshift/core/ground'
import { emptyRecord } from '../outputs.ts'

/** What stands against an output. */
export interface Problem {
  /** That of an error. */
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}

/** Who is told what a person should know beside a result. */
export interface Telling {
  /**
   * Called with each output that cannot be looked at, and with records that are passed over. Without it the first output that
   * cannot be looked at is an error.
   */
  readonly onFinding?: ((finding: Finding) => void) | undefined
}

/** What is wrong with one output only: the others can be looked at all the same. */
const OF_ONE_OUTPUT = new Set([
  'DS_DVC_PATH_KIND',
  'DS_DVC_PATH_NAME',
  'DS_DVC_PATH_SYMLINK',
  'DS_DVC_IGNORE_INSIDE',
  'DS_DVC_NESTED',
  'DS_DVC_EXISTS',
  'DS_DVC_UNREADABLE',
  'DS_DVC_CHANGED',
])

/** Whether an error stands against one output only. */
export function isOfOneOutput(error: unknown): error is DayshiftError {
  return isDayshiftError(error) && OF_ONE_OUTPUT.has(error.code)
}

/** An error as what stands against an output. */
export function problemOf(error: unknown): Problem {
  if (!isDayshiftError(error)) return { code: 'DS_INTERNAL', message: messageOf(error) }
  return { code: error.code, message: error.message, hint: error.hint }
}

/**
 * Tells of an output that cannot be looked at.
 *
 * @param shown the output as a user would write it
 * @throws what is not of one output only, and everything where nobody is told
 */
export function tellProblem(shown: string, error: unknown, { onFinding }: Telling): void {
  if (!onFinding || !isOfOneOutput(error)) throw error
  const { code, message, hint } = error
  onFinding({ severity: 'error', code, message: `${shown} cannot be looked at: ${message}`, hint })
}

/** Tells of records that name no data: what they stood for cannot be looked at. Nothing where nobody is told. */
export function emptyTelling(onFinding: Telling['onFinding']): ((file: string) => void) | undefined {
  return onFinding && ((file) => onFinding({ severity: 'error', ...problemOf(emptyRecord(file)) }))
}
