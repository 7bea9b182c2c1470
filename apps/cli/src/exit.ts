import type { DayshiftError, Status } from '@dayshift/core'

/** The exit codes: a contract, told by `dayshift help exit-codes`. */
const EXIT = {
  ok: 0,
  fellShort: 1,
  usage: 2,
  failed: 3,
  undelivered: 4,
  interrupted: 130,
  terminated: 143,
} as const

/** From which status on a run counts as fallen short. */
export type FailOn = 'error' | 'warn' | 'never'

/** The exit code of results. */
export function exitOfStatus(status: Status, failOn: FailOn): number {
  if (failOn === 'never' || status === 'pass') return EXIT.ok
  return status === 'fail' || failOn === 'warn' ? EXIT.fellShort : EXIT.ok
}

/** The exit code of results that could not be delivered: it takes the place of a verdict, not of an error or a stop. */
export function exitOfUndelivered(exitCode: number): number {
  return exitCode <= EXIT.fellShort ? EXIT.undelivered : exitCode
}

/** The exit code of an error; of a stop, by the signal that asked for it. */
export function exitOfError(error: DayshiftError, signal: AbortSignal): number {
  if (error.code === 'DS_ABORTED') return exitOfStop(signal)
  return error.kind === 'usage' ? EXIT.usage : EXIT.failed
}

/** The exit code of work that was stopped, by the signal that asked for it. */
export function exitOfStop(signal: AbortSignal): number {
  const reason: unknown = signal.aborted ? signal.reason : undefined
  return reason instanceof Error && reason.message === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted
}
