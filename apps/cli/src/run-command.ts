import { resolve } from 'node:path'
import { statSync } from 'node:fs'
import type { DayshiftError, Engine } from '@dayshift/core'
import { isDayshiftError, messageOf, STEPS, withoutSecrets, worst } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { Command, Context, Outcome } from './command.ts'
import { loadCommand } from './commands.ts'
import { errorField, statusOfReports, type Document } from './document.ts'
import { startEngine } from './engine-flags.ts'
import { exitOfError, exitOfStatus, exitOfStop, exitOfUndelivered, type FailOn } from './exit.ts'
import { commonFlags, oneOf, parseFlags, refuseLater, type Flags } from './flags.ts'
import { commandHelp } from './command-help.ts'
import type { Io } from './io.ts'
import { ownVersion } from './own-version.ts'
import { checkOutputs, deliver, type OtherFiles } from './output.ts'
import { formatOfFlags, refuseFormats, RESULT_FORMATS } from './output-format.ts'
import { reportOfStdin, saidOfStdin } from './piped.ts'
import { findProjectFile, loadProject, type Project } from './project.ts'
import { printable, printableLines } from './render/words.ts'
import { sinkFlags } from './sinks/sink-flags.ts'
import { createTerminal, type Terminal } from './terminal.ts'
import { withoutValues } from './variables.ts'
import { wantsJson } from './wants-json.ts'

/** Runs one command from its words to its exit code: whatever happens within is printed as a result or an error. */
export async function runCommand(
  name: string,
  words: readonly string[],
  real: Io,
  signal: AbortSignal,
): Promise<number> {
  const io = withoutSecretValues(real)
  const began = Date.now()
  let engine: Promise<Engine> | undefined
  const cleanUps: (() => Promise<unknown>)[] = []
  // Until the flags are read, they are guessed: an error in them must come out as they ask.
  let terminal = terminalOf(io, false, words.includes('--no-color'))
  try {
    const command = withSinks(await loadCommand(name))
    const flags: Flags = { ...command.flags, ...commonFlags }
    const { values, positionals, behind } = parseFlags(words, flags)
    const common = values as Context['flags']
    if (common.help) {
      io.stdout.write(commandHelp(command, io.stdout.isTTY ? io.stdout.columns : undefined))
      return 0
    }
    refuseLater(values, flags)
    const [surplus] = positionals
    if (command.usage === '' && surplus !== undefined)
      throw failure('DS_USAGE', `'${surplus}' is too much: ${name} takes no words`)
    const formats = command.formats ?? RESULT_FORMATS
    const format = formatOfFlags(common, formats)
    const outputs = common.output ?? []
    refuseFormats(`what ${name} gives`, { format, outputs }, formats)
    const cwd = folderOf(common.cwd)
    checkOutputs(outputs, cwd, filesOf(values, positionals.slice(0, positionals.length - behind.length)))
    const failOn = oneOf<FailOn>('fail-on', common['fail-on'], ['error', 'warn', 'never'], 'error')
    terminal = terminalOf(io, common.quiet === true, common['no-color'] === true)
    let project: Promise<Project | undefined> | undefined
    const projectHere = (): Promise<Project | undefined> => {
      const file = common.config ?? findProjectFile(cwd)
      project ??=
        file === undefined
          ? Promise.resolve(undefined)
          : loadProject(file, cwd, { anew: name === 'run', env: io.env, environment: common.env })
      return project
    }
    const start = async (): Promise<Engine> => startEngine(values, cwd, await projectHere())
    const show = async (outcome: Outcome, durationMs: number): Promise<number> => {
      terminal.idle()
      const document = documentOf(name, outcome, failOn, durationMs, signal)
      const silent = command.silent === true && common.quiet === true
      const options = { format, outputs, cwd, verbose: common.verbose === true, silent }
      await deliver(document, outcome, options, terminal, io)
      if (outcome.error !== undefined && format !== 'json')
        printError(asFailure(outcome.error), common.debug === true, terminal, io)
      return document.exitCode
    }
    const context: Context = {
      flags: common,
      positionals,
      behind,
      cwd,
      env: io.env,
      signal,
      terminal,
      engine: () => (engine ??= start()),
      stdin: () => {
        const stdin = io.stdin()
        cleanUps.push(async () => stdin.destroy())
        return stdin
      },
      show: async (...shown) => {
        await show(...shown)
      },
      cleanUp: (work) => cleanUps.push(work),
      project: projectHere,
    }
    const outcome = TELLING.has(name)
      ? await (await import('./sinks/run-told.ts')).runTold(command, context)
      : await command.run(context)
    if (outcome.exitCode !== undefined) return outcome.exitCode
    return outcome.shown ? exitOfStop(signal) : await show(outcome, Date.now() - began)
  } catch (error) {
    terminal.idle()
    const known = asFailure(error)
    const exitCode = exitOfError(known, signal)
    if (wantsJson(words)) {
      const document: Document = {
        ...headOf(name, 'error', exitCode, Date.now() - began),
        reports: [],
        error: errorField(known),
      }
      await deliver(
        document,
        { reports: [] },
        { format: 'json', outputs: [], cwd: '.', verbose: false, silent: false },
        terminal,
        io,
      )
    } else printError(known, words.includes('--debug'), terminal, io)
    return exitCode
  } finally {
    await engine?.then((started) => started.close()).catch(() => undefined)
    // What cannot be tidied up is no reason to say less of what was done.
    for (const cleanUp of cleanUps) await cleanUp().catch(() => undefined)
  }
}

