import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { isatty } from 'node:tty'
import { messageOf, systemCode } from '@dayshift/core/ground'
import { signalsTo } from './signals.ts'

/** How a program ended that was not a success. */
export class ProgramEnd extends Error {
  readonly exitCode: number
  readonly isUnstarted: boolean
  constructor(message: string, exitCode: number, isUnstarted = false) {
    super(message)
    // Where it was made here says nothing of the program.
    delete this.stack
    this.exitCode = exitCode
    this.isUnstarted = isUnstarted
  }
}

/** Signals that ask a program to end. */
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])
/** Signals that a terminal gives to all of its programs itself. */
const OF_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT'])

/**
 * Runs a program with our own input and output, and passes signals on to it.
 *
 * @param onStopped is called where it was stopped: it did not end with 0, and we were asked to end, or a signal that asks for
 *   that, or one that was passed on, ended it
 * @throws ProgramEnd where it does not end with 0
 */
export async function runProgram(
  program: string,
  words: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  onStopped: () => void = () => undefined,
): Promise<void> {
  const child = spawn(program, words, { ...options, stdio: 'inherit' })
  const passed = new Set<NodeJS.Signals>()
  const passOn = (name: NodeJS.Signals): void => {
    passed.add(name)
    if (!OF_TERMINAL.has(name) || !isatty(0)) child.kill(name)
  }
  const [code, signal] = await signalsTo(
    passOn,
    () =>
      new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
        child.once('error', (error) => reject(unstarted(program, error)))
        child.once('exit', (...end) => resolve(end))
      }),
  )
  if (code === 0) return
  const wasAsked = [...passed].some((name) => ENDING.has(name))
  if (wasAsked || (signal !== null && (passed.has(signal) || ENDING.has(signal)))) onStopped()
  const name = basename(program)
  if (signal !== null) throw new ProgramEnd(`${name} was ended by ${signal}`, 128 + constants.signals[signal])
  throw new ProgramEnd(`${name} ended with exit code ${code}`, code ?? 1)
}

/** A program that could not be started has the exit codes that a shell gives it. */
function unstarted(program: string, error: Error): ProgramEnd {
  const isMissing = systemCode(error) === 'ENOENT'
  const why = isMissing ? 'not found' : messageOf(error)
  return new ProgramEnd(`${basename(program)} could not be started: ${why}`, isMissing ? 127 : 126, true)
}
