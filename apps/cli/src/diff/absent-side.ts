import { relative } from 'node:path'
import { isDayshiftError } from '@dayshift/core/ground'
import { findRepo } from '@dayshift/dvc'
import type { Context } from '../command.ts'
import { userConfigOf } from '../dvc/user-config.ts'
import type { NamedSource } from '../sources.ts'

/**
 * Whether an error says that a dataset was not there yet: its revision is known, and has neither a version of it nor the data itself.
 *
 * @param error of opening the source
 */
export async function isAbsent({ path, version }: NamedSource, error: unknown, context: Context): Promise<boolean> {
  if (version === undefined || !isDayshiftError(error) || error.code !== 'DS_DVC_VERSION_UNKNOWN') return false
  const { git, root } = (await findRepo(context.cwd, undefined, userConfigOf(context.env))) ?? {}
  if (!git || root === undefined) return false
  // Data that git itself holds was there: that it has no version makes it no new one.
  const place = `./${relative(root, path).replaceAll('\\', '/')}`
  return git.ask('rev-parse', '--verify', '--quiet', `${version}:${place}`).then(
    () => false,
    () => true,
  )
}
