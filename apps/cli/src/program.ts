import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { isatty } from 'node:tty'
import { messageOf, systemCode } from '@dayshift/core/ground'
import { EXITS, signalsTo } from './signals.ts'

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

/**
 * Runs a program with our own input and output, and passes signals on to it.
 *
 * @param onStopped is called where a signal ends it
 * @throws ProgramEnd where it does not end with 0
 */
export async function runProgram(
  program: string,
  words: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  onStopped: () => void = () => undefined,
): Promise<void> {
  const child = spawn(program, words, { ...options, stdio: 'inherit' })
  let wasTold = false
  const passOn = (name: NodeJS.Signals): void => {
    wasTold = true
    // A terminal gives Ctrl-C to all of its programs itself.
    if (name !== 'SIGINT' || !isatty(0)) child.kill(name)
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
  if (wasTold || (signal !== null && signal in EXITS)) onStopped()
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
