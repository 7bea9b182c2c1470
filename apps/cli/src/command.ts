import type { AnyReport, Engine, Observation, SinkOutcome } from '@dayshift/core'
import type { Flags, FlagValues, commonFlags } from './flags.ts'
import type { Io, Stdin } from './io.ts'
import type { Listing } from './listing.ts'
import type { OutputFormat } from './output-format.ts'
import type { Project } from './project.ts'
import type { Background } from './render/html/background.ts'
import type { Terminal } from './terminal.ts'

/** A dataset's step that a workflow left out. */
export interface SkippedStep {
  readonly dataset: string
  readonly step: string
  readonly reason: string
  readonly hint: string
}

/** A source that could not be looked at, and why. */
export interface Unlooked {
  /** Absolute, or an address. */
  readonly path: string
  /** What the project calls it, where it does. */
  readonly dataset?: string | undefined
  readonly error: unknown
}

/** What became of one dataset of a workflow. */
export interface RunDataset {
  readonly name: string
  /** Its reports' dataset by name, which they have in common. */
  readonly dataset: string
  /** The gate that stopped it. */
  readonly stoppedAt?: string
  /** Nothing had changed since then: the results are those of that run. UTC, ISO 8601. */
  readonly unchangedSince?: string
  /** The step from which it went on, where an earlier run was interrupted in it. */
  readonly resumedAt?: string
}

/** What a command gives back: reports, and text of its own where reports do not say it all. */
export interface Outcome {
  readonly reports: readonly AnyReport[]
  /** What alerts are made of, where reports do not say it all. */
  readonly observations?: readonly Observation[]
  /** Sources that could not be looked at, beside those that reports are of. */
  readonly unlooked?: readonly Unlooked[]
  /** Who was told of what was found, and who could not be. */
  readonly sinks?: readonly SinkOutcome[]
  /** Whether somebody could not be told who must be: exit 4. */
  readonly isUndelivered?: boolean
  /** Steps left out, of workflows. */
  readonly skipped?: readonly SkippedStep[]
  /** What became of the datasets of a workflow. */
  readonly datasets?: readonly RunDataset[]
  /** What to do next, as commands. */
  readonly next?: readonly string[]
  /** What was not done, and would be: with --dry-run or --explain. */
  readonly plan?: readonly string[]
  /** What was found, as plain data, where no report says it. */
  readonly result?: unknown
  /** What `--json` prints in place of the document: JSON whose shape another program has set. */
  readonly foreign?: unknown
  /** The same for the formats that list what was found. */
  readonly listing?: Listing
  /** The same as drawings, or as a table. */
  readonly drawings?: Readonly<Partial<Record<OutputFormat, readonly string[]>>>
  /** What a page tells beside the reports: of the past, and of lineage. */
  readonly background?: Background
  /** Whether what was found is a failure, where no report says it: exit 1. */
  readonly fails?: boolean
  /** Whether it is something to be warned of: exit 1 with `--fail-on warn`. */
  readonly warns?: boolean
  /** An error that does not take the reports away: some of several sources could not be looked at. */
  readonly error?: unknown
  /** What those lines are about, where it has a name: the title of a page. */
  readonly subject?: string | undefined
  /** Lines for a person, printed instead of the reports. */
  readonly text?: readonly string[]
  /** The exit code of a program that it ran, which is handed through: nothing is printed. */
  readonly exitCode?: number
  /** Everything is printed already, by `show`: the command was stopped. */
  readonly shown?: true
}

/** What a command works with. */
export interface Context<Definition extends Flags = Flags> {
  readonly flags: FlagValues<Definition> & FlagValues<typeof commonFlags>
  readonly positionals: readonly string[]
  /** Those of them that stand behind `--`. */
  readonly behind: readonly string[]
  readonly cwd: string
  readonly env: Io['env']
  readonly signal: AbortSignal
  readonly terminal: Terminal
  /** The engine of this run, started when first asked for. */
  engine(): Promise<Engine>
  /** What is piped in. */
  stdin(): Stdin
  /** Prints results before the command is over, as those at its end are. */
  show(outcome: Outcome, durationMs: number): Promise<void>
  /**
   * Tells the sinks what was found, where a command goes on after it: it looks again and again, or hands over to a program. What is given
   * back at a command's end is told by itself.
   *
   * @returns who was told, and whether somebody could not be who must be
   */
  tell?(outcome: Outcome): Promise<Pick<Outcome, 'sinks' | 'isUndelivered'>>
  /** Has something done when the command is over, however it ends. */
  cleanUp(work: () => Promise<void>): void
  /** The project here or above, where there is one. */
  project(): Promise<Project | undefined>
}

/** One command: its words and its work. Its file is loaded when it is asked for. */
export interface Command<Definition extends Flags = Flags> {
  readonly name: string
  readonly summary: string
  /** The words after the name, as the help shows them. */
  readonly usage: string
  /** What it does, for its help. */
  readonly description: readonly string[]
  readonly flags: Definition
  readonly examples: readonly string[]
  /** Whether `-q` prints nothing at all, rather than results only. */
  readonly silent?: boolean
  /** The formats that its results have. Default: all but drawings. */
  readonly formats?: readonly OutputFormat[]
  run(context: Context<Definition>): Promise<Outcome>
}

/** Types a command by its flags. */
export function defineCommand<const Definition extends Flags>(command: Command<Definition>): Command<Definition> {
  return command
}
