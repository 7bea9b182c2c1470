import { realpathSync } from 'node:fs'
import type { Finding } from '@dayshift/core'
import { formatSize } from '@dayshift/core/ground'
import { findRoot, type LockWait, type RepoOptions } from '@dayshift/dvc'
import type { Command, Context, Outcome } from '../command.ts'
import { userConfigOf } from './user-config.ts'
import type { Flags } from '../flags.ts'
import { failure } from '../codes.ts'
import { count, printable } from '../render/words.ts'
import type { Terminal } from '../terminal.ts'

/** Flags of commands that write. */
export const dryFlags = {
  'dry-run': { type: 'boolean', help: 'say what would be done; write nothing' },
  dry: { type: 'boolean', help: 'the same' },
} as const satisfies Flags

/** Flags of commands that wait for others at work. */
export const lockFlags = {
  'wait-for-lock': { type: 'boolean', help: 'wait for another process as long as it takes (else: a minute)' },
} as const satisfies Flags

/** Flags of commands that take targets. */
export const targetFlags = {
  recursive: { type: 'boolean', short: 'R', help: 'a folder means all that is tracked beneath it' },
  'with-deps': { type: 'boolean', short: 'd', help: 'what its stage depends on too' },
} as const satisfies Flags

/** What one of DVC's commands works with. */
interface DvcContext<Definition extends Flags> extends Context<Definition> {
  /** How the package finds its repository, waits and is stopped. */
  readonly repo: RepoOptions
  /** Whether nothing is to be written. */
  readonly dryRun: boolean
}

interface DvcCommand<Definition extends Flags> extends Omit<Command<Definition>, 'formats' | 'run' | 'silent'> {
  run(context: DvcContext<Definition>): Promise<Outcome>
}

/** One of DVC's commands: as any command, but its words are without version or dataset, and `-q` prints nothing, as DVC's. */
export function defineDvcCommand<const Definition extends Flags>(command: DvcCommand<Definition>): Command<Definition> {
  return {
    ...command,
    formats: ['text', 'json'],
    silent: true,
    run: async (context) => {
      // Paths are told from the folder as the system knows it.
      const cwd = realpathSync(context.cwd)
      const flags: Readonly<Record<string, unknown>> = context.flags
      const waiting = flags['wait-for-lock'] ? { lockTimeout: Infinity } : {}
      const repo = {
        cwd,
        user: userConfigOf(context.env),
        signal: context.signal,
        onWait: waitOn(context.terminal),
        ...waiting,
      }
      const dryRun = flags['dry-run'] === true || flags['dry'] === true
      const began = Date.now()
      const outcome = await command.run({ ...context, cwd, repo, dryRun })
      if (context.flags.verbose) {
        const root = await findRoot(cwd)
        const place = root === undefined ? '' : `in ${printable(root)}, `
        context.terminal.note(context.terminal.paint('dim', `${place}${Date.now() - began} ms`))
      }
      return outcome
    },
  }
}

/** Tells that another process is waited for. */
export function waitOn(terminal: Terminal): (wait: LockWait) => void {
  return ({ words, seconds }) => {
    const end = Number.isFinite(seconds) ? `up to ${Math.ceil(seconds)} s more` : 'as long as it takes'
    terminal.note(`waiting, ${end}: ${printable(words)}`)
  }
}

/** Shows how many bytes were read. */
export function readingOn(terminal: Terminal, label: string): (bytes: number) => void {
  let done = 0
  return (bytes) => terminal.progress(`${label} ${formatSize((done += bytes))}`)
}

/** Tells what is found while a command looks at outputs. */
interface Listener {
  readonly onFinding: (finding: Finding) => void
  /** An error where some output could not be looked at: nobody is to take the result for the whole. */
  unseen(): { readonly error?: Error }
}

/** Listens to what is found while a command looks at outputs. */
export function listenOn(terminal: Terminal): Listener {
  let outputs = 0
  return {
    onFinding(finding) {
      if (finding.severity === 'error') outputs++
      tell([finding], terminal)
    },
    unseen: () => (outputs === 0 ? {} : { error: outputsUnseen(outputs) }),
  }
}

/** The error of a command that went on without some outputs. */
export function outputsUnseen(outputs: number, verb = 'looked at'): Error {
  return failure('DS_OUTPUTS_UNSEEN', `${count(outputs, 'output')} could not be ${verb}`)
}

/** Tells what a person should know, beside the results. */
export function tell(findings: readonly Finding[], terminal: Terminal): void {
  for (const { severity, code, message, hint } of findings) {
    if (severity === 'info') continue
    if (severity === 'error') {
      terminal.alert(`${terminal.paint('red', 'error')} ${code}: ${printable(message)}`)
      if (hint !== undefined) terminal.alert(`  ${printable(hint)}`)
      continue
    }
    terminal.note(`${terminal.paint('yellow', severity)}  ${printable(message)}`)
    if (hint !== undefined) terminal.note(`      ${printable(hint)}`)
  }
}
