import type { AnyReport, Observation } from '@dayshift/core'
import { fileDataset, messageOf, withoutSecrets } from '@dayshift/core/ground'
import type { Command, Context, Outcome } from '../command.ts'
import type { FlagValues } from '../flags.ts'
import type { Project } from '../project.ts'
import { printableLines } from '../render/words.ts'
import { sourceNamed } from '../sources.ts'
import { observedError } from './observed-error.ts'
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
  const tellIfAny = async (outcome: Outcome): Promise<Partial<Outcome>> => {
    let project: Project | undefined
    try {
      project = await context.project()
    } catch (error) {
      // A habit may do without the project, and then does not fail for what is wrong with it.
      const { terminal } = context
      terminal.alert(
        `${terminal.paint('yellow', 'warn')} nobody is told: ${printableLines(withoutSecrets(messageOf(error)))}`,
      )
      return { isUndelivered: isStrict === true }
    }
    const hasAny = flagged.length > 0 || project?.sinks !== undefined || project?.alerts !== undefined
    return hasAny ? (await import('./tell.ts')).tell(command.name, outcome, flagged, project, context) : {}
  }
  let outcome: Outcome
  try {
    outcome = await command.run(context)
  } catch (error) {
    // What stands in the way of telling is no more than what stood in the way of the work.
    const observations = await observedOf(command.name, context, error).catch(() => [])
    if (observations.length > 0) await tellIfAny({ reports: [], observations }).catch(() => undefined)
    throw error
  }
  if (outcome.shown ?? outcome.plan) return outcome
  return { ...outcome, ...(await tellIfAny(outcome)) }
}

/** A habit that one dataset of the project was asked for by name, and that could not be carried out. */
async function observedOf(kind: string, context: Context, error: unknown): Promise<Observation[]> {
  const [word, other] = context.positionals
  if (kind === 'run' || word === undefined || other !== undefined) return []
  const { path, dataset } = await sourceNamed(word, context)
  const project = await context.project()
  if (dataset === undefined || project === undefined) return []
  const what = { project: project.name, dataset: dataset.name, kind: kind as AnyReport['kind'] }
  const known = observedError({ ...what, uri: fileDataset(path, context.cwd).uri }, error)
  return known ? [known] : []
}