/** Prints no value of a secret variable that the project file put in. */
function withoutSecretValues({ env, stdin, stdout, stderr }: Io): Io {
  return {
    env,
    stdin,
    stdout: {
      write: (text) => stdout.write(withoutValues(text)),
      ...(stdout.isTTY === undefined ? {} : { isTTY: stdout.isTTY }),
      get columns() {
        return stdout.columns
      },
    },
    stderr: {
      write: (text) => stderr.write(withoutValues(text)),
      ...(stderr.isTTY === undefined ? {} : { isTTY: stderr.isTTY }),
    },
  }
}

/** Commands whose reports are told to sinks. */
const TELLING: ReadonlySet<string> = new Set([...STEPS, 'run'])

/** A command, with the flags that say who is told, where somebody is. */
function withSinks(command: Command): Command {
  return TELLING.has(command.name) ? { ...command, flags: { ...command.flags, ...sinkFlags } } : command
}

function documentOf(name: string, outcome: Outcome, failOn: FailOn, durationMs: number, signal: AbortSignal): Document {
  const { skipped, datasets, next, plan, result, sinks, isUndelivered } = outcome
  const reports = outcome.reports.map(reportOfStdin)
  const error = outcome.error === undefined ? undefined : asFailure(outcome.error)
  const told = outcome.fails ? 'fail' : outcome.warns ? 'warn' : 'pass'
  const found = worst([told, statusOfReports(reports)])
  const status = error ? 'error' : found
  const verdict = error ? exitOfError(error, signal) : exitOfStatus(found, failOn)
  const exitCode = isUndelivered ? exitOfUndelivered(verdict) : verdict
  return {
    ...headOf(name, status, exitCode, durationMs),
    reports,
    ...(skipped ? { skipped } : {}),
    ...(datasets ? { datasets } : {}),
    ...(next ? { next } : {}),
    ...(plan ? { plan } : {}),
    ...(result === undefined ? {} : { result }),
    ...(sinks ? { sinks } : {}),
    ...(error ? { error: errorField(error) } : {}),
  }
}

function headOf(
  command: string,
  status: Document['status'],
  exitCode: number,
  durationMs: number,
): Omit<Document, 'reports'> {
  return { dayshift: ownVersion(), command: withoutSecrets(command), status, exitCode, durationMs }
}

/** Any thrown value as an error with a code; what nobody expected keeps its stack for --debug. */
function asFailure(error: unknown): DayshiftError {
  if (isDayshiftError(error)) return saidOfStdin(error)
  return failure('DS_INTERNAL', withoutSecrets(messageOf(error)), { cause: error })
}

/** Errors whose messages are one line: what would break it is the name of a file, a target or a revision. */
const ONE_LINE = /^DS_(?:DVC_|REMOTE_|TAG_|USAGE$|SOURCE_NOT_FOUND$|GIT_(?:ADDRESS|REVISION|TAG)$)/

function printError(error: DayshiftError, debug: boolean, terminal: Terminal, io: Io): void {
  const { code, message, where, hint } = error
  const shown = ONE_LINE.test(code) ? printable : printableLines
  // A message may hold a value of the data, or words of a contract.
  const said = shown(where === undefined ? message : message.replaceAll(where, () => printable(where)))
  const place = where === undefined || message.includes(where) ? '' : `\n  at ${printable(where)}`
  const told = withoutSecrets(`${said}${place}\n  ${shown(hint)}`)
  io.stderr.write(`${terminal.paint('red', 'error')} ${code}: ${told}\n`)
  if (!debug) return
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    io.stderr.write(`${printableLines(withoutSecrets(cause.stack ?? cause.message))}\n`)
}

function terminalOf({ env, stdout, stderr }: Io, quiet: boolean, plain: boolean): Terminal {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0'
  const refused = plain || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  return createTerminal({
    color: !refused && (forced || stdout.isTTY === true),
    quiet,
    columns: () => (stdout.isTTY ? stdout.columns : undefined),
    live: stderr.isTTY === true && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === '',
    write: (text) => stderr.write(text),
  })
}

function folderOf(flag: string | undefined): string {
  const cwd = resolve(flag ?? '.')
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw failure('DS_USAGE', `--cwd ${flag} is not a folder`)
  }
  return cwd
}

/** Flags that name files which a command reads, and those that name files which it writes. */
const READ = ['contract', 'config', 'etl'] as const
const WRITTEN = ['failures', 'good', 'bad', 'out', 'quarantine'] as const

function filesOf(values: Readonly<Record<string, unknown>>, positionals: readonly string[]): OtherFiles {
  const named = (flags: readonly string[]): [string, string][] =>
    flags.flatMap((name) => (typeof values[name] === 'string' ? [[name, values[name]] as [string, string]] : []))
  return { read: [...positionals, ...named(READ).map(([, file]) => file)], written: Object.fromEntries(named(WRITTEN)) }
}
