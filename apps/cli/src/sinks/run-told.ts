import type { AnyReport, Observation } from '@dayshift/core'
import { messageOf, withoutSecrets } from '@dayshift/core/ground'
import type { Command, Context, Outcome } from '../command.ts'
import type { FlagValues } from '../flags.ts'
import type { Project } from '../project.ts'
import { printableLines } from '../render/words.ts'
import { sourceNamed } from '../sources.ts'
import type { Terminal } from '../terminal.ts'
import { observedUnlooked } from './observed-error.ts'
import type { sinkFlags } from './sink-flags.ts'

/**
 * Runs a habit, or the workflow, and tells the sinks what came of it: also that it could not be carried out. What speaks to
 * sinks is loaded where there are some.
 *
 * @throws what the command throws; DS_USAGE for a flag's address that is none
 */
export async function runTold(command: Command, context: Context): Promise<Outcome> {
  const { sink = [], 'no-sinks': isQuiet, 'strict-sinks': isStrict } = context.flags as FlagValues<typeof sinkFlags>
  if (isQuiet) return command.run(context)
  // An address that is none is told before any work is done.
  const flagged = sink.length > 0 ? (await import('./project-sinks.ts')).flaggedSinks(sink) : []
  let wasTold = false
  const terminal = withoutRepetition(context.terminal)
  const tellIfAny = async (outcome: Outcome): Promise<Pick<Outcome, 'sinks' | 'isUndelivered'>> => {
    wasTold = true
    let project: Project | undefined
    try {
      project = await context.project()
    } catch (error) {
      // A habit may do without the project, and then does not fail for what is wrong with it.
      terminal.alert(
        `${terminal.paint('yellow', 'warn')} nobody is told: ${printableLines(withoutSecrets(messageOf(error)))}`,
      )
      terminal.end()
      return { isUndelivered: isStrict === true }
    }
    const hasAny = flagged.length > 0 || project?.sinks !== undefined || project?.alerts !== undefined
    if (!hasAny) return {}
    const { tell } = await import('./tell.ts')
    const told = await tell(command.name, outcome, flagged, project, { ...context, terminal })
    terminal.end()
    return told
  }
  let outcome: Outcome
  try {
    outcome = await command.run({ ...context, tell: tellIfAny })
  } catch (error) {
    if (wasTold) throw error
    // What stands in the way of telling is no more than what stood in the way of the work.
    const observations = await observedOf(command.name, context, error).catch(() => [])
    if (observations.length > 0) await tellIfAny({ reports: [], observations }).catch(() => undefined)
    throw error
  }
  if (wasTold || (outcome.shown ?? outcome.plan)) return outcome
  return { ...outcome, ...(await tellIfAny(outcome)) }
}

/** A terminal on which the same trouble is not told again by each look. */
function withoutRepetition(terminal: Terminal): Terminal & { readonly end: () => void } {
  let before: readonly string[] = []
  let lines: string[] = []
  const end = (): void => {
    if (lines.join('\n') !== before.join('\n')) for (const line of lines) terminal.alert(line)
    before = lines
    lines = []
  }
  return { ...terminal, columns: terminal.columns, alert: (line) => lines.push(line), end }
}

/** A habit that one source was asked for, and that could not be carried out. */
async function observedOf(kind: string, context: Context, error: unknown): Promise<Observation[]> {
  const [word, other] = context.positionals.slice(0, context.positionals.length - context.behind.length)
  if (kind === 'run' || word === undefined || other !== undefined || word === '-') return []
  const { path, dataset } = await sourceNamed(word, context)
  const project = await context.project().catch(() => undefined)
  const unlooked = [{ path, dataset: dataset?.name, error }]
  return observedUnlooked(kind as AnyReport['kind'], unlooked, project, project?.root ?? context.cwd)
}
