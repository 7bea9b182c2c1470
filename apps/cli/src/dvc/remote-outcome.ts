import type { RemoteEdit } from '@dayshift/dvc'
import type { Outcome } from '../command.ts'
import type { Terminal } from '../terminal.ts'
import { tell } from './command.ts'
import { plannedEdit } from './config-level.ts'

/**
 * What a command that edits remotes prints: `text` once it is done, the plan where it is not.
 *
 * @param text lines on stdout
 */
export function remoteOutcome(edit: RemoteEdit, dryRun: boolean, terminal: Terminal, text: readonly string[]): Outcome {
  tell(edit.findings, terminal)
  const plan = edit.changes.map(({ file, name, value }) =>
    plannedEdit(file, name, value === undefined ? undefined : String(value)),
  )
  return { reports: [], result: edit, ...(dryRun ? { plan, text: plan } : { text }) }
}
