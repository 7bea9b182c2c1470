import type { Observation } from '@dayshift/core'
import { datasetOf, isDayshiftError, withoutSecrets, type Finding } from '@dayshift/core/ground'
import type { Unlooked } from '../command.ts'
import type { Project } from '../project.ts'
import { datasetAsked, pathFrom } from './dataset-asked.ts'

/** What is known where a habit could not be carried out. */
export function observedError(
  { dataset, kind, uri, project }: Omit<Observation, 'findings' | 'isPartial'>,
  error: unknown,
): Observation | undefined {
  // Wrong usage is for who typed it to know.
  if (!isDayshiftError(error) || error.kind === 'usage' || error.code === 'DS_ABORTED') return undefined
  const { code, message, hint } = error
  const finding: Finding = { severity: 'error', code, message: withoutSecrets(message), hint: withoutSecrets(hint) }
  return { project, dataset, kind, uri: withoutSecrets(uri), findings: [finding], isPartial: true }
}

/**
 * What is known of sources that could not be looked at: those of a project by their names there, others by their paths.
 *
 * @param project where its own sinks are to hear of it
 * @param root the folder that paths are told from
 */
export function observedUnlooked(
  kind: Observation['kind'],
  unlooked: readonly Unlooked[],
  project: Project | undefined,
  root: string,
): Observation[] {
  return unlooked.flatMap(({ path, dataset, error }) => {
    const named = project && (dataset ?? datasetAsked(path, project, { positionals: [] }))
    const { uri } = datasetOf(path, root)
    const what = { dataset: named ?? pathFrom(root, path), kind, uri, project: named && project?.name }
    return observedError(what, error) ?? []
  })
}
