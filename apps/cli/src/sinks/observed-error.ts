import type { Observation } from '@dayshift/core'
import { isDayshiftError, withoutSecrets, type Finding } from '@dayshift/core/ground'

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
