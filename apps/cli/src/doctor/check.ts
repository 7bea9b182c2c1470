import { isDayshiftError, messageOf, withoutSecrets, type Finding } from '@dayshift/core/ground'
import type { Context } from '../command.ts'

/** What looking at one thing came to. */
export interface Check {
  /** What was looked at: `git`, `remote store`. */
  readonly name: string
  readonly severity: Finding['severity']
  /** What was found. */
  readonly message: string
  /** What mends it. */
  readonly hint?: string
}

/** What checks look at. */
export type Patient = Pick<Context, 'cwd' | 'env' | 'signal' | 'project' | 'engine'>

/** All is well. */
export function well(name: string, message: string): Check {
  return { name, severity: 'info', message }
}

/** Not as it should be, and work goes on. */
export function doubtful(name: string, message: string, hint: string): Check {
  return { name, severity: 'warn', message, hint }
}

/** Something will not work. */
export function broken(name: string, message: string, hint: string): Check {
  return { name, severity: 'error', message, hint }
}

/** Looks at something; what that throws is what is wrong with it. */
export async function looked(name: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look()
  } catch (error) {
    const message = withoutSecrets(messageOf(error))
    return isDayshiftError(error)
      ? [broken(name, `${error.code}: ${message}`, error.hint)]
      : [broken(name, message, 'Run it again with --debug, and report what it prints.')]
  }
}
