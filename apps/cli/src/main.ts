import type { Io } from './io.ts'
import { ownVersion } from './own-version.ts'

const COMMANDS = {
  init: 'start a project, or an example of one',
  run: 'run the whole workflow of a project',
  prototype: '1  try an ETL on a sample',
  validate: '2  check data against a contract',
  version: '3  record a version, as DVC does',
  register: '4  enter a dataset into the catalog',
  log: '5  log where data came from',
  freshness: '6  check the age of data',
  drift: '7  compare two datasets’ distributions',
  help: 'help on a command, or on exit-codes, formats, project',
} as const

const USAGE = `dayshift: the seven habits of data engineering

Usage: dayshift <command> [words] [flags]

${Object.entries(COMMANDS)
  .map(([name, summary]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

  dayshift <command> --help   its words, flags and examples
  dayshift --version          the version

New here? dayshift init --example my-project && cd my-project && dayshift run
`

/**
 * Runs the command line.
 *
 * @param words what stands after `dayshift`
 * @returns the exit code
 */
export async function main(words: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const [first, ...rest] = words
  if (first === undefined || first === '--help' || first === '-h') {
    io.stdout.write(USAGE)
    return first === undefined ? 2 : 0
  }
  if (first === '--version' || first === '-V') {
    io.stdout.write(`${ownVersion()}\n`)
    return 0
  }
  if (first === 'help') {
    const { help } = await import('./help.ts')
    return help(rest, USAGE, io, signal)
  }
  const { runCommand } = await import('./run-command.ts')
  return runCommand(first, rest, io, signal)
}

/** Runs as a process: signals stop the work, the exit code is the process's. */
export async function asProcess(): Promise<void> {
  const stop = new AbortController()
  const exits: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 }
  let stopped: number | undefined
  for (const [name, code] of Object.entries(exits)) {
    process.on(name, () => {
      // A second signal means now.
      if (stopped !== undefined) process.exit(stopped)
      stopped = code
      stop.abort(new Error(name))
    })
  }
  // A reader that has seen enough (head, less) closes the pipe; that is no error.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
      throw error
    })
  }
  const code = await main(process.argv.slice(2), process, stop.signal)
  process.exitCode = stopped ?? code
}
