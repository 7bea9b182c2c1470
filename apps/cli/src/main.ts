import type { Group } from './group.ts'
import type { Io } from './io.ts'
import { ownVersion } from './own-version.ts'
import { EXITS, onSignals } from './signals.ts'
import { wantsJson } from './wants-json.ts'

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
  dvc: 'DVC’s commands, without Python',
  catalog: 'list, search and show what is registered',
  lineage: 'show which data was made from which',
  alerts: 'list what is wrong, and who was told',
  diff: 'say how two versions of data differ',
  report: 'show the last run as a page',
  versions: 'list every version of a path',
  profile: 'say what the columns of data hold',
  infer: 'write a contract from data',
  compare: 'say what a new contract breaks',
  convert: 'write a contract in another format',
  history: 'list what the habits found before',
  schema: 'print the JSON Schema of project files',
  doctor: 'look whether all that is needed is well',
  completion: 'complete commands and flags in a shell',
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
  if (first === 'completion') {
    const { completion } = await import('./completion/completion.ts')
    return completion(rest, io)
  }
  if (first === 'dvc') {
    const { dvc } = await import('./dvc/dvc.ts')
    return dvc(rest, io, signal)
  }
  if (first === 'catalog' || first === 'lineage' || first === 'alerts') {
    const [{ GROUPS }, { runGroup }] = await Promise.all([import('./groups.ts'), import('./run-group.ts')])
    return runGroup(GROUPS.find(({ name }) => name === first) as Group, rest, io, signal)
  }
  const { runCommand } = await import('./run-command.ts')
  return runCommand(first, rest, io, signal)
}

/** Runs as a process: signals stop the work, the exit code is the process's. */
export async function asProcess(): Promise<void> {
  const began = Date.now()
  // What speaks S3 would warn of this Node's age on each run.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const words = process.argv.slice(2)
  const stdout = ownStdout()
  const stop = new AbortController()
  let stopped: number | undefined
  let finished = false
  onSignals((name) => {
    finished = true
    // A second signal means now.
    if (stopped !== undefined) process.exit(stopped)
    stopped = EXITS[name] as number
    stop.abort(new Error(name))
  })
  // A reader that has seen enough (head, less) closes the pipe; that is no error.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      finished = true
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
      if (stream !== process.stderr)
        process.stderr.write(`error DS_WRITE: cannot print the results: ${error.message}\n`)
      process.exit(3)
    })
  }
  process.on('uncaughtException', (error) => {
    finished = true
    process.exitCode = unfinished(words, Date.now() - began, stdout, error)
    process.exit()
  })
  process.on('exit', () => {
    if (!finished) process.exitCode = unfinished(words, Date.now() - began, stdout)
  })
  const code = await main(
    words,
    { env: process.env, stdin: () => process.stdin, stdout, stderr: process.stderr },
    stop.signal,
  )
  finished = true
  process.exitCode = stopped ?? code
  // A module of the project may keep a timer or a connection open; the work is done all the same.
  await stdout.written()
  await new Promise<void>((written) => process.stderr.write('', () => written()))
  process.exit()
}

/**
 * Keeps stdout for results: what code of the project prints (console.log in an ETL) goes to stderr from here on.
 *
 * @returns the way to the real stdout
 */
function ownStdout(): Io['stdout'] & { written(): Promise<void> } {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr)
  return {
    write: (text) => write(text),
    isTTY: process.stdout.isTTY,
    // Asked for anew each time: a window may be made wider while work goes on.
    get columns() {
      return process.stdout.columns
    },
    written: () => new Promise((written) => write('', () => written())),
  }
}

/** What is said where code of the project ended the process, or waits for what never comes. */
function unfinished(words: readonly string[], durationMs: number, stdout: Io['stdout'], thrown?: Error): number {
  const code = 'DS_UNFINISHED'
  // A stack or message of other people's code may hold what is secret; the name of the error may not.
  const message = thrown
    ? `code of the project threw where nobody waits for it: ${thrown.name}`
    : 'the work did not end: code of the project called process.exit, or waits for what never comes'
  const hint = 'Look at the functions in the project, contract and ETL files.'
  process.stderr.write(`error ${code}: ${message}\n  ${hint}\n`)
  if (wantsJson(words)) {
    const error = { code, message, hint }
    const head = { dayshift: ownVersion(), command: words[0] ?? '', status: 'error', exitCode: 3, durationMs }
    stdout.write(`${JSON.stringify({ ...head, reports: [], error }, null, 2)}\n`)
  }
  return 3
}
