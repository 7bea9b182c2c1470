import { join } from 'node:path'
import { configFiles, findRoot, type ConfigFiles, type ConfigLevel, type UserConfig } from '@dayshift/dvc'
import { failure } from '../codes.ts'
import type { Flags, FlagValues } from '../flags.ts'
import { printable } from '../render/words.ts'

/** Flags that say in which of DVC's config files a setting stands. */
export const levelFlags = {
  project: { type: 'boolean', help: 'of .dvc/config' },
  local: { type: 'boolean', help: 'of .dvc/config.local, which is not in git' },
  global: { type: 'boolean', help: 'of the user’s own file' },
  system: { type: 'boolean', help: 'of the system’s file' },
} as const satisfies Flags

const LEVELS = { project: 'repo', local: 'local', global: 'global', system: 'system' } as const

/**
 * The level that flags ask for; `undefined` where they name none.
 *
 * @throws DS_USAGE where they name several
 */
export function levelOf(flags: FlagValues<typeof levelFlags>): ConfigLevel | undefined {
  const named = (Object.keys(LEVELS) as (keyof typeof LEVELS)[]).filter((level) => flags[level])
  if (named.length > 1)
    throw failure('DS_USAGE', `${named.map((name) => `--${name}`).join(' and ')} are given: only one may be`)
  return named[0] && LEVELS[named[0]]
}

/** What a dry run tells of a setting: that it would be set, or taken out. */
export function plannedEdit(file: string, name: string, value: string | undefined): string {
  return printable(value === undefined ? `${file}: ${name} goes` : `${file}: ${name} = ${value}`)
}

/** The config files that count in a folder: outside of a repository, the user's and the system's own alone. */
export async function configFilesAt(cwd: string, user: UserConfig = {}): Promise<ConfigFiles> {
  const root = await findRoot(cwd)
  return root === undefined ? user : configFiles(join(root, '.dvc'), user)
}
