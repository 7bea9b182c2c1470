import { withoutSecrets } from '@dayshift/core/ground'
import { fileOf, merged, readLevels, type ConfigFiles, type ConfigLevel } from '../config.ts'
import type { IniSections } from '../formats/ini.ts'

/** A remote, as a list shows it. */
export interface RemoteEntry {
  readonly name: string
  /** Without user and password; a path is absolute. */
  readonly url: string
  /** Whether commands go there where none is named. */
  readonly isDefault: boolean
}

/**
 * The remotes of a repository, in the order of the config files: what `dvc remote list` tells.
 *
 * @param level those that stand at that level, whose url may stand at another; all of them by default
 * @throws DS_DVC_CONFIG, DS_DVC_UNREADABLE, DS_DVC_REPO_MISSING
 * @example await listRemotes(configFiles('/r/.dvc')) // [{ name: 'store', url: '/mnt/store', isDefault: true }]
 */
export async function listRemotes(files: ConfigFiles, level?: ConfigLevel): Promise<RemoteEntry[]> {
  const all = await sectionsOf(files)
  const own = level === undefined ? all : await sectionsOf({ [level]: fileOf(files, level) })
  const standard = defaultIn(own)
  return [...own.entries()].flatMap(([section, keys]) => {
    const [, name] = /^remote "(.*)"$/.exec(section) ?? []
    if (name === undefined) return []
    const url = keys.get('url') ?? all.get(section)?.get('url') ?? ''
    return [{ name, url: withoutSecrets(String(url)), isDefault: name === standard }]
  })
}

/**
 * The remote that commands go to where none is named.
 *
 * @param level what that level says; the level that wins by default
 * @returns `undefined` where there is none
 * @throws DS_DVC_CONFIG, DS_DVC_UNREADABLE, DS_DVC_REPO_MISSING
 * @example await defaultRemote(configFiles('/r/.dvc')) // 'store'
 */
export async function defaultRemote(files: ConfigFiles, level?: ConfigLevel): Promise<string | undefined> {
  return defaultIn(await sectionsOf(level === undefined ? files : { [level]: fileOf(files, level) }))
}

function defaultIn(sections: IniSections): string | undefined {
  const name = sections.get('core')?.get('remote')
  return typeof name === 'string' ? name.toLowerCase() : undefined
}

async function sectionsOf(files: ConfigFiles): Promise<IniSections> {
  return merged((await readLevels(files)).map(({ sections }) => sections))
}
