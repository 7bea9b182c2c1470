import { failure } from '../codes.ts'

/** Paths that an error names. */
const NAMED = 3

/** The error for data that would go, and that no version holds. */
export function noVersion(paths: readonly string[]): Error {
  const [where = ''] = paths
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : ''
  return failure('DS_DVC_UNSAVED', `no version holds what is there now: ${paths.slice(0, NAMED).join(', ')}${more}`, {
    where,
  })
}
