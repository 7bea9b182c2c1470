import { isDayshiftError, worst } from '@dayshift/core/ground'
import type { Context, Outcome } from '../command.ts'
import type { Document } from '../document.ts'
import { exitOfError, exitOfStatus, exitOfUndelivered, type FailOn } from '../exit.ts'
import { oneOf } from '../flags.ts'
import { ownVersion } from '../own-version.ts'
import { ProgramEnd, runProgram } from '../program.ts'
import { renderText } from '../render/text.ts'
import { printable, printableLines } from '../render/words.ts'
import { PLAIN } from '../terminal.ts'

/**
 * Runs a program where data is fresh, and hands its exit code on. Where it is not, the program is not started, and the exit
 * code is that of the verdict. All that is said of the data goes to stderr: stdout is the program's. Sinks are told before it starts: it
 * may run for long, or for ever. Where one could not be told that must be, 4 takes the place of 0, and of a verdict.
 */
export async function runBehind(outcome: Outcome, context: Context): Promise<Outcome> {
  const { reports, error } = outcome
  const { isUndelivered = false } = (await context.tell?.(outcome)) ?? {}
  const { behind, cwd, env, terminal, flags } = context
  const [program = '', ...words] = behind
  const failOn = oneOf<FailOn>('fail-on', flags['fail-on'], ['error', 'warn', 'never'], 'error')
  const status = worst(reports.map((report) => report.status))
  const verdict = isDayshiftError(error) ? exitOfError(error, context.signal) : exitOfStatus(status, failOn)
  const document: Document = {
    dayshift: ownVersion(),
    command: 'freshness',
    status,
    exitCode: verdict,
    durationMs: 0,
    reports,
  }
  const told = renderText(document, PLAIN, { cwd, verbose: false }).map(printableLines)
  if (verdict !== 0) {
    for (const line of told) terminal.alert(line)
    if (error !== undefined) throw error
    terminal.alert(`${printable(program)} was not started`)
    return { reports: [], exitCode: isUndelivered ? exitOfUndelivered(verdict) : verdict }
  }
  if (status !== 'pass') for (const line of told) terminal.note(line)
  terminal.idle()
  try {
    await runProgram(program, words, { cwd, env: { ...env } })
    return { reports: [], exitCode: isUndelivered ? exitOfUndelivered(0) : 0 }
  } catch (end) {
    if (!(end instanceof ProgramEnd)) throw end
    if (end.isUnstarted) terminal.alert(`dayshift: ${printable(end.message)}`)
    return { reports: [], exitCode: end.exitCode }
  }
}
